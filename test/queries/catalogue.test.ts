import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lintCypherQuery } from "@neo4j-cypher/language-support";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCatalogue } from "../../src/core/catalogue/load.ts";
import { explainQuery, runQuery, runStatement, streamQuery } from "../../src/core/catalogue/run.ts";
import { DatabaseError } from "../../src/databases/errors.ts";
import type { Value } from "../../src/databases/values.ts";
import { openDemo, type TemporarySession } from "../support/seeded.ts";

const catalogue = await loadCatalogue();

/** The contract's ids and columns. */
const columns: Record<string, string> = {
  "graph/paths-with-concept": "path difficulty concept",
  "graph/shared-concepts": "concept paths path_count",
  "graph/learning-journey": "username concept status progress_percent available_paths",
  "graph/path-recommendations": "path difficulty shared_concepts completed remaining",
  "graph/next-concepts": "concept display_name difficulty unlocked_by",
  "graph/path-optimization": "path difficulty estimated_hours completion_rate path_completion",
  "graph/concept-difficulty": "concept avg_progress_percent users",
  "graph/relationship-counts": "type count",
  "graph/health": "concepts relationships isolated_concepts",
  "graph/engagement": "active_users avg_progress",
  "graph/concept-neighbours": "direction type kind neighbour title",
  "graph/prerequisites-of": "concept display_name difficulty distance",
  "graph/unlocked-by": "concept display_name difficulty distance",
  "graph/shortest-route": "step concept",
  "graph/gatekeepers": "concept unlocks_directly unlocks_in_all",
  "graph/prerequisite-cycles": "concept",
  "graph/isolated-concepts": "concept",
  "graph/path-order-faults": "path concept prerequisite fault",
  "graph/similar-learners": "username shared similarity",
  "sql/table-counts": "table rows",
  "sql/dashboard-stats": "average_completion_percent hours_spent concepts_mastered streak_days",
  "sql/activity-by-day": "day minutes sessions",
  "sql/progress-by-category": "category concepts avg_progress_percent minutes",
  "sql/concept-engagement": "concept learners completed completion_rate avg_minutes",
  "sql/quiz-results": "quiz attempts best_percent last_attempt",
  "sql/achievements": "achievement earned_at",
  "sql/stalled-learners": "username concept progress_percent last_accessed",
};

test("the shipped files have no faults, and are those of the contract", () => {
  expect(catalogue.faults).toEqual([]);
  expect(catalogue.queries.filter(({ listed }) => listed).map(({ id }) => id)).toEqual(Object.keys(columns).sort());
});

test.each(catalogue.queries.filter(({ language }) => language === "cypher"))("Neo4j's own analyser accepts $id", ({ statement, parameters }) => {
  const known = Object.fromEntries(parameters.map(({ name, type }) => [name, type === "integer" ? 1 : type === "boolean" ? true : "x"]));
  const { diagnostics } = lintCypherQuery(statement, { parameters: known });
  expect(diagnostics.filter(({ severity }) => severity === 1)).toEqual([]);
});

test("the analyser does find mistakes", () => {
  for (const wrong of ["MATCH (n) RETURN m", "MATCH (n RETURN n", "RETURN $missing AS x"]) expect(lintCypherQuery(wrong, { parameters: {} }).diagnostics.filter(({ severity }) => severity === 1).length, wrong).toBeGreaterThan(0);
});

