import type { Databases, ReadOptions, SqlDatabase, SqlParameters, Transaction } from "../../databases/types.ts";
import type { Row } from "../../databases/values.ts";
import { InputError } from "../errors.ts";
import { declarations } from "../projection/declarations.ts";
import { keyText, type Key } from "../projection/compare.ts";
import { keyedOf, type Keyed } from "../projection/read.ts";
import { joinRowToMark } from "../projection/statements.ts";
import { entityNames, type Declaration, type EntityName } from "../projection/types.ts";

/*
 * The outbox in PostgreSQL: marks that say which key may differ, and whether they are made. What could not be carried over
 * is in `parked.ts`, what makes and takes away the outbox in `install.ts`; see the sync protocol, section 2.
 */

/** The one lane that there is. */
export const lane = "main";
/** The key of a mark that stands for its whole entity: in `k1`, with nothing in `k2`. */
export const wholeEntity = "*";

export function isWhole({ k1, k2 }: Key): boolean {
  return k1 === wholeEntity && k2 === "";
}

export type Sql = Transaction<SqlParameters>;

/** One key that may differ. `id` is null for a key that a comparison found, which no trigger marked. */
export interface Mark extends Key {
  id: string | null;
  entity: EntityName;
  /** A person asked for the deletion with --cascade. */
  cascade: boolean;
}

/** How far the graph is behind. */
export interface Backlog {
  pending: number;
  parked: number;
  /** Seconds; the age of the oldest mark, 0 without one. */
  lag_seconds: number;
  /** ISO 8601: the end of the last pass that left no mark. */
  last_sync: string | null;
}

/** What there is to carry over; null where the outbox is not installed, or closed to this role. */
export async function loadBacklog({ sql }: Pick<Databases, "sql">, options: ReadOptions = {}): Promise<Backlog | null> {
  return sql.read(async (transaction) => {
    if (!(await isReadable(transaction))) return null;
    const { rows } = await transaction.query(
      `SELECT (SELECT count(*) FROM jeseci.sync_mark), (SELECT count(*) FROM jeseci.sync_dead),
        coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - at))::float8 FROM jeseci.sync_mark ORDER BY id LIMIT 1), 0),
        (SELECT finished_at FROM jeseci.sync_pass WHERE drained ORDER BY id DESC LIMIT 1)`,
    );
    const [pending, parked, lag, last] = rows[0] ?? [];
    return { pending: Number(pending), parked: Number(parked), lag_seconds: Number(lag), last_sync: last === null || last === undefined ? null : String(last) };
  }, options);
}

/** Refuses to write where no trigger would tell of it. Throws `InputError` (`missing-schema`, `refused`). */
export async function requireOutbox({ sql }: Pick<Databases, "sql">): Promise<void> {
  refuseIncomplete(await sql.read(outboxState));
}

function refuseIncomplete({ access, unwatched: lacking }: OutboxState): void {
  if (access === "absent") throw new InputError("missing-schema", "PostgreSQL has no outbox yet: nothing would tell the graph of a change", "`jeseci sync install` shows what would be added, and `jeseci sync install --apply` adds it");
  if (access === "closed") throw new InputError("refused", "this role of PostgreSQL may not use the outbox in the schema jeseci: nothing was written", "let its owner GRANT USAGE ON SCHEMA jeseci and the rights on its tables, or name another role in DATABASE_URL");
  if (lacking.length > 0) throw new InputError("missing-schema", `the triggers that tell the graph of a change are missing or disabled on ${lacking.join(", ")}`, "`jeseci sync install --apply` puts them back and compares everything");
}

/** Whether the outbox is there, and open to this role: others' databases have roles that may read the model's tables and no more. */
export type OutboxAccess = "absent" | "closed" | "open";

export interface OutboxState {
  access: OutboxAccess;
  /** The projected tables on which a write would leave no mark, each once. */
  unwatched: string[];
}

// By way of the catalogue: a bare `jeseci.sync_mark` is refused where the schema is closed, even to `to_regclass`.
const accessOf = `(SELECT CASE WHEN count(*) < 2 THEN 'absent' WHEN bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')) THEN 'open' ELSE 'closed' END
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'jeseci' AND c.relname IN ('sync_mark', 'sync_lane'))`;

/** Whether the tables of the outbox are there and may be read. */
export async function isReadable(transaction: Sql): Promise<boolean> {
  return (await transaction.query(`SELECT ${accessOf} = 'open'`)).rows[0]?.[0] === true;
}

