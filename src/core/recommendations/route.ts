import { compareText } from "../projection/compare.ts";
import { append, evidence, hoursOf, isMastered, neighbours, type Facts } from "./facts.ts";
import { cycleReason, openPart } from "./open-part.ts";
import type { Excluded, Item, Recommended } from "./types.ts";

/**
 * Everything that is missing before a concept, itself included, in an order that can be learned: of what is possible
 * next, what takes its learners the shortest (median) comes first, what nobody tried last, ties by name. What is on a
 * cycle, and what waits for that, can't be learned: it is left out with the reason.
 */
export function routeTo(facts: Pick<Facts, "concepts" | "prerequisites" | "outcomes">, goal: string): Recommended {
  const target = facts.concepts.find(({ concept }) => concept === goal);
  if (target === undefined) return { items: [], excluded: [] };
  if (isMastered(target)) return { items: [], excluded: [{ item: goal, reason: `mastered (${target.progress_percent} %)` }] };
  const open = openPart(facts);
  const { before } = neighbours(facts);

  const needed = new Set([goal]);
  for (const name of needed) for (const earlier of open.before(name)) needed.add(earlier);
  const minutes = (name: string): number => facts.outcomes.get(name)?.median_minutes ?? Infinity;
  const order = (a: string, b: string): number => (minutes(a) === minutes(b) ? compareText(a, b) : minutes(a) - minutes(b));

  const items: Item[] = [];
  const left = new Map([...needed].map((name) => [name, new Set(open.before(name))]));
  const opens = new Map<string, string[]>();
  for (const [name, waits] of left) for (const earlier of waits) append(opens, earlier, name);
  // In order, the first at the end: whatever becomes possible is put into its place.
  const possible = [...left].flatMap(([name, waits]) => (waits.size === 0 ? [name] : [])).sort((a, b) => order(b, a));
  for (let name = possible.pop(); name !== undefined; name = possible.pop()) {
    left.delete(name);
    items.push({
      item: name,
      score: null,
      terms: [],
      because: (before.get(name) ?? []).map((earlier) => evidence(earlier, "PREREQUISITE", name)),
      hours: hoursOf(facts.outcomes.get(name)?.median_minutes),
      step: items.length + 1,
      shared: [],
      missing: [],
    });
    for (const later of opens.get(name) ?? []) {
      const waits = left.get(later);
      waits?.delete(name);
      if (waits?.size === 0) possible.splice(placeOf(later, possible, order), 0, later);
    }
  }
  const excluded = [...left].map(([name, waits]): Excluded => {
    const cycle = open.cycleThrough(name);
    return { item: name, reason: cycle === null ? `waits for ${[...waits].sort(compareText).join(", ")}, which can never be begun` : cycleReason(cycle) };
  });
  return { items, excluded: excluded.sort((a, b) => compareText(a.item, b.item)) };
}

/** Where a name belongs in a list that is in descending order. */
function placeOf(name: string, list: readonly string[], order: (a: string, b: string) => number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(list[middle] ?? name, name) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
