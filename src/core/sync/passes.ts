import { lane, type Sql } from "./outbox.ts";
import type { Refusal } from "./types.ts";

/* The history of passes: what each relay did, newest last; see the sync protocol, section 2. */

const keptPasses = 10_000;

export interface Pass {
  owner: string;
  epoch: number;
  kind: "pass" | "reconcile";
  started: Date;
  marks: number;
  upserted: number;
  deleted: number;
  parked: number;
  /** No mark was left at its end. */
  drained: boolean;
  refused: readonly Refusal[];
}

/** Keeps that a pass ended, and forgets the oldest. */
export async function recordPass(transaction: Sql, pass: Pass): Promise<void> {
  const { rows } = await transaction.query(
    "INSERT INTO jeseci.sync_pass (lane, owner, epoch, kind, started_at, marks, upserted, deleted, parked, drained, refused) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id::float8",
    [lane, pass.owner, pass.epoch, pass.kind, pass.started.toISOString(), pass.marks, pass.upserted, pass.deleted, pass.parked, pass.drained, JSON.stringify(pass.refused)],
  );
  const id = Number(rows[0]?.[0] ?? 0);
  if (id % 100 === 0) await transaction.query("DELETE FROM jeseci.sync_pass WHERE id <= $1", [id - keptPasses]);
}

/** The number of the last pass; 0 before the first. */
export async function newestPass(transaction: Sql): Promise<number> {
  return Number((await transaction.query("SELECT coalesce(max(id), 0)::float8 FROM jeseci.sync_pass")).rows[0]?.[0]);
}

/** What passes after that one refused to delete. */
export async function refusedSince(transaction: Sql, pass: number): Promise<Refusal[]> {
  const { rows } = await transaction.query("SELECT refused::text FROM jeseci.sync_pass WHERE id > $1 AND refused <> '[]' ORDER BY id", [pass]);
  return rows.flatMap(([refused]) => JSON.parse(String(refused)) as Refusal[]);
}

/** How many passes have ended after an instant (ISO 8601), and when the last one did. Null: it was not asked. */
export type PassesSince = { count: number; last: string | null } | null;

export async function passesSince(transaction: Sql, at: string): Promise<NonNullable<PassesSince>> {
  const { rows } = await transaction.query("SELECT count(*), max(finished_at) FROM jeseci.sync_pass WHERE finished_at > $1::timestamptz", [at]);
  const [count, last] = rows[0] ?? [];
  return { count: Number(count), last: last === null || last === undefined ? null : String(last) };
}
