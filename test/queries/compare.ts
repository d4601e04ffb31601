import { isDeepStrictEqual } from "node:util";
import { runQuery } from "../../src/core/catalogue/run.ts";
import type { Session } from "../../src/core/session.ts";
import type { Value } from "../../src/databases/values.ts";
import type { LearningGraph } from "../support/random-graph.ts";
import type { Model } from "./model.ts";

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

/** Where a query gives other rows, or another order, than the model: one entry a set of parameters. */
export async function differencesFromModel(session: Session, graph: LearningGraph, model: Model, id: string): Promise<object[]> {
  const found: object[] = [];
  for (const parameters of parametersOf(id, graph)) {
    const { rows } = await runQuery(session, id, parameters);
    // The model knows days, not instants.
    const given = id === "sql/stalled-learners" ? rows.map((row) => [...row.slice(0, 3), daysAgo(row[3])]) : rows;
    const expected = model.rows(id, parameters);
    if (!isDeepStrictEqual(given, expected)) found.push({ parameters, given, expected });
  }
  return found;
}

function daysAgo(instant: Value | undefined): number {
  const today = new Date().setUTCHours(12, 0, 0, 0);
  return Math.round((today - Date.parse(String(instant))) / 86_400_000);
}
