import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../../src/core/errors.ts";
import type { Facts } from "../../../src/core/recommendations/facts.ts";
import { recommendNext } from "../../../src/core/recommendations/next.ts";
import { Bits, closure } from "../../../src/core/recommendations/reach.ts";
import { loadRecommendations } from "../../../src/core/recommendations/recommend.ts";
import { routeTo } from "../../../src/core/recommendations/route.ts";
import { terms, wilsonLower } from "../../../src/core/recommendations/weights.ts";
import { loadGraph, randomGraph, type LearningGraph } from "../../support/random-graph.ts";
import { openDemo, openSession, type TemporarySession } from "../../support/seeded.ts";
import { expectNext, expectRecommendations, expectRoute } from "./compare.ts";
import { byCodePoint } from "./model.ts";

/** What the databases would tell of a graph for one of its users. */
function factsOf(graph: LearningGraph, user: string): Facts {
  const nameOf = new Map(graph.concepts.map(({ id, name }) => [id, name]));
  const completed = (learner: string): Set<string> => new Set(graph.progress.filter((row) => row.user === learner && row.status === "completed").map(({ concept }) => concept));
  const mine = completed(user);
  const alike = graph.concepts.flatMap(({ id, name }) => {
    const found = graph.users
      .filter((other) => other.id !== user && completed(other.id).has(id))
      .map((other) => {
        const theirs = completed(other.id);
        const shared = [...mine].filter((concept) => theirs.has(concept)).length;
        return { learner: other.username, shared, together: mine.size + theirs.size - shared };
      })
      .filter(({ shared }) => shared > 0)
      .sort((a, b) => b.shared / b.together - a.shared / a.together || byCodePoint(a.learner, b.learner))[0];
    return found === undefined ? [] : [[name, found] as const];
  });
  return {
    concepts: graph.concepts
      .map(({ id, name, display_name, difficulty }) => {
        const row = graph.progress.find((candidate) => candidate.user === user && candidate.concept === id);
        return { concept: name, display_name, difficulty, status: row?.status ?? null, progress_percent: row?.progress_percent ?? null };
      })
      .sort((a, b) => byCodePoint(a.concept, b.concept)),
    prerequisites: graph.edges.filter(({ type }) => type === "PREREQUISITE").map(({ from, to }) => [from, to] as const),
    paths: graph.paths.map(({ id, title, estimated_hours }) => ({ path: title, estimated_hours, concepts: graph.contains.filter(({ path }) => path === id).map(({ concept }) => nameOf.get(concept) ?? "") })),
    outcomes: new Map(
      graph.concepts.flatMap(({ id, name }) => {
        const rows = graph.progress.filter(({ concept }) => concept === id);
        const minutes = rows.map((row) => row.minutes).sort((a, b) => a - b);
        const middle = (minutes.length - 1) / 2;
        const median_minutes = ((minutes[Math.floor(middle)] ?? 0) + (minutes[Math.ceil(middle)] ?? 0)) / 2;
        return rows.length === 0 ? [] : [[name, { learners: rows.length, completed: rows.filter(({ status }) => status === "completed").length, median_minutes }] as const];
      }),
    ),
    alike: new Map(alike),
  };
}

const graphs = fc.record({ seed: fc.nat(1e6), concepts: fc.integer({ min: 1, max: 14 }), prerequisites: fc.integer({ min: 0, max: 24 }), progress: fc.integer({ min: 0, max: 30 }), cycles: fc.boolean() }).map(({ seed, ...size }) => randomGraph(seed, { users: 4, paths: 4, ...size }));

describe("the formula", () => {
  test("the ranking is the model's on any graph, with cycles too", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        for (const { id } of graph.users) expectNext(recommendNext(factsOf(graph, id)), graph, id);
      }),
      { numRuns: 300 },
    );
  });

  test("a route is valid and whole on any graph, and never looped on", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const [user] = graph.users;
        for (const { name } of graph.concepts) expectRoute(routeTo(factsOf(graph, user?.id ?? ""), name), graph, user?.id ?? "", name);
      }),
      { numRuns: 300 },
    );
  });

  test("the weights add up to 1", () => {
    expect(Object.values(terms).reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    [0, 0, 0],
    [0, 10, 0],
    [10, 10, 0.722467],
    [1, 1, 0.206549],
    [7, 9, 0.452585],
  ])("Wilson's interval of %i in %i begins at %f", (successes, trials, expected) => {
    expect(wilsonLower(successes, trials)).toBeCloseTo(expected, 5);
  });
});

