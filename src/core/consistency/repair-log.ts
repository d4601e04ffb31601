import type { Databases, ReadOptions } from "../../databases/types.ts";
import { isReadable, type Sql } from "../sync/outbox.ts";
import type { PlannedRepair, RepairPlan } from "./repair.ts";

/* What repairs did, in `jeseci.repair_run`: who, when, before and after. */

/** A repair that was begun. */
export interface PastRepair {
  /** Who, as far as the system that it ran on knew: `name@host`. */
  owner: string;
  /** ISO 8601. */
  started_at: string;
  /** Null for one that runs, or was interrupted: its marks are left to the relay. */
  finished_at: string | null;
  planned: number;
  refused: number;
  /** How many keys were carried over; null for one that did not end. */
  applied: number | null;
  /** Some of what it did. */
  examples: PlannedRepair[];
}

const keptRepairs = 200;
const shown = 5;

/** Keeps that a repair began, by whom, and what it is going to do. Gives its number. */
export async function beginRepair(transaction: Sql, owner: string, { planned, refused }: RepairPlan): Promise<number> {
  const { rows } = await transaction.query("INSERT INTO jeseci.repair_run (owner, planned, refused) VALUES ($1, $2::jsonb, $3::jsonb) RETURNING id::float8", [owner, storable(planned), storable(refused)]);
  return Number(rows[0]?.[0]);
}

/** As PostgreSQL's JSON can hold it: the graph's texts may have a NUL. */
function storable(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === "string" ? part.replaceAll("\0", "␀") : part));
}

export async function endRepair(transaction: Sql, run: number, applied: number): Promise<void> {
  await transaction.query("UPDATE jeseci.repair_run SET finished_at = clock_timestamp(), applied = $2 WHERE id = $1", [run, applied]);
}

/** The past repairs of this PostgreSQL, newest first; none where their table is not there, or closed to this role. */
export async function loadRepairs({ sql }: Pick<Databases, "sql">, options: ReadOptions = {}): Promise<PastRepair[]> {
  return sql.read(async (transaction) => {
    // First the outbox: a table of a schema that is closed can't even be asked for its rights.
    const open = (await isReadable(transaction)) && (await transaction.query("SELECT has_table_privilege(to_regclass('jeseci.repair_run'), 'SELECT')")).rows[0]?.[0] === true;
    if (!open) return [];
    const { rows } = await transaction.query(
      `SELECT owner, started_at, finished_at, jsonb_array_length(planned), jsonb_array_length(refused), applied,
        (SELECT coalesce(jsonb_agg(one ORDER BY place), '[]')::text FROM (SELECT * FROM jsonb_array_elements(planned) WITH ORDINALITY AS p(one, place) LIMIT $2) AS head)
       FROM jeseci.repair_run ORDER BY id DESC LIMIT $1`,
      [keptRepairs, shown],
    );
    return rows.map(([owner, started, finished, planned, refused, applied, examples]) => ({
      owner: String(owner),
      started_at: String(started),
      finished_at: finished === null ? null : String(finished),
      planned: Number(planned),
      refused: Number(refused),
      applied: applied === null ? null : Number(applied),
      examples: JSON.parse(String(examples)) as PlannedRepair[],
    }));
  }, options);
}
