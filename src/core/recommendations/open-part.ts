import { isMastered, neighbours, type ConceptFacts, type Facts } from "./facts.ts";
import { closure } from "./reach.ts";

/** The part of the graph that a user has still to learn: unmastered concepts and the prerequisites between them. */
export interface OpenPart {
  concepts: ReadonlyMap<string, ConceptFacts>;
  /** Unmastered direct prerequisites, ascending. */
  before(name: string): readonly string[];
  /** A shortest cycle within it through a concept, which it begins and ends with: nobody could ever get in. Null if there is none. */
  cycleThrough(name: string): string[] | null;
}

export function openPart(facts: Pick<Facts, "concepts" | "prerequisites">): OpenPart {
  const open = facts.concepts.filter((concept) => !isMastered(concept));
  const concepts = new Map(open.map((concept) => [concept.concept, concept]));
  const number = new Map(open.map(({ concept }, index) => [concept, index]));
  const { before, after } = neighbours(facts);
  const within = (names: readonly string[] | undefined): string[] => (names ?? []).filter((name) => concepts.has(name));
  // Known for all at once, so that only concepts that are on a cycle are walked from.
  const reach = closure(open.length, open.map(({ concept }) => within(after.get(concept)).flatMap((name) => number.get(name) ?? [])));
  return {
    concepts,
    before: (name) => within(before.get(name)),
    cycleThrough: (name) => {
      const own = number.get(name);
      return own === undefined || !reach.from(own).has(own) ? null : shortestCycle(name, (from) => within(after.get(from)));
    },
  };
}

export function cycleReason(cycle: readonly string[]): string {
  return `on a cycle of prerequisites: ${cycle.join(" → ")}`;
}

function shortestCycle(start: string, after: (from: string) => readonly string[]): string[] | null {
  const came = new Map<string, string>();
  let edge = [start];
  while (edge.length > 0) {
    const next: string[] = [];
    for (const from of edge) {
      for (const to of after(from)) {
        if (to === start) {
          const cycle = [start];
          for (let at = from; at !== start; at = came.get(at) ?? start) cycle.unshift(at);
          return [start, ...cycle];
        }
        if (came.has(to)) continue;
        came.set(to, from);
        next.push(to);
      }
    }
    edge = next;
  }
  return null;
}