describe("on the demo", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openDemo()));
  afterAll(() => temporary.close());
  const anything: Record<string, Value> = { username: "cavin_admin", concept: "machine_learning", from: "programming", to: "deep_learning", mastered: 75, path: "Data Science Track", goal: "deep_learning" };

  test.each(catalogue.queries)("$id runs, streams and explains", async (query) => {
    const values = Object.fromEntries(query.parameters.filter(({ name }) => name in anything).map(({ name }) => [name, anything[name] ?? null]));
    const result = await runQuery(temporary.session, query.id, values);
    if (query.listed) expect(result.columns.join(" ")).toBe(columns[query.id]);
    const streamed = [];
    for await (const rows of await streamQuery(temporary.session, query.id, values)) streamed.push(...rows);
    expect(streamed).toEqual(result.rows);
    expect((await explainQuery(temporary.session, query.id, values))?.operator).toMatch(/\w/);
  });

  test("an unknown id is told with the nearest ones", async () => {
    await expect(runQuery(temporary.session, "graph/shared-concept", {})).rejects.toMatchObject({ code: "unknown-query", hint: expect.stringContaining("graph/shared-concepts") as string });
  });

  test("an ad-hoc statement binds its parameters, and says which has no value", async () => {
    const { rows } = await runStatement(temporary.session, { language: "sql", statement: "SELECT $a::int + $b::int AS sum;", parameters: { a: 1, b: 2 } });
    expect(rows).toEqual([[3]]);
    await expect(runStatement(temporary.session, { language: "cypher", statement: "RETURN $x AS x" })).rejects.toThrow("$x");
    await expect(runStatement(temporary.session, { language: "sql", statement: " -- nothing\n" })).rejects.toThrow("empty");
  });

  describe("the guide's published forms do what is said of them", () => {
    const run = (statement: string): Promise<Value[][]> => runStatement(temporary.session, { language: "cypher", statement }).then(({ rows }) => rows);

    test("advanced path recommendations never return a row", async () => {
      const published = "MATCH (u:User {username: 'cavin_admin'})-[r1:HAS_PROGRESS]->(c:Concept) WHERE r1.status = 'completed' MATCH (c)<-[:CONTAINS]-(lp:LearningPath) WHERE NOT (u)-[:HAS_PROGRESS]->(:Concept)<-[:CONTAINS]-(lp) RETURN lp.title, lp.difficulty, count(c) as shared_concepts ORDER BY shared_concepts DESC";
      expect(await run(published).catch((error: unknown) => (error instanceof DatabaseError && error.code === "syntax" ? [] : Promise.reject(error as Error)))).toEqual([]);
      expect((await runQuery(temporary.session, "graph/path-recommendations", { username: "cavin_admin" })).rows).toHaveLength(2);
    });

    test("concept difficulty matches one relationship twice", async () => {
      // Published with round(x, 1), which the shared dialect has not; what matters is the pattern.
      const pattern = "MATCH (c:Concept)<-[:HAS_PROGRESS]-(u:User)-[r:HAS_PROGRESS]->(c) RETURN c.name AS name, count(u) AS users";
      expect(await run(pattern)).toEqual([]);
      expect((await runQuery(temporary.session, "graph/concept-difficulty", {})).rows.length).toBeGreaterThan(0);
    });

    test("the health check counts a concept once a relationship", async () => {
      const [row] = await run("MATCH (c:Concept) OPTIONAL MATCH (c)-[r]->(related) RETURN count(c) as concepts, count(r) as relationships");
      expect(Number(row?.[0])).toBeGreaterThan(9);
      expect((await runQuery(temporary.session, "graph/health", {})).rows).toEqual([[9, 17, 1]]);
    });

    test("the threshold of path optimisation does not depend on the path", async () => {
      const published = (username: string): string => `MATCH (u:User {username: '${username}'})-[r:HAS_PROGRESS]->(c:Concept) WITH u, avg(CASE WHEN r.status = 'completed' THEN 1 ELSE 0 END) as completion_rate MATCH (lp:LearningPath) WHERE completion_rate > 0.7 AND lp.difficulty = 'Intermediate' RETURN lp.title, lp.estimated_hours`;
      const intermediate = await run("MATCH (lp:LearningPath) WHERE lp.difficulty = 'Intermediate' RETURN lp.title AS title, lp.estimated_hours AS hours");
      // All of them or none, whatever the user did on them.
      expect(await run(published("amina_diallo"))).toEqual(intermediate);
      expect(await run(published("cavin_admin"))).toEqual([]);
      expect(readFileSync(join(catalogue.folders[0] ?? "", "graph/path-optimization.cypher"), "utf8")).toContain("does not depend on the path");
    });
  });
});
