import { named } from "../../databases/types.ts";
import { Gathering, type Missing } from "../catalogue/gather.ts";
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
  /** Prerequisites that the path teaches too late, or not at all; null only where the graph is missing. */
  order_faults: number | null;
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
  /** Direct prerequisites that the user has mastered, ascending. */
  met: string[];
}

export interface PathDetail extends Omit<PathRow, "concepts"> {
  concepts: PathConcept[];
}

/** All paths, by title. Throws `InputError` for an unknown user. */
export async function listPaths(session: Session, { username }: { username?: string } = {}, options: LoadOptions = {}): Promise<{ paths: PathRow[]; trace: Trace; missing: Missing }> {
  const gathering = new Gathering(session, options);
  const rows = await pathRows(session, gathering, { username }, options);
  return { paths: rows.map(({ path_id: _id, ...row }) => row), trace: gathering.trace, missing: gathering.missing };
}

/** One path in order. Of several with the same title it is the first. Throws `InputError` for an unknown path or user. */
export async function loadPath(session: Session, { title, username }: { title: string; username?: string }, options: LoadOptions = {}): Promise<{ path: PathDetail; trace: Trace; missing: Missing }> {
  const gathering = new Gathering(session, options);
  const { missing, trace } = gathering;
  const [rows, fromSql, prerequisites, fromProgress] = await Promise.all([
    pathRows(session, gathering, { username, title }, options),
    gathering.run("screens/paths/concepts", { path: title, username: username ?? null }),
    gathering.run("screens/paths/prerequisites", { path: title }),
    username === undefined ? null : gathering.run("screens/paths/mastered", { username, mastered: MASTERED_PERCENT }),
  ]);
  const row = rows.find(({ path }) => path === title);
  if (row === undefined) throw noSuchPath(title, rows.map(({ path }) => path));
  const { path_id: _id, ...path } = row;
  const concepts = missing.sql === undefined ? fromSql : await gathering.run("screens/paths/concepts-from-graph", { path: title, username: username ?? null });
  const mastered = missing.sql === undefined || username === undefined ? (fromProgress ?? { rows: [] }) : await gathering.run("graph/learning-journey", { username });
  const known = new Set(missing.sql === undefined ? mastered.rows.map(([name]) => name) : mastered.rows.flatMap(([, name, , percent]) => (Number(percent) >= MASTERED_PERCENT ? [name] : [])));
  const needs = new Map<string, string[]>();
  for (const [concept, prerequisite] of prerequisites.rows) needs.set(String(concept), [...(needs.get(String(concept)) ?? []), String(prerequisite)]);
  const onPath = new Set(concepts.rows.map((values) => String(values[1])));
  const ordered = named(concepts).map((value): PathConcept => {
    const concept = String(value["concept"]);
    const status = value["status"] as string | null;
    const percent = value["progress_percent"] as number | null;
    const all = needs.get(concept) ?? [];
    const unmet = all.filter((name) => !known.has(name));
    const state = username === undefined ? null : stateOf(status, percent, unmet);
    const waits_for = state === "completed" || state === "mastered" ? [] : unmet;
    return {
      sequence_order: Number(value["sequence_order"]),
      concept,
      status,
      progress_percent: percent,
      // Whether it is ready, only the graph can tell.
      state: missing.graph !== undefined && state === "ready" ? null : state,
      waits_for,
      not_on_path: waits_for.filter((name) => !onPath.has(name)),
      met: username === undefined ? [] : all.filter((name) => known.has(name)),
    };
  });
  return { path: { ...path, concepts: ordered }, trace, missing };
}

/** What to tell of a title that PostgreSQL doesn't know, with those that there are. */
export function noSuchPath(title: string, known: readonly string[]): InputError {
  const hint = known.length === 0 ? "there are no learning paths yet: `jeseci seed` makes some" : (didYouMean(title, known) ?? "`jeseci paths` lists them");
  return new InputError("unknown-path", `there is no learning path “${title}”`, hint);
}

function stateOf(status: string | null, percent: number | null, waitsFor: readonly string[]): ConceptState {
  if (status === "completed") return "completed";
  if ((percent ?? 0) >= MASTERED_PERCENT) return "mastered";
  if (status === "in_progress" || (percent ?? 0) > 0) return "started";
  return waitsFor.length > 0 ? "waiting" : "ready";
}

/** All paths; with `title` the faults of that one only, since nobody looks at the others'. */
async function pathRows(session: Session, gathering: Gathering, { username, title }: { username: string | undefined; title?: string }, options: LoadOptions): Promise<(PathRow & { path_id: string })[]> {
  const { missing } = gathering;
  const [rows, faults, user] = await gathering.all([
    gathering.run("screens/paths/list", { username: username ?? null }),
    gathering.run("screens/paths/order-faults", { path: title ?? null }),
    username === undefined ? Promise.resolve(null) : gathering.run("screens/dashboard/user", { username }),
  ]);
  if (username !== undefined && missing.sql === undefined && user?.rows.length === 0) throw await unknownUser(session, username, options);
  const faultsOf = new Map(faults.rows.map(([id, count]) => [id, Number(count)]));
  const known = missing.sql === undefined ? rows : await gathering.run("screens/paths/from-graph", { username: username ?? null });
  return named(known).map((row) => ({ ...(row as unknown as PathRow & { path_id: string }), order_faults: missing.graph === undefined ? (faultsOf.get(row["path_id"] ?? null) ?? 0) : null }));
}
