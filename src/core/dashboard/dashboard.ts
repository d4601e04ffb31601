import { named } from "../../databases/types.ts";
import { runQuery } from "../catalogue/run.ts";
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
  concepts_ready: number;
  /** Whole percent; null without progress. */
  average_completion_percent: number | null;
  /** Hours, one decimal. */
  hours_spent: number;
  streak_days: number;
  concepts_mastered: number;
  concepts_total: number;
  progress: ProgressRow[];
  ready: string[];
  paths: { path: string; completed: number; total: number }[];
  ready_details: ReadyConcept[];
  /** Days with activity in the last 26 weeks. */
  activity: { day: string; minutes: number; sessions: number }[];
  categories: { category: string | null; concepts: number; avg_progress_percent: number; minutes: number }[];
  trace: Trace;
}

/**
 * A user's numbers: SQL aggregates and the graph's ready concepts, asked side by side. Throws `InputError`
 * (`unknown-user`) if PostgreSQL has no such user.
 */
export async function loadDashboard(session: Session, { username }: { username: string }, options: LoadOptions = {}): Promise<Dashboard> {
  const trace: Trace = [];
  const run = (id: string, parameters: Record<string, string | number> = { username }) => runQuery(session, id, parameters, { ...options, trace });
  const [user, stats, progress, paths, activity, categories, total, ready] = await Promise.all([
    run("screens/dashboard/user"),
    run("sql/dashboard-stats"),
    run("screens/dashboard/progress"),
    run("screens/dashboard/paths"),
    run("sql/activity-by-day"),
    run("sql/progress-by-category"),
    run("sql/table-counts", {}),
    run("screens/dashboard/ready", { username, mastered: MASTERED_PERCENT }),
  ]);
  const [profile] = named(user);
  const [numbers] = named(stats);
  if (profile === undefined || numbers === undefined) throw await unknownUser(session, username, options);
  const details = named(ready) as unknown as ReadyConcept[];
  return {
    username,
    first_name: profile["first_name"] as string | null,
    last_name: profile["last_name"] as string | null,
    concepts_ready: details.length,
    average_completion_percent: numbers["average_completion_percent"] as number | null,
    hours_spent: Number(numbers["hours_spent"]),
    streak_days: Number(numbers["streak_days"]),
    concepts_mastered: Number(numbers["concepts_mastered"]),
    concepts_total: Number(total.rows.find(([table]) => table === "concepts")?.[1] ?? 0),
    progress: named(progress) as unknown as ProgressRow[],
    ready: details.map(({ concept }) => concept),
    paths: named(paths) as unknown as Dashboard["paths"],
    ready_details: details,
    activity: named(activity) as unknown as Dashboard["activity"],
    categories: named(categories) as unknown as Dashboard["categories"],
    trace,
  };
}
