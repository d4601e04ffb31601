import { beforeEach, describe, expect, test } from "vitest";
import { check, type CheckOptions } from "../../../src/core/consistency/check.ts";
import { loadSnapshot } from "../../../src/core/consistency/causes.ts";
import { loadRepairs } from "../../../src/core/consistency/repair-log.ts";
import { applyRepair, parseOnly, planRepair, type PlanOptions, type RepairPlan } from "../../../src/core/consistency/repair.ts";
import type { CheckReport, Past } from "../../../src/core/consistency/types.ts";
import { demoFolder, isEmpty, seed } from "../../../src/core/seeding/seed.ts";
import type { Session } from "../../../src/core/session.ts";
import { sync } from "../../../src/core/sync/project.ts";
import type { Value } from "../../../src/databases/values.ts";

/** What a repair or a comparison of everything must not take away, and what a check must not say, on a pair with nothing in it that is still needed. */
export function refusalStories(open: () => Session): void {
  const sql = (statement: string, parameters: Value[] = []): Promise<unknown> => open().databases.sql.write((transaction) => transaction.query(statement, parameters));
  const graph = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => open().databases.graph.write((transaction) => transaction.query(statement, parameters));
  const count = async (pattern: string): Promise<unknown> => (await open().databases.graph.query(`MATCH ${pattern} RETURN count(*) AS n`)).rows[0]?.[0];
  const plan = async (options: PlanOptions = {}): Promise<RepairPlan> => planRepair(open(), await check(open()), options);
  const kinds = ({ planned, refused }: RepairPlan): string[][] => [planned.map(({ entity, action, key }) => `${action} ${entity} ${key}`), refused.map(({ reason, entity, count: n }) => `${reason} ${entity ?? ""} ${n}`)];
  const progress = "(:User)-[:HAS_PROGRESS]->(:Concept)";
  const ghosts = async (...ids: string[]): Promise<void> => {
    for (const id of ids) {
      await graph("CREATE (:User {user_id: $id, username: $id})", { id });
      await graph("MATCH (u:User {user_id: $id}) MATCH (c:Concept) CREATE (u)-[:HAS_PROGRESS {status: 'completed', progress_percent: 1}]->(c)", { id });
    }
  };

  beforeEach(async () => {
    await sql("TRUNCATE users, concepts, learning_paths CASCADE");
    await sql("TRUNCATE jeseci.sync_mark, jeseci.sync_dead");
    await graph("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n");
    await seed(open().databases, { folder: demoFolder() });
  });

  describe("what hangs on a node counts where it goes along", () => {
    test("past the cap of its own entity the node stays, with a repair and with a comparison of everything", async () => {
      await ghosts("ghost1", "ghost2");
      expect(kinds(await plan())).toEqual([[], ["delete_cap progress 18", "delete_cap user 2"]]);
      const { refused } = await sync(open().databases, { full: true });
      expect(refused.map(({ reason, entity, count: n }) => [reason, entity, n])).toEqual([["delete_cap", "progress", 18], ["delete_cap", "user", 2]]);
      expect(await count("(:User {user_id: 'ghost1'})-[:HAS_PROGRESS]->()")).toBe(9);
    });

    test("a smaller number is planned, shown and typed, also where only the node was asked for", async () => {
      await ghosts("ghost1");
      const own = await plan({ only: parseOnly("user:ghost1") });
      expect(own.refused).toEqual([]);
      expect(own.planned.map(({ entity, action }) => `${action} ${entity}`)).toEqual(["delete user", ...Array.from({ length: 9 }, () => "delete progress")]);
      expect(await applyRepair(open(), own)).toEqual({ applied: 10, parked: 0 });
      expect((await check(open())).findings).toEqual([]);
    });

    test("with a table that was emptied nothing of it goes, whatever it hangs on", async () => {
      await sql("TRUNCATE user_concept_progress");
      await sql("TRUNCATE jeseci.sync_mark");
      await ghosts("ghost1");
      const before = await count(progress);
      expect(kinds(await plan())).toEqual([[], [`sql_empty progress ${String(before)}`, "sql_empty user 1"]]);
      await sync(open().databases, { full: true });
      expect(await count(progress)).toBe(before);
    });

    test("a marked entity alone is compared no less carefully", async () => {
      await ghosts("ghost1", "ghost2");
      await sql("INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('user', '*')");
      expect((await sync(open().databases)).refused.map(({ reason, entity }) => [reason, entity])).toEqual([["delete_cap", "user"]]);
      expect(await count("(:User {user_id: 'ghost2'})-[:HAS_PROGRESS]->()")).toBe(9);
    });
  });

  describe("ids of every kind", () => {
    test("one that would mark the whole entity is refused, and no other is touched", async () => {
      for (const id of ["*", "a:b", ""]) await graph("CREATE (:User {user_id: $id, username: 'odd'})", { id });
      expect(kinds(await plan({ only: parseOnly("user:*") }))).toEqual([[], ["unmarkable_key user 1"]]);
      const colon = await plan({ only: parseOnly("user:a:b") });
      expect(kinds(colon)).toEqual([["delete user odd"], []]);
      expect(await applyRepair(open(), colon)).toEqual({ applied: 1, parked: 0 });
      expect(await count("(u:User {username: 'odd'})")).toBe(2);
      await sync(open().databases, { full: true });
      expect((await check(open())).findings).toEqual([]);
    });

    test("what may not be marked goes along with no node either, and a node that stands there twice is no deletion", async () => {
      await graph("CREATE (:Concept {concept_id: 'X', name: 'X'})");
      await graph("CREATE (:User {user_id: $id, username: 'odd'})", { id: "u\0" });
      await graph("MATCH (u:User {user_id: $id}) MATCH (c:Concept {concept_id: 'X'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)", { id: "u\0" });
      expect(kinds(await plan({ only: parseOnly("concept:X") }))).toEqual([[], ["unmarkable_key concept 1"]]);
      await graph("MATCH (u:User {user_id: $id}) DETACH DELETE u", { id: "u\0" });
      expect(kinds(await plan({ only: parseOnly("concept:X") }))).toEqual([["delete concept X"], []]);
      await graph("MATCH (u:User {username: 'cavin_admin'}) MATCH (c:Concept {concept_id: 'X'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)");
      await graph("CREATE (:User {user_id: '*', username: 'star'})");
      await graph("MATCH (u:User {user_id: '*'}) MATCH (c:Concept {concept_id: 'X'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)");
      const own = await plan({ only: parseOnly("concept:X") });
      expect(kinds(own)).toEqual([["delete concept X", "delete progress cavin_admin → X", "delete progress star → X"], []]);
      await applyRepair(open(), own);
      expect((await check(open())).findings.map(({ entity, key }) => [entity, key])).toEqual([["user", "star"]]);
      // Where the engine keeps a node from standing there twice there is nothing to refuse.
      const doubled = await graph("CREATE (:Concept {concept_id: 'Y', name: 'Y'}), (:Concept {concept_id: 'Y', name: 'Y'})").then(() => true, () => false);
      if (doubled) expect(kinds(await plan({ only: parseOnly("missing_in_sql") }))[1]).toContain("duplicate_node concept 1");
    });

    test("a NUL in the graph, in a value or an id, hinders nobody", async () => {
      await graph("MATCH (u:User {username: 'cavin_admin'}) SET u.first_name = $text", { text: "a\0b" });
      await graph("CREATE (:User {user_id: $id, username: $id})", { id: "x\0y" });
      await graph("MATCH (u:User {user_id: $id}) MATCH (c:Concept {name: 'statistics'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)", { id: "x\0y" });
      const report = await check(open());
      expect(report.findings.map(({ entity, kind }) => `${entity} ${kind}`).sort()).toEqual(["progress missing_in_sql", "user differing", "user missing_in_sql"]);
      const own = await planRepair(open(), report);
      expect(kinds(own)).toEqual([["update user cavin_admin"], ["unmarkable_key user 1", "unmarkable_key progress 1"]]);
      expect(await applyRepair(open(), own)).toEqual({ applied: 1, parked: 0 });
      expect((await loadRepairs(open().databases))[0]?.examples[0]?.before).toContain("a␀b");
      await sync(open().databases, { full: true });
      expect((await check(open())).findings).toEqual([]);
    });
  });

  test("a graph without rows is not taken for a pair that nobody has used yet", async () => {
    expect(await isEmpty(open().databases)).toBe(false);
    await sql("TRUNCATE users, concepts, learning_paths, quizzes CASCADE");
    expect(await isEmpty(open().databases)).toBe(false);
    await graph("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n");
    expect(await isEmpty(open().databases)).toBe(true);
  });

  describe("what a check says", () => {
    test("a change that is marked is on its way, though a trigger of another table is off", async () => {
      await sql("ALTER TABLE learning_paths DISABLE TRIGGER sync_mark_update");
      try {
        await sql("UPDATE users SET first_name = 'Changed' WHERE username = 'cavin_admin'");
        await sql("UPDATE learning_paths SET category = 'unseen' WHERE name = 'Data Science Track'");
        const report = await check(open());
        expect(report.findings.map(({ entity, cause }) => [entity, cause])).toEqual([["learning_path", "triggers_off"]]);
        expect(report.entities.find(({ entity }) => entity === "user")?.in_flight).toBe(1);
      } finally {
        await sql("ALTER TABLE learning_paths ENABLE TRIGGER sync_mark_update");
      }
    });

    test("counts alone name no cause once a row was written since", async () => {
      const { databases } = open();
      const clean: CheckReport = await check(open());
      const { snapshot, cluster } = await loadSnapshot(open(), {});
      const past: Past = { clean: { at: clean.finished_at, snapshot, cluster, rows: Object.fromEntries(clean.entities.map(({ entity, sql_rows }) => [entity, sql_rows])) }, firstSeen: () => undefined };
      const causes = async (options: CheckOptions): Promise<string[]> => (await check(open(), options)).findings.map(({ key, cause, evidence }) => `${key}: ${cause}: ${evidence}`);
      const unseen = async (statement: string): Promise<void> => {
        await sql(statement);
        await sql("TRUNCATE jeseci.sync_mark");
      };
      await unseen("DELETE FROM user_concept_progress WHERE user_id = (SELECT user_id FROM users WHERE username = 'cavin_admin') AND concept_id = (SELECT concept_id FROM concepts WHERE name = 'web_development')");
      expect(await causes({ past })).toEqual([expect.stringMatching(/^cavin_admin → web_development: deleted_in_sql: .*and no row was written$/)]);
      // As many come as went: the counts would say that it was the graph that gained one.
      await sql("INSERT INTO user_concept_progress (user_id, concept_id, status) SELECT user_id, concept_id, 'not_started' FROM users, concepts WHERE username = 'cavin_admin' AND name = 'technical_writing'");
      await sync(databases);
      expect(await causes({ past })).toEqual([expect.stringMatching(/^cavin_admin → web_development: unknown: no mark is open .*; 1 pass of a relay has ended since, the last at \d{4}-/)]);
    });
  });
}
