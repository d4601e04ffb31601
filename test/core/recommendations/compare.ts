import { expect } from "vitest";
import { loadRecommendations } from "../../../src/core/recommendations/recommend.ts";
import type { Recommended } from "../../../src/core/recommendations/types.ts";
import type { Session } from "../../../src/core/session.ts";
import type { LearningGraph } from "../../support/random-graph.ts";
import { byCodePoint, expectedNext, expectedRoute } from "./model.ts";

/** Holds the ranking to the model: the same concepts, values, order and omissions. */
export function expectNext(found: Recommended, graph: LearningGraph, user: string): void {
  const expected = expectedNext(graph, user);
  expect([...found.items.map(({ item }) => item)].sort(byCodePoint)).toEqual(expected.items.map(({ item }) => item).sort(byCodePoint));
  for (const { item, score, values } of expected.items) {
    const own = found.items.find((candidate) => candidate.item === item);
    own?.terms.forEach(({ value, weight, contribution }, index) => {
      expect(value, `${item} ${index}`).toBeCloseTo(values[index] ?? Number.NaN, 9);
      expect(value >= 0 && value <= 1).toBe(true);
      expect(contribution).toBeCloseTo(weight * value, 9);
    });
    expect(own?.score, item).toBeCloseTo(score, 9);
    expect(own?.terms.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(own?.score ?? Number.NaN, 9);
  }
  found.items.slice(1).forEach((later, index) => {
    const earlier = found.items[index];
    expect((earlier?.score ?? 0) > (later.score ?? 0) || (earlier?.score === later.score && byCodePoint(earlier?.item ?? "", later.item) < 0)).toBe(true);
  });
  expect(found.excluded.map(({ item }) => item)).toEqual(expected.excluded);
  expect(found.excluded.every(({ reason }) => /^(completed$|mastered \(\d+ %\)|waits for .+ \(\d+ %\)|on a cycle of prerequisites: .+ → .+)/su.test(reason))).toBe(true);
}

/** Holds a route to its rule, step by step. */
export function expectRoute(found: Recommended, graph: LearningGraph, user: string, goal: string): void {
  const { learnable, stuck, onCycle, before, medianMinutes } = expectedRoute(graph, user, goal);
  const names = found.items.map(({ item }) => item);
  expect([...names].sort(byCodePoint)).toEqual([...learnable].sort(byCodePoint));
  expect(found.items.map(({ step }) => step)).toEqual(names.map((_name, index) => index + 1));
  const placed = new Set<string>();
  for (const name of names) {
    const possible = [...learnable].filter((candidate) => !placed.has(candidate) && before(candidate).every((needed) => placed.has(needed)));
    possible.sort((a, b) => medianMinutes(a) - medianMinutes(b) || (medianMinutes(a) === medianMinutes(b) ? byCodePoint(a, b) : 0) || byCodePoint(a, b));
    expect(name).toBe(possible[0]);
    placed.add(name);
  }
  if (learnable.size + stuck.size === 0) expect(found.excluded).toEqual([{ item: goal, reason: expect.stringMatching(/^mastered/) as string }]);
  else expect(found.excluded.map(({ item }) => item)).toEqual([...stuck].sort(byCodePoint));
  for (const { item, reason } of found.excluded) if (stuck.has(item)) expect(reason.startsWith("on a cycle of prerequisites: "), item).toBe(onCycle.has(item));
}

/** Asks the databases for what every user of a graph should learn next, and for routes to some goals. */
export async function expectRecommendations(session: Session, graph: LearningGraph, users: number, goals: number): Promise<void> {
  for (const { id, username } of graph.users.slice(0, users)) {
    expectNext(await loadRecommendations(session, { username }), graph, id);
    for (const { name } of graph.concepts.slice(0, goals)) expectRoute(await loadRecommendations(session, { username, strategy: "route", goal: name }), graph, id, name);
  }
}
