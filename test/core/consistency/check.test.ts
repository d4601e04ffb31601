import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { prometheusText } from "../../../src/core/consistency/prometheus.ts";
import { planRepair } from "../../../src/core/consistency/repair.ts";
import { loadStatus } from "../../../src/core/status/status.ts";
import { compareText, sameValue } from "../../../src/core/projection/compare.ts";
import { merge } from "../../../src/core/projection/merge.ts";
import type { Keyed } from "../../../src/core/projection/read.ts";
import { projectAll } from "../../../src/core/sync/project.ts";
import type { Value } from "../../../src/databases/values.ts";
import { openDemo, type TemporarySession } from "../../support/seeded.ts";

describe("drift behind the product's back", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openDemo()));
  afterAll(() => temporary.close());
  beforeEach(async () => {
    await projectAll(temporary.databases);
    expect((await check(temporary.session)).findings).toEqual([]);
  });
  const graph = (statement: string): Promise<unknown> => temporary.databases.graph.write((transaction) => transaction.query(statement));
  const mark = (statement: string): Promise<unknown> => temporary.databases.sql.write((transaction) => transaction.query(statement));
  const found = async (): Promise<string[]> => (await check(temporary.session)).findings.map(({ entity, key, kind, fields }) => `${entity} ${key} ${kind} ${fields.map(({ field }) => field).join(",")}`);
  test("100 is 100.0", async () => {
    await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'machine_learning'}) SET r.progress_percent = 100.0 RETURN 1 AS done");
    expect(await found()).toEqual([]);
  });

  test("a missing relationship, an extra one, and a duplicate", async () => {
    await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'}) DELETE r RETURN 1 AS done");
    await graph("MATCH (u:User {username: 'cavin_admin'}), (c:Concept {name: 'statistics'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed', progress_percent: 1}]->(c) RETURN 1 AS done");
    await graph("MATCH (p:LearningPath {title: 'Data Science Track'}), (c:Concept {name: 'statistics'}) CREATE (p)-[:CONTAINS {sequence_order: 9}]->(c) RETURN 1 AS done");
    const report = await check(temporary.session);
    expect(report.findings.map(({ key, kind, cause }) => [key, kind, cause])).toEqual([
      ["Data Science Track → statistics", "duplicate_in_graph", "duplicate"],
      ["cavin_admin → data_structures", "missing_in_graph", "unknown"],
      ["cavin_admin → statistics", "missing_in_sql", "unknown"],
    ]);
    const progress = report.entities.find(({ entity }) => entity === "progress");
    expect(progress).toMatchObject({ missing_in_graph: 1, missing_in_sql: 1, differing: 0, duplicate_in_graph: 0, in_flight: 0 });
    expect(report).toMatchObject({ in_sync: false, mode: "deep", findings_total: 3, truncated: false });
  });

  test("the limit cuts the findings and says so, but counts them all", async () => {
    await graph("MATCH (c:Concept) SET c.domain = 'elsewhere' RETURN 1 AS done");
    await graph("MATCH (p:LearningPath)-[r:CONTAINS]->(c:Concept {name: 'data_structures'}) CREATE (p)-[d:CONTAINS]->(c) SET d = properties(r) RETURN 1 AS done");
    const report = await check(temporary.session, { limit: 2 });
    expect([report.findings.length, report.findings_total, report.truncated]).toEqual([2, 13, true]);
    expect(prometheusText(report).match(/^jeseci_differences.* [^0].*$/gm)).toEqual(['jeseci_differences{entity="concept",kind="differing"} 9', 'jeseci_differences{entity="path_concept",kind="duplicate_in_graph"} 4']);
    expect(prometheusText(await check(temporary.session, { mode: "fast" }))).not.toContain("jeseci_differences");
  });

  test("what is kept are the first by entity and ids, whenever they came to rest", async () => {
    await graph("MATCH (c:Concept) SET c.domain = 'elsewhere' RETURN 1 AS done");
    const idsOf = async (limit: number): Promise<string[]> => (await check(temporary.session, { limit })).findings.flatMap(({ ids }) => ids).sort();
    const all = await idsOf(9);
    await mark("INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'concept', min(concept_id) FROM concepts");
    const [kept] = await Promise.all([idsOf(4), sleep(100).then(() => mark("TRUNCATE jeseci.sync_mark"))]);
    expect(kept).toEqual(all.slice(0, 4));
  });

  test("a list with a large integer in the graph is shown, and told from a text", async () => {
    await graph("MATCH (u:User {username: 'cavin_admin'}) SET u.first_name = [9007199254740993, 2], u.last_name = ['9007199254740993'] RETURN 1 AS done");
    const report = await check(temporary.session);
    expect(report.findings.map(({ repair }) => repair)).toEqual(["set first_name: [9007199254740993, 2] → “Cavin”, last_name: [“9007199254740993”] → “Otieno”"]);
    expect((await planRepair(temporary.session, report)).planned[0]).toMatchObject({ before: "first_name [9007199254740993, 2], last_name [“9007199254740993”]" });
  });

  test("fast sees counts and sums, and says what it can't see", async () => {
    await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'}) SET r.progress_percent = 57 RETURN 1 AS done");
    expect((await check(temporary.session, { mode: "fast" })).in_sync).toBe(false);
    await projectAll(temporary.databases);
    await graph("MATCH (c:Concept {name: 'algorithms'}) SET c.domain = 'elsewhere' RETURN 1 AS done");
    const report = await check(temporary.session, { mode: "fast" });
    expect(report.in_sync).toBe(true);
    expect(report.warnings.map(({ code }) => code)).toContain("fast_check");
  });

  test("what belongs to one side only is a warning and leaves the verdict alone", async () => {
    await graph("MATCH (a:Concept {name: 'deep_learning'}), (b:Concept {name: 'programming'}) CREATE (a)-[:PREREQUISITE]->(b) RETURN 1 AS done");
    await graph("MATCH (u:User {username: 'chen_wei'}) SET u.email = 'x@example.org' RETURN 1 AS done");
    const report = await check(temporary.session);
    expect(report.in_sync).toBe(true);
    expect(report.warnings.map(({ code }) => code)).toEqual(["prerequisite_cycle", "private_data_in_graph"]);
    expect(report.warnings[0]?.examples[0]).toMatch(/^(\w+) → .* → \1$/);
    await graph("MATCH (:Concept {name: 'deep_learning'})-[r:PREREQUISITE]->(:Concept {name: 'programming'}) DELETE r RETURN 1 AS done");
    await graph("MATCH (u:User {username: 'chen_wei'}) SET u.email = null RETURN 1 AS done");
  });

  test("a lost node takes what hung on it along, and comes back whole; relationships between concepts survive", async () => {
    const edges = async (): Promise<unknown> => (await temporary.databases.graph.query("MATCH (a:Concept)-[r]->(b:Concept) RETURN count(r) AS n")).rows;
    const before = await edges();
    await graph("MATCH (u:User {username: 'cavin_admin'}) DETACH DELETE u");
    expect((await found()).filter((line) => line.includes("missing_in_graph"))).toHaveLength(4);
    await projectAll(temporary.databases);
    expect(await found()).toEqual([]);
    expect(await edges()).toEqual(before);
  });

  test("a concept whose row is gone stays while relationships of the graph's own hang on it", async () => {
    await graph("CREATE (c:Concept {concept_id: 'ghost', name: 'ghost'}) RETURN 1 AS done");
    await graph("MATCH (a:Concept {name: 'ghost'}), (b:Concept {name: 'programming'}) CREATE (a)-[:PART_OF]->(b) RETURN 1 AS done");
    const { refused } = await projectAll(temporary.databases);
    expect(refused).toMatchObject([{ entity: "concept", reason: "graph_owned_relationships", count: 1 }]);
    await graph("MATCH (a:Concept {name: 'ghost'}) DETACH DELETE a");
  });

  test("deletes past the cap are not made", async () => {
    await graph("MATCH (u:User {username: 'cavin_admin'}) UNWIND range(1, 12) AS n CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(:Concept {concept_id: 'extra' + toString(n), name: 'extra' + toString(n)}) RETURN 1 AS done");
    const { refused, entities } = await projectAll(temporary.databases);
    expect(refused.map(({ entity, reason }) => [entity, reason])).toEqual([["progress", "delete_cap"], ["concept", "delete_cap"]]);
    expect(entities.every(({ deleted }) => deleted === 0)).toBe(true);
    await graph("MATCH (c:Concept) WHERE c.name STARTS WITH 'extra' DETACH DELETE c");
  });

  test("a second projection writes nothing", async () => {
    const { entities } = await projectAll(temporary.databases);
    expect(entities.every(({ upserted, deleted }) => upserted === 0 && deleted === 0)).toBe(true);
  });

  test("status counts both sides", async () => {
    const { status, errors } = await loadStatus(temporary.session);
    expect(errors).toEqual({});
    expect(status.graph).toMatchObject({ engine: "Grafeo", nodes: { Concept: 9, LearningPath: 4, User: 7 }, relationships: { CONTAINS: 15, HAS_PROGRESS: 23 } });
    expect(Object.keys(status.sql?.tables ?? {})).toHaveLength(9);
    expect(status).toMatchObject({ pending_marks: 0, parked_marks: 0, lag_seconds: 0 });
    expect(Date.parse(status.last_sync ?? "")).toBeLessThanOrEqual(Date.now());
  });
});

