import { DatabaseError, type DatabaseErrorCode } from "../errors.ts";

/** Grafeo states its own number in the text and a GQLSTATUS beside it; the first that fits decides. */
const codes: readonly (readonly [pattern: RegExp, code: DatabaseErrorCode])[] = [
  [/GRAFEO-T001/, "conflict"],
  [/constraint violation/i, "constraint"],
  [/permission denied: write|read-only/i, "read-only"],
  [/GRAFEO-Q00[1-5]/, "syntax"],
  [/GRAFEO-S|locked by another|already open/i, "locked"],
  [/corrupt|checksum|WAL/i, "damaged"],
];

/** Any error of Grafeo as ours, its own words kept but without its drawing of the statement. */
export function grafeoError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const full = error instanceof Error ? error.message : String(error);
  const [first = full] = full.split("\n");
  const code = codes.find(([pattern]) => pattern.test(full))?.[1] ?? "failed";
  const place = /--> query:(\d+):(\d+)/.exec(full);
  const message = first.replace(/^(Query|Database|Transaction) error: /, "").replace(/^(GRAFEO-\w+: )\w[\w -]*?: (?=\[Cypher\])/, "$1").replace("[Cypher] ", "");
  return new DatabaseError(code, "graph", message, { cause: error, ...(place ? { position: { line: Number(place[1]), column: Number(place[2]) } } : {}) });
}
