import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { validateFolder } from "../../../src/core/seeding/validate.ts";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import type { Session } from "../../../src/core/session.ts";
import { ownerName, releaseLane, takeLane, whileBeating } from "../../../src/core/sync/lane.ts";
import { loadBacklog, markWhole } from "../../../src/core/sync/outbox.ts";
import { loadParked, retryParked } from "../../../src/core/sync/parked.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { Relay } from "../../../src/core/sync/relay.ts";
import { dualWrite } from "../../../src/core/writes/dual-write.ts";
import { operationOf } from "../../../src/core/writes/operations.ts";
import { DatabaseError } from "../../../src/databases/errors.ts";
import type { Databases } from "../../../src/databases/types.ts";
import type { Value } from "../../../src/databases/values.ts";
import { Disturbed, type Moment } from "../../support/disturbed.ts";

/** What goes wrong in the middle, and what is told of it, on a pair whose tests run one after the other. */
export function failureStories(open: () => Session): void {
  const databases = (): Databases => open().databases;
  const sql = (statement: string, parameters: Value[] = []): Promise<unknown> => databases().sql.write((transaction) => transaction.query(statement, parameters));
  const cypher = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => databases().graph.write((transaction) => transaction.query(statement, parameters));
  const count = async (pattern: string): Promise<number> => Number((await databases().graph.query(`MATCH ${pattern} RETURN count(*) AS n`)).rows[0]?.[0]);
  const disturbed = (onMoment: (moment: Moment) => void): Databases => new Disturbed(databases(), (moment) => Promise.resolve(onMoment(moment))).databases;
  const is = (moment: Moment, database: Moment["database"], mode: Moment["mode"], place: Moment["place"]): boolean => moment.database === database && moment.mode === mode && moment.place === place;
  const folderWith = async (relationships: readonly object[], work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), "jeseci-seed-"));
    try {
      writeFileSync(join(folder, "concepts.json"), JSON.stringify(["programming", "data_structures", "databases", "technical_writing"].map((name) => ({ name, difficulty: "Beginner" }))));
      writeFileSync(join(folder, "relationships.json"), JSON.stringify(relationships));
      for (const file of ["learning-paths", "users", "progress", "sessions", "quizzes", "quiz-attempts", "achievements"]) writeFileSync(join(folder, `${file}.json`), "[]");
      await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  beforeEach(async () => {
    await databases().afterwards.settled();
    await sql("TRUNCATE users, concepts, learning_paths CASCADE");
    await cypher("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n");
    await sql("TRUNCATE jeseci.sync_mark, jeseci.sync_dead");
    await seed(databases(), { folder: demoFolder() });
  });

  describe("a relay", () => {
    test("that lost PostgreSQL after the graph's commit makes nothing twice, wherever in a first projection", async () => {
      await sql("INSERT INTO users (user_id, username) SELECT 'u' || n, 'u' || n FROM generate_series(1, 300) AS n");
      await sql("INSERT INTO concepts (concept_id, name, difficulty_level) SELECT 'c' || n, 'c' || n, 'Beginner' FROM generate_series(1, 200) AS n");
      await sql("INSERT INTO user_concept_progress (user_id, concept_id, status) SELECT u.user_id, c.concept_id, 'in_progress' FROM users u, concepts c WHERE u.user_id LIKE 'u%' AND length(u.user_id) < 6 AND c.concept_id LIKE 'c%' AND length(c.concept_id) < 6");
      await sql("TRUNCATE jeseci.sync_mark");
      await cypher("MATCH ()-[r:HAS_PROGRESS]->() DELETE r");
      // What PostgreSQL is to write after the first page goes well, and the relay takes it that nobody else writes; then it is
      // refused after every page, until that is done again.
      let [committed, pages] = [false, 0];
      const own = new Disturbed(databases(), async (moment) => {
        if (is(moment, "graph", "write", "after")) committed = true;
        if (!committed || !is(moment, "sql", "write", "before")) return;
        committed = false;
        if ((await count("(:User)-[:HAS_PROGRESS]->(:Concept)")) > 0 && (pages += 1) % 2 === 0) throw new DatabaseError("cannot-connect", "sql", "connection lost");
      }).databases;
      await databases().sql.write((transaction) => markWhole(transaction));
      const lease = await takeLane(databases(), ownerName());
      if (lease === null) throw new Error("nobody else should hold the lane");
      await whileBeating(databases(), lease, () => new Relay(own, lease).drain());
      expect(pages).toBeGreaterThan(3);
      expect(await check(open())).toMatchObject({ in_sync: true, findings: [] });
    }, 120_000);

    test("whose graph commits nothing at all parks nothing", async () => {
      await sql("UPDATE users SET last_name = 'later'");
      let refused = 0;
      const full = disturbed((moment) => {
        if (!is(moment, "graph", "write", "done")) return;
        refused += 1;
        throw new DatabaseError("failed", "graph", "Could not apply the transaction: no space left on device");
      });
      const lease = await takeLane(databases(), ownerName());
      if (lease === null) throw new Error("nobody else should hold the lane");
      await expect(new Relay(full, lease).drain()).rejects.toMatchObject({ code: "cannot-connect", message: expect.stringContaining("no space left on device") as string });
      // The pass and the question whether anything goes at all, as often as it is tried again; not each key alone.
      expect(refused).toBeLessThanOrEqual(10);
      await releaseLane(databases(), lease);
      expect([await loadParked(databases()), (await loadBacklog(databases()))?.pending]).toEqual([[], 7]);
      expect((await sync(databases())).left).toBe(0);
      expect((await check(open())).findings).toEqual([]);
    }, 60_000);

    test("tells of parked keys for as long as there are any, counts each once, and remembers since when", async () => {
      await sql("INSERT INTO users (user_id, username) VALUES ('poison', 'poison')");
      for (const name of ["a", "b", "c"]) await sql("UPDATE users SET last_name = $1 WHERE user_id = 'poison'", [name]);
      // The graph finds out at its commit that it does not take the user.
      let poisoned = false;
      const own = disturbed((moment) => {
        if (is(moment, "graph", "write", "begun")) poisoned = false;
        if (is(moment, "sql", "read", "done")) poisoned = true;
        if (is(moment, "graph", "write", "done") && poisoned) throw new DatabaseError("constraint", "graph", "not that one");
      });
      const drain = async (): Promise<number> => {
        const lease = await takeLane(databases(), ownerName());
        if (lease === null) throw new Error("nobody else should hold the lane");
        return whileBeating(databases(), lease, async () => (await new Relay(own, lease).drain()).parked);
      };
      expect(await drain()).toBe(1);
      const [first] = await loadParked(databases());
      expect(first).toMatchObject({ entity: "user", k1: "poison", code: "constraint", attempts: 1 });
      expect(await sync(databases())).toMatchObject({ parked: 0, left: 1 });
      await retryParked(databases());
      expect(await drain()).toBe(1);
      expect(await loadParked(databases())).toMatchObject([{ k1: "poison", attempts: 2, first_at: first?.first_at }]);
      await retryParked(databases());
      expect((await sync(databases())).left).toBe(0);
    });
  });

  test("of a key that fails a mark may go meanwhile, and it is parked all the same", async () => {
    await sql("INSERT INTO users (user_id, username) VALUES ('poison', 'poison')");
    await sql("UPDATE users SET last_name = 'a' WHERE user_id = 'poison'");
    let carrying = false;
    const own = new Disturbed(databases(), async (moment) => {
      if (is(moment, "graph", "write", "begun")) carrying = false;
      if (is(moment, "sql", "read", "done")) carrying = true;
      if (!is(moment, "graph", "write", "done") || !carrying) return;
      // As a dual write drops its own marks behind its answer.
      await sql("DELETE FROM jeseci.sync_mark WHERE id = (SELECT min(id) FROM jeseci.sync_mark) AND (SELECT count(*) FROM jeseci.sync_mark) > 1");
      throw new DatabaseError("constraint", "graph", "not that one");
    }).databases;
    const lease = await takeLane(databases(), ownerName());
    if (lease === null) throw new Error("nobody else should hold the lane");
    expect((await whileBeating(databases(), lease, () => new Relay(own, lease).drain())).parked).toBe(1);
    expect([await loadParked(databases()), (await loadBacklog(databases()))?.pending]).toMatchObject([[{ k1: "poison" }], 0]);
  });

  describe("a dual write", () => {
    const rename = { about: "user" as const, rows: (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => transaction.query("UPDATE users SET last_name = 'both' WHERE username = 'cavin_admin'") };
    const names = async (): Promise<unknown[]> => [(await databases().sql.query("SELECT last_name FROM users WHERE username = 'cavin_admin'")).rows[0]?.[0], (await databases().graph.query("MATCH (u:User {username: 'cavin_admin'}) RETURN u.last_name AS name")).rows[0]?.[0]];

    test.each(["before", "done"] as const)("that is interrupted reaches neither (%s)", async (place) => {
      const before = await names();
      const controller = new AbortController();
      const own = disturbed((moment) => {
        if (is(moment, "sql", "write", place) && place === "before") controller.abort();
      });
      const rows: typeof rename.rows = async (transaction) => {
        const result = await rename.rows(transaction);
        if (place === "done") controller.abort();
        return result;
      };
      await expect(dualWrite(own, { ...rename, rows }, { signal: controller.signal })).rejects.toMatchObject({ code: "cancelled" });
      expect(await names()).toEqual(before);
      expect((await loadBacklog(databases()))?.pending).toBe(0);
    });

    test("that both have committed is no failure, whatever comes after", async () => {
      const { graph } = databases();
      const own: Databases = { ...databases(), graph: new Proxy(graph, { get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name === "checkpoint") return () => Promise.reject(new Error("no space left on device"));
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      } }) };
      expect(await dualWrite(own, rename)).toMatchObject({ outcome: "both", warnings: [expect.stringContaining("no space left on device")] });
      expect(await names()).toEqual(["both", "both"]);
    });

    test("run dry leaves others' marks to those who carry over", async () => {
      await sql("UPDATE users SET last_name = 'another' WHERE username <> 'cavin_admin'");
      expect(await dualWrite(databases(), rename, { dryRun: true })).toMatchObject({ outcome: "neither" });
      expect((await loadBacklog(databases()))?.pending).toBe(6);
      expect(await count("(:User {last_name: 'another'})")).toBe(0);
    });

    test("of a path on which relationships of others hang reaches neither, and says which", async () => {
      await cypher("MATCH (u:User {username: 'cavin_admin'}) MATCH (p:LearningPath {title: 'Programming Essentials'}) CREATE (u)-[:BOOKMARKED]->(p)");
      const gone = operationOf("path delete").run(databases(), { path: "Programming Essentials" }, { cascade: true, dryRun: false, timeZone: "UTC" });
      await expect(gone).rejects.toMatchObject({ code: "write-refused", message: expect.stringContaining("learning_path") as string, hint: expect.stringContaining("MATCH (n:LearningPath {path_id:") as string });
      expect([await count("(:LearningPath {title: 'Programming Essentials'})"), await loadParked(databases())]).toEqual([1, []]);
      expect((await check(open())).findings).toEqual([]);
    });
  });

  describe("a seed folder", () => {
    test("that would close a cycle with what is there is refused before anything is written", async () => {
      await folderWith([{ from: "data_structures", type: "PREREQUISITE", to: "programming" }], async (folder) => {
        expect((await validateFolder(folder, {})).faultsTotal).toBe(0);
        await expect(seed(databases(), { folder })).rejects.toMatchObject({ code: "bad-input", message: expect.stringMatching(/make a cycle: .*data_structures/) as string });
        expect((await databases().sql.query("SELECT difficulty_level FROM concepts WHERE name = 'databases'")).rows).not.toEqual([["BEGINNER"]]);
      });
    });

    test("with a pair both ways round relates it once", async () => {
      await folderWith([{ from: "databases", type: "RELATED_TO", to: "technical_writing" }, { from: "technical_writing", type: "RELATED_TO", to: "databases" }], async (folder) => {
        const { counts } = await seed(databases(), { folder });
        expect(counts.find(({ entity }) => entity === "relationships")).toEqual({ entity: "relationships", added: 1, updated: 0, unchanged: 1 });
        expect(await count("(:Concept {name: 'databases'})-[:RELATED_TO]-(:Concept {name: 'technical_writing'})")).toBe(1);
      });
    });

    test("some of whose keys are parked is not said to be in both", async () => {
      await cypher("MATCH (c:Concept {name: 'statistics'}) CREATE (c)-[:OF_OTHERS]->(:Other)");
      await sql("DELETE FROM concepts WHERE concept_id = $1", [idOf("concept", "statistics")]);
      await sql("INSERT INTO users (user_id, username) VALUES ('more', 'more')");
      await folderWith([], async (folder) => expect(await seed(databases(), { folder })).toMatchObject({ outcome: "pending", parked: 1 }));
    });
  });
}
