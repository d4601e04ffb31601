import { DatabaseError, type DatabaseErrorCode, type StatementPosition } from "../errors.ts";

/** What a driver tells of a failed statement. */
export interface SqlFailure {
  message: string;
  /** The five characters of SQLSTATE; absent for faults of the connection. */
  sqlState?: string;
  /** Counted in characters from 1, as PostgreSQL does. */
  position?: number;
  detail?: string;
  hint?: string;
}

const byState: readonly (readonly [prefix: string, code: DatabaseErrorCode])[] = [
  ["25006", "read-only"],
  ["28", "unauthorized"],
  ["42501", "unauthorized"],
  ["57014", "timeout"],
  ["55P03", "timeout"],
  ["40", "conflict"],
  ["23", "constraint"],
  ["08", "cannot-connect"],
  ["57P", "cannot-connect"],
  ["53300", "cannot-connect"],
  ["3D000", "cannot-connect"],
  ["42", "syntax"],
];

/** What to do next, where the server itself has no hint. */
const hints: readonly (readonly [prefix: string, hint: string])[] = [
  ["25006", "reads run in a read-only transaction; nothing was changed"],
  ["28", "check the user and the password of DATABASE_URL: `jeseci config` shows where they came from"],
  ["3D000", "check the name at the end of DATABASE_URL: `psql --list` lists the databases that exist"],
  ["42P01", "if the tables were never made, `jeseci seed` makes them"],
  ["42501", "this account lacks the right: ask the owner of the table to GRANT it, or use another account in DATABASE_URL"],
  ["53300", "the server has no connection left: end some, or raise max_connections"],
  ["55P03", "another transaction holds the lock: try again, or find it in pg_stat_activity"],
  ["57014", "allow it more with --timeout SECONDS, or ask for less"],
  ["57P03", "the server is starting, stopping or recovering: try again in a moment"],
  ["57P", "the server ended this connection: try again"],
];

/** A failed statement as a `DatabaseError`, with the engine's own words and the place in the statement. */
export function sqlError(failure: SqlFailure, statement?: string, cause?: unknown): DatabaseError {
  const state = failure.sqlState ?? "";
  // The same state for a time-out and for a person's cancel; only the words tell.
  if (state === "57014" && /user request/.test(failure.message)) return new DatabaseError("cancelled", "sql", "cancelled", cause === undefined ? {} : { cause });
  const code = byState.find(([prefix]) => state.startsWith(prefix))?.[1] ?? "failed";
  const position = statement === undefined || failure.position === undefined ? undefined : positionOf(statement, failure.position);
  const message = failure.detail ? `${failure.message} (${failure.detail})` : failure.message;
  const hint = failure.hint ?? hints.find(([prefix]) => state.startsWith(prefix))?.[1];
  return new DatabaseError(code, "sql", message, {
    ...(cause === undefined ? {} : { cause }),
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position }),
    ...(state === "" ? {} : { sqlState: state }),
  });
}

/** Line and column, from 1, of the character at `offset` (from 1, in code points). */
function positionOf(statement: string, offset: number): StatementPosition {
  const before = [...statement].slice(0, offset - 1).join("");
  const line = before.split("\n").length;
  return { line, column: [...before.slice(before.lastIndexOf("\n") + 1)].length + 1 };
}
