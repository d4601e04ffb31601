import { ConfigError } from "../config/load.ts";
import { InputError } from "../core/errors.ts";
import { ApplyError } from "../core/sync/apply.ts";
import { sanitiseLines } from "../core/text/sanitise.ts";
import { toJson } from "../core/text/json.ts";
import { DatabaseError, type DatabaseErrorCode } from "../databases/errors.ts";

/** The contract's exit codes. */
export const exit = { fine: 0, drift: 1, usage: 2, unreachable: 3, timeout: 4, pending: 5, fault: 70, interrupted: 130 } as const;

const ofDatabase: Readonly<Record<DatabaseErrorCode, number>> = {
  "cannot-connect": exit.unreachable,
  unauthorized: exit.unreachable,
  "bad-address": exit.usage,
  locked: exit.unreachable,
  damaged: exit.unreachable,
  "newer-schema": exit.unreachable,
  timeout: exit.timeout,
  syntax: exit.usage,
  constraint: exit.usage,
  conflict: exit.usage,
  "read-only": exit.usage,
  cancelled: exit.interrupted,
  failed: exit.usage,
};

/** What is told of an error, and how the program ends. */
export interface Told {
  code: string;
  message: string;
  hint?: string;
  exitCode: number;
}

/** Any error as a person should read it. A fault of ours says so. */
export function tell(error: unknown): Told {
  if (error instanceof InputError) return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }), exitCode: error.code === "refused" ? exit.drift : exit.usage };
  if (error instanceof ConfigError) return { code: "configuration", message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }), exitCode: exit.usage };
  if (error instanceof DatabaseError) return { code: error.code, message: place(error), ...(error.hint === undefined ? {} : { hint: error.hint }), exitCode: ofDatabase[error.code] };
  if (error instanceof ApplyError) return { code: "apply", message: error.message, hint: "`jeseci check` shows where the databases disagree", exitCode: exit.usage };
  return { code: "fault", message: `a fault of the program: ${error instanceof Error ? error.message : String(error)}`, hint: "run it again with --debug to see where", exitCode: exit.fault };
}

/** The text for stderr, with or without JSON. */
export function errorText({ code, message, hint }: Told, json: boolean): string {
  if (json) return `${toJson({ error: { code, message, hint: hint ?? null } })}\n`;
  return `error: ${sanitiseLines(message)}\n${hint === undefined ? "" : `hint: ${sanitiseLines(hint)}\n`}`;
}

function place({ message, position, database, code }: DatabaseError): string {
  const where = position === undefined || /:\d+:\d+: /.test(message) ? "" : ` (line ${position.line}, column ${position.column})`;
  const side = database === "folder" || code === "syntax" || code === "cancelled" ? "" : `${database === "sql" ? "PostgreSQL" : "graph"}: `;
  return `${side}${message}${where}`;
}
