import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadRecommendations } from "../../../src/core/recommendations/recommend.ts";
import type { Item, Strategy } from "../../../src/core/recommendations/types.ts";
import type { Databases } from "../../../src/databases/types.ts";
import { loadGraph, randomGraph, type LearningGraph } from "../../support/random-graph.ts";
import { openSession, type TemporarySession } from "../../support/seeded.ts";
import { expectNext, expectRoute } from "./compare.ts";
import { byCodePoint } from "./model.ts";

// What is said with a recommendation: the evidence, the hours, why something is left out; and the strategy `paths`. Each
// graph is loaded into both databases, so that every statement is held to the model too, ties and cycles included.

/** What is true of a graph for one user, read off the plain objects. */
class Truth {
  readonly graph: LearningGraph;
  readonly user: LearningGraph["users"][number];
  readonly #names: Map<string, string>;
  readonly #rows: Map<string, LearningGraph["progress"][number]>;

  constructor(graph: LearningGraph, user: LearningGraph["users"][number]) {
    this.graph = graph;
    this.user = user;
    this.#names = new Map(graph.concepts.map(({ id, name }) => [id, name]));
    this.#rows = new Map(graph.progress.filter((row) => row.user === user.id).map((row) => [this.name(row.concept), row]));
  }

  name(id: string): string {
    return this.#names.get(id) ?? "";
  }

  percent(name: string): number {
    return this.#rows.get(name)?.progress_percent ?? 0;
  }

  completed(name: string): boolean {
    return this.#rows.get(name)?.status === "completed";
  }

  mastered(name: string): boolean {
    return this.percent(name) >= 75;
  }

  before(name: string): string[] {
    return this.graph.edges.filter(({ type, to }) => type === "PREREQUISITE" && to === name).map(({ from }) => from).sort(byCodePoint);
  }

  /** Direct prerequisites that are not mastered. */
  waits(name: string): string[] {
    return this.before(name).filter((needed) => !this.mastered(needed));
  }

  /** The fewest steps back over unmastered concepts from one to another; undefined if there is no way. */
  stepsBack(from: string, to: string): number | undefined {
    const seen = new Set<string>();
    let border = [from];
    for (let steps = 1; border.length > 0; steps += 1) {
      border = [...new Set(border.flatMap((name) => this.waits(name)))].filter((name) => !seen.has(name));
      if (border.includes(to)) return steps;
      for (const name of border) seen.add(name);
    }
    return undefined;
  }

  onCycle(name: string): boolean {
    return this.stepsBack(name, name) !== undefined;
  }

  /** On a cycle, or somewhere behind one. */
  stuck(name: string): boolean {
    return this.graph.concepts.some((other) => this.onCycle(other.name) && (other.name === name || this.stepsBack(name, other.name) !== undefined));
  }

  taught(path: string): string[] {
    return this.graph.contains.filter((row) => row.path === path).map(({ concept }) => this.name(concept));
  }

  rowsOf(name: string): LearningGraph["progress"] {
    return this.graph.progress.filter(({ concept }) => this.name(concept) === name);
  }

  /** Tenths of an hour from whole numbers alone: the two middle rows make twice the median. */
  hours(name: string): number | null {
    const minutes = this.rowsOf(name).map((row) => row.minutes).sort((a, b) => a - b);
    if (minutes.length === 0) return null;
    const twice = (minutes[Math.floor((minutes.length - 1) / 2)] ?? 0) + (minutes[Math.ceil((minutes.length - 1) / 2)] ?? 0);
    return Math.floor((twice + 6) / 12) / 10;
  }

  /** Who completed a concept and has most in common with the user, ties by username. */
  mostAlike(name: string): { username: string; shared: number; together: number } | undefined {
    const completedBy = (id: string): Set<string> => new Set(this.graph.progress.filter((row) => row.user === id && row.status === "completed").map(({ concept }) => concept));
    const mine = completedBy(this.user.id);
    const others = this.graph.users
      .filter(({ id }) => id !== this.user.id && this.rowsOf(name).some((row) => row.user === id && row.status === "completed"))
      .map(({ id, username }) => {
        const theirs = completedBy(id);
        return { username, shared: [...mine].filter((concept) => theirs.has(concept)).length, together: new Set([...mine, ...theirs]).size };
      });
    // Compared crosswise, as whole numbers.
    return others.filter(({ shared }) => shared > 0).sort((a, b) => b.shared * a.together - a.shared * b.together || byCodePoint(a.username, b.username))[0];
  }
}

const named = (reason: string): string[] => reason.replace("on a cycle of prerequisites: ", "").split(" → ");

/** A cycle must be one: through the concept, of unmastered ones, each the prerequisite of the next, and none shorter. */
function expectCycle(truth: Truth, name: string, reason: string): void {
  expect(reason).toMatch(/^on a cycle of prerequisites: /);
  const cycle = named(reason);
  expect([cycle[0], cycle.at(-1), cycle.length - 1]).toEqual([name, name, truth.stepsBack(name, name)]);
  cycle.slice(1).forEach((later, index) => expect(truth.waits(later)).toContain(cycle[index]));
}