/** Of the tables in `$1` those where some trigger would not fire. */
const unwatched = `ARRAY(SELECT DISTINCT t FROM unnest($1::text[]) AS t CROSS JOIN unnest(ARRAY['insert', 'update', 'delete', 'truncate']) AS event
  WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(t) AND tgname = 'sync_mark_' || event AND tgenabled IN ('O', 'A')) ORDER BY t)`;
const tables = declarations.map(({ table }) => table);

/** Whether a change of a row leaves a mark, and whether the marks may be read. */
export async function outboxState(transaction: Sql): Promise<OutboxState> {
  const { rows } = await transaction.query(`SELECT ${accessOf}, ${unwatched}`, [tables]);
  return { access: rows[0]?.[0] as OutboxAccess, unwatched: rows[0]?.[1] as string[] };
}

/** Which marks: `after` only saves looking at what was just deleted, marks are found by being there; `upTo` bounds only whether there are any; `keys` leaves those of whole entities out. */
export interface MarkFilter {
  after?: string;
  upTo?: string;
  keys?: boolean;
}

/** The next marks by age. */
export async function readMarks(transaction: Sql, limit: number, filter: MarkFilter): Promise<Mark[]> {
  // A bare `id` would be the column of text that is selected: in another order, and past the index.
  const { rows } = await transaction.query(`SELECT id::text, entity, k1, k2, cascade FROM jeseci.sync_mark WHERE ${whereOf(filter)} ORDER BY sync_mark.id LIMIT $3`, [lane, filter.after ?? "0", limit]);
  return rows.map(markOf);
}

function whereOf({ keys }: MarkFilter): string {
  return `lane = $1 AND id > $2::bigint${keys === true ? ` AND NOT (k1 = '${wholeEntity}' AND k2 = '')` : ""}`;
}

/**
 * Begins a write whose marks are to be found again: goes out with BEGIN, and has no parameters. On servers, acknowledged means
 * on disk; and should COMMIT never arrive, the server ends it by itself after `idleMs`: no lock stays, and what became of it
 * can be told.
 */
export function beginMarked(idleMs: number | null): string {
  const newest = "SELECT max(id)::text FROM jeseci.sync_mark";
  return idleMs === null ? newest : `SET LOCAL synchronous_commit = on; SET LOCAL idle_in_transaction_session_timeout = ${idleMs}; ${newest}`;
}

/** What `beginMarked` has found: the highest id of a mark so far, 0 without one; those to come are higher. */
export function newestOf([row]: readonly Row[]): string {
  return String(row?.[0] ?? "0");
}

/** What a write has marked. */
export interface OwnMarks {
  /** The number of the transaction, by which PostgreSQL tells what became of it. */
  xid: string;
  /** Of keys. The mark of a TRUNCATE is not among them: only a relay compares a whole entity, so that mark must stay until one has. */
  marks: Mark[];
  /** There is such a mark too. */
  whole: boolean;
  /** Some key is parked, maybe one of these: to ask for theirs would take longer than to unpark them. */
  parked: boolean;
  /** What the keys of the entity that was asked for are now; null without one. */
  found: { declaration: Declaration; rows: Keyed[]; gone: Key[] } | null;
}

/**
 * What this very transaction marked, and the rows of the entity that it is `about`, in one question; `since` is what
 * `beginMarked` gave. Throws `InputError` (`missing-schema`) where some trigger would not have told of what was written.
 */
export async function ownMarks(transaction: Sql, since: string, about?: Declaration): Promise<OwnMarks> {
  const { rows: all } = await transaction.query(ownMarksOf(about), [since], { keepPlan: true });
  // Which ones are missing takes longer to tell, and is asked only then.
  const [, , , , , , xid, triggers] = all[0] ?? [];
  if (triggers !== tables.length * 4) refuseIncomplete(await outboxState(transaction));
  const every = all.filter(([id]) => id !== null);
  const rows = every.filter(([, , k1, k2]) => !isWhole({ k1: String(k1), k2: String(k2) }));
  return { xid: String(xid), marks: rows.map(markOf), whole: rows.length < every.length, parked: rows.some((row) => row[5] === true), found: about === undefined ? null : foundOf(about, rows) };
}

/** What was joined to the marks of an entity, once for each key. */
function foundOf(declaration: Declaration, marked: readonly Row[]): OwnMarks["found"] {
  const [rows, gone] = [new Map<string, Keyed>(), new Map<string, Key>()];
  for (const row of marked) {
    const { entity, k1, k2 } = markOf(row);
    if (entity !== declaration.entity) continue;
    if (row[8] === null) gone.set(keyText({ k1, k2 }), { k1, k2 });
    else rows.set(keyText({ k1, k2 }), keyedOf(row.slice(8), declaration, true));
  }
  return { declaration, rows: [...rows.values()], gone: [...gone.values()] };
}

