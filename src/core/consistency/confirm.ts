import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, throwIfCancelled } from "../../databases/errors.ts";
import type { Databases, ReadOptions } from "../../databases/types.ts";
import type { Value } from "../../databases/values.ts";
import { isStorable, keyText, type Key } from "../projection/compare.ts";
import type { Pair } from "../projection/merge.ts";
import { graphOfKeys, rowsOfKeys, type Keyed } from "../projection/read.ts";
import type { Declaration } from "../projection/types.ts";
import { loadBookmarks, marksAmong, outboxState } from "../sync/outbox.ts";
import { kindsOf } from "./findings.ts";

/*
 * A difference that is seen while others write is only a candidate: the row may have changed between the two reads, or be
 * on its way to the graph. See the sync protocol, section 10.
 */

/** What a confirmation can stand on. */
export interface Ground {
  /** The marks can be read. */
  marks: boolean;
  /** Tables on which a change leaves no mark: there, as where marks can't be read, only time tells a change under way from a difference. */
  unwatched: ReadonlySet<string>;
  /** PostgreSQL is a replica: what it lacks may only not have arrived yet. */
  standby: boolean;
}

export interface Confirmed {
  /** Keys that differ for good, as they are now. */
  pairs: Pair[];
  /** Keys that did not come to rest while they were looked at. */
  inFlight: number;
}

export const attempts = 5;
/** Between two looks at a key that is on its way. */
export const firstWaitMs = 100;
/** Without marks: what is the same for so long is taken to be at rest. */
export const settleMs = 2_000;

/** What both sides said of some keys at one look. `marked` is null where the whole entity has a mark. */
interface Look {
  marked: ReadonlySet<string> | null;
  sql: ReadonlyMap<string, Keyed>;
  graph: ReadonlyMap<string, readonly Keyed[]>;
}

/** Asks what a confirmation can stand on. */
export async function groundOf({ sql }: Pick<Databases, "sql">, options: ReadOptions): Promise<Ground> {
  return sql.read(async (transaction) => {
    const { rows } = await transaction.query("SELECT pg_is_in_recovery()");
    const standby = rows[0]?.[0] === true;
    const { access, unwatched } = await outboxState(transaction);
    return { marks: !standby && access === "open", unwatched: new Set(unwatched), standby };
  }, options);
}

/**
 * Looks at candidates again, twice in a row, until they are at rest: no mark before or after, the same row and the same
 * in the graph both times. What then still differs is reported; what agrees is forgotten; after five attempts the rest is in flight.
 */
export async function confirm(databases: Databases, declaration: Declaration, candidates: readonly Key[], ground: Ground, options: ReadOptions = {}): Promise<Confirmed> {
  const confirmed: Pair[] = [];
  const settles = !ground.marks || ground.unwatched.has(declaration.table);
  let open: readonly Key[] = candidates;
  let before = await look(databases, declaration, open, ground, options);
  for (let attempt = 1; open.length > 0 && attempt <= attempts; attempt += 1) {
    if (settles) await pause(settleMs, options.signal);
    else if (attempt > 1) await pause(firstWaitMs * 2 ** (attempt - 2), options.signal);
    const after = await look(databases, declaration, open, ground, options);
    const moving: Key[] = [];
    for (const key of open) {
      const text = keyText(key);
      if (isMarked(before, text) || isMarked(after, text) || !sameLook(before, after, text)) moving.push(key);
      else {
        const pair = pairOf(after, key);
        if (kindsOf(pair).length > 0) confirmed.push(pair);
      }
    }
    open = moving;
    before = after;
  }
  return { pairs: confirmed, inFlight: open.length };
}

/** Marks and rows in one snapshot, then the graph: at least as it was when the last of those marks went that are gone. */
async function look(databases: Databases, declaration: Declaration, keys: readonly Key[], { marks }: Ground, options: ReadOptions): Promise<Look> {
  if (keys.length === 0) return { marked: new Set(), sql: new Map(), graph: new Map() };
  const { marked, bookmarks, rows } = await databases.sql.read(
    async (transaction) => ({
      marked: marks ? await marksAmong(transaction, declaration.entity, keys.filter(isStorable)) : new Set<string>(),
      bookmarks: marks ? await loadBookmarks(transaction) : [],
      ...(await rowsOfKeys(transaction, declaration, keys)),
    }),
    options,
  );
  const stored = await atLeast(bookmarks, (after) => databases.graph.read((transaction) => graphOfKeys(transaction, declaration, keys, options), { ...options, after }));
  const graph = new Map<string, Keyed[]>();
  for (const one of stored) graph.set(keyText(one), [...(graph.get(keyText(one)) ?? []), one]);
  return { marked, sql: new Map(rows.map((row) => [keyText(row), row])), graph };
}

/** Reads the graph as it was at those bookmarks, or later. One that was restored never gets as far as its old ones, and is read as it is. */
export async function atLeast<T>(bookmarks: readonly string[], read: (after: readonly string[]) => Promise<T>): Promise<T> {
  return read(bookmarks).catch((error: unknown) => {
    if (bookmarks.length === 0 || !(error instanceof DatabaseError) || !["conflict", "timeout"].includes(error.code)) throw error;
    return read([]);
  });
}

function isMarked({ marked }: Look, key: string): boolean {
  return marked === null || marked.has(key);
}

function pairOf({ sql, graph }: Look, key: Key): Pair {
  const text = keyText(key);
  return { k1: key.k1, k2: key.k2, sql: sql.get(text) ?? null, graph: [...(graph.get(text) ?? [])] };
}

function sameLook(one: Look, other: Look, key: string): boolean {
  return stateOf(one.sql.get(key)) === stateOf(other.sql.get(key)) && statesOf(one.graph.get(key)) === statesOf(other.graph.get(key));
}

/** Duplicates come in any order. */
function statesOf(stored: readonly Keyed[] | undefined): string {
  return (stored ?? []).map(stateOf).sort().join("\n");
}

/** Unlike a comparison of both sides, one of the same side with itself is exact: 1 and 1n are two states. */
function stateOf(keyed: Keyed | undefined): string {
  return keyed === undefined ? "" : JSON.stringify(keyed.values, (_name, value: Value) => (typeof value === "bigint" ? { bigint: String(value) } : value));
}

export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  throwIfCancelled(signal, "sql");
}
