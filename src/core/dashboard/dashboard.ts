import { named } from "../../databases/types.ts";
import { Gathering, type Missing } from "../catalogue/gather.ts";
import { MASTERED_PERCENT } from "../definitions.ts";
import type { LoadOptions, Session, Trace } from "../session.ts";
import { unknownUser } from "../users/users.ts";

export interface ProgressRow {
  concept: string;
  status: "not_started" | "in_progress" | "completed";
  progress_percent: number;
  minutes: number;
  /** ISO 8601 */
  last_accessed: string | null;
}

export interface ReadyConcept {
  concept: string;
  display_name: string | null;
  difficulty: string | null;
  /** Names of the direct prerequisites, all mastered, and of what it leads to directly. */
  prerequisites: string[];
  opens: string[];
}

/** The contract's `dashboard`, and what the screen shows besides. */
export interface Dashboard {
  username: string;
  first_name: string | null;
  last_name: string | null;
  /** This and the other counts are null only where their database is missing. */
  concepts_ready: number | null;
  /** Whole percent; null without progress. */
  average_completion_percent: number | null;
  /** Hours, one decimal. */
  hours_spent: number | null;
  streak_days: number | null;
  concepts_mastered: number | null;
  concepts_total: number | null;
  progress: ProgressRow[];
  ready: string[];
  paths: { path: string; completed: number; total: number }[];
  ready_details: ReadyConcept[];
  /** Days with activity in the last 26 weeks. */
  activity: { day: string; minutes: number; sessions: number }[];
  categories: { category: string | null; concepts: number; avg_progress_percent: number; minutes: number }[];
  trace: Trace;
  missing: Missing;
}

/**
 * A user's numbers: SQL aggregates and the graph's ready concepts, asked side by side. Throws `InputError`
 * (`unknown-user`) if PostgreSQL has no such user.
 */
export async function loadDashboard(session: Session, { username }: { username: string }, options: LoadOptions = {}): Promise<Dashboard> {
  const gathering = new Gathering(session, options);
  const run = (id: string, parameters: Record<string, string | number> = { username }) => gathering.run(id, parameters);
  const [user, stats, progress, paths, activity, categories, total, ready] = await gathering.all([
    run("screens/dashboard/user"),
    run("sql/dashboard-stats"),
    run("screens/dashboard/progress"),
    run("screens/dashboard/paths"),
    run("sql/activity-by-day"),
    run("sql/progress-by-category"),
    run("screens/dashboard/total", {}),
    run("screens/dashboard/ready", { username, mastered: MASTERED_PERCENT }),
  ]);
  const { missing, trace } = gathering;
  const [profile] = named(user);
  const [numbers] = named(stats);
  if (profile === undefined && missing.sql === undefined) throw await unknownUser(session, username, options);
  const details = named(ready) as unknown as ReadyConcept[];
  const number = (name: string): number | null => (numbers === undefined ? null : Number(numbers[name]));
  return {
    username,
    first_name: (profile?.["first_name"] ?? null) as string | null,
    last_name: (profile?.["last_name"] ?? null) as string | null,
    concepts_ready: missing.graph === undefined ? details.length : null,
    average_completion_percent: (numbers?.["average_completion_percent"] ?? null) as number | null,
    hours_spent: number("hours_spent"),
    streak_days: number("streak_days"),
    concepts_mastered: number("concepts_mastered"),
    concepts_total: missing.sql === undefined ? Number(total.rows[0]?.[0] ?? 0) : null,
    progress: missing.sql === undefined ? (named(progress) as unknown as ProgressRow[]) : await progressInGraph(gathering, username),
    ready: details.map(({ concept }) => concept),
    paths: missing.sql === undefined ? (named(paths) as unknown as Dashboard["paths"]) : await pathsInGraph(gathering, username),
    ready_details: details,
    activity: named(activity) as unknown as Dashboard["activity"],
    categories: named(categories) as unknown as Dashboard["categories"],
    trace,
    missing,
  };
}

/** What the graph knows of it: everything but minutes and days. */
async function progressInGraph(gathering: Gathering, username: string): Promise<ProgressRow[]> {
  const rows = named(await gathering.run("graph/learning-journey", { username }));
  return rows.map((row) => ({ concept: row["concept"], status: row["status"], progress_percent: row["progress_percent"], minutes: 0, last_accessed: null }) as ProgressRow);
}

async function pathsInGraph(gathering: Gathering, username: string): Promise<Dashboard["paths"]> {
  const rows = named(await gathering.run("screens/paths/from-graph", { username }));
  return rows.map((row) => ({ path: String(row["path"]), completed: Number(row["completed"]), total: Number(row["concepts"]) }));
}

/** Where a user stands with every concept that they have a row for; from the graph, without minutes, where PostgreSQL can't be asked. */
export async function loadStanding(session: Session, { username }: { username: string }, options: LoadOptions = {}): Promise<{ standing: Map<string, ProgressRow>; trace: Trace }> {
  const gathering = new Gathering(session, options);
  const rows = named(await gathering.run("screens/dashboard/progress", { username })) as unknown as ProgressRow[];
  const known = gathering.missing.sql === undefined ? rows : await progressInGraph(gathering, username);
  return { standing: new Map(known.map((row) => [row.concept, row])), trace: gathering.trace };
}
