import type { Row } from "../databases/values.ts";
import { displayValue } from "../core/output/display.ts";
import { tableCell } from "../core/output/table.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { cut, pad, width } from "../core/text/width.ts";
import { Cursor } from "./cursor.ts";
import { paintLine, type Spans } from "./lines.ts";
import { filterRows, sortRows } from "./table-order.ts";
import type { Theme } from "./theme.ts";

const widestCell = 48;
const sampledRows = 100;

/**
 * A table of any length: only the rows in sight are formatted, so a million rows are as quick as a thousand. The
 * selection follows the row, not its place, through sorting and filtering, both of which run in slices.
 */
export class TableView {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly cursor = new Cursor();
  /** The column that `y` copies and that is in sight. */
  column = 0;
  sortColumn: number | null = null;
  descending = false;
  filter = "";
  /** True while a sort or filter runs. */
  working = false;
  #order: Uint32Array | null = null;
  #controller: AbortController | undefined;
  readonly #changed: () => void;
  readonly #widths: number[];
  readonly #numeric: boolean[];

  constructor(columns: readonly string[], rows: readonly Row[], changed: () => void) {
    this.columns = columns;
    this.rows = rows;
    this.#changed = changed;
    // From the beginning, the middle and the end: numbers grow along a table.
    const sample = rows.length <= 3 * sampledRows ? rows : [0, Math.floor(rows.length / 2), rows.length - sampledRows].flatMap((from) => rows.slice(from, from + sampledRows));
    this.#numeric = columns.map((_name, index) => sample.some((row) => row[index] !== null) && sample.every((row) => ["number", "bigint"].includes(typeof row[index]) || row[index] === null));
    this.#widths = columns.map((name, index) => Math.min(widestCell, Math.max(width(sanitise(name)) + 2, ...sample.map((row) => width(cut(tableCell(row[index]), widestCell))))));
  }

  /** Rows that the filter leaves. */
  get length(): number {
    return this.#order?.length ?? this.rows.length;
  }

  get selectedRow(): Row | undefined {
    return this.rows[this.#rowAt(this.cursor.index)];
  }

  get selectedText(): string {
    return displayValue(this.selectedRow?.[this.column]);
  }

  /** Takes an action of the keymap; false if it is none of a table's. */
  act(action: string, page: number): boolean {
    if (this.cursor.move(action, this.length, page)) return true;
    switch (action) {
      case "left":
        if (this.column === 0) return false;
        this.column -= 1;
        return true;
      case "right":
        this.column = Math.min(this.columns.length - 1, this.column + 1);
        return true;
      case "sort":
        this.sortColumn = this.sortColumn === null ? this.column : (this.sortColumn + 1) % this.columns.length;
        this.column = this.sortColumn;
        this.descending = false;
        this.#arrange();
        return true;
      case "reverse":
        this.sortColumn ??= this.column;
        this.descending = !this.descending;
        this.#arrange();
        return true;
      default:
        return false;
    }
  }

  setFilter(filter: string): void {
    if (filter === this.filter) return;
    this.filter = filter;
    this.#arrange();
  }

  /** Same order and selection for the rows of a newer load; the selected row is looked for by its first cell. */
  adopt(older: TableView): void {
    if (older.columns.join("\0") !== this.columns.join("\0")) return;
    this.column = older.column;
    this.sortColumn = older.sortColumn;
    this.descending = older.descending;
    this.filter = older.filter;
    const identity = displayValue(older.selectedRow?.[0]);
    const found = identity === "" ? -1 : this.rows.slice(0, 10_000).findIndex((row) => displayValue(row[0]) === identity);
    this.cursor.index = found === -1 ? Math.min(older.cursor.index, Math.max(0, this.rows.length - 1)) : found;
    if (this.sortColumn !== null || this.filter !== "") this.#arrange();
  }

  /** The header and as many rows as fit, each exactly so wide. */
  render(theme: Theme, cells: number, height: number, focused: boolean): string[] {
    const { up, down } = theme.symbols;
    const shown = this.#columnsInSight(cells - 2);
    const head: Spans = ["  ", ...shown.flatMap(({ index, cells: own }, place): Spans => {
      const mark = this.sortColumn === index ? ` ${this.descending ? down : up}` : "";
      const name = pad(cut(sanitise(this.columns[index] ?? ""), own - width(mark)) + mark, own, this.#numeric[index] === true ? "right" : "left");
      return [...(place > 0 ? ["  "] : []), [index === this.column && focused ? ["accent", "bold"] : ["bold"], name]];
    })];
    const top = this.cursor.window(this.length, height - 1);
    const lines = [paintLine(theme, head, cells)];
    for (let place = top; place < Math.min(this.length, top + height - 1); place += 1) {
      const row = this.rows[this.#rowAt(place)] ?? [];
      const selected = place === this.cursor.index;
      const text = shown.map(({ index, cells: own }) => pad(tableCell(row[index]), own, this.#numeric[index] === true ? "right" : "left")).join("  ");
      lines.push(paintLine(theme, [selected ? `${theme.symbols.pointer} ` : "  ", text], cells, selected && focused ? "inverse" : undefined));
    }
    return lines;
  }

  #rowAt(place: number): number {
    return this.#order === null ? place : (this.#order[place] ?? -1);
  }

  /** The columns from some first one on, so that the current one is in sight. */
  #columnsInSight(cells: number): { index: number; cells: number }[] {
    for (let first = 0; ; first += 1) {
      const shown: { index: number; cells: number }[] = [];
      let used = 0;
      for (let index = first; index < this.columns.length; index += 1) {
        const own = Math.min(this.#widths[index] ?? 0, Math.max(1, cells - used));
        if (used > 0 && own < Math.min(6, this.#widths[index] ?? 0)) break;
        shown.push({ index, cells: own });
        used += own + 2;
        if (used >= cells) break;
      }
      if (first >= this.column || shown.some(({ index, cells: own }) => index === this.column && own >= Math.min(this.#widths[index] ?? 0, cells))) return shown;
    }
  }

  #arrange(): void {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.working = true;
    const selected = this.#rowAt(this.cursor.index);
    const { sortColumn, descending, filter, rows } = this;
    const arrange = async (): Promise<Uint32Array | null> => {
      if (filter === "" && sortColumn === null) return null;
      const kept = filter === "" ? Uint32Array.from({ length: rows.length }, (_, index) => index) : await filterRows(rows, filter, controller.signal);
      return sortColumn === null ? kept : sortRows(rows, kept, sortColumn, descending, controller.signal);
    };
    arrange().then(
      (order) => {
        this.#order = order;
        this.working = false;
        const place = order === null ? selected : order.indexOf(selected);
        this.cursor.index = Math.max(0, place);
        this.#changed();
      },
      () => undefined, // aborted by a newer arrangement
    );
  }
}
