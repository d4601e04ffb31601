import type { Trace } from "../session.ts";
import type { TermName } from "./weights.ts";

export const strategies = ["next", "paths", "route"] as const;

export type Strategy = (typeof strategies)[number];

export interface Term {
  term: TermName;
  /** From 0 to 1. */
  value: number;
  weight: number;
  /** weight × value. */
  contribution: number;
  /** The same in words: `opens 2`, `7 of 9 finish it`. */
  detail: string;
}

export interface Item {
  /** Name of a concept, or title of a path. */
  item: string;
  /** Sum of the contributions; of a path the share that is completed. Null on a route. */
  score: number | null;
  /** For concepts only. */
  terms: Term[];
  /** The evidence, as paths of the graph in Cypher's notation. */
  because: string[];
  /** Median hours of its learners; of a path the hours that are left. One decimal; null if unknown. */
  hours: number | null;
  /** Place on a route, from 1. */
  step: number | null;
  /** Of a path: its concepts that the user completed, and those that are left; names ascending. */
  shared: string[];
  missing: string[];
}

export interface Excluded {
  item: string;
  reason: string;
}

export interface Recommended {
  items: Item[];
  excluded: Excluded[];
}

/** The contract's `recommend`. */
export interface Recommendations extends Recommended {
  username: string;
  strategy: Strategy;
  trace: Trace;
}
