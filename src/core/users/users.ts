import { named } from "../../databases/types.ts";
import { Gathering } from "../catalogue/gather.ts";
import { runQuery } from "../catalogue/run.ts";
import { InputError } from "../errors.ts";
import type { LoadOptions, Session, Trace } from "../session.ts";
import { didYouMean } from "../text/nearest.ts";

/** A user as everybody may see them: no e-mail, no password hash. */
export interface UserRow {
  username: string;
  first_name: string | null;
  last_name: string | null;
  is_active: boolean;
  /** Progress rows, and those of status completed. */
  concepts: number;
  completed: number;
  /** One decimal; null without progress. */
  avg_progress_percent: number | null;
  /** ISO 8601; null if never. */
  last_activity: string | null;
}

/** All users, by username in code-point order. With `partial` from the graph, without what only PostgreSQL knows, if that can't be asked. */
export async function listUsers(session: Session, options: LoadOptions = {}): Promise<{ rows: UserRow[]; trace: Trace }> {
  const gathering = new Gathering(session, options);
  const result = await gathering.run("screens/users/list");
  if (gathering.missing.sql === undefined) return { rows: named(result) as unknown as UserRow[], trace: gathering.trace };
  const unknown = { is_active: true, avg_progress_percent: null, last_activity: null };
  const known = await gathering.run("screens/users/from-graph");
  if (gathering.missing.graph !== undefined) throw gathering.missing.sql;
  return { rows: named(known).map((row) => ({ ...unknown, ...row }) as unknown as UserRow), trace: gathering.trace };
}

/** The user with the newest activity, of several the first by name; null if there is none at all. */
export async function defaultUser(session: Session, options: LoadOptions = {}): Promise<string | null> {
  const { rows } = await runQuery(session, "screens/users/newest", {}, options);
  const name = rows[0]?.[0];
  return typeof name === "string" ? name : null;
}

/** What to tell of a name that PostgreSQL doesn't know. */
export async function unknownUser(session: Session, username: string, options: LoadOptions = {}): Promise<InputError> {
  const { rows } = await runQuery(session, "choices/usernames", {}, options);
  return noSuchUser(username, rows.map(([name]) => String(name)));
}

/** The same, with the names that there are. */
export function noSuchUser(username: string, known: readonly string[]): InputError {
  const hint = known.length === 0 ? "there are no users yet: `jeseci seed` makes some" : (didYouMean(username, known) ?? "`jeseci users` lists them");
  return new InputError("unknown-user", `there is no user “${username}”`, hint);
}
