import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runQuery } from "../../src/core/catalogue/run.ts";
import { loadDashboard } from "../../src/core/dashboard/dashboard.ts";
import type { Value } from "../../src/databases/values.ts";
import { loadGraph, randomGraph, type LearningGraph, type Size } from "../support/random-graph.ts";
import { openSession, type TemporarySession } from "../support/seeded.ts";
import { Model } from "./model.ts";

const cases: { name: string; seed: number; size: Size }[] = [
  { name: "nothing at all", seed: 1, size: { concepts: 0, users: 0, paths: 0, prerequisites: 0, progress: 0, cycles: false } },
  ...[11, 12, 13].map((seed) => ({ name: `small, with cycles, seed ${seed}`, seed, size: { concepts: 12, users: 8, paths: 6, prerequisites: 18, progress: 40, cycles: true } })),
  { name: "many ties, seed 14", seed: 14, size: { concepts: 30, users: 4, paths: 15, prerequisites: 60, progress: 90, cycles: false } },
  { name: "392 concepts, 964 prerequisites, 1,058 progress rows", seed: 15, size: { concepts: 392, users: 60, paths: 20, prerequisites: 964, progress: 1_058, cycles: false } },
];

/** The parameters with which each query is asked. */
function parametersOf(id: string, graph: LearningGraph): Record<string, Value>[] {
  const some = <T>(list: readonly T[]): T[] => [0, 1, Math.floor(list.length / 2), list.length - 1].flatMap((index) => list[index] ?? []);
  const users = [...some(graph.users).map(({ username }) => username), "nobody"];
  const names = [...some(graph.concepts).map(({ name }) => name), "nothing"];
  switch (id) {
    case "graph/paths-with-concept":
      return ["", "c", "%", "1", ...names].map((concept) => ({ concept }));
    case "graph/shared-concepts":
      return [1, 2, 3, 99].map((min_paths) => ({ min_paths }));
    case "graph/next-concepts":
      return users.flatMap((username) => [true, false].map((all_prerequisites) => ({ username, all_prerequisites })));
    case "graph/path-optimization":
      return users.flatMap((username) => [0, 0.5, 0.7, 1].flatMap((min_completion_rate) => [null, "Beginner"].map((difficulty) => ({ username, min_completion_rate, difficulty }))));
    case "graph/concept-neighbours":
    case "graph/prerequisites-of":
    case "graph/unlocked-by":
      return names.map((concept) => ({ concept }));
    case "graph/shortest-route":
      return names.flatMap((from) => names.map((to) => ({ from, to })));
    case "graph/gatekeepers":
      return [1, 5, 20, 1_000].map((limit) => ({ limit }));
    case "graph/similar-learners":
      return users.flatMap((username) => [1, 10].map((limit) => ({ username, limit })));
    case "sql/stalled-learners":
      return [0, 1, 14, 30].map((days) => ({ days }));
    case "graph/learning-journey":
    case "graph/path-recommendations":
    case "sql/dashboard-stats":
    case "sql/progress-by-category":
      return users.map((username) => ({ username }));
    default:
      return [{}];
  }
}

describe.each(cases)("every query gives the rows and the order of the contract: $name", ({ seed, size }) => {
  let temporary: TemporarySession;
  const graph = randomGraph(seed, size);
  const model = new Model(graph);

  beforeAll(async () => {
    temporary = await openSession();
    await loadGraph(temporary.databases, graph);
  });
  afterAll(() => temporary.close());

  test.each(model.ids)("%s", async (id) => {
    for (const parameters of parametersOf(id, graph)) {
      const { rows } = await runQuery(temporary.session, id, parameters);
      // The model knows days, not instants.
      const comparable = id === "sql/stalled-learners" ? rows.map((row) => [...row.slice(0, 3), daysAgo(row[3])]) : rows;
      expect(comparable, `${id} ${JSON.stringify(parameters)}`).toEqual(model.rows(id, parameters));
    }
  });

  test("ready concepts", async () => {
    for (const { username, id } of graph.users.slice(0, 10)) {
      const percent = new Map(graph.progress.filter((row) => row.user === id).map((row) => [graph.concepts.find((concept) => concept.id === row.concept)?.name, row]));
      const mastered = (name: string): boolean => (percent.get(name)?.progress_percent ?? 0) >= 75;
      const ready = graph.concepts
        .map(({ name }) => name)
        .filter((name) => percent.get(name)?.status !== "completed" && !mastered(name))
        .filter((name) => graph.edges.every((edge) => edge.type !== "PREREQUISITE" || edge.to !== name || mastered(edge.from)));
      const dashboard = await loadDashboard(temporary.session, { username });
      expect([...dashboard.ready].sort(), username).toEqual(ready.sort());
      expect(dashboard.concepts_ready).toBe(ready.length);
    }
  });
});

function daysAgo(instant: Value | undefined): number {
  const today = new Date().setUTCHours(12, 0, 0, 0);
  return Math.round((today - Date.parse(String(instant))) / 86_400_000);
}
