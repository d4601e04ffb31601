/**
 * The one small set of ways a database can fail, the same for every engine. The engine's own words stay in `message`.
 * `bad-address` is one that can't be an address at all; `locked`, `damaged` and `newer-schema` concern the embedded data folder or the recorded schema version.
 */
export type DatabaseErrorCode =
  | "cannot-connect"
  | "bad-address"
  | "unauthorized"
  | "timeout"
  | "syntax"
  | "constraint"
  | "read-only"
  | "conflict"
  | "cancelled"
  | "locked"
  | "damaged"
  | "newer-schema"
  | "failed";

/** A place in a statement, both counted from 1. */
export interface StatementPosition {
  line: number;
  column: number;
}

export interface DatabaseErrorDetails {
  /** The likely cause and the next command to run, in one sentence. */
  hint?: string;
  position?: StatementPosition;
  /** SQLSTATE, the five characters of the SQL standard. */
  sqlState?: string;
  cause?: unknown;
}

/** An error of a database, an engine or the data folder. Thrown by everything in `databases/`. */
export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;
  readonly database: "sql" | "graph" | "folder";
  readonly hint?: string;
  readonly position?: StatementPosition;
  readonly sqlState?: string;

  constructor(code: DatabaseErrorCode, database: "sql" | "graph" | "folder", message: string, details: DatabaseErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "DatabaseError";
    this.code = code;
    this.database = database;
    if (details.hint !== undefined) this.hint = details.hint;
    if (details.position !== undefined) this.position = details.position;
    if (details.sqlState !== undefined) this.sqlState = details.sqlState;
  }
}

/** Whether an error says "this database can't be asked now", rather than "this question is wrong". */
export function isUnreachable(error: unknown): error is DatabaseError & { database: "sql" | "graph" } {
  return error instanceof DatabaseError && error.database !== "folder" && (error.code === "cannot-connect" || error.code === "unauthorized");
}

/** Throws `cancelled` if the signal is already aborted; call it before work that can't be stopped half-way. */
export function throwIfCancelled(signal: AbortSignal | undefined, database: "sql" | "graph"): void {
  if (signal?.aborted) throw new DatabaseError("cancelled", database, "cancelled");
}
