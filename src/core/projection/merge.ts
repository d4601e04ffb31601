import { compareKeys, sameValue, type Key } from "./compare.ts";
import type { Keyed } from "./read.ts";

/** One key and what both sides hold of it. */
export interface Pair extends Key {
  sql: Keyed | null;
  /** None, one, or with duplicates several. */
  graph: Keyed[];
}

const batchPairs = 1_000;

/** Walks two streams of batches that are in key order, once and side by side; gives pairs in batches. Memory: a batch of each. */
export async function* merge(sql: AsyncIterable<readonly Keyed[]>, graph: AsyncIterable<readonly Keyed[]>): AsyncGenerator<Pair[]> {
  const [left, right] = [new Head(sql), new Head(graph)];
  try {
    await Promise.all([left.advance(), right.advance()]);
    let pairs: Pair[] = [];
    for (;;) {
      const [row, stored] = [left.next, right.next];
      if (row === undefined && stored === undefined) break;
      const order = row === undefined ? 1 : stored === undefined ? -1 : compareKeys(row, stored);
      const { k1, k2 } = (order <= 0 ? row : stored) as Keyed;
      const pair: Pair = { k1, k2, sql: order <= 0 ? (row as Keyed) : null, graph: [] };
      // Waiting costs more than all the rest, and is needed once a batch.
      if (order <= 0 && !left.step()) await left.advance();
      for (let same = order >= 0 ? stored : undefined; same !== undefined && same.k1 === k1 && same.k2 === k2; same = right.next) {
        pair.graph.push(same);
        if (!right.step()) await right.advance();
      }
      pairs.push(pair);
      if (pairs.length < batchPairs) continue;
      yield pairs;
      pairs = [];
    }
    if (pairs.length > 0) yield pairs;
  } finally {
    await Promise.all([left.end(), right.end()]);
  }
}

/** The next of a stream of batches. */
class Head {
  next: Keyed | undefined;
  readonly #batches: AsyncIterator<readonly Keyed[]>;
  #batch: readonly Keyed[] = [];
  #at = 0;

  constructor(batches: AsyncIterable<readonly Keyed[]>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Goes one further; false at the end of the batch, where only `advance` goes on. */
  step(): boolean {
    this.#at += 1;
    this.next = this.#batch[this.#at];
    return this.next !== undefined;
  }

  /** Goes to the next batch that holds anything. */
  async advance(): Promise<void> {
    do {
      const result = await this.#batches.next();
      this.#batch = result.done === true ? [] : result.value;
      if (result.done === true) break;
    } while (this.#batch.length === 0);
    this.#at = 0;
    this.next = this.#batch[0];
  }

  async end(): Promise<void> {
    await this.#batches.return?.(undefined);
  }
}

/** Whether the graph holds exactly what the row says, once. */
export function agrees({ sql, graph }: Pair): boolean {
  const [stored] = graph;
  if (sql === null || stored === undefined || graph.length > 1) return false;
  for (let index = 0; index < sql.values.length; index += 1) if (!sameValue(sql.values[index], stored.values[index])) return false;
  return true;
}

/** The positions of the properties in which the graph's state is not the row's. */
export function differences(sql: Keyed, graph: Keyed): number[] {
  const result: number[] = [];
  for (let index = 0; index < sql.values.length; index += 1) if (!sameValue(sql.values[index], graph.values[index])) result.push(index);
  return result;
}
