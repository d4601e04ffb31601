import { describe, expect, test } from "vitest";
import { openNeo4j } from "../../src/databases/graph/neo4j.ts";
import { openPg } from "../../src/databases/sql/pg.ts";
import { neo4jJars, postgresBinaries, startNeo4j, startPostgres } from "../../scripts/servers/start.ts";
import { graphContract, sqlContract } from "./contract.ts";

for (const major of [15, 18] as const) {
  if (postgresBinaries(major) === null) {
    describe.skip(`PostgreSQL ${major} IS NOT ON THIS MACHINE: its contract was not tested`, () => test("skipped", () => expect(true).toBe(true)));
    continue;
  }
  sqlContract(`PostgreSQL ${major}`, async () => {
    const server = await startPostgres(major);
    const sql = openPg({ databaseUrl: server.url, environment: {}, timeZone: "UTC", connectTimeoutMs: 10_000, statementTimeoutMs: 0, readOnly: false });
    return {
      sql,
      close: async () => {
        await sql.close();
        await server.stop();
      },
    };
  });
}

for (const version of ["5.26.30"]) {
  if (neo4jJars(version) === null) {
    describe.skip(`Neo4j ${version} CAN'T BE HAD ON THIS MACHINE (Java and Maven are needed): its contract was not tested`, () => test("skipped", () => expect(true).toBe(true)));
    continue;
  }
  graphContract(`Neo4j ${version}`, async () => {
    const server = await startNeo4j(version);
    const graph = await openNeo4j({ uri: server.url, username: server.username, password: server.password, connectTimeoutMs: 10_000, statementTimeoutMs: 0 });
    return {
      graph,
      close: async () => {
        await graph.close();
        await server.stop();
      },
    };
  });
}
