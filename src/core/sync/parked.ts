import type { Databases, ReadOptions } from "../../databases/types.ts";
import type { Row } from "../../databases/values.ts";
import { isStorable, type Key } from "../projection/compare.ts";
import { declarations } from "../projection/declarations.ts";
import { entityNames, type EntityName } from "../projection/types.ts";
import { columnsOf, lane, markParked, type Mark, type Sql } from "./outbox.ts";

/* The keys that could not be carried over, and were set aside so that they hold nobody up; see the sync protocol, section 4. */

/** A key that could not be carried over, and why. */
export interface Parked extends Key {
  entity: EntityName;
  code: string;
  message: string;
  attempts: number;
  /** ISO 8601. */
  first_at: string;
  last_at: string;
}

/** Whether anything is parked at all. */
export async function anyParked(transaction: Sql): Promise<boolean> {
  return (await transaction.query("SELECT EXISTS (SELECT FROM jeseci.sync_dead WHERE lane = $1)", [lane])).rows[0]?.[0] === true;
}

/**
 * Parks nodes that had to stay, and every other of these keys no longer. While the lane is held, before the graph commits:
 * afterwards somebody else may have had the lane, and parked or carried over the same key for a newer reason. Should the
 * graph not commit, the marks are still there, and whoever takes them up does this again. Gives those that are parked no more.
 */
export async function settleParked(transaction: Sql, keys: readonly Pick<Mark, "entity" | "k1" | "k2">[], left: readonly Pick<Mark, "entity" | "k1" | "k2">[]): Promise<Parked[]> {
  const name = ({ entity, k1 }: Pick<Mark, "entity" | "k1">): string => `${entity} ${k1}`;
  const stay = new Set(left.map(name));
  const unparked = await unpark(transaction, keys.filter((key) => !stay.has(name(key))));
  await park(transaction, left, "graph_owned_relationships", "the row is gone, but relationships hang on the node that are the graph's own");
  return unparked;
}

/** Forgets that these keys were parked: they have been carried over. Gives what is forgotten. */
export async function unpark(transaction: Sql, all: readonly Pick<Mark, "entity" | "k1" | "k2">[]): Promise<Parked[]> {
  const keys = all.filter(isStorable);
  if (keys.length === 0) return [];
  const { rows } = await transaction.query(
    `WITH gone AS (DELETE FROM jeseci.sync_dead AS d USING unnest($1::text[], $2::text[], $3::text[]) AS k(entity, k1, k2) WHERE d.entity = k.entity AND d.k1 = k.k1 AND d.k2 = k.k2 RETURNING d.*) SELECT ${parkedColumns} FROM gone`,
    columnsOf(keys),
  );
  return rows.map(parkedOf);
}

/** Parks again, as they were, keys whose graph did not commit after all. */
export async function restoreParked(transaction: Sql, parked: readonly Parked[]): Promise<void> {
  for (const { entity, k1, k2, code, message, attempts, first_at, last_at } of parked)
    await transaction.query("INSERT INTO jeseci.sync_dead (entity, k1, k2, code, message, attempts, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING", [entity, k1, k2, code, message, attempts, first_at, last_at]);
}

/** Sets keys aside with their error, so that they hold nobody up; a later mark tries them again. */
export async function park(transaction: Sql, all: readonly Pick<Mark, "entity" | "k1" | "k2">[], code: string, message: string): Promise<void> {
  // What PostgreSQL can't hold is found again by every comparison.
  const keys = all.filter(isStorable);
  if (keys.length === 0) return;
  await transaction.query(
    `INSERT INTO jeseci.sync_dead AS d (entity, k1, k2, code, message) SELECT DISTINCT entity, k1, k2, $4::text, $5::text FROM unnest($1::text[], $2::text[], $3::text[]) AS k(entity, k1, k2)
     ON CONFLICT (lane, entity, k1, k2) DO UPDATE SET attempts = d.attempts + 1, code = EXCLUDED.code, message = EXCLUDED.message, last_at = EXCLUDED.last_at`,
    [...columnsOf(keys), code, message],
  );
}

export async function countParked(transaction: Sql): Promise<number> {
  return Number((await transaction.query("SELECT count(*) FROM jeseci.sync_dead WHERE lane = $1", [lane])).rows[0]?.[0] ?? 0);
}

const entities = `'${declarations.map(({ entity }) => entity).join("', '")}'`;

/** The parked keys by entity and key. */
export async function loadParked({ sql }: Pick<Databases, "sql">, options: ReadOptions = {}): Promise<Parked[]> {
  const { rows } = await sql.query(`${selectParked} ORDER BY array_position(ARRAY[${entities}], entity), k1, k2`, [], options);
  return rows.map(parkedOf);
}

const parkedColumns = "entity, k1, k2, code, message, attempts, first_at, last_at";
const selectParked = `SELECT ${parkedColumns} FROM jeseci.sync_dead`;

function parkedOf([entity, k1, k2, code, message, attempts, first, last]: Row): Parked {
  return { entity: String(entity) as EntityName, k1: String(k1), k2: String(k2), code: String(code), message: String(message), attempts: Number(attempts), first_at: String(first), last_at: String(last) };
}

/** Of some keys of an entity those that are parked. */
export async function parkedAmong(transaction: Sql, entity: EntityName, keys: readonly Key[]): Promise<Parked[]> {
  const { rows } = await transaction.query(`${selectParked} AS d JOIN unnest($2::text[], $3::text[]) AS k(k1, k2) USING (k1, k2) WHERE entity = $1`, [entity, keys.map(({ k1 }) => k1), keys.map(({ k2 }) => k2)]);
  return rows.map(parkedOf);
}

/** Marks every parked key again. Gives how many. */
export async function retryParked({ sql }: Pick<Databases, "sql">): Promise<number> {
  return sql.write((transaction) => markParked(transaction, entityNames));
}
