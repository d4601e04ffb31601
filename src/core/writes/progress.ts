import { randomUUID } from "node:crypto";
import { MASTERED_PERCENT } from "../definitions.ts";
import { InputError } from "../errors.ts";
import { knownConcepts } from "./places.ts";
import { created, updated, writeBoth, type Facts } from "./plan.ts";
import { unknown, users, type Sql } from "./records.ts";
import type { PlanLine, Action } from "./types.ts";
import type { Given } from "./values.ts";

/** A row of progress. `minutes` are those spent in all. */
interface Progress {
  status: string;
  percent: number;
  minutes: number;
  /** ISO 8601 */
  accessed: string | null;
}

const mostMinutes = 2 ** 31 - 1;

/** The percentages that a status goes with: what is completed is mastered. */
const fitting: Readonly<Record<string, readonly [from: number, to: number]>> = { not_started: [0, 0], in_progress: [0, 99], completed: [MASTERED_PERCENT, 100] };

/** Notes how far a user is with a concept; the time of access is now. */
export const recordProgress: Action = async (databases, given, options) => {
  // What contradicts itself is told before anything is asked.
  if (given.has("status") && given.has("percent")) settled(given, undefined);
  return writeBoth(databases, options, (plan) => ({
    about: "progress",
    rows: async (sql) => {
      const [concept] = await knownConcepts(sql, [given.text("concept")]);
      const user = await knownUser(sql, given.text("user"));
      if (concept === undefined) return;
      const before = await progressOf(sql, user, concept.id);
      const { status, percent } = settled(given, before);
      const minutes = given.integer("minutes") ?? 0;
      if ((before?.minutes ?? 0) + minutes > mostMinutes) throw new InputError("bad-input", `minutes ${minutes} would make more than ${mostMinutes} in all`);
      const after = await upsert(sql, [user, concept.id, status, percent, minutes]);
      const key = `${given.text("user")} → ${concept.concept}`;
      plan.push(...(before === undefined ? [created(`progress ${key}`, factsOf(after))] : updated(`progress ${key}`, factsOf(before), factsOf(after))));
      if (minutes > 0) plan.push(await addSession(sql, key, user, concept.id, minutes));
    },
  }));
};

async function knownUser(sql: Sql, username: string): Promise<string> {
  const { rows } = await sql.query("SELECT user_id FROM users WHERE username = $1 FOR KEY SHARE", [username]);
  if (rows[0] === undefined) throw await unknown(sql, users, username);
  return String(rows[0][0]);
}

async function progressOf(sql: Sql, user: string, concept: string): Promise<Progress | undefined> {
  const { rows } = await sql.query("SELECT status, progress_percent, time_spent_minutes, last_accessed FROM user_concept_progress WHERE user_id = $1 AND concept_id = $2 FOR UPDATE", [user, concept]);
  return rows[0] === undefined ? undefined : progressFrom(rows[0]);
}

/** Minutes are added to those of the row, whatever was read before. */
async function upsert(sql: Sql, values: readonly (string | number)[]): Promise<Progress> {
  const { rows } = await sql.query(
    `INSERT INTO user_concept_progress AS t (user_id, concept_id, status, progress_percent, time_spent_minutes, last_accessed) VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (user_id, concept_id) DO UPDATE SET status = EXCLUDED.status, progress_percent = EXCLUDED.progress_percent, time_spent_minutes = t.time_spent_minutes + EXCLUDED.time_spent_minutes, last_accessed = EXCLUDED.last_accessed
     RETURNING status, progress_percent, time_spent_minutes, last_accessed`,
    values,
  );
  return progressFrom(rows[0] ?? []);
}

/** A session that is noted now counts as today's, also when it began before midnight. */
async function addSession(sql: Sql, key: string, user: string, concept: string, minutes: number): Promise<PlanLine> {
  await sql.query("INSERT INTO learning_sessions (session_id, user_id, concept_id, started_at, total_duration) VALUES ($1, $2, $3, now(), $4)", [randomUUID(), user, concept, minutes]);
  return created(`session ${key}`, [["minutes", minutes]]);
}

/** Status and percentage as they shall be. Throws `InputError` if they contradict each other. */
function settled(given: Given, before: Progress | undefined): { status: string; percent: number } {
  const percent = given.integer("percent");
  if (!given.has("status")) {
    if (percent === undefined) return before ?? { status: "not_started", percent: 0 };
    return { percent, status: percent === 0 ? "not_started" : percent === 100 ? "completed" : "in_progress" };
  }
  const status = given.text("status");
  const [from, to] = fitting[status] ?? [0, 100];
  const held = before?.percent ?? 0;
  const fits = percent ?? (held >= from && held <= to ? held : status === "completed" ? to : status === "not_started" ? from : held);
  if (fits < from || fits > to) throw new InputError("bad-input", `status ${status} and ${fits} % contradict each other`, `${status} goes with ${from === to ? `${from} %` : `${from} to ${to} %`}${percent === undefined ? ": give --percent too" : ""}`);
  return { status, percent: fits };
}

function progressFrom([status, percent, minutes, accessed]: readonly unknown[]): Progress {
  return { status: String(status), percent: Number(percent), minutes: Number(minutes), accessed: typeof accessed === "string" ? accessed : null };
}

function factsOf({ status, percent, minutes, accessed }: Progress): Facts {
  return [["status", status], ["percent", percent], ["minutes", minutes], ["last accessed", accessed]];
}
