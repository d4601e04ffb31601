import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runQuery, runStatement } from "../../src/core/catalogue/run.ts";
import { check } from "../../src/core/consistency/check.ts";
import { demoFolder, seed } from "../../src/core/seeding/seed.ts";
import type { Session } from "../../src/core/session.ts";
import type { Databases } from "../../src/databases/types.ts";
import type { Value } from "../../src/databases/values.ts";
import { expectRecommendations } from "../core/recommendations/compare.ts";
import { notAtMidnight } from "../support/midnight.ts";
import { loadGraph, randomGraph } from "../support/random-graph.ts";
import { openPair, type OpenPair } from "../support/pair.ts";
import { allPairs, describeOn } from "../support/servers.ts";
import { differencesFromModel } from "./compare.ts";
import { Model } from "./model.ts";

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `on ${pair.name}`, () => {
  let opened: OpenPair;
  let databases: Databases;
  let session: Session;
  beforeAll(async () => {
    opened = await openPair(pair);
    ({ databases, session } = opened);
  }, 240_000);
  afterAll(() => opened.close());
  const empty = async (): Promise<void> => {
    await databases.sql.write((transaction) => transaction.query("TRUNCATE users, concepts, learning_paths CASCADE"));
    await databases.graph.write((transaction) => transaction.query("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n"));
  };

  describe.each([
    { name: "with cycles", seed: 11, size: { concepts: 12, users: 8, paths: 6, prerequisites: 18, progress: 40, cycles: true } },
    { name: "392 concepts, 964 prerequisites, 1,058 progress rows", seed: 15, size: { concepts: 392, users: 60, paths: 20, prerequisites: 964, progress: 1_058, cycles: false } },
  ])("every query gives the rows and the order of the contract: $name", ({ seed: number, size }) => {
    const graph = randomGraph(number, size);
    const model = new Model(graph);
    notAtMidnight();
    beforeAll(async () => {
      await empty();
      await loadGraph(databases, graph);
    }, 120_000);

    test.each(model.ids)("%s", async (id) => expect(await differencesFromModel(session, graph, model, id)).toEqual([]));
    test("recommendations and routes are the model's", () => expectRecommendations(session, graph, 2, 12));
    test("in sync", async () => expect((await check(session)).in_sync).toBe(true));
  });

  describe("the guide's published forms do what is said of them", () => {
    beforeAll(async () => {
      await empty();
      await seed(databases, { folder: demoFolder() });
    });
    const run = async (statement: string): Promise<Value[][]> => (await runStatement(session, { language: "cypher", statement })).rows;

    test("advanced path recommendations never return a row", async () => {
      expect(
        await run(`MATCH (u:User {username: 'cavin_admin'})-[r1:HAS_PROGRESS]->(c:Concept)
WHERE r1.status = 'completed'
MATCH (c)<-[:CONTAINS]-(lp:LearningPath)
WHERE NOT (u)-[:HAS_PROGRESS]->(:Concept)<-[:CONTAINS]-(lp)
RETURN lp.title, lp.difficulty, count(c) as shared_concepts
ORDER BY shared_concepts DESC`),
      ).toEqual([]);
      expect((await runQuery(session, "graph/path-recommendations", { username: "cavin_admin" })).rows).toHaveLength(2);
    });

    test("concept difficulty never returns a row", async () => {
      expect(
        await run(`MATCH (c:Concept)<-[:HAS_PROGRESS]-(u:User)-[r:HAS_PROGRESS]->(c)
WITH c, avg(r.progress_percent) as avg_progress, count(u) as users
RETURN c.name, round(avg_progress, 1) as avg_progress_percent, users
ORDER BY avg_progress_percent DESC`),
      ).toEqual([]);
      expect((await runQuery(session, "graph/concept-difficulty", {})).rows.length).toBeGreaterThan(0);
    });

    test("the health check counts a concept once a relationship", async () => {
      const [row] = await run("MATCH (c:Concept)\nOPTIONAL MATCH (c)-[r]->(related)\nRETURN count(c) as concepts, count(r) as relationships");
      expect(Number(row?.[0])).toBeGreaterThan(9);
      expect((await runQuery(session, "graph/health", {})).rows).toEqual([[9, 17, 1]]);
    });

    test("the threshold of path optimisation does not depend on the path", async () => {
      const published = (username: string): Promise<Value[][]> =>
        run(`MATCH (u:User {username: '${username}'})-[r:HAS_PROGRESS]->(c:Concept)
WITH u, avg(CASE WHEN r.status = 'completed' THEN 1 ELSE 0 END) as completion_rate
MATCH (lp:LearningPath)
WHERE completion_rate > 0.7 AND lp.difficulty = 'Intermediate'
RETURN lp.title, lp.estimated_hours`);
      expect(await published("amina_diallo")).toEqual(await run("MATCH (lp:LearningPath) WHERE lp.difficulty = 'Intermediate' RETURN lp.title, lp.estimated_hours"));
      expect(await published("cavin_admin")).toEqual([]);
    });
  });
});
