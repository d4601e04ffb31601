import type { Row, Value } from "../../databases/values.ts";
import { sanitise } from "../text/sanitise.ts";
import { displayValue } from "./display.ts";

/** One CSV record (RFC 4180, lines end in LF): exact, quoted where it must be. */
export function csvLine(values: readonly (Value | undefined)[]): string {
  return `${values.map((value) => quoted(displayValue(value))).join(",")}\n`;
}

/** One TSV record: sanitised, so that a tab or newline can't break it. */
export function tsvLine(values: readonly (Value | undefined)[]): string {
  return `${values.map((value) => sanitise(displayValue(value))).join("\t")}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row as an object; of columns with the same name the second is `name_2`, and so on. */
export function objectOf(names: readonly string[], row: Row): Record<string, Value> {
  return Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
}

export function uniqueNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; seen.has(unique); number += 1) unique = `${name}_${number}`;
    seen.add(unique);
    return unique;
  });
}
