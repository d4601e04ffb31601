import type { Row, Value } from "../databases/values.ts";
import { compareText } from "../core/projection/compare.ts";
import { displayValue } from "../core/output/display.ts";
import { fuzzy } from "./fuzzy.ts";

/** Rows looked at between two turns of the event loop: a key press never waits longer than for these. */
const slice = 20_000;

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

/** The numbers of the rows in which any cell matches. */
export async function filterRows(rows: readonly Row[], query: string, signal: AbortSignal): Promise<Uint32Array> {
  const found = new Uint32Array(rows.length);
  let count = 0;
  for (let index = 0; index < rows.length; index += 1) {
    if (index % slice === slice - 1) await breathe(signal);
    if (rows[index]?.some((value) => fuzzy(query, displayValue(value)) !== null) === true) found[count++] = index;
  }
  return found.slice(0, count);
}

/** The same numbers in the order of a column: a stable merge sort that pauses. Nulls come last either way. */
export async function sortRows(rows: readonly Row[], order: Uint32Array, column: number, descending: boolean, signal: AbortSignal): Promise<Uint32Array> {
  let from = order.slice();
  let to = new Uint32Array(order.length);
  const before = (a: number, b: number): boolean => {
    const [left, right] = [rows[a]?.[column] ?? null, rows[b]?.[column] ?? null];
    if (left === null || right === null) return right === null;
    const compared = compareValues(left, right);
    return (descending ? -compared : compared) <= 0;
  };
  let steps = 0;
  for (let size = 1; size < from.length; size *= 2) {
    for (let start = 0; start < from.length; start += 2 * size) {
      const middle = Math.min(start + size, from.length);
      const end = Math.min(start + 2 * size, from.length);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at += 1) {
        const takeLeft = left < middle && (right >= end || before(from[left] ?? 0, from[right] ?? 0));
        to[at] = (takeLeft ? from[left++] : from[right++]) ?? 0;
        steps += 1;
        if (steps % slice === 0) await breathe(signal);
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

function compareValues(a: Exclude<Value, null>, b: Exclude<Value, null>): number {
  const numbers = (typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint");
  if (numbers) return a < b ? -1 : a > b ? 1 : 0;
  return compareText(typeof a === "string" ? a : displayValue(a), typeof b === "string" ? b : displayValue(b));
}