// One row at the least, for the triggers; by way of text, or a kept plan would know a table that was replaced by its old number.
// Sorted by the number: a bare `id` would be the column of text.
const ownMarksOf = (about?: Declaration): string => `SELECT m.id::text, m.entity, m.k1, m.k2, m.cascade, EXISTS (SELECT FROM jeseci.sync_dead), pg_current_xact_id()::text, t.triggers${about === undefined ? "" : ", r.*"} FROM
  (SELECT count(*)::int AS triggers FROM pg_trigger WHERE tgrelid = ANY('{${tables.join(", ")}}'::text[]::regclass[]) AND tgname ^@ 'sync_mark_' AND tgenabled IN ('O', 'A')) AS t
  LEFT JOIN jeseci.sync_mark AS m ON m.id > $1::bigint AND m.xid = pg_current_xact_id() ${about === undefined ? "" : joinRowToMark(about)} ORDER BY m.id`;

/** Lets a deletion take the relationships between concepts with it, since a person said so. */
export async function markCascade(transaction: Sql, since: string, ids: readonly string[]): Promise<void> {
  await transaction.query("UPDATE jeseci.sync_mark SET cascade = true WHERE id > $1::bigint AND xid = pg_current_xact_id() AND entity = 'concept' AND k1 = ANY($2::text[])", [since, [...ids]]);
}

function markOf([id, entity, k1, k2, cascade]: readonly unknown[]): Mark {
  return { id: String(id), entity: String(entity) as EntityName, k1: String(k1), k2: String(k2), cascade: cascade === true };
}

/** In the order of the ids: the index passes over a queue's deleted beginning, which the table would be read through for. */
export async function anyMark(transaction: Sql, filter: MarkFilter = {}): Promise<boolean> {
  const upTo = filter.upTo === undefined ? "" : ` AND id <= ${BigInt(filter.upTo)}`;
  return (await transaction.query(`SELECT 1 FROM jeseci.sync_mark WHERE ${whereOf(filter)}${upTo} ORDER BY id LIMIT 1`, [lane, filter.after ?? "0"])).rows.length > 0;
}

/** Of some keys those that have a mark, as `keyText`; null where the whole entity has one. */
export async function marksAmong(transaction: Sql, entity: EntityName, keys: readonly Key[]): Promise<ReadonlySet<string> | null> {
  const { rows } = await transaction.query(
    "SELECT DISTINCT k1, k2 FROM jeseci.sync_mark WHERE lane = $1 AND entity = $2 AND (k1 = $3 AND k2 = '' OR (k1, k2) IN (SELECT k1, k2 FROM unnest($4::text[], $5::text[]) AS k(k1, k2)))",
    [lane, entity, wholeEntity, keys.map(({ k1 }) => k1), keys.map(({ k2 }) => k2)],
  );
  return rows.some(([k1, k2]) => isWhole({ k1: String(k1), k2: String(k2) })) ? null : new Set(rows.map(([k1, k2]) => keyText({ k1: String(k1), k2: String(k2) })));
}

/** Marks keys by hand, so that a relay carries over what their rows are now. */
export async function markKeys(transaction: Sql, keys: readonly (Key & { entity: EntityName })[]): Promise<void> {
  await transaction.query("INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])", columnsOf(keys));
}

/** The highest id of a mark that can be seen; 0 without one. */
export async function newestMark(transaction: Sql): Promise<string> {
  return String((await transaction.query("SELECT coalesce(max(id), 0)::text FROM jeseci.sync_mark")).rows[0]?.[0]);
}

/** The age of the oldest mark in seconds; 0 without one. */
export async function oldestMark(transaction: Sql): Promise<number> {
  const { rows } = await transaction.query("SELECT greatest(0, extract(epoch FROM clock_timestamp() - at))::float8 FROM jeseci.sync_mark WHERE lane = $1 ORDER BY id LIMIT 1", [lane]);
  return Number(rows[0]?.[0] ?? 0);
}

/** How many marks there are, and the age of the oldest in seconds (0 without one). */
export async function loadLag(transaction: Sql): Promise<Pick<Backlog, "pending" | "lag_seconds">> {
  const { rows } = await transaction.query("SELECT count(*), coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - at))::float8 FROM jeseci.sync_mark WHERE lane = $1 ORDER BY id LIMIT 1), 0) FROM jeseci.sync_mark WHERE lane = $1", [lane]);
  return { pending: Number(rows[0]?.[0] ?? 0), lag_seconds: Number(rows[0]?.[1] ?? 0) };
}

