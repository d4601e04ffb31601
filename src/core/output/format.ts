import type { Row, Value } from "../../databases/values.ts";
import { controlOrBidi, sanitise } from "../text/sanitise.ts";
import { toJson } from "../text/json.ts";
import { csvLine, tsvLine, uniqueNames } from "./delimited.ts";
import { markdown, table } from "./table.ts";

export const formats = ["table", "json", "ndjson", "csv", "tsv", "markdown"] as const;
export type Format = (typeof formats)[number];

export interface RowFormat {
  header: boolean;
  /** Whether the text goes to a terminal: then CSV is sanitised too. */
  terminal: boolean;
  /** Cells of the terminal, for tables. */
  columns: number;
}

/** Rows in any format but `json`, which is an object of the command's own. */
export function formatRows(format: Exclude<Format, "json">, names: readonly string[], rows: readonly Row[], options: RowFormat): string {
  if (format === "table") return table(names, rows, options);
  if (format === "markdown") return markdown(names, rows, options.header);
  const writer = rowWriter(format, names, options);
  return writer.head + rows.map(writer.line).join("");
}

/** One row after the other, for results that are never held as a whole. */
export function rowWriter(format: "ndjson" | "csv" | "tsv", names: readonly string[], { header, terminal }: Pick<RowFormat, "header" | "terminal">): { head: string; line(row: Row): string } {
  if (format === "ndjson") {
    const keys = uniqueNames(names).map((name, index) => `${index === 0 ? "{" : ","}${toJson(name)}:`);
    return { head: "", line: (row) => (keys.length === 0 ? "{}\n" : `${keys.map((key, index) => key + jsonOf(row[index] ?? null)).join("")}}\n`) };
  }
  const line = format === "csv" ? (terminal ? (values: Row) => `${sanitise(csvLine(values).slice(0, -1))}\n` : csvLine) : tsvLine;
  return { head: header ? line([...names]) : "", line };
}

/** As `toJson`, without its detours for the values that most cells hold: a million rows have as many of them. */
function jsonOf(value: Value): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  if (typeof value === "string") return controlOrBidi.test(value) ? toJson(value) : JSON.stringify(value);
  return value === null || typeof value === "boolean" ? String(value) : toJson(value);
}
