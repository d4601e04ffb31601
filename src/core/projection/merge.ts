import { compareKeys, sameValue, type Key } from "./compare.ts";
import type { Keyed } from "./read.ts";

/** One key and what both sides hold of it. */
export interface Pair extends Key {
  sql: Keyed | null;
  /** None, one, or with duplicates several. */
  graph: Keyed[];
}

/** Walks two streams that are in key order, once and side by side. Memory: one key. */
export async function* merge(sql: AsyncIterable<Keyed>, graph: AsyncIterable<Keyed>): AsyncGenerator<Pair> {
  const left = sql[Symbol.asyncIterator]();
  const right = graph[Symbol.asyncIterator]();
  try {
    let [row, stored] = await Promise.all([left.next(), right.next()]);
    while (!row.done || !stored.done) {
      const order = row.done ? 1 : stored.done ? -1 : compareKeys(row.value, stored.value);
      const { k1, k2 } = order <= 0 ? (row.value as Keyed) : (stored.value as Keyed);
      const pair: Pair = { k1, k2, sql: null, graph: [] };
      if (order <= 0) {
        pair.sql = row.value as Keyed;
        row = await left.next();
      }
      while (!stored.done && stored.value.k1 === k1 && stored.value.k2 === k2) {
        pair.graph.push(stored.value);
        stored = await right.next();
      }
      yield pair;
    }
  } finally {
    await Promise.all([left.return?.(undefined), right.return?.(undefined)]);
  }
}

/** The positions of the properties in which the graph's state is not the row's. */
export function differences(sql: Keyed, graph: Keyed): number[] {
  const result: number[] = [];
  for (let index = 0; index < sql.values.length; index += 1) if (!sameValue(sql.values[index], graph.values[index])) result.push(index);
  return result;
}
