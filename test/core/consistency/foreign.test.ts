import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { paceOf } from "../../../src/core/consistency/pace.ts";
import { applyRepair, planRepair } from "../../../src/core/consistency/repair.ts";
import type { CheckReport } from "../../../src/core/consistency/types.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { loadStatus } from "../../../src/core/status/status.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { uninstallScript } from "../../../src/core/sync/install.ts";
import { openDatabases } from "../../../src/databases/open.ts";
import type { Databases } from "../../../src/databases/types.ts";
import type { Value } from "../../../src/databases/values.ts";
import { openPair, type OpenPair } from "../../support/pair.ts";
import { allPairs, describeOn, openOptions } from "../../support/servers.ts";

/* Databases as others run them: a role that may only read, no outbox, a graph without constraints, a replica. The order matters: the last test leaves a replica behind. */

const [oldest] = allPairs();
if (oldest === undefined) throw new Error("there is no pair of servers to test on");

describeOn([oldest.sql, oldest.graph], `databases of others, on ${oldest.name}`, () => {
  let pair: OpenPair;
  beforeAll(async () => {
    pair = await openPair(oldest);
    await seed(pair.databases, { folder: demoFolder() });
  }, 240_000);
  afterAll(() => pair.close());
  beforeEach(() => graph("MATCH (c:Concept) WHERE c.concept_id STARTS WITH 'extra' DETACH DELETE c"));

  const sql = (statement: string): Promise<unknown> => pair.databases.sql.write((transaction) => transaction.query(statement));
  const graph = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => pair.databases.graph.write((transaction) => transaction.query(statement, parameters));
  const cavin = "MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'})";
  const found = ({ findings }: CheckReport): string[] => findings.map(({ entity, key, kind }) => `${entity} ${key}: ${kind}`);
  const codes = ({ warnings }: CheckReport): string[] => warnings.map(({ code }) => code);

  describe("a role that may read the tables of the model and nothing else", () => {
    let reader: Databases;
    beforeAll(async () => {
      await pair.databases.sql.adopt("CREATE ROLE reader LOGIN PASSWORD 'reads'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
      const options = openOptions(pair.servers);
      const url = new URL(options.databaseUrl ?? "");
      [url.username, url.password] = ["reader", "reads"];
      reader = await openDatabases({ ...options, databaseUrl: url.href, readOnly: true });
    });
    afterAll(() => reader.close());

    test("checks, finds what differs, and says what is closed to it", async () => {
      const session = { ...pair.session, databases: reader };
      const clean = await check(session);
      expect(clean).toMatchObject({ in_sync: true, findings_total: 0 });
      expect(codes(clean)).toEqual(["outbox_closed"]);
      await graph(`${cavin} SET r.progress_percent = 57`);
      const report = await check(session);
      expect(found(report)).toEqual(["progress cavin_admin → data_structures: differing"]);
      expect(report.findings[0]).toMatchObject({ cause: "unknown", evidence: expect.stringContaining("closed to this role") as string });
      // What can't be asked is not known, which is not the same as nothing.
      expect((await loadStatus(session)).status).toMatchObject({ pending_marks: null, parked_marks: null, lag_seconds: null, sql: { tables: { users: 7 } } });
    });

    test("sees that others write, and spares them", async () => {
      const pace = paceOf(reader, undefined, {});
      let over = false;
      const write = async (): Promise<void> => {
        while (!over) await sql("UPDATE users SET last_name = last_name");
      };
      const writing = write();
      try {
        await expect.poll(() => pace.waitAfter(100) >= 0 && pace.sparesOthers, { timeout: 30_000 }).toBe(true);
      } finally {
        over = true;
        await writing;
      }
      await expect.poll(() => pace.waitAfter(100) === 0 && pace.sparesOthers, { timeout: 30_000 }).toBe(false);
    });

    test("plans a repair, and is refused its application with the reason; nothing is written", async () => {
      const session = { ...pair.session, databases: reader };
      const plan = await planRepair(session, await check(session));
      expect(plan.planned).toHaveLength(1);
      await expect(applyRepair(session, plan)).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("may not use the outbox") as string });
      expect(found(await check(pair.session))).toEqual(["progress cavin_admin → data_structures: differing"]);
      await applyRepair(pair.session, plan);
      expect(await check(pair.session)).toMatchObject({ in_sync: true });
    });
  });

  test("a graph without its constraints: doubled nodes are found, told of, and left to a person", async () => {
    const constraint = (await pair.databases.graph.query("SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE 'User' IN labelsOrTypes RETURN name")).rows[0]?.[0];
    await pair.databases.graph.schema(`DROP CONSTRAINT ${String(constraint)}`);
    await graph("MATCH (u:User {username: 'cavin_admin'}) CREATE (d:User) SET d = properties(u)");
    const report = await check(pair.session);
    expect(found(report)).toEqual(["user cavin_admin: duplicate_in_graph"]);
    expect(codes(report)).toContain("missing_constraint");
    const plan = await planRepair(pair.session, report);
    expect(plan).toMatchObject({ planned: [], refused: [{ reason: "duplicate_node", entity: "user", count: 1 }] });
    await graph("MATCH (u:User {username: 'cavin_admin'}) WHERE NOT (u)--() DELETE u");
    await pair.databases.graph.schema(`CREATE CONSTRAINT ${String(constraint)} FOR (n:User) REQUIRE n.user_id IS UNIQUE`);
    const after = await check(pair.session);
    expect([found(after), codes(after)]).toEqual([[], []]);
  });

  test("what lacks the text that identifies it is told of, and neither compared nor counted", async () => {
    await graph("MATCH (u:User {username: 'cavin_admin'}) CREATE (u)-[:HAS_PROGRESS {progress_percent: 5}]->(:Concept {name: 'keyless'}), (u)-[:HAS_PROGRESS {progress_percent: 6}]->(:Concept {concept_id: 7, name: 'numbered'})");
    await graph("MATCH (c:Concept {name: 'data_structures'}) CREATE (:Stranger)-[:HAS_PROGRESS {progress_percent: 7}]->(c)");
    const deep = await check(pair.session);
    expect([found(deep), codes(deep)]).toEqual([[], ["nodes_without_key", "wrong_ends"]]);
    const fast = await check(pair.session, { mode: "fast" });
    expect(fast.entities).toEqual(deep.entities.map((entity) => ({ ...entity, missing_in_graph: null, missing_in_sql: null, differing: null, duplicate_in_graph: null, in_flight: null })));
    expect(fast.in_sync).toBe(true);
    await graph("MATCH (n) WHERE n:Stranger OR n.name IN ['keyless', 'numbered'] DETACH DELETE n");
    await graph(`${cavin} SET r.progress_percent = r.progress_percent + 1`);
    expect((await check(pair.session, { mode: "fast" })).in_sync).toBe(false);
    await graph(`${cavin} SET r.progress_percent = r.progress_percent - 1`);
    expect((await check(pair.session, { mode: "fast" })).in_sync).toBe(true);
  });

  test("no outbox, and somebody who carries over by himself: what is under way is no finding, what stays is", async () => {
    await sync(pair.databases);
    await pair.databases.sql.adopt((await uninstallScript(pair.databases.sql)) ?? "");
    let over = false;
    // Rows first, the graph a little later, as any program that writes to both does it.
    const writer = async (): Promise<void> => {
      for (let percent = 1; !over; percent = (percent % 90) + 1) {
        await sql(`UPDATE user_concept_progress SET progress_percent = ${percent} WHERE user_id = (SELECT user_id FROM users WHERE username = 'amina_diallo')`);
        await sleep(120);
        await graph("MATCH (:User {username: 'amina_diallo'})-[r:HAS_PROGRESS]->() SET r.progress_percent = $percent", { percent });
      }
    };
    const writing = writer();
    try {
      const quiet = await check(pair.session);
      expect(found(quiet)).toEqual([]);
      expect(codes(quiet)).toContain("no_outbox");
      await graph(`${cavin} SET r.progress_percent = 57`);
      await graph("CREATE (:Concept {concept_id: 'extra', name: 'extra'})");
      const report = await check(pair.session);
      expect(found(report)).toEqual(["concept extra: missing_in_sql", "progress cavin_admin → data_structures: differing"]);
      expect(report.in_sync).toBe(false);
    } finally {
      over = true;
      await writing;
    }
  });

  test("PostgreSQL in recovery is checked, and the verdict says that it is a replica's", async () => {
    const { rows } = await pair.databases.sql.query("SHOW data_directory");
    const server = pair.servers[0];
    if (server.restart === undefined) throw new Error("a server that was not started here can't be made a replica");
    await server.restart(() => Promise.resolve(writeFileSync(join(String(rows[0]?.[0]), "standby.signal"), "")));
    const replica = await openDatabases(openOptions(pair.servers));
    try {
      const session = { ...pair.session, databases: replica };
      expect((await replica.sql.query("SELECT pg_is_in_recovery()")).rows).toEqual([[true]]);
      await graph(`${cavin} SET r.progress_percent = 58`);
      const report = await check(session);
      expect(found(report)).toEqual(["progress cavin_admin → data_structures: differing"]);
      expect(codes(report)).toContain("unconfirmed");
      expect(codes(await check(session, { mode: "fast" }))).toContain("unconfirmed");
    } finally {
      await replica.close();
    }
  });
});