describe("what leads where", () => {
  test("the closure is what walks find", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.array(fc.tuple(fc.nat(69), fc.nat(69)), { maxLength: 150 }), (size, pairs) => {
        const edges = Array.from({ length: size }, (_, from) => pairs.filter(([a, b]) => a === from && b < size).map(([, b]) => b));
        const reach = closure(size, edges);
        for (let from = 0; from < size; from += 1) {
          const seen = new Set<number>();
          const todo = [from];
          for (let at = todo.pop(); at !== undefined; at = todo.pop()) for (const to of edges[at] ?? []) if (!seen.has(to)) todo.push((seen.add(to), to));
          const found = reach.from(from);
          expect(Array.from({ length: size }, (_, to) => to).filter((to) => found.has(to))).toEqual([...seen].sort((a, b) => a - b));
          expect(found.size).toBe(seen.size);
        }
      }),
    );
  });

  test("a chain of 20,000 and one great circle end", () => {
    const size = 20_000;
    const chain = closure(size, Array.from({ length: size }, (_, at) => (at + 1 < size ? [at + 1] : [])));
    expect(chain.from(0).size).toBe(size - 1);
    expect(chain.from(size - 1).size).toBe(0);
    const circle = closure(size, Array.from({ length: size }, (_, at) => [(at + 1) % size]));
    expect(circle.from(7).size).toBe(size);
    expect(circle.from(7).has(7)).toBe(true);
  });

  test("sets of numbers", () => {
    const bits = new Bits(100, [0, 31, 32, 99]);
    expect([bits.size, bits.has(31), bits.has(33), bits.overlaps(new Bits(100, [99])), bits.overlaps(new Bits(100, [98]))]).toEqual([4, true, false, true, false]);
    bits.delete(31);
    expect(bits.common(new Bits(100, [31, 32])).size).toBe(1);
  });
});

describe("on the demo", () => {
  let demo: TemporarySession;
  beforeAll(async () => void (demo = await openDemo()));
  afterAll(() => demo.close());

  test("Cavin's three ready concepts, each with terms that add up, evidence and omissions", async () => {
    const { items, excluded } = await loadRecommendations(demo.session, { username: "cavin_admin" });
    expect(items.map(({ item }) => item)).toEqual(["programming", "deep_learning", "technical_writing"]);
    for (const { score, terms: own } of items) expect(Math.abs(own.reduce((sum, { contribution }) => sum + contribution, 0) - (score ?? 0))).toBeLessThan(1e-9);
    expect(items[1]?.because).toContain("(machine_learning)-[:PREREQUISITE]->(deep_learning)");
    expect(items[1]?.terms.find(({ term }) => term === "level")?.detail).toBe("right level");
    expect(excluded).toContainEqual({ item: "algorithms", reason: "waits for programming (0 %)" });
    expect(excluded).toContainEqual({ item: "data_structures", reason: "mastered (75 %)" });
    expect(excluded).toContainEqual({ item: "machine_learning", reason: "completed" });
  });

  test("paths: what is shared, what is missing, hours that are left", async () => {
    const { items, excluded } = await loadRecommendations(demo.session, { username: "cavin_admin", strategy: "paths" });
    expect(items.map(({ item, shared }) => [item, shared])).toEqual([
      ["Data Science Track", ["machine_learning"]],
      ["Mastering Computer Science", ["machine_learning"]],
    ]);
    expect(items[0]).toMatchObject({ score: 0.25, missing: ["data_structures", "deep_learning", "statistics"], because: ["(Data Science Track)-[:CONTAINS]->(machine_learning)"] });
    expect(excluded).toEqual([
      { item: "Programming Essentials", reason: "shares nothing that is completed" },
      { item: "Web Development Bootcamp", reason: "shares nothing that is completed" },
    ]);
  });

  test("a route, a goal that is reached, and what can't be asked", async () => {
    const route = await loadRecommendations(demo.session, { username: "cavin_admin", strategy: "route", goal: "algorithms" });
    expect(route.items.map(({ item, step }) => [step, item])).toEqual([[1, "programming"], [2, "algorithms"]]);
    expect((await loadRecommendations(demo.session, { username: "cavin_admin", strategy: "route", goal: "machine_learning" })).excluded).toEqual([{ item: "machine_learning", reason: "mastered (100 %)" }]);
    const codes = await Promise.all(
      [{ username: "cavin" }, { username: "cavin_admin", strategy: "route" as const }, { username: "cavin_admin", goal: "algorithms" }, { username: "cavin_admin", strategy: "route" as const, goal: "algoritms" }].map((asked) =>
        loadRecommendations(demo.session, asked).then(
          () => "fine",
          (error: unknown) => (error instanceof InputError ? error.code : error),
        ),
      ),
    );
    expect(codes).toEqual(["unknown-user", "usage", "usage", "unknown-concept"]);
  });
});

test.each([
  ["small, with cycles", 21, { concepts: 12, users: 6, paths: 6, prerequisites: 18, progress: 40, cycles: true }, 6, 12],
  ["nothing but concepts", 22, { concepts: 5, users: 1, paths: 0, prerequisites: 0, progress: 0, cycles: false }, 1, 5],
  ["392 concepts, 964 prerequisites", 23, { concepts: 392, users: 40, paths: 20, prerequisites: 964, progress: 1_058, cycles: false }, 2, 20],
] as const)("the databases give what the model gives: %s", async (_name, seed, size, users, goals) => {
  const temporary = await openSession();
  const graph = randomGraph(seed, size);
  await loadGraph(temporary.databases, graph);
  await expectRecommendations(temporary.session, graph, users, goals);
  await temporary.close();
});
