import type { Databases, GraphParameters, ReadOptions, SqlParameters, Transaction } from "../../databases/types.ts";
import type { Row, Value } from "../../databases/values.ts";
import { compareKeys, compareText, isStorable, keyText, type Key } from "./compare.ts";
import { readGraph, readGraphOf, readPage, readRowOf, readRows, readRowsOf, type KeyOrder } from "./statements.ts";
import type { Declaration } from "./types.ts";

/** A page is sorted anew where the key's index has another order: large enough for that to be rare, small enough to hold. */
const pageRows = 50_000;
/** A statement's parameters: of a cascade that marks ten thousand keys, so many at a time. */
const statementRows = 1_000;

type Sql = Pick<Transaction<SqlParameters>, "query">;

/** One side's state of a key: the properties in the declaration's order, as the graph shall hold or holds them. */
export interface Keyed extends Key {
  values: Value[];
}

/** The rows of an entity as the graph should hold them, in key order, in batches. */
export async function* projectedRows(databases: Databases, declaration: Declaration, options: ReadOptions = {}): AsyncGenerator<readonly Keyed[]> {
  const stream = await databases.sql.stream(readRows(declaration), [], options);
  let last: Keyed | undefined;
  for await (const rows of readAhead(stream)) {
    const batch = rows.map((row) => keyedOf(row, declaration, true));
    for (const keyed of batch) {
      assertForward(last, keyed, "PostgreSQL");
      last = keyed;
    }
    yield batch;
  }
}

/**
 * The same in pages, each in a snapshot of its own, so that the reader may write between two of them and holds no
 * transaction open for as long as a million rows take.
 */
export async function* pagedRows(databases: Databases, declaration: Declaration): AsyncGenerator<readonly Keyed[]> {
  let after: Key | undefined;
  for (;;) {
    const rows = await pageAfter(databases.sql, declaration, "bytes", after, pageRows);
    yield rows;
    if (rows.length < pageRows) return;
    after = rows.at(-1);
  }
}

/** The next rows in key order; from the first one on without `after`. An id may be the empty text. */
export async function pageAfter(sql: Sql, declaration: Declaration, order: KeyOrder, after: Key | undefined, limit: number): Promise<Keyed[]> {
  const keys = after === undefined ? [] : declaration.kind === "node" ? [after.k1] : [after.k1, after.k2];
  const { rows } = await sql.query(readPage(declaration, order, after === undefined), [limit, ...keys], { timeoutMs: 0 });
  return rows.map((row) => keyedOf(row, declaration, true));
}

/**
 * What the graph holds of an entity, in key order, in batches; several of one key in a row if there are duplicates. Within
 * one first key the graph may sort by UTF-16, so that group is sorted again here, and never spans two batches.
 */
export async function* graphRows(databases: Databases, declaration: Declaration, options: ReadOptions = {}): AsyncGenerator<readonly Keyed[]> {
  const stream = await databases.graph.stream(readGraph(declaration), { lo: "" }, options);
  let batch: Keyed[] = [];
  /** Where the last group of the batch begins, and whether it must be sorted. */
  let [start, shuffled] = [0, false];
  let previous: Keyed | undefined;
  const close = (): void => {
    if (shuffled) batch.splice(start, batch.length, ...batch.slice(start).sort(compareKeys));
    shuffled = false;
  };
  for await (const rows of readAhead(stream)) {
    for (const row of rows) {
      if (typeof row[1] !== "string") continue; // that end carries no key
      const keyed = keyedOf(row, declaration, false);
      if (previous !== undefined && previous.k1 === keyed.k1) shuffled ||= compareText(previous.k2, keyed.k2) > 0;
      else {
        assertForward(previous, keyed, "the graph");
        close();
        start = batch.length;
      }
      batch.push(keyed);
      previous = keyed;
    }
    if (start === 0) continue;
    // The last group may go on.
    const rest = batch.splice(start);
    yield batch;
    [batch, start] = [rest, 0];
  }
  close();
  if (batch.length > 0) yield batch;
}

/** Asks for the next batch while the last one is looked at: neither side waits for the other. */
async function* readAhead<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(); ; ) {
      const result = await next;
      if (result.done === true) return;
      next = iterator.next();
      // Should nobody come back for it.
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    await iterator.return?.(undefined);
  }
}

/** The rows of some keys as the graph should hold them, and the keys that have none. */
export async function rowsOfKeys(sql: Sql, declaration: Declaration, keys: readonly Key[]): Promise<{ rows: Keyed[]; gone: Key[] }> {
  const result: { rows: Keyed[]; gone: Key[] } = { rows: [], gone: keys.filter((key) => !isStorable(key)) };
  for (const some of slices(keys.filter(isStorable))) {
    const { rows } = await (some.length === 1 ? sql.query(readRowOf(declaration), keyParameters(declaration, some).flat()) : sql.query(readRowsOf(declaration), keyParameters(declaration, some)));
    const found = new Set<string>();
    for (const row of rows) {
      const keyed = keyedOf(row, declaration, true);
      found.add(keyText(keyed));
      result.rows.push(keyed);
    }
    if (found.size < some.length) result.gone.push(...some.filter((key) => !found.has(keyText(key))));
  }
  return result;
}

/** What the graph holds of some keys; several of one key if there are duplicates. */
export async function graphOfKeys(graph: Pick<Transaction<GraphParameters>, "query">, declaration: Declaration, keys: readonly Key[], options: ReadOptions = {}): Promise<Keyed[]> {
  const found: Keyed[] = [];
  for (const some of slices(keys)) {
    const { rows } = await graph.query(readGraphOf(declaration), { rows: keyRows(some) }, options);
    for (const row of rows) found.push(keyedOf(row, declaration, false));
  }
  return found;
}

/** Keys as the parameters of a statement on rows: one list, or two for a relationship. */
export function keyParameters(declaration: Declaration, keys: readonly Key[]): string[][] {
  const firsts = keys.map(({ k1 }) => k1);
  return declaration.kind === "node" ? [firsts] : [firsts, keys.map(({ k2 }) => k2)];
}

/** Keys as a parameter of a statement on the graph. */
export function keyRows(keys: readonly Key[]): Value[] {
  return keys.map(({ k1, k2 }) => ({ k1, k2 }));
}

/** As many keys or rows as one statement takes. */
export function* slices<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += statementRows) yield list.length <= statementRows ? list : list.slice(from, from + statementRows);
}

/** One row as the graph should hold it (`convert`), or as it stands. */
export function keyedOf(row: Row, declaration: Declaration, convert: boolean): Keyed {
  const values = row.slice(2);
  if (convert) declaration.properties.forEach((property, index) => void (property.convert !== undefined && (values[index] = property.convert(values[index] ?? null))));
  return { k1: String(row[0]), k2: String(row[1]), values };
}

/** A merge of streams that are not in order would report nonsense: better to stop. */
function assertForward(last: Keyed | undefined, next: Keyed, side: string): void {
  if (last !== undefined && compareText(last.k1, next.k1) > 0) throw new Error(`${side} gave keys out of order: ${JSON.stringify(next.k1)} after ${JSON.stringify(last.k1)}`);
}
