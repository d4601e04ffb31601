import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { DatabaseError } from "../../databases/errors.ts";
import { migrateGraph } from "../../databases/migrations.ts";
import type { Databases, GraphParameters, ReadOptions, SqlDatabase, Transaction } from "../../databases/types.ts";
import { InputError } from "../errors.ts";
import { failpoint } from "./failpoint.ts";
import { isReadable, lane, markWhole } from "./outbox.ts";

/*
 * Who may carry changes over. The lane is one graph node that every writer of the projection locks first; its epoch
 * keeps a relay that was superseded from working. See the sync protocol, sections 3 and 4. The write before the read is
 * the point: any form that reads the epoch first lets a zombie through.
 */

/** A relay whose holder has not been heard of for so long is taken over. */
const heartbeatSeconds = 10;
const beatMs = 2_000;

const bump =
  "MERGE (l:__SyncLane {lane: $lane}) SET l._lock = $epoch WITH l, coalesce(l.epoch, 0) AS was WHERE was < $epoch SET l.epoch = $epoch, l.pair = $pair RETURN was AS was";
// `_fence` takes the lock; only then is it read whose lock the last one was, and ours put in its place.
const fenceStatement = "MATCH (l:__SyncLane {lane: $lane}) SET l._fence = $epoch WITH l, l._lock AS last WHERE l.epoch = $epoch SET l._lock = $epoch RETURN last AS last";
const laneStatement = "MATCH (l:__SyncLane {lane: $lane}) SET l._lock = 0 RETURN count(l) AS ok";

/** Somebody else has taken the lane: whoever sees this stops, nothing of its transaction stays. */
export class Superseded extends Error {}

/** The graph has no lane node yet, or none any more. */
export class NeverPrepared extends DatabaseError {
  constructor() {
    super("failed", "graph", "the graph was never prepared", { hint: "run `jeseci sync` once" });
  }
}

/** The right to carry over, until somebody takes it. */
export interface Lease {
  epoch: number;
  owner: string;
}

/** Who holds the lane. */
export interface Holder {
  owner: string;
  /** ISO 8601 */
  heartbeat: string;
}

