import type { CheckReport, EntityCheck } from "../../../core/consistency/types.ts";
import type { EntityName } from "../../../core/projection/types.ts";
import { pad, width } from "../../../core/text/width.ts";
import type { Span, Spans } from "../../lines.ts";
import type { Style, Theme } from "../../theme.ts";
import { sumOf } from "./words.ts";

/** A line of the table: an entity, or all of them together. */
export type EntityRow = Omit<EntityCheck, "entity"> & { entity: EntityName | "all" };

/** All together on top, then each. */
export function entityRows({ entities }: Pick<CheckReport, "entities">): EntityRow[] {
  const sum = (count: Parameters<typeof sumOf>[1]): number | null => sumOf(entities, count);
  return [{ entity: "all", sql_rows: sum("sql_rows") ?? 0, graph_rows: sum("graph_rows") ?? 0, missing_in_graph: sum("missing_in_graph"), missing_in_sql: sum("missing_in_sql"), differing: sum("differing"), duplicate_in_graph: sum("duplicate_in_graph"), in_flight: sum("in_flight") }, ...entities];
}

interface Column {
  count: Exclude<keyof EntityRow, "entity">;
  head: string;
  short: string;
  /** Which goes first where there is little room. */
  dropped: number;
  style: Style;
  /** Left out where nothing of it is there. */
  rare?: true;
}

const columns: readonly Column[] = [
  { count: "sql_rows", head: "SQL", short: "SQL", dropped: 3, style: "plain" },
  { count: "graph_rows", head: "graph", short: "graph", dropped: 2, style: "plain" },
  { count: "missing_in_graph", head: "missing in graph", short: "missing", dropped: 9, style: "danger" },
  { count: "missing_in_sql", head: "only in graph", short: "only graph", dropped: 9, style: "danger" },
  { count: "differing", head: "different", short: "different", dropped: 9, style: "danger" },
  { count: "duplicate_in_graph", head: "duplicate", short: "duplicate", dropped: 9, style: "danger", rare: true },
  { count: "in_flight", head: "in flight", short: "in flight", dropped: 1, style: "warn" },
];

const gap = 2;
/** The mark before a line of a list. */
const pointer = 3;

export interface EntityTable {
  head: string;
  draw(row: EntityRow): Spans;
}

/** The table in so many cells: columns go in a fixed order, then the headings become short. */
export function entityTable(theme: Theme, rows: readonly EntityRow[], cells: number): EntityTable {
  const names = Math.max(...rows.map(({ entity }) => width(entity)), width("entity"));
  const own = ({ count }: Column, head: string): number => Math.max(width(head), ...rows.map((row) => width(number(theme, row[count]))));
  const taken = (shown: readonly Column[], head: "head" | "short"): number => pointer + names + shown.reduce((sum, column) => sum + own(column, column[head]) + gap, 0);
  let shown = columns.filter(({ rare, count }) => rare !== true || rows.some((row) => (row[count] ?? 0) > 0));
  let head: "head" | "short" = "head";
  for (const drop of [1, 2, 3]) {
    if (taken(shown, head) <= cells) break;
    if (drop === 2) {
      head = "short";
      if (taken(shown, head) <= cells) break;
    }
    shown = shown.filter(({ dropped }) => dropped !== drop);
  }
  return {
    // A list's heading begins one cell in, its lines behind the mark.
    head: `  ${pad("entity", names)}${shown.map((column) => " ".repeat(gap) + pad(column[head], own(column, column[head]), "right")).join("")}`,
    draw: (row) => [
      [row.entity === "all" ? "dim" : "plain", pad(row.entity, names)],
      ...shown.map((column): Span => {
        const value = row[column.count];
        const apart = column.style === "plain" && row.sql_rows !== row.graph_rows;
        return [value === 0 || value === null ? "dim" : apart ? "bold" : column.style, " ".repeat(gap) + pad(number(theme, value), own(column, column[head]), "right")];
      }),
    ],
  };
}

/** Counts and sums alone tell nothing of single rows. */
function number(theme: Theme, value: number | null): string {
  return value === null ? "?" : value === 0 ? theme.symbols.middot : value.toLocaleString("en");
}
