import { MASTERED_PERCENT } from "../definitions.ts";
import { compareText } from "../projection/compare.ts";

/** Where a user stands with a concept, and what is known of it. */
export interface ConceptFacts {
  concept: string;
  display_name: string | null;
  difficulty: string | null;
  /** Null without a progress row. */
  status: string | null;
  progress_percent: number | null;
}

export interface PathFacts {
  path: string;
  estimated_hours: number | null;
  /** Names, in the order of the path. */
  concepts: string[];
}

export interface Outcome {
  learners: number;
  completed: number;
  /** Minutes. */
  median_minutes: number;
}

/** Of everybody who completed a concept, who is most like the user. `shared / together` is the Jaccard index. */
export interface Alike {
  learner: string;
  shared: number;
  together: number;
}

/** Everything that recommendations follow from: the graph's relationships, and how learners fared by PostgreSQL. In any order. */
export interface Facts {
  concepts: readonly ConceptFacts[];
  /** From a prerequisite to what it opens, each once. */
  prerequisites: readonly (readonly [from: string, to: string])[];
  paths: readonly PathFacts[];
  outcomes: ReadonlyMap<string, Outcome>;
  alike: ReadonlyMap<string, Alike>;
}

export function isMastered({ progress_percent }: Pick<ConceptFacts, "progress_percent">): boolean {
  return (progress_percent ?? 0) >= MASTERED_PERCENT;
}

/** Direct prerequisites by concept, and what each opens directly; names ascending. */
export function neighbours(facts: Pick<Facts, "prerequisites">): { before: ReadonlyMap<string, readonly string[]>; after: ReadonlyMap<string, readonly string[]> } {
  const [before, after] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const [from, to] of facts.prerequisites) {
    append(before, to, from);
    append(after, from, to);
  }
  for (const list of [...before.values(), ...after.values()]) list.sort(compareText);
  return { before, after };
}

export function append(lists: Map<string, string[]>, key: string, name: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [name]);
  else list.push(name);
}

/** Hours with one decimal, rounded half up; null if unknown. */
export function hoursOf(minutes: number | undefined): number | null {
  return minutes === undefined ? null : Math.round(minutes / 6) / 10;
}

/** So many paths of the graph are shown as evidence for one term, or of one path. */
export const shownEvidence = 5;

/** A relationship as a path of the graph, in Cypher's notation: `(a)-[:PREREQUISITE]->(b)`. */
export function evidence(from: string, type: string, to: string): string {
  return `(${from})-[:${type}]->(${to})`;
}
