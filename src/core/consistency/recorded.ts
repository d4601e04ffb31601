import type { Session } from "../session.ts";
import { readPair } from "../sync/lane.ts";
import { loadSnapshot } from "./causes.ts";
import { check, type CheckOptions } from "./check.ts";
import { loadHistory, pastOf, recordCheck, type HistoryPlace, type PastCheck } from "./history.ts";
import type { CheckReport } from "./types.ts";

/** Where checks are kept: a file, and the name of the databases should they carry no identity of their own. */
export interface Records {
  file: string;
  address: string;
}

/** Compares, on the ground of earlier checks of the same pair, and keeps what was found for later ones. */
export async function recordedCheck(session: Session, records: Records, options: Omit<CheckOptions, "past"> = {}): Promise<{ report: CheckReport; history: PastCheck }> {
  const load = { ...(options.signal === undefined ? {} : { signal: options.signal }), timeoutMs: options.timeoutMs ?? 0 };
  const place = await placeOf(session, records);
  // Before anything is read: what changes from here on may or may not have been compared.
  const began = await loadSnapshot(session, load);
  const report = await check(session, { ...options, past: pastOf(place) });
  return { report, history: recordCheck(place, report, began) };
}

/** The past checks of this pair, newest first. */
export async function recordedHistory(session: Session, records: Records): Promise<PastCheck[]> {
  return loadHistory(await placeOf(session, records));
}

async function placeOf({ databases }: Session, { file, address }: Records): Promise<HistoryPlace> {
  const { sql, graph } = await readPair(databases);
  return { file, key: sql !== null && sql === graph ? sql : address };
}
