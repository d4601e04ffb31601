import type { SharedMatrix } from "../../../core/shared-concepts/shared-concepts.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { cut, pad, width } from "../../../core/text/width.ts";
import { Cursor } from "../../cursor.ts";
import { fitHeight, paintLine, type Span } from "../../lines.ts";
import { copyRow, type Copyable, type Pane } from "../../pane.ts";
import type { Theme } from "../../theme.ts";

const narrowest = 5;
const widest = 18;

/**
 * Paths × concepts, as an UpSet plot has its sets: a filled mark where the path teaches the concept. What most paths
 * share stands first; only rows and columns in sight are drawn.
 */
export class MatrixPane implements Pane {
  readonly name = "matrix";
  readonly filtering = false;
  readonly #rows = new Cursor();
  readonly #columns = new Cursor();
  #paths: SharedMatrix["paths"] = [];
  #concepts: SharedMatrix["concepts"] = [];
  #members: ReadonlySet<string>[] = [];
  #learners: ReadonlyMap<string, number> = new Map();
  #withLearners = true;

  get path(): string | undefined {
    return this.#paths[this.#rows.index]?.path;
  }

  get concept(): string | undefined {
    return this.#concepts[this.#columns.index]?.concept;
  }

  set({ paths, concepts, learners, missing }: SharedMatrix): void {
    const [path, concept] = [this.path, this.concept];
    this.#concepts = concepts;
    this.#members = concepts.map((row) => new Set(row.paths));
    // Paths that share nothing would be empty rows.
    const sharing = new Set(concepts.flatMap((row) => row.paths));
    this.#paths = paths.filter((row) => sharing.has(row.path));
    this.#learners = learners;
    this.#withLearners = missing.sql === undefined;
    this.#rows.index = Math.max(0, this.#paths.findIndex((row) => row.path === path));
    this.#columns.index = Math.max(0, concepts.findIndex((row) => row.concept === concept));
  }

  act(action: string, page: number): boolean {
    if (action === "left" || action === "right") {
      const next = this.#columns.index + (action === "left" ? -1 : 1);
      if (next < 0 || next >= this.#concepts.length) return false;
      this.#columns.index = next;
      return true;
    }
    return this.#rows.move(action, this.#paths.length, page);
  }

  type(): void {
    // Nothing is typed here.
  }

  clearFilter(): boolean {
    return false;
  }

  copyable(): Copyable | undefined {
    const { concept, path } = this;
    return concept === undefined || path === undefined ? undefined : copyRow(concept, path);
  }

  /** Lines that the whole matrix would take. */
  get height(): number {
    return this.#paths.length + 4;
  }

  render(theme: Theme, cells: number, height: number, focused: boolean): string[] {
    const { symbols } = theme;
    const title = (note: string): string => paintLine(theme, [" ", [focused ? ["accent", "bold"] : ["bold"], "Paths × concepts"], ["dim", `  ${note}`]], cells);
    if (this.#paths.length === 0 || this.#concepts.length === 0) return fitHeight([title("graph"), paintLine(theme, ["   ", ["dim", "no concept is shared by so many paths"]], cells)], height, cells);
    const names = Math.min(Math.max(...this.#paths.map(({ path }) => width(sanitise(path)))), Math.max(12, Math.floor(cells * 0.36)));
    const room = cells - names - 4;
    const heads = this.#concepts.map(({ concept }) => Math.min(widest, Math.max(narrowest, width(sanitise(concept)))));
    const shown = this.#inSight(heads, room);
    const rows = height - 4;
    const top = this.#rows.window(this.#paths.length, Math.max(1, rows));
    const place = shown.length < this.#concepts.length ? `  ${this.#columns.index + 1} of ${this.#concepts.length} concepts` : "";
    const line = (label: string, cell: (column: number, own: number) => Span, over?: "inverse"): string => paintLine(theme, [` ${pad(label, names)}  `, ...shown.flatMap(({ column, own }): Span[] => [cell(column, own), " "])], cells, over);
    const centred = (text: string, own: number): string => {
      const left = Math.floor((own - width(text)) / 2);
      return " ".repeat(Math.max(0, left)) + text + " ".repeat(Math.max(0, own - left - width(text)));
    };
    const lines = [title(`graph${place}`), line("", (column, own) => [focused && column === this.#columns.index ? ["accent", "bold"] : ["bold"], centred(cut(sanitise(this.#concepts[column]?.concept ?? ""), own), own)])];
    for (let index = top; index < Math.min(this.#paths.length, top + rows); index += 1) {
      const path = this.#paths[index]?.path ?? "";
      const selected = focused && index === this.#rows.index;
      lines.push(
        line(sanitise(path), (column, own) => {
          const taught = this.#members[column]?.has(path) === true;
          const mark = centred(taught ? symbols.alive : symbols.middot, own);
          if (selected && column === this.#columns.index) return ["inverse", mark];
          return [taught ? (selected || column === this.#columns.index ? ["accent", "bold"] : ["accent"]) : ["dim"], mark];
        }),
      );
    }
    lines.push(line("paths", (column, own) => ["bold", centred(String(this.#concepts[column]?.path_count ?? 0), own)]));
    lines.push(line("learners (SQL)", (column, own) => ["plain", centred(this.#withLearners ? (this.#learners.get(this.#concepts[column]?.concept ?? "") ?? 0).toLocaleString("en") : "?", own)]));
    return fitHeight(lines, height, cells);
  }

  /** The columns that fit, so that the current one is among them. */
  #inSight(heads: readonly number[], room: number): { column: number; own: number }[] {
    for (let first = Math.min(this.#columns.top, this.#columns.index); ; first += 1) {
      const shown: { column: number; own: number }[] = [];
      let used = 0;
      for (let column = first; column < heads.length; column += 1) {
        const own = Math.min(heads[column] ?? narrowest, Math.max(1, room));
        if (used + own > room) break;
        shown.push({ column, own });
        used += own + 1;
      }
      if (first >= this.#columns.index || shown.some(({ column }) => column === this.#columns.index)) {
        this.#columns.top = first;
        return shown;
      }
    }
  }
}