export async function countMarks(transaction: Sql): Promise<number> {
  return Number((await transaction.query("SELECT count(*) FROM jeseci.sync_mark WHERE lane = $1", [lane])).rows[0]?.[0] ?? 0);
}

/** Marks whole entities: each is then compared from end to end, and what was parked of it is tried again. */
export async function markWhole(transaction: Sql, chosen: readonly EntityName[] = entityNames): Promise<void> {
  await markParked(transaction, chosen);
  await transaction.query("INSERT INTO jeseci.sync_mark (entity, k1) SELECT e, $2 FROM unnest($1::text[]) AS e WHERE NOT EXISTS (SELECT FROM jeseci.sync_mark WHERE entity = e AND k1 = $2 AND k2 = '')", [[...chosen], wholeEntity]);
}

/** Gives how many there still were. */
export async function deleteMarks(transaction: Sql, marks: readonly Mark[]): Promise<number> {
  const ids = idsOf(marks);
  if (ids.length === 0) return 0;
  return Number((await transaction.query("WITH gone AS (DELETE FROM jeseci.sync_mark WHERE id = ANY($1::bigint[]) RETURNING 1) SELECT count(*) FROM gone", [ids])).rows[0]?.[0]);
}

/**
 * The same in one statement that is a transaction by itself, and need not wait for the disk: marks that a power cut brings
 * back are carried over once more, which changes nothing. Where a graph has several members, the bookmarks of what was
 * written go along: whoever finds no mark must not read from a member that lags behind.
 */
export async function dropMarks(sql: SqlDatabase, marks: readonly Mark[], bookmarks: readonly string[]): Promise<void> {
  const ids = idsOf(marks);
  if (ids.length === 0) return;
  const merged = bookmarks.length === 0 ? "" : `, merged AS (UPDATE jeseci.sync_lane SET ${mergedBookmarks(2)} WHERE lane = '${lane}' AND (SELECT count(*) FROM gone) >= 0)`;
  // The marks first, as a relay does, or each would wait for what the other has.
  await sql.execute(`WITH gone AS (DELETE FROM jeseci.sync_mark WHERE id = ANY($1::bigint[]) RETURNING 1)${merged} SELECT set_config('synchronous_commit', 'off', true)`, bookmarks.length === 0 ? [ids] : [ids, [...bookmarks]]);
}

/** Puts the bookmarks in a parameter before those that the lane has; the newest sixteen stay. */
export function mergedBookmarks(parameter: number): string {
  return `bookmarks = ARRAY(SELECT b FROM (SELECT b, min(place) AS place FROM unnest($${parameter}::text[] || bookmarks) WITH ORDINALITY AS u(b, place) GROUP BY b) AS known ORDER BY place LIMIT 16)`;
}

/** What a reader of the graph must pass on, to see all whose marks are gone. */
export async function loadBookmarks(transaction: Sql): Promise<string[]> {
  const [row] = (await transaction.query("SELECT bookmarks FROM jeseci.sync_lane WHERE lane = $1", [lane])).rows;
  return Array.isArray(row?.[0]) ? row[0].map(String) : [];
}

function idsOf(marks: readonly Mark[]): string[] {
  return marks.flatMap(({ id }) => id ?? []);
}

/** Keys as the arrays that `unnest` takes: `$1` entities, `$2` first parts, `$3` second ones. */
export function columnsOf(keys: readonly Pick<Mark, "entity" | "k1" | "k2">[]): string[][] {
  return [keys.map(({ entity }) => entity), keys.map(({ k1 }) => k1), keys.map(({ k2 }) => k2)];
}

/** Marks every parked key of some entities again. Gives how many. */
export async function markParked(transaction: Sql, chosen: readonly EntityName[]): Promise<number> {
  const { rows } = await transaction.query("INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT entity, k1, k2 FROM jeseci.sync_dead WHERE entity = ANY($1::text[]) RETURNING 1", [[...chosen]]);
  return rows.length;
}

/** How many keys of an entity have a mark; null where the whole entity has one. */
export async function countMarked(transaction: Sql, entity: EntityName): Promise<number | null> {
  const { rows } = await transaction.query("SELECT count(DISTINCT (k1, k2)), coalesce(bool_or(k1 = $3 AND k2 = ''), false) FROM jeseci.sync_mark WHERE lane = $1 AND entity = $2", [lane, entity, wholeEntity]);
  return rows[0]?.[1] === true ? null : Number(rows[0]?.[0]);
}
