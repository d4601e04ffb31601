import { openNeo4j } from "../../src/databases/graph/neo4j.ts";
import { openPg } from "../../src/databases/sql/pg.ts";
import { allNeo4j, allPostgres, describeOn } from "../support/servers.ts";
import { graphContract, sqlContract } from "./contract.ts";

for (const offer of allPostgres()) {
  describeOn([offer], `the contract on ${offer.name}`, () =>
    sqlContract(offer.name, async () => {
      const server = await offer.start();
      const sql = openPg({ databaseUrl: server.url, environment: {}, timeZone: "UTC", connectTimeoutMs: 10_000, statementTimeoutMs: 0, readOnly: false });
      return {
        sql,
        close: async () => {
          await sql.close();
          await server.stop();
        },
      };
    }),
  );
}

for (const offer of allNeo4j()) {
  describeOn([offer], `the contract on ${offer.name}`, () =>
    graphContract(offer.name, async () => {
      const server = await offer.start();
      const graph = await openNeo4j({ uri: server.url, username: server.username, password: server.password, connectTimeoutMs: 10_000, statementTimeoutMs: 0 });
      return {
        graph,
        close: async () => {
          await graph.close();
          await server.stop();
        },
      };
    }),
  );
}
