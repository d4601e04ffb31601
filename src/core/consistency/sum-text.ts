import type { Value } from "../../databases/values.ts";
import type { CheckReport, SumCheck } from "./types.ts";

/** What a number of a fast check is called: `count of user`, `sum of progress.progress_percent`. */
export function sumName({ entity, of, property }: Pick<SumCheck, "entity" | "of" | "property">): string {
  return of === "count" ? `count of ${entity}` : `${of === "sum" ? "sum of" : "non-numbers in"} ${entity}.${property ?? ""}`;
}

/** The same with what either side says: `count of user (SQL 7, graph 6)`. */
export function sumText(sum: SumCheck): string {
  return `${sumName(sum)} (SQL ${told(sum.sql)}, graph ${told(sum.graph)})`;
}

/** Whether a fast check left anything open: what is on its way to the graph may be all that differs, or may not. */
export function isOpen({ sums }: Pick<CheckReport, "sums">): boolean {
  return (sums ?? []).some(({ verdict }) => verdict === "open");
}

function told(value: Value): string {
  return typeof value === "number" || typeof value === "bigint" ? value.toLocaleString("en") : String(value);
}