/** Names this process: host, process id, and a random end that tells it from a later one. */
export function ownerName(): string {
  return `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}

/**
 * Takes the lane for `owner`: raises the epoch in PostgreSQL, then in the graph. Resolves with null while somebody else
 * holds it, whose heartbeat is younger than ten seconds. A graph that was emptied or restored is found by its epoch, and
 * everything is marked before it is written to. With `adopt`, a PostgreSQL that was restored goes on from the graph's
 * epoch, and everything is marked too.
 * Throws `InputError` (`refused`) if the two databases do not belong together, or PostgreSQL is behind the graph.
 */
export async function takeLane(databases: Databases, owner: string, options: { adopt?: boolean } = {}): Promise<Lease | null> {
  const { sql, graph } = databases;
  // A graph that was never seen, or was emptied, has neither constraints nor indexes.
  await migrateGraph(graph);
  const known = await readLaneNode(databases);
  // In an embedded folder the lock of the folder has already seen to it that nobody else is there.
  const free = databases.profile === "embedded" ? "true" : `(owner IS NULL OR owner = $1 OR heartbeat < clock_timestamp() - interval '${heartbeatSeconds} s')`;
  const floor = options.adopt === true ? known.epoch : 0;
  const taken = await sql.write(async (transaction) => {
    const { rows } = await transaction.query(
      `UPDATE jeseci.sync_lane SET epoch = greatest(epoch, $2::bigint) + 1, owner = $1, heartbeat = clock_timestamp(), pair = coalesce(pair, $4::text, gen_random_uuid()::text)
       WHERE lane = $3 AND ${free} RETURNING epoch::float8, fenced_epoch::float8, pair`,
      [owner, floor, lane, known.pair],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const [epoch, fenced, pair] = [Number(row[0]), Number(row[1]), String(row[2])];
    // Before the graph is touched, so that a crash in between forgets nothing.
    if (known.epoch < fenced || (options.adopt === true && known.epoch > fenced)) await markWhole(transaction);
    return { epoch, pair };
  });
  if (taken === null) return null;
  failpoint("relay-epoch-raised");
  const lease = { epoch: taken.epoch, owner };
  try {
    if (known.pair !== null && known.pair !== taken.pair) {
      throw new InputError("refused", "these two databases do not belong together: the graph was projected from another PostgreSQL; nothing was written", "check DATABASE_URL and NEO4J_URI with `jeseci config`; if they do belong together, `jeseci sync install --apply` pairs them anew and compares everything");
    }
    const { rows } = await graph.write((transaction) => transaction.query(bump, { lane, epoch: taken.epoch, pair: taken.pair }), { timeoutMs: 10_000 });
    if (rows.length === 0) return await superseded(databases, lease);
  } catch (error) {
    await releaseLane(databases, lease).catch(() => undefined);
    throw error;
  }
  failpoint("relay-bumped");
  const fenced = await sql.write((transaction) => transaction.query("UPDATE jeseci.sync_lane SET fenced_epoch = $1 WHERE lane = $2 AND epoch = $1 RETURNING 1", [taken.epoch, lane]));
  return fenced.rows.length === 0 ? null : lease;
}

/** The graph's epoch is higher than ours: either another relay was quicker, or PostgreSQL is an older one than the graph was made from. */
async function superseded({ sql }: Databases, { epoch }: Lease): Promise<null> {
  const { rows } = await sql.query("SELECT epoch::float8 FROM jeseci.sync_lane WHERE lane = $1", [lane]);
  if (Number(rows[0]?.[0]) > epoch) return null;
  throw new InputError("refused", "the graph knows a later state than PostgreSQL: PostgreSQL was restored from a backup, or these are not the same two databases; nothing was written", "`jeseci sync --full` compares everything and goes on from what PostgreSQL says now");
}

/** What each side says which pair it belongs to; null where it says nothing. */
export async function readPair({ sql, graph }: Pick<Databases, "sql" | "graph">, options: ReadOptions = {}): Promise<{ sql: string | null; graph: string | null }> {
  const row = await sql.read(async (transaction) => ((await isReadable(transaction)) ? (await transaction.query("SELECT pair FROM jeseci.sync_lane WHERE lane = $1", [lane])).rows[0] : undefined), options);
  const { rows } = await graph.query("MATCH (l:__SyncLane {lane: $lane}) RETURN l.pair AS pair", { lane }, options);
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { sql: text(row?.[0]), graph: text(rows[0]?.[0]) };
}

async function readLaneNode({ graph }: Pick<Databases, "graph">): Promise<{ epoch: number; pair: string | null }> {
  const { rows } = await graph.query("MATCH (l:__SyncLane {lane: $lane}) RETURN coalesce(l.epoch, 0) AS epoch, l.pair AS pair", { lane });
  const [epoch, pair] = rows[0] ?? [0, null];
  return { epoch: Number(epoch), pair: typeof pair === "string" ? pair : null };
}

/** Who holds the lane and is alive; null if nobody does. */
export async function laneHolder({ sql }: Databases): Promise<Holder | null> {
  const { rows } = await sql.query(`SELECT owner, heartbeat FROM jeseci.sync_lane WHERE lane = $1 AND owner IS NOT NULL AND heartbeat >= clock_timestamp() - interval '${heartbeatSeconds} s'`, [lane]);
  const [row] = rows;
  return row === undefined ? null : { owner: String(row[0]), heartbeat: String(row[1]) };
}

const turns = new WeakMap<SqlDatabase, Promise<unknown>>();

/**
 * In an embedded folder everybody who carries over is this process, and finds the lane free at any time: they take turns,
 * or they would take it away from each other for ever.
 */
export async function oneAtATime<T>({ profile, sql }: Databases, work: () => Promise<T>): Promise<T> {
  if (profile === "servers") return work();
  const mine = (turns.get(sql) ?? Promise.resolve()).then(work);
  turns.set(sql, mine.catch(() => undefined));
  return mine;
}

/** Says that the holder lives while it works, and lets the lane go afterwards, whatever happened. `onLost`: somebody else has taken it. */
export async function whileBeating<T>(databases: Databases, lease: Lease, work: () => Promise<T>, onLost: () => void = () => undefined): Promise<T> {
  const tell = (): void => void beat(databases, lease).then((own) => (own ? undefined : onLost()), () => undefined);
  // One process alone: nobody looks at its heart.
  const timer = databases.profile === "embedded" ? undefined : setInterval(tell, beatMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await releaseLane(databases, lease).catch(() => undefined);
  }
}

/** Says that the holder lives. False if the lane is no longer its own. */
async function beat({ sql }: Databases, { epoch, owner }: Lease): Promise<boolean> {
  const { rows } = await sql.write((transaction) => transaction.query("UPDATE jeseci.sync_lane SET heartbeat = clock_timestamp() WHERE lane = $1 AND epoch = $2 AND owner = $3 RETURNING 1", [lane, epoch, owner]));
  return rows.length > 0;
}

/** Lets the lane go, so that the next one need not wait for the heartbeat to age. */
export async function releaseLane({ sql }: Databases, { epoch, owner }: Lease): Promise<void> {
  await sql.write((transaction) => transaction.query("UPDATE jeseci.sync_lane SET owner = NULL, heartbeat = NULL WHERE lane = $1 AND epoch = $2 AND owner = $3", [lane, epoch, owner]));
}

/** Pairs the two databases anew, since a person says that they belong together; everything is compared then. */
export async function pairAnew({ sql, graph }: Pick<Databases, "sql" | "graph">): Promise<void> {
  await migrateGraph(graph);
  const pair = randomUUID();
  const { epoch } = await readLaneNode({ graph });
  await sql.write(async (transaction) => {
    await markWhole(transaction);
    await transaction.query("UPDATE jeseci.sync_lane SET pair = $1, epoch = greatest(epoch, $2::bigint) WHERE lane = $3", [pair, epoch, lane]);
  });
  await graph.write((transaction) => transaction.query("MATCH (l:__SyncLane {lane: $lane}) SET l.pair = $pair", { lane, pair }));
}

/** The first statement of a relay's transaction. Gives whether nobody else has had the lane since it last had it. Throws `Superseded`. */
export async function fence(graph: Transaction<GraphParameters>, { epoch }: Lease): Promise<{ undisturbed: boolean }> {
  const { rows } = await graph.query(fenceStatement, { lane, epoch });
  if (rows.length !== 1) throw new Superseded("another relay has taken the lane");
  return { undisturbed: Number(rows[0]?.[0]) === epoch };
}

/** The first statement of everybody else who writes to the graph: waits until nobody else does. Throws `NeverPrepared`. */
export async function lockLane(graph: Transaction<GraphParameters>): Promise<void> {
  const { rows } = await graph.query(laneStatement, { lane });
  if (Number(rows[0]?.[0] ?? 0) !== 1) throw new NeverPrepared();
}
