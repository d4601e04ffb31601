import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDashboard } from "../../src/core/dashboard/dashboard.ts";
import { notAtMidnight } from "../support/midnight.ts";
import { loadGraph, randomGraph, type Size } from "../support/random-graph.ts";
import { openSession, type TemporarySession } from "../support/seeded.ts";
import { differencesFromModel } from "./compare.ts";
import { Model } from "./model.ts";

const cases: { name: string; seed: number; size: Size }[] = [
  { name: "nothing at all", seed: 1, size: { concepts: 0, users: 0, paths: 0, prerequisites: 0, progress: 0, cycles: false } },
  ...[11, 12, 13].map((seed) => ({ name: `small, with cycles, seed ${seed}`, seed, size: { concepts: 12, users: 8, paths: 6, prerequisites: 18, progress: 40, cycles: true } })),
  { name: "many ties, seed 14", seed: 14, size: { concepts: 30, users: 4, paths: 15, prerequisites: 60, progress: 90, cycles: false } },
  { name: "392 concepts, 964 prerequisites, 1,058 progress rows", seed: 15, size: { concepts: 392, users: 60, paths: 20, prerequisites: 964, progress: 1_058, cycles: false } },
];

describe.each(cases)("every query gives the rows and the order of the contract: $name", ({ seed, size }) => {
  let temporary: TemporarySession;
  const graph = randomGraph(seed, size);
  const model = new Model(graph);

  notAtMidnight();
  beforeAll(async () => {
    temporary = await openSession();
    await loadGraph(temporary.databases, graph);
  });
  afterAll(() => temporary.close());

  test.each(model.ids)("%s", async (id) => {
    expect(await differencesFromModel(temporary.session, graph, model, id)).toEqual([]);
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