test("texts are ordered as their UTF-8 bytes are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
  expect(compareText("\uffff", "😀")).toBeLessThan(0);
});

test.each<[Value | undefined, Value | undefined, boolean]>([
  [100, 100.0, true],
  [9007199254740993n, 9007199254740993n, true],
  [9007199254740993n, 9007199254740992, false],
  [5, 5n, true],
  [100, "100", false],
  [null, undefined, true],
  [null, "", false],
  [true, 1, false],
  ["é", "e\u0301", false],
])("%s and %s are the same: %s", (sql, graph, same) => expect(sameValue(sql, graph)).toBe(same));

test("the merge pairs every key of both sides exactly once, in order", async () => {
  const keys = fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 3 }), fc.constantFrom("", "b", "😀", "\uffff")), { maxLength: 12 });
  const keyed = (pairs: [string, string][]): Keyed[] => pairs.map(([k1, k2]) => ({ k1, k2, values: [] })).sort((a, b) => compareText(a.k1, b.k1) || compareText(a.k2, b.k2));
  async function* stream(rows: Keyed[], size: number): AsyncGenerator<Keyed[]> {
    for (let from = 0; from < rows.length; from += size) yield await Promise.resolve(rows.slice(from, from + size));
  }
  const name = ({ k1, k2 }: { k1: string; k2: string }): string => JSON.stringify([k1, k2]);
  await fc.assert(
    fc.asyncProperty(keys, keys, fc.integer({ min: 1, max: 5 }), async (left, right, size) => {
      const sql = keyed([...new Map(left.map((pair) => [JSON.stringify(pair), pair])).values()]);
      const graph = keyed(right);
      const seen: string[] = [];
      for await (const pairs of merge(stream(sql, size), stream(graph, 6 - size))) for (const pair of pairs) {
        seen.push(name(pair));
        expect(pair.sql !== null).toBe(sql.some((row) => name(row) === name(pair)));
        expect(pair.graph).toHaveLength(graph.filter((row) => name(row) === name(pair)).length);
      }
      expect(seen).toEqual([...new Set([...sql, ...graph].map(name))].sort((a, b) => compareText((JSON.parse(a) as [string])[0], (JSON.parse(b) as [string])[0]) || compareText((JSON.parse(a) as [string, string])[1], (JSON.parse(b) as [string, string])[1])));
    }),
  );
});
