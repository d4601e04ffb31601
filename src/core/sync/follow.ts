import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError } from "../../databases/errors.ts";
import type { Databases } from "../../databases/types.ts";
import { laneHolder, ownerName, Superseded, takeLane, whileBeating, type Lease } from "./lane.ts";
import type { OnProgress } from "../progress.ts";
import { anyMark, loadLag, requireOutbox } from "./outbox.ts";
import { isTransient, Relay, type DrainResult } from "./relay.ts";

/** What a relay that follows is doing. */
export type FollowState =
  | { kind: "standby"; owner: string }
  | { kind: "following" }
  /** `pending` and `lag_seconds` are what has come meanwhile. */
  | { kind: "carried"; result: DrainResult; ms: number; pending: number | null; lag_seconds: number | null }
  | { kind: "trouble"; error: DatabaseError; retryMs: number };

export interface FollowOptions {
  signal: AbortSignal;
  onState?: (state: FollowState) => void;
  /** How far a long drain is. */
  onProgress?: OnProgress;
}

const firstIdleMs = 50;
const longestIdleMs = 1_000;
const firstTroubleMs = 250;
const longestTroubleMs = 10_000;

/**
 * Carries changes over as they come, until the signal aborts; the running batch is finished first. Looks for marks after
 * 50 ms, up to a second apart while there are none. While another relay lives it stands by and takes over should that
 * one die. A database that can't be reached is tried again, ever less often. Throws what doesn't pass.
 */
export async function follow(databases: Databases, { signal, onState, onProgress }: FollowOptions): Promise<void> {
  await requireOutbox(databases);
  const owner = ownerName();
  let troubleMs = firstTroubleMs;
  while (!signal.aborted) {
    try {
      const lease = await takeLane(databases, owner);
      if (lease === null) {
        onState?.({ kind: "standby", owner: (await laneHolder(databases))?.owner ?? "another relay" });
        await pause(longestIdleMs, signal);
        continue;
      }
      onState?.({ kind: "following" });
      let lost = false;
      const own = (): boolean => !lost;
      await whileBeating(databases, lease, () => hold(databases, lease, own, { signal, ...(onState === undefined ? {} : { onState }), ...(onProgress === undefined ? {} : { onProgress }) }, () => (troubleMs = firstTroubleMs)), () => (lost = true));
    } catch (error) {
      if (error instanceof Superseded || signal.aborted) continue;
      if (!isTransient(error)) throw error;
      onState?.({ kind: "trouble", error: error as DatabaseError, retryMs: troubleMs });
      await pause(troubleMs, signal);
      troubleMs = Math.min(longestTroubleMs, troubleMs * 2);
    }
  }
}

/** Works while it holds the lane; returns when it was asked to end, throws `Superseded` when the lane is lost. */
async function hold(databases: Databases, lease: Lease, own: () => boolean, { signal, onState, onProgress }: FollowOptions, onWell: () => void): Promise<void> {
  let idleMs = firstIdleMs;
  try {
    while (!signal.aborted) {
      if (!own()) throw new Superseded("another relay has taken the lane");
      if (await databases.sql.read(anyMark)) {
        const started = performance.now();
        const result = await new Relay(databases, lease).drain({ signal, ...(onProgress === undefined ? {} : { onProgress }) });
        const ms = performance.now() - started;
        if (onState !== undefined) onState({ kind: "carried", result, ms, ...(await databases.sql.read(loadLag).catch(() => ({ pending: null, lag_seconds: null }))) });
        idleMs = firstIdleMs;
      } else {
        await pause(idleMs, signal);
        idleMs = Math.min(longestIdleMs, idleMs * 2);
      }
      onWell();
    }
  } catch (error) {
    if (!(signal.aborted && error instanceof DatabaseError && error.code === "cancelled")) throw error;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
