import type { Value } from "../../databases/values.ts";

/**
 * Orders texts by code point, as `COLLATE "C"` does on UTF-8. JavaScript's `<` goes by UTF-16 and parts from it beyond
 * U+FFFF: a surrogate (D800–DFFF) must rank above E000–FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** What identifies a row: the id of a node, or the ids of a relationship's two ends (`k2` is empty for a node). */
export interface Key {
  k1: string;
  k2: string;
}

/** Whether PostgreSQL could hold such a key at all: its texts have no NUL, the graph's may. */
export function isStorable({ k1, k2 }: Key): boolean {
  return !k1.includes("\0") && !k2.includes("\0");
}

/** A key as one text, for maps and sets. No text of PostgreSQL holds a NUL. */
export function keyText({ k1, k2 }: Key): string {
  return `${k1}\0${k2}`;
}

export function compareKeys(a: Key, b: Key): number {
  return compareText(a.k1, b.k1) || compareText(a.k2, b.k2);
}

/** Whether the graph holds what the row says: NULL is a missing property, 100 is 100.0, and '100' is neither. */
export function sameValue(sql: Value | undefined, graph: Value | undefined): boolean {
  const left = sql ?? null;
  const right = graph ?? null;
  if (left === right) return true;
  const numbers = (typeof left === "number" || typeof left === "bigint") && (typeof right === "number" || typeof right === "bigint");
  // Neither is less: the one comparison that is exact between a number and a bigint.
  return numbers && !(left < right) && !(left > right);
}
