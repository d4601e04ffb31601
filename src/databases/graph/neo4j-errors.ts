import { DatabaseError, type DatabaseErrorCode, type StatementPosition } from "../errors.ts";

/** The driver's error codes, by their beginnings; the first that fits decides. */
const codes: readonly (readonly [prefix: string, code: DatabaseErrorCode])[] = [
  ["ServiceUnavailable", "cannot-connect"],
  ["SessionExpired", "cannot-connect"],
  ["Neo.ClientError.Security.", "unauthorized"],
  ["Neo.ClientError.Database.DatabaseNotFound", "cannot-connect"],
  ["Neo.TransientError.General.DatabaseUnavailable", "cannot-connect"],
  ["Neo.TransientError.Database.DatabaseUnavailable", "cannot-connect"],
  ["Neo.ClientError.Transaction.TransactionTimedOut", "timeout"],
  ["Neo.TransientError.Transaction.TransactionTimedOut", "timeout"],
  ["Neo.ClientError.Transaction.LockClientStopped", "conflict"],
  ["Neo.TransientError.Transaction.Terminated", "cancelled"],
  ["Neo.ClientError.Transaction.Terminated", "cancelled"],
  ["Neo.ClientError.Statement.AccessMode", "read-only"],
  ["Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", "read-only"],
  ["Neo.ClientError.Cluster.NotALeader", "read-only"],
  ["Neo.ClientError.Statement.", "syntax"],
  ["Neo.ClientError.Schema.", "constraint"],
  ["Neo.TransientError.General.MemoryPoolOutOfMemoryError", "failed"],
  ["Neo.TransientError.General.TransactionMemoryLimit", "failed"],
  ["Neo.TransientError.General.TransactionOutOfMemory", "failed"],
  ["Neo.TransientError.", "conflict"],
];

/** Run-time failures of a statement (a division by zero, a wrong type) are Statement errors too, but no syntax errors. */
const runtime = /^Neo\.ClientError\.Statement\.(ArithmeticError|EntityNotFound|ExecutionFailed|RuntimeUnsupported|ExternalResource)/;

const hints: Partial<Record<DatabaseErrorCode, string>> = {
  "cannot-connect": "check that Neo4j runs and that NEO4J_URI names it: `jeseci config` shows where the address came from",
  unauthorized: "check NEO4J_USER and NEO4J_PASSWORD: `jeseci config` shows where they came from",
  timeout: "allow it more with --timeout SECONDS, or ask for less",
  "read-only": "this session only reads",
};

const outOfMemory = /MemoryPoolOutOfMemory|TransactionMemoryLimit|TransactionOutOfMemory/;

/** What is better said of some codes or words than of their kind. */
const special: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/DatabaseNotFound/, "check NEO4J_DATABASE: `SHOW DATABASES` lists those that exist"],
  [outOfMemory, "the server has no memory left for this transaction: ask for fewer rows, or raise db.memory.transaction.max"],
  [/certificate/i, "name the authority that signed it with NEO4J_CA_FILE and a plain bolt:// or neo4j://, or believe any certificate with bolt+ssc://"],
  [/closed by server|handshake/i, "the server hangs up before a greeting: if it requires TLS, use bolt+s:// (or bolt+ssc:// for a certificate of its own)"],
];

/** The server has no memory for the transaction. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && outOfMemory.test(error.code);
}

/** Any error of the driver as ours, its own words kept; secrets given are taken out of them. */
export function graphError(error: unknown, secrets: readonly string[] = []): DatabaseError {
  if (error instanceof DatabaseError) return error;
  // The driver leads with advice on settings of Neo4j 3; the reason stands at the end.
  const own = (error instanceof Error ? error.message : String(error)).replace(/^Failed to connect to server\. .*?Caused by: /s, "can't connect: ").replace(/(?<=certificate is not trusted\.) .*?(?=Socket responded|$)/s, " ");
  const message = secrets.reduce((text, secret) => (secret === "" ? text : text.replaceAll(secret, "•••")), own);
  const driverCode = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const code = codeOf(driverCode, message);
  const position = code === "syntax" ? positionOf(message) : undefined;
  const hint = special.find(([pattern]) => pattern.test(`${driverCode} ${message}`))?.[1] ?? hints[code];
  return new DatabaseError(code, "graph", message, { cause: error, ...(hint === undefined ? {} : { hint }), ...(position === undefined ? {} : { position }) });
}

function codeOf(driverCode: string, message: string): DatabaseErrorCode {
  if (runtime.test(driverCode)) return "failed";
  for (const [prefix, code] of codes) if (driverCode.startsWith(prefix)) return code;
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|certificate|SSL|TLS|acquisition timed out/i.test(message) ? "cannot-connect" : "failed";
}

function positionOf(message: string): StatementPosition | undefined {
  const found = /\(line (\d+), column (\d+)/.exec(message);
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined;
}
