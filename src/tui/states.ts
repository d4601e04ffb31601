import type { Missing } from "../core/catalogue/gather.ts";
import { DatabaseError } from "../databases/errors.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { duration } from "./ages.ts";
import { paintLine, wrap, type Spans } from "./lines.ts";
import type { Resource } from "./resource.ts";
import type { Theme } from "./theme.ts";

/** What failed, why, and what can be done: for the place where the data would be. */
export function failure(theme: Theme, error: unknown, cells: number): string[] {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? error.hint : undefined;
  const side = error instanceof DatabaseError && error.database !== "folder" ? `${error.database === "sql" ? "PostgreSQL" : "graph"}: ` : "";
  const lines = message.split("\n").flatMap((line, index) => wrap(`${index === 0 ? side : ""}${sanitise(line)}`, Math.max(10, cells - 4)));
  return [
    ...lines.map((line, index) => paintLine(theme, [["danger", index === 0 ? ` ${theme.symbols.bad} ` : "   "], line], cells)),
    ...(hint === undefined ? [] : wrap(sanitise(hint), Math.max(10, cells - 4)).map((line) => paintLine(theme, ["   ", ["dim", line]], cells))),
    paintLine(theme, ["   ", ["accent", "r"], ["dim", " tries again"]], cells),
  ];
}

/** What is missing from a screen while one side is out of reach, and why it is: a line a side. */
function missingLines(theme: Theme, missing: Missing, what: Readonly<Record<"sql" | "graph", string>>, cells: number): string[] {
  return (["sql", "graph"] as const).flatMap((side) => {
    const error = missing[side];
    if (error === undefined) return [];
    return [paintLine(theme, [" ", ["warn", `${theme.symbols.warning} ${side === "sql" ? "PostgreSQL" : "the graph"} can't be reached; missing here: ${what[side]}`], ["dim", `   ${sanitise(error.message)}`]], cells)];
  });
}

/** The body of a screen before its first data: that they are being loaded, or why they are not there. */
export function beforeData(theme: Theme, { error, loading, ...resource }: Pick<Resource<unknown>, "error" | "loading" | "loadingSince" | "data">, cells: number): string[] {
  const blank = " ".repeat(cells);
  return [blank, ...(error !== undefined && !loading ? failure(theme, error, cells) : [paintLine(theme, [" ", ...loadingNote(resource, Date.now())], cells)])];
}

/** What is wrong with data that are shown all the same: a side is missing, or the last load failed. */
export function troubles(theme: Theme, error: unknown, missing: Missing, what: Readonly<Record<"sql" | "graph", string>>, cells: number): string[] {
  const failed = error === undefined ? [] : [paintLine(theme, [" ", ["danger", `${theme.symbols.bad} the last load failed: ${sanitise(error instanceof Error ? error.message : String(error))}`]], cells)];
  return [...missingLines(theme, missing, what, cells), ...failed];
}

/** A note that a load runs, and for how long; nothing if it is quick. */
export function loadingNote(resource: Pick<Resource<unknown>, "loadingSince" | "data">, now: number): Spans {
  if (resource.loadingSince === undefined) return [];
  const elapsed = now - resource.loadingSince;
  return [["dim", `${resource.data === undefined ? "loading" : "refreshing"}…${elapsed > 1000 ? ` ${duration(elapsed)}, esc cancels` : ""}`]];
}
