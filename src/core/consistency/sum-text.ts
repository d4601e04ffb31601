import type { Value } from "../../databases/values.ts";
import type { SumCheck } from "./types.ts";

/** What a number of a fast check is called: `count of user`, `sum of progress.progress_percent`. */
export function sumName({ entity, of, property }: Pick<SumCheck, "entity" | "of" | "property">): string {
  return of === "count" ? `count of ${entity}` : `${of === "sum" ? "sum of" : "non-numbers in"} ${entity}.${property ?? ""}`;
}

/** The same with what either side says: `count of user (SQL 7, graph 6)`. */
export function sumText(sum: SumCheck): string {
  return `${sumName(sum)} (SQL ${told(sum.sql)}, graph ${told(sum.graph)})`;
}

function told(value: Value): string {
  return typeof value === "number" || typeof value === "bigint" ? value.toLocaleString("en") : String(value);
}
