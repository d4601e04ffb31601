import type { Row, Value } from "../../databases/values.ts";
import { sanitise } from "../text/sanitise.ts";
import { pad, width } from "../text/width.ts";
import { displayNumber, displayValue } from "./display.ts";

export interface TableOptions {
  header: boolean;
  /** Cells of the terminal; wider tables have their widest columns cut. */
  columns: number;
}

/** A table for people: aligned by cells, numbers to the right with thousands separated, everything sanitised. */
export function table(names: readonly string[], rows: readonly Row[], { header, columns }: TableOptions): string {
  const numeric = names.map((_name, index) => rows.some((row) => isNumber(row[index])) && rows.every((row) => isNumber(row[index]) || row[index] === null));
  const cells = rows.map((row) => names.map((_name, index) => tableCell(row[index])));
  const heads = names.map(sanitise);
  const wanted = heads.map((head, index) => Math.max(header ? width(head) : 1, ...sampled(cells).map((row) => width(row[index] ?? "")), 1));
  const widths = fit(wanted, columns - 2 * (names.length - 1));
  const line = (texts: readonly string[]): string => texts.map((text, index) => pad(text, widths[index] ?? 0, numeric[index] ? "right" : "left")).join("  ").trimEnd();
  const lines = cells.map(line);
  if (header) lines.unshift(line(heads), widths.map((cellsWide) => "─".repeat(cellsWide)).join("  "));
  return lines.map((text) => `${text}\n`).join("");
}

/** One cell of a table: sanitised, null as a dash. */
export function tableCell(value: Value | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number" || typeof value === "bigint") return displayNumber(value);
  return sanitise(displayValue(value));
}

/** GitHub's Markdown tables. */
export function markdown(names: readonly string[], rows: readonly Row[], header: boolean): string {
  const escape = (text: string): string => sanitise(text).replaceAll("\\", "\\\\").replaceAll("|", "\\|");
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |\n`;
  const head = header ? line(names.map(escape)) + line(names.map(() => "---")) : "";
  return head + rows.map((row) => line(names.map((_name, index) => escape(displayValue(row[index]))))).join("");
}

/** Widths that fit: the widest columns give way first, none below eight cells. */
export function fit(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  let over = widths.reduce((sum, cells) => sum + cells, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= 8) break;
    const next = Math.max(8, ...widths.filter((cells) => cells < widest));
    const index = widths.indexOf(widest);
    const less = Math.min(over, Math.max(1, widest - next));
    widths[index] = widest - less;
    over -= less;
  }
  return widths;
}

function isNumber(value: Value | undefined): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

/** Enough rows to know the widths: measuring a million would cost more than printing them. */
function sampled<T>(rows: readonly T[]): readonly T[] {
  return rows.length <= 5_000 ? rows : rows.slice(0, 5_000);
}

