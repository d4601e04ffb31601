import { DatabaseError } from "../../databases/errors.ts";
import type { Databases } from "../../databases/types.ts";
import type { EntityName } from "../projection/types.ts";
import { oneAtATime, laneHolder, ownerName, Superseded, takeLane, whileBeating } from "./lane.ts";
import { anyMark, markWhole, newestMark, requireOutbox } from "./outbox.ts";
import { countParked } from "./parked.ts";
import { newestPass, refusedSince } from "./passes.ts";
import { nothingDone, Relay, type DrainOptions, type DrainResult } from "./relay.ts";

export interface SyncOptions extends DrainOptions {
  /** A person asked for a comparison of everything, also where PostgreSQL is older than the graph. */
  full?: boolean;
  /** Another relay holds the lane: who it is, once. */
  onWait?: (owner: string) => void;
}

const waitMs = 200;
const takeAttempts = 5;

export interface SyncResult extends DrainResult {
  /** Keys that are parked now, whoever set them aside and when. */
  left: number;
}

/**
 * Brings the graph up to the rows: carries over every key that has a mark; with `full` everything is compared, and what
 * differs is carried over. Where another relay is at work, waits until it has, and tells what that one refused. Throws
 * `DatabaseError`, `InputError`.
 */
export async function sync(databases: Databases, options: SyncOptions = {}): Promise<SyncResult> {
  const done = await oneAtATime(databases, () => carryOver(databases, options));
  return { ...done, left: await databases.sql.read(countParked) };
}

async function carryOver(databases: Databases, options: SyncOptions): Promise<DrainResult> {
  await requireOutbox(databases);
  if (options.full === true) await databases.sql.write((transaction) => markWhole(transaction));
  const owner = ownerName();
  const { upTo, passes } = await databases.sql.read(async (transaction) => ({ upTo: await newestMark(transaction), passes: await newestPass(transaction) }));
  let told = false;
  for (let timeouts = 0; ; ) {
    // A holder that was stopped in the middle keeps the lane locked until the graph ends its transaction.
    const lease = await takeLane(databases, owner, { adopt: options.full === true }).catch((error: unknown) => {
      if (!(error instanceof DatabaseError) || !["timeout", "conflict"].includes(error.code) || (timeouts += 1) > takeAttempts) throw error;
      return null;
    });
    if (lease !== null) {
      try {
        return await whileBeating(databases, lease, () => new Relay(databases, lease).drain(options));
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
      }
    }
    const holder = await laneHolder(databases);
    if (holder !== null && holder.owner !== owner && !told) options.onWait?.(holder.owner);
    told = true;
    while (await heldByAnother(databases, owner)) {
      if (options.signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted while another relay was at work; it goes on");
      if (!(await databases.sql.read((transaction) => anyMark(transaction, { upTo })))) return { ...nothingDone(), refused: await databases.sql.read((transaction) => refusedSince(transaction, passes)) };
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Compares everything, or some entities, and carries over what differs: `sync` for those who have just opened a pair. */
export async function projectAll(databases: Databases, options: DrainOptions & { entities?: readonly EntityName[] } = {}): Promise<SyncResult> {
  await databases.sql.write((transaction) => markWhole(transaction, options.entities));
  return sync(databases, options);
}

/** An error may come after the lane was taken: nobody waits for himself. */
async function heldByAnother(databases: Databases, owner: string): Promise<boolean> {
  const holder = await laneHolder(databases);
  return holder !== null && holder.owner !== owner;
}
