import { beforeEach, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { InputError } from "../../../src/core/errors.ts";
import { declarations } from "../../../src/core/projection/declarations.ts";
import { joinRowToMark } from "../../../src/core/projection/statements.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import type { Progress } from "../../../src/core/progress.ts";
import type { Session } from "../../../src/core/session.ts";
import { fence, ownerName, releaseLane, Superseded, takeLane } from "../../../src/core/sync/lane.ts";
import { installScript } from "../../../src/core/sync/install.ts";
import { loadBacklog, requireOutbox } from "../../../src/core/sync/outbox.ts";
import { loadParked, retryParked } from "../../../src/core/sync/parked.ts";
import { projectAll, sync } from "../../../src/core/sync/project.ts";
import { Relay, type DrainResult } from "../../../src/core/sync/relay.ts";
import { dualWrite } from "../../../src/core/writes/dual-write.ts";
import { DatabaseError } from "../../../src/databases/errors.ts";
import type { Databases } from "../../../src/databases/types.ts";
import type { Value } from "../../../src/databases/values.ts";

const cavin = idOf("user", "cavin_admin");
const machineLearning = idOf("concept", "machine_learning");
const statistics = idOf("concept", "statistics");
const writing = idOf("concept", "technical_writing");

/** The protocol, on a pair whose tests run one after the other. */
export function relayStories(open: () => Session): void {
  const databases = (): Databases => open().databases;
  const sql = (statement: string, parameters: Value[] = []): Promise<unknown> => databases().sql.write((transaction) => transaction.query(statement, parameters));
  const cypher = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => databases().graph.write((transaction) => transaction.query(statement, parameters));
  const pending = async (): Promise<number | undefined> => {
    await databases().afterwards.settled();
    return (await loadBacklog(databases()))?.pending;
  };
  const drift = async (): Promise<string[]> => (await check(open())).findings.map(({ entity, key, kind }) => `${entity} ${key} ${kind}`);
  const written = ({ entities }: DrainResult): number => entities.reduce((sum, { upserted, deleted }) => sum + upserted + deleted, 0);
  const agree = async (): Promise<void> => {
    await sync(databases());
    expect(await pending()).toBe(0);
    expect(await drift()).toEqual([]);
  };

  beforeEach(async () => {
    await sql("TRUNCATE users, concepts, learning_paths CASCADE");
    await cypher("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n");
    await sql("DELETE FROM jeseci.sync_mark");
    await sql("DELETE FROM jeseci.sync_dead");
    await seed(databases(), { folder: demoFolder() });
  });

  describe("any program's write is seen", () => {
    test.each([
      ["an update of each entity", ["UPDATE concepts SET category = 'another'", "UPDATE users SET last_name = 'Ü—陈😀'", "UPDATE learning_paths SET estimated_duration = estimated_duration + 1", "UPDATE learning_path_concepts SET sequence_order = sequence_order + 1", "UPDATE user_concept_progress SET progress_percent = 33 WHERE progress_percent < 90"]],
      ["a value that becomes NULL", ["UPDATE concepts SET category = NULL, domain = NULL", "UPDATE users SET first_name = NULL"]],
      ["inserts, the relationship before its ends are marked", ["INSERT INTO users (user_id, username) VALUES ('u1', 'new')", "INSERT INTO concepts (concept_id, name, difficulty_level) VALUES ('c1', 'new', 'BEGINNER')", "DELETE FROM jeseci.sync_mark", "INSERT INTO user_concept_progress (user_id, concept_id, status) VALUES ('u1', 'c1', 'not_started')", "UPDATE users SET first_name = 'N' WHERE user_id = 'u1'", "UPDATE concepts SET domain = 'D' WHERE concept_id = 'c1'"]],
      ["deletes, and what foreign keys delete along", [`DELETE FROM users WHERE user_id = '${cavin}'`, "DELETE FROM learning_paths WHERE name = 'Data Science Track'", `DELETE FROM concepts WHERE concept_id = '${writing}'`]],
      ["a key that changes marks both", [`UPDATE user_concept_progress SET concept_id = '${statistics}' WHERE user_id = '${cavin}' AND concept_id = '${machineLearning}'`]],
      ["a row that goes and comes again", [`DELETE FROM user_concept_progress WHERE user_id = '${cavin}'`, `INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) VALUES ('${cavin}', '${statistics}', 'in_progress', 7)`]],
    ])("%s", async (_what, statements) => {
      for (const statement of statements) await sql(statement);
      expect(await pending()).toBeGreaterThan(0);
      await agree();
    });

    test("a transaction that is rolled back leaves no mark", async () => {
      await expect(
        databases().sql.write(async (transaction) => {
          await transaction.query("UPDATE users SET last_name = 'nobody'");
          throw new Error("rolled back");
        }),
      ).rejects.toThrow("rolled back");
      expect(await pending()).toBe(0);
    });

    test("TRUNCATE marks the whole entity, and an empty PostgreSQL deletes nothing", async () => {
      await sql("TRUNCATE user_concept_progress");
      const { refused } = await sync(databases());
      expect(refused).toMatchObject([{ entity: "progress", reason: "sql_empty", count: 23 }]);
      expect(await drift()).toHaveLength(23);
      await sql(`INSERT INTO user_concept_progress (user_id, concept_id, status) SELECT user_id, concept_id, 'in_progress' FROM users CROSS JOIN (SELECT concept_id FROM concepts ORDER BY name LIMIT 4) c`);
      expect((await projectAll(databases())).refused).toMatchObject([{ entity: "progress", reason: "delete_cap" }]);
    });
  });

  test("what was carried over once is not written again, and replaying it changes nothing", async () => {
    const links = async (): Promise<unknown> => (await databases().graph.query("MATCH (n)-[r]->(m) RETURN coalesce(n.name, n.title, n.username) AS a, type(r) AS t, coalesce(m.name, m.title) AS b, r.status AS s, r.progress_percent AS p, r.sequence_order AS o ORDER BY a, t, b")).rows;
    expect(written(await sync(databases()))).toBe(0);
    const before = await links();
    for (const { entity, table, ...declaration } of declarations) {
      const [k1, k2] = "key" in declaration ? [declaration.key.column, "''"] : [declaration.from.column, declaration.to.column];
      await sql(`INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT '${entity}', ${k1}, ${k2} FROM ${table}`);
    }
    await agree();
    expect(await links()).toEqual(before);
  });

  test("a full sync writes only what differs, finds what nobody marked, and mends duplicates", async () => {
    expect(written(await sync(databases(), { full: true }))).toBe(0);
    await cypher("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'machine_learning'}) SET r.progress_percent = 1");
    await cypher("MATCH (u:User {username: 'cavin_admin'}), (c:Concept {name: 'web_development'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)");
    await cypher("MATCH (u:User {username: 'cavin_admin'}), (c:Concept {name: 'statistics'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)");
    const { entities } = await sync(databases(), { full: true });
    expect(entities.find(({ entity }) => entity === "progress")).toEqual({ entity: "progress", rows: 23, upserted: 2, deleted: expect.any(Number) as number, unchanged: 21 });
    expect(await drift()).toEqual([]);
  });

  test("a full sync counts a row once that had a mark of its own", async () => {
    await sql("UPDATE user_concept_progress SET progress_percent = 33 WHERE user_id = $1 AND concept_id = $2", [cavin, machineLearning]);
    const { entities } = await projectAll(databases());
    expect(entities.find(({ entity }) => entity === "progress")).toEqual({ entity: "progress", rows: 23, upserted: 1, deleted: 0, unchanged: 22 });
    await agree();
  });

  test("a row whose id is the empty text is found by a full sync, beside others and alone", async () => {
    await sql("INSERT INTO concepts (concept_id, name, difficulty_level) VALUES ('', 'without an id', 'Beginner')");
    await sql("INSERT INTO users (user_id, username) VALUES ('', 'nobody')");
    await sql("INSERT INTO user_concept_progress (user_id, concept_id, status) VALUES ('', '', 'not_started')");
    await sql("DELETE FROM jeseci.sync_mark");
    expect(written(await sync(databases(), { full: true }))).toBe(3);
    expect(await drift()).toEqual([]);
    // The same where the graph has nothing to compare with.
    await cypher("MATCH (:User)-[r:HAS_PROGRESS]->(:Concept) DELETE r");
    expect(written(await sync(databases(), { full: true }))).toBe(24);
    expect(await drift()).toEqual([]);
  });

  test("a full sync into a graph that has nothing of an entity parks what can't be there, and carries over the rest", async () => {
    await sql("INSERT INTO users (user_id, username, last_name) SELECT 'p' || n, 'p' || n, 'name ' || CASE n WHEN 1500 THEN 7 ELSE n END FROM generate_series(1, 2500) AS n");
    await sql("DELETE FROM jeseci.sync_mark");
    await cypher("MATCH (u:User) DETACH DELETE u");
    await databases().graph.schema("CREATE CONSTRAINT poison IF NOT EXISTS FOR (n:User) REQUIRE n.last_name IS UNIQUE");
    try {
      const { parked, entities } = await sync(databases(), { full: true });
      expect([parked, entities.find(({ entity }) => entity === "user")?.upserted]).toEqual([1, 2_499 + 7]);
      expect(await drift()).toHaveLength(1);
    } finally {
      await databases().graph.schema("DROP CONSTRAINT poison IF EXISTS").catch(() => undefined);
    }
    await retryParked(databases());
    await agree();
  });

  test("what somebody else writes while an entity is projected for the first time is neither lost nor doubled", async () => {
    await sql("INSERT INTO concepts (concept_id, name, difficulty_level) SELECT 'c' || lpad(n::text, 4, '0'), 'n' || n, 'BEGINNER' FROM generate_series(1, 900) AS n");
    await sql("INSERT INTO users (user_id, username) SELECT 'u' || lpad(n::text, 4, '0'), 'v' || n FROM generate_series(1, 100) AS n");
    await sync(databases());
    await sql("INSERT INTO user_concept_progress (user_id, concept_id, status) SELECT user_id, concept_id, 'not_started' FROM users CROSS JOIN concepts WHERE user_id LIKE 'u0%' AND concept_id LIKE 'c0%' AND (user_id, concept_id) <> ('u0100', 'c0900')");
    await sql("DELETE FROM jeseci.sync_mark");
    await cypher("MATCH ()-[r:HAS_PROGRESS]->() DELETE r");
    // One comes and one goes, so that their number tells nothing: the last one is still to be projected, the first one was.
    const swap = (): Promise<unknown> =>
      dualWrite(databases(), {
        rows: async (transaction) => {
          await transaction.query("DELETE FROM user_concept_progress WHERE user_id = 'u0001' AND concept_id = 'c0001'");
          await transaction.query("INSERT INTO user_concept_progress (user_id, concept_id, status) VALUES ('u0100', 'c0900', 'not_started')");
        },
      });
    let swapped: Promise<unknown> | undefined;
    await projectAll(databases(), { entities: ["progress"], onProgress: ({ done }) => void (done > 0 && (swapped ??= swap())) });
    await expect(swapped).resolves.toMatchObject({ outcome: "both" });
    expect(await drift()).toEqual([]);
  });

  test("progress tells the whole, and stops where it is told to", async () => {
    const told: Progress[] = [];
    await sync(databases(), { full: true, onProgress: (progress) => void told.push(progress) });
    expect(told.filter(({ step }) => step === "progress").at(-1)).toEqual({ step: "progress", done: 23, total: 23 });
    const stop = new AbortController();
    await cypher("MATCH (:User)-[r:HAS_PROGRESS]->(:Concept) DELETE r");
    const interrupted = sync(databases(), { full: true, signal: stop.signal, onProgress: ({ step }) => (step === "progress" ? stop.abort() : undefined) });
    await expect(interrupted).rejects.toMatchObject({ code: "cancelled" });
    await agree();
  });

  test("a graph that was emptied is noticed by its epoch, and made whole", async () => {
    const edges = async (): Promise<number> => Number((await databases().graph.query("MATCH (:Concept)-[r]->(:Concept) RETURN count(r) AS n")).rows[0]?.[0]);
    expect(await edges()).toBeGreaterThan(0);
    await cypher("MATCH (n) DETACH DELETE n");
    await agree();
    expect((await databases().graph.query("MATCH (n:Concept) RETURN count(n) AS n")).rows).toEqual([[9]]);
  });

  test("a PostgreSQL that is older than the graph is reported, and only a full sync goes on", async () => {
    await cypher("MATCH (l:__SyncLane) SET l.epoch = l.epoch + 1000");
    await sql("UPDATE users SET last_name = 'later' WHERE username = 'cavin_admin'");
    await expect(sync(databases())).rejects.toThrow(/later state than PostgreSQL/);
    // Nothing was carried over: its mark is still there.
    expect((await check(open())).entities.find(({ entity }) => entity === "user")).toMatchObject({ in_flight: 1, differing: 0 });
    await sync(databases(), { full: true });
    expect(await drift()).toEqual([]);
    await agree();
  });

  test("two databases that do not belong together are left alone", async () => {
    await cypher("MATCH (l:__SyncLane) SET l.pair = 'somebody else’s'");
    await sql("UPDATE users SET last_name = 'later' WHERE username = 'cavin_admin'");
    await expect(sync(databases())).rejects.toThrow(/do not belong together/);
    await expect(sync(databases(), { full: true })).rejects.toThrow(InputError);
    expect((await databases().graph.query("MATCH (u:User) WHERE u.last_name = 'later' RETURN count(u) AS n")).rows).toEqual([[0]]);
    expect((await check(open())).warnings.map(({ code }) => code)).toContain("not_a_pair");
    const pair = (await databases().sql.query("SELECT pair FROM jeseci.sync_lane")).rows[0]?.[0] ?? null;
    await cypher("MATCH (l:__SyncLane) SET l.pair = $pair", { pair });
    await agree();
  });

  test("whoever lost the lane writes nothing", async () => {
    const first = await takeLane(databases(), ownerName());
    if (first === null) throw new Error("nobody else should hold the lane");
    await sql("UPDATE jeseci.sync_lane SET owner = NULL");
    const second = await takeLane(databases(), ownerName());
    expect(second?.epoch).toBe(first.epoch + 1);
    await sql("UPDATE users SET last_name = 'zombie' WHERE username = 'cavin_admin'");
    await expect(new Relay(databases(), first).drain()).rejects.toThrow(Superseded);
    await expect(databases().graph.write((transaction) => fence(transaction, first))).rejects.toThrow(Superseded);
    expect((await databases().graph.query("MATCH (u:User {last_name: 'zombie'}) RETURN count(u) AS n")).rows).toEqual([[0]]);
    if (second !== null) await releaseLane(databases(), second);
    await agree();
  });

  test("poison amid ten thousand good ones parks alone, holds nobody up, and is tried again", async () => {
    await databases().graph.schema("CREATE CONSTRAINT poison IF NOT EXISTS FOR (n:User) REQUIRE n.last_name IS UNIQUE");
    try {
      await sql("INSERT INTO users (user_id, username, last_name) SELECT 'p' || n, 'p' || n, 'name ' || CASE n WHEN 5000 THEN 7 ELSE n END FROM generate_series(1, 10001) AS n");
      const { parked } = await sync(databases());
      expect(parked).toBe(1);
      expect(await loadParked(databases())).toMatchObject([{ entity: "user", k1: "p5000", code: "constraint", attempts: 1 }]);
      expect(await drift()).toEqual(["user p5000 missing_in_graph"]);
      await retryParked(databases());
      expect((await sync(databases())).parked).toBe(1);
      expect(await loadParked(databases())).toMatchObject([{ k1: "p5000", attempts: 2 }]);
    } finally {
      await databases().graph.schema("DROP CONSTRAINT poison IF EXISTS").catch(() => undefined);
    }
    await sql("UPDATE users SET last_name = 'of its own' WHERE user_id = 'p5000'");
    await agree();
    expect(await loadParked(databases())).toEqual([]);
  });

  test("a key that fails is not parked once somebody else has carried it over", async () => {
    await sql("INSERT INTO users (user_id, username) VALUES ('twice', 'twice')");
    const lease = await takeLane(databases(), ownerName());
    if (lease === null) throw new Error("nobody else should hold the lane");
    const { graph } = databases();
    let failures = 0;
    // The graph refuses, and before that is noted another relay has been there.
    const refusing: Databases = {
      ...databases(),
      graph: new Proxy(graph, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name, target);
          if (name !== "write") return typeof member === "function" ? (member.bind(target) as unknown) : member;
          return async (...parameters: Parameters<typeof target.write>) => {
            await target.write(...parameters).catch(() => undefined);
            if ((failures += 1) > 1) return undefined;
            await sql("DELETE FROM jeseci.sync_mark");
            throw new DatabaseError("constraint", "graph", "refused");
          };
        },
      }),
    };
    expect((await new Relay(refusing, lease).drain()).parked).toBe(0);
    expect([failures, await loadParked(databases())]).toEqual([1, []]);
    await releaseLane(databases(), lease);
    await agree();
  });

  test("a node that carries relationships of the graph's own is parked, and never deleted", async () => {
    await sql("DELETE FROM concepts WHERE name = 'statistics'");
    const { parked, refused } = await sync(databases());
    expect([parked, refused.map(({ reason }) => reason)]).toEqual([1, ["graph_owned_relationships"]]);
    expect(await loadParked(databases())).toMatchObject([{ entity: "concept", k1: statistics, code: "graph_owned_relationships" }]);
    expect((await databases().graph.query("MATCH (:Concept {name: 'statistics'})-[r:PREREQUISITE]-() RETURN count(r) AS n")).rows).toEqual([[2]]);
    await cypher("MATCH (:Concept {name: 'statistics'})-[r]-() DELETE r");
    await retryParked(databases());
    await agree();
  });

  test("triggers that are off are named, and put back", async () => {
    await sql("ALTER TABLE users DISABLE TRIGGER sync_mark_update");
    await expect(requireOutbox(databases())).rejects.toThrow(/missing or disabled on users/);
    await expect(sync(databases())).rejects.toThrow(InputError);
    await sql("UPDATE users SET last_name = 'unseen' WHERE username = 'cavin_admin'");
    const script = await installScript(databases().sql);
    expect(script).toContain("CREATE TRIGGER sync_mark_update AFTER UPDATE ON users");
    expect(script).not.toContain("learning_paths");
    await databases().sql.adopt(script ?? "");
    expect(await installScript(databases().sql)).toBeNull();
    await agree();
  });

  describe("a dual write", () => {
    const rename = { rows: (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => transaction.query("UPDATE users SET last_name = 'both' WHERE username = 'cavin_admin'") };
    const stored = async (): Promise<unknown> => (await databases().graph.query("MATCH (u:User {username: 'cavin_admin'}) RETURN u.last_name AS name")).rows[0]?.[0];

    test("reaches both, and leaves no mark", async () => {
      expect(await dualWrite(databases(), rename)).toMatchObject({ outcome: "both", counts: [{ entity: "user", upserted: 1, deleted: 0 }] });
      expect([await stored(), await pending()]).toEqual(["both", 0]);
      expect(await drift()).toEqual([]);
    });

    test("a dry run tells the same and writes nothing", async () => {
      expect(await dualWrite(databases(), rename, { dryRun: true })).toMatchObject({ outcome: "neither", counts: [{ entity: "user", upserted: 1, deleted: 0 }] });
      expect([await stored(), await pending()]).toEqual(["Otieno", 0]);
      expect(await drift()).toEqual([]);
    });

    test.each([
      ["PostgreSQL refuses it", { rows: (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => transaction.query("UPDATE user_concept_progress SET progress_percent = 101") }, DatabaseError],
      ["the graph refuses it", { ...rename, graph: (): Promise<never> => Promise.reject(new InputError("refused", "no")) }, InputError],
    ])("reaches neither when %s", async (_why, write, error) => {
      await expect(dualWrite(databases(), write)).rejects.toThrow(error);
      expect([await stored(), await pending()]).toEqual(["Otieno", 0]);
      expect(await drift()).toEqual([]);
    });

    test.each([false, true])("reaches neither when PostgreSQL refuses it only at COMMIT (dry run: %s)", async (dryRun) => {
      await databases().sql.adopt("CREATE TABLE late (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
      const write = {
        rows: async (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => {
          await rename.rows(transaction);
          await transaction.query("INSERT INTO late VALUES (1), (1)");
        },
      };
      await expect(dualWrite(databases(), write, { dryRun })).rejects.toThrow(expect.objectContaining({ database: "sql", code: "constraint" }) as Error);
      expect([await stored(), await pending()]).toEqual(["Otieno", 0]);
      await databases().sql.adopt("DROP TABLE late");
      expect(await drift()).toEqual([]);
    });

    test("reaches neither where a trigger would not tell of it", async () => {
      await sql("ALTER TABLE learning_path_concepts DISABLE TRIGGER sync_mark_delete");
      await expect(dualWrite(databases(), rename)).rejects.toThrow(/missing or disabled on learning_path_concepts/);
      await sql("ALTER TABLE learning_path_concepts ENABLE TRIGGER sync_mark_delete");
      expect([await stored(), await pending()]).toEqual(["Otieno", 0]);
      expect(await drift()).toEqual([]);
    });

    test("reaches neither where a table has been replaced by one without triggers", async () => {
      // Often enough that the server has kept the plan of the question, on the one connection that is in use.
      for (let times = 0; times < 4; times += 1) expect((await dualWrite(databases(), rename)).outcome).toBe("both");
      await databases().afterwards.settled();
      await sql("ALTER TABLE learning_path_concepts RENAME TO replaced");
      try {
        await sql("CREATE TABLE learning_path_concepts (LIKE replaced INCLUDING ALL)");
        await expect(dualWrite(databases(), { rows: (transaction) => transaction.query("UPDATE users SET last_name = 'neither' WHERE username = 'cavin_admin'") })).rejects.toThrow(/missing or disabled on learning_path_concepts/);
      } finally {
        await sql("DROP TABLE IF EXISTS learning_path_concepts");
        await sql("ALTER TABLE replaced RENAME TO learning_path_concepts");
      }
      expect([await stored(), await pending()]).toEqual(["both", 0]);
      expect(await drift()).toEqual([]);
    });

    test.each(declarations)("finds the row of its mark by the index of the key: $entity", async (declaration) => {
      const plan = await databases().sql.read(async (transaction) => {
        // Of a table of a few rows it would read all. What no index serves is read through even so.
        await transaction.query("SELECT set_config('enable_seqscan', 'off', true)");
        return (await transaction.query(`EXPLAIN SELECT r.* FROM jeseci.sync_mark AS m ${joinRowToMark(declaration)}`)).rows.join("\n");
      });
      expect(plan).toMatch(new RegExp(`Index (Only )?Scan using \\S+ on ${declaration.table} t`));
      expect(plan).not.toContain(`Seq Scan on ${declaration.table}`);
    });

    test("takes along what a crash before it left", async () => {
      await sql("INSERT INTO concepts (concept_id, name, difficulty_level) VALUES ('c1', 'new', 'Beginner')");
      const link = { rows: (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => transaction.query("INSERT INTO user_concept_progress (user_id, concept_id, status) VALUES ($1, 'c1', 'not_started')", [cavin]) };
      expect((await dualWrite(databases(), link)).outcome).toBe("both");
      expect([await pending(), await drift()]).toEqual([0, []]);
    });

    test("prepares a graph that was emptied, and leaves its projection to the next sync", async () => {
      await cypher("MATCH (n) DETACH DELETE n");
      expect((await dualWrite(databases(), rename)).outcome).toBe("both");
      expect([await stored(), await pending()]).toEqual(["both", declarations.length]);
      await agree();
    });

    test("leaves the comparison of a whole entity to the next sync", async () => {
      await cypher("MATCH (u:User {username: 'amina_diallo'}) SET u.last_name = 'unnoticed'");
      await sql("INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('user', '*')");
      await sql("INSERT INTO concepts (concept_id, name, difficulty_level) VALUES ('c1', 'new', 'Beginner')");
      expect((await dualWrite(databases(), rename)).outcome).toBe("both");
      // The key's own mark was carried over, the entity's stays.
      expect([await stored(), await pending()]).toEqual(["both", 1]);
      expect((await databases().graph.query("MATCH (u:User {last_name: 'unnoticed'}) RETURN u.username AS username")).rows).toEqual([["amina_diallo"]]);
      await agree();
    });

    test("reaches neither where a node would have to stay; and unparks one that was when its row comes again", async () => {
      const gone = "DELETE FROM concepts WHERE concept_id = $1";
      await expect(dualWrite(databases(), { rows: (transaction) => transaction.query(gone, [statistics]) })).rejects.toThrow(/relationships that are not jeseci's hang on concept/);
      expect([await loadParked(databases()), await pending(), await drift()]).toEqual([[], 0, []]);
      await sql(gone, [statistics]);
      await sync(databases());
      expect(await loadParked(databases())).toMatchObject([{ k1: statistics, code: "graph_owned_relationships" }]);
      await dualWrite(databases(), { rows: (transaction) => transaction.query("INSERT INTO concepts (concept_id, name, difficulty_level) VALUES ($1, 'statistics', 'Beginner')", [statistics]) });
      expect([await loadParked(databases()), await pending(), await drift()]).toEqual([[], 0, []]);
    });

    test("takes the relationships between concepts along only where a person said so", async () => {
      const gone = { rows: (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => transaction.query("DELETE FROM concepts WHERE concept_id = $1", [statistics]), cascade: () => [statistics] };
      const { outcome, counts } = await dualWrite(databases(), gone);
      expect(outcome).toBe("both");
      expect(counts.find(({ entity }) => entity === "relationship")?.deleted).toBeGreaterThan(2);
      expect([await pending(), await drift(), await loadParked(databases())]).toEqual([0, [], []]);
      expect((await databases().graph.query("MATCH (c:Concept {name: 'statistics'}) RETURN count(c) AS n")).rows).toEqual([[0]]);
    });
  });
}