function expectEvidence(truth: Truth, { item, because }: Item, strategy: Strategy): void {
  const parsed = because.map((text) => /^\((.*)\)-\[:(PREREQUISITE|CONTAINS|HAS_PROGRESS \{status: completed\})\]->\((.*)\)$/s.exec(text)?.slice(1) ?? [text]);
  for (const [from = "", type, to = ""] of parsed) {
    const isThere =
      type === "PREREQUISITE"
        ? truth.before(to).includes(from)
        : type === "CONTAINS"
          ? truth.graph.paths.some(({ id, title }) => title === from && truth.taught(id).includes(to))
          : truth.graph.users.some(({ id, username }) => username === from && truth.rowsOf(to).some((row) => row.user === id && row.status === "completed"));
    expect(isThere, `${from} ${type} ${to}`).toBe(true);
  }
  if (strategy === "paths") return;
  const shown = strategy === "next" ? truth.before(item).slice(0, 5) : truth.before(item);
  expect(because.slice(0, shown.length)).toEqual(shown.map((needed) => `(${needed})-[:PREREQUISITE]->(${item})`));
}

describe("on random graphs in both databases", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openSession()));
  afterAll(() => temporary.close());

  const sizes = fc.record({ seed: fc.nat(1e6), concepts: fc.integer({ min: 1, max: 12 }), users: fc.integer({ min: 1, max: 5 }), paths: fc.integer({ min: 0, max: 5 }), prerequisites: fc.integer({ min: 0, max: 20 }), progress: fc.integer({ min: 0, max: 30 }), cycles: fc.boolean() });

  test("ranking, routes and paths, with what is said of each", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ seed, ...size }) => {
        const graph = randomGraph(seed, size);
        await empty(temporary.databases);
        await loadGraph(temporary.databases, graph);
        for (const user of graph.users) {
          const truth = new Truth(graph, user);
          await expectNextSaid(truth);
          await expectPaths(truth);
        }
        const [user] = graph.users;
        if (user !== undefined) for (const { name } of graph.concepts.slice(0, 4)) await expectRouteSaid(new Truth(graph, user), name);
      }),
      { numRuns: 40 },
    );
  }, 240_000);

  const ask = (truth: Truth, strategy: Strategy, goal?: string): ReturnType<typeof loadRecommendations> => loadRecommendations(temporary.session, { username: truth.user.username, strategy, ...(goal === undefined ? {} : { goal }) });

  async function expectNextSaid(truth: Truth): Promise<void> {
    const found = await ask(truth, "next");
    expectNext(found, truth.graph, truth.user.id);
    for (const item of found.items) {
      expectEvidence(truth, item, "next");
      expect(item.hours, item.item).toBe(truth.hours(item.item));
      const alike = truth.mostAlike(item.item);
      expect(item.terms.at(-1)?.detail).toBe(alike === undefined ? "nobody alike completed it" : `like ${alike.username} (${(alike.shared / alike.together).toFixed(2)})`);
      expect(item).toMatchObject({ step: null, shared: [], missing: [] });
    }
    for (const { item, reason } of found.excluded) {
      if (truth.completed(item)) expect(reason).toBe("completed");
      else if (truth.mastered(item)) expect(reason).toBe(`mastered (${truth.percent(item)} %)`);
      else if (truth.onCycle(item)) expectCycle(truth, item, reason);
      else expect(reason).toBe(`waits for ${truth.waits(item).map((name) => `${name} (${truth.percent(name)} %)`).join(", ")}`);
    }
  }

  async function expectRouteSaid(truth: Truth, goal: string): Promise<void> {
    const found = await ask(truth, "route", goal);
    expectRoute(found, truth.graph, truth.user.id, goal);
    for (const item of found.items) {
      expectEvidence(truth, item, "route");
      expect(item).toMatchObject({ score: null, terms: [], hours: truth.hours(item.item) });
    }
    if (truth.mastered(goal)) return expect(found.excluded).toEqual([{ item: goal, reason: `mastered (${truth.percent(goal)} %)` }]);
    for (const { item, reason } of found.excluded) {
      if (truth.onCycle(item)) expectCycle(truth, item, reason);
      else expect(reason).toBe(`waits for ${truth.waits(item).filter((name) => truth.stuck(name)).join(", ")}, which can never be begun`);
    }
  }

  async function expectPaths(truth: Truth): Promise<void> {
    const found = await ask(truth, "paths");
    const all = truth.graph.paths.map(({ id, title, estimated_hours }) => {
      const names = truth.taught(id).sort(byCodePoint);
      return { title, estimated_hours, shared: names.filter((name) => truth.completed(name)), missing: names.filter((name) => !truth.completed(name)) };
    });
    const fit = all.filter(({ shared, missing }) => shared.length > 0 && missing.length > 0).sort((a, b) => b.shared.length - a.shared.length || byCodePoint(a.title, b.title));
    expect(found.items).toEqual(
      fit.map(({ title, estimated_hours: hours, shared, missing }) => {
        const total = shared.length + missing.length;
        // Half up, from whole numbers alone.
        const share = (of: number, scale: number): number => Math.floor((2 * of * scale + total) / (2 * total)) / scale;
        return { item: title, score: share(shared.length, 100), terms: [], because: shared.slice(0, 5).map((name) => `(${title})-[:CONTAINS]->(${name})`), hours: hours === null ? null : share(hours * missing.length, 10), step: null, shared, missing };
      }),
    );
    const others = all.filter(({ title }) => !fit.some((own) => own.title === title)).sort((a, b) => byCodePoint(a.title, b.title));
    expect(found.excluded).toEqual(
      others.map(({ title, shared, missing }) => ({ item: title, reason: shared.length + missing.length === 0 ? "has no concepts" : missing.length === 0 ? "completed" : "shares nothing that is completed" })),
    );
  }
});

async function empty(databases: Databases): Promise<void> {
  await databases.sql.write((transaction) => transaction.query("TRUNCATE users, concepts, learning_paths CASCADE"));
  await databases.graph.write((transaction) => transaction.query("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n RETURN count(*) AS gone"));
}
