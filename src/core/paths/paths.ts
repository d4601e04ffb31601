import { named } from "../../databases/types.ts";
import { runQuery } from "../catalogue/run.ts";
import { MASTERED_PERCENT } from "../definitions.ts";
import { InputError } from "../errors.ts";
import type { LoadOptions, Session, Trace } from "../session.ts";
import { didYouMean } from "../text/nearest.ts";
import { unknownUser } from "../users/users.ts";

export interface PathRow {
  path: string;
  difficulty: string;
  category: string | null;
  estimated_hours: number | null;
  concepts: number;
  /** Concepts of status completed; null when no user is named. */
  completed: number | null;
  /** Prerequisites that the path teaches too late, or not at all. */
  order_faults: number;
}

/**
 * Where a user stands with a concept; the first that holds: `completed` (the status), `mastered` (75 % or more),
 * `started` (a row with progress, or in progress), `waiting` (a direct prerequisite is not mastered), `ready`.
 */
export type ConceptState = "completed" | "mastered" | "started" | "ready" | "waiting";

export interface PathConcept {
  sequence_order: number;
  concept: string;
  /** These three are null when no user is named; status and percent also without a progress row. */
  status: string | null;
  progress_percent: number | null;
  state: ConceptState | null;
  /** Of a concept neither completed nor mastered: the direct prerequisites that are not mastered, ascending; without a user all of them. */
  waits_for: string[];
  /** Those of them that the path doesn't teach. */
  not_on_path: string[];
}

export interface PathDetail extends Omit<PathRow, "concepts"> {
  concepts: PathConcept[];
}

/** All paths, by title. Throws `InputError` for an unknown user. */
export async function listPaths(session: Session, { username }: { username?: string } = {}, options: LoadOptions = {}): Promise<{ paths: PathRow[]; trace: Trace }> {
  const trace: Trace = [];
  const rows = await pathRows(session, username, { ...options, trace });
  return { paths: rows.map(({ path_id: _id, ...row }) => row), trace };
}

/** One path in order. Of several with the same title it is the first. Throws `InputError` for an unknown path or user. */
export async function loadPath(session: Session, { title, username }: { title: string; username?: string }, options: LoadOptions = {}): Promise<{ path: PathDetail; trace: Trace }> {
  const trace: Trace = [];
  const traced = { ...options, trace };
  const rows = await pathRows(session, username, traced);
  const row = rows.find(({ path }) => path === title);
  if (row === undefined) {
    const hint = rows.length === 0 ? "there are no learning paths yet: `jeseci seed` makes some" : (didYouMean(title, rows.map(({ path }) => path)) ?? "`jeseci paths` lists them");
    throw new InputError("unknown-path", `there is no learning path “${title}”`, hint);
  }
  const { path_id, ...path } = row;
  const [concepts, prerequisites, mastered] = await Promise.all([
    runQuery(session, "screens/paths/concepts", { path_id, username: username ?? null }, traced),
    runQuery(session, "screens/paths/prerequisites", { path_id }, traced),
    username === undefined ? { rows: [] } : runQuery(session, "screens/paths/mastered", { username, mastered: MASTERED_PERCENT }, traced),
  ]);
  const known = new Set(mastered.rows.map(([name]) => name));
  const needs = new Map<string, string[]>();
  for (const [concept, prerequisite] of prerequisites.rows) needs.set(String(concept), [...(needs.get(String(concept)) ?? []), String(prerequisite)]);
  const onPath = new Set(concepts.rows.map((values) => String(values[1])));
  const ordered = named(concepts).map((value): PathConcept => {
    const concept = String(value["concept"]);
    const status = value["status"] as string | null;
    const percent = value["progress_percent"] as number | null;
    const unmet = (needs.get(concept) ?? []).filter((name) => !known.has(name));
    const state = username === undefined ? null : stateOf(status, percent, unmet);
    const waits_for = state === "completed" || state === "mastered" ? [] : unmet;
    return {
      sequence_order: Number(value["sequence_order"]),
      concept,
      status,
      progress_percent: percent,
      state,
      waits_for,
      not_on_path: waits_for.filter((name) => !onPath.has(name)),
    };
  });
  return { path: { ...path, concepts: ordered }, trace };
}

function stateOf(status: string | null, percent: number | null, waitsFor: readonly string[]): ConceptState {
  if (status === "completed") return "completed";
  if ((percent ?? 0) >= MASTERED_PERCENT) return "mastered";
  if (status === "in_progress" || (percent ?? 0) > 0) return "started";
  return waitsFor.length > 0 ? "waiting" : "ready";
}

async function pathRows(session: Session, username: string | undefined, options: LoadOptions & { trace: Trace }): Promise<(PathRow & { path_id: string })[]> {
  const [rows, faults, user] = await Promise.all([
    runQuery(session, "screens/paths/list", { username: username ?? null }, options),
    runQuery(session, "screens/paths/order-faults", {}, options),
    username === undefined ? null : runQuery(session, "screens/dashboard/user", { username }, options),
  ]);
  if (username !== undefined && user?.rows.length === 0) throw await unknownUser(session, username, options);
  const faultsOf = new Map(faults.rows.map(([id, count]) => [id, Number(count)]));
  return named(rows).map((row) => ({ ...(row as unknown as PathRow & { path_id: string }), order_faults: faultsOf.get(row["path_id"] ?? null) ?? 0 }));
}
