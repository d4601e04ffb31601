import type { Sides } from "../../../core/consistency/sides.ts";
import type { Finding } from "../../../core/consistency/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { pad } from "../../../core/text/width.ts";
import type { KeyPress } from "../../keys.ts";
import { actionOf } from "../../keymap.ts";
import { longest, wrap, type Spans } from "../../lines.ts";
import type { Overlay } from "../../overlay.ts";
import { Resource } from "../../resource.ts";
import type { Host } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import type { Theme } from "../../theme.ts";
import { detailLines } from "./detail.ts";

/** Most duplicates that are shown beside the row. */
const mostStored = 3;
const narrowest = 16;

/** One finding, and all fields of both sides as they are now: the row beside what the graph holds. */
export class SidesOverlay implements Overlay {
  readonly title = "Difference";
  readonly keys = "↑↓ scroll  y copy the key  Y the row  esc close";
  readonly #host: Host;
  readonly #finding: Finding;
  readonly #copy: { cell: string; row: string };
  readonly #sides: Resource<Sides>;
  #text = new ScrollText([]);

  constructor(host: Host, finding: Finding, copy: { cell: string; row: string }) {
    this.#host = host;
    this.#finding = finding;
    this.#copy = copy;
    this.#sides = new Resource(() => host.changed());
    const { session, backend } = host;
    if (session !== undefined && backend !== undefined) void this.#sides.load((signal) => backend.loadSides(session, finding, { signal }));
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    const action = actionOf(press, ["list", "global"]);
    if (action === "interrupt") return "left";
    if (action === "back" || action === "quit" || action === "open") {
      this.#sides.cancel();
      return "close";
    }
    if (action === "copyCell") this.#host.copy(this.#copy.cell, "the key");
    else if (action === "copyRow") this.#host.copy(this.#copy.row, "the row");
    else if (action !== undefined) this.#text.act(action);
    return "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    this.#text = this.#text.with([...detailLines(this.#host, this.#finding, cells, false), [], ...this.#table(theme, cells)]);
    return this.#text.render(theme, cells, height);
  }

  #table(theme: Theme, cells: number): Spans[] {
    const { data, error } = this.#sides;
    if (error instanceof Error) return wrap(`${theme.symbols.bad} both sides can't be read: ${sanitise(error.message)}`, cells).map((line): Spans => [["danger", line]]);
    if (data === undefined) return [[["dim", "reading both sides…"]]];
    const show = this.#host.backend?.show ?? String;
    const names = Math.max(5, longest(data.fields.map(({ field }) => field), 24));
    const stored = Math.max(1, Math.min(data.graph, mostStored, Math.floor((cells - names - 3) / (narrowest + 2)) - 1));
    const own = Math.max(narrowest, Math.floor((cells - names - 3) / (stored + 1)) - 2);
    const row = (mark: Spans, name: string, texts: readonly string[], style: "bold" | "plain" | "danger"): Spans[] => {
      const columns = texts.map((text) => wrap(text, own));
      return Array.from({ length: Math.max(...columns.map((column) => column.length)) }, (_, line): Spans => [
        ...(line === 0 ? mark : ["  "]),
        [style === "bold" ? "bold" : "plain", pad(line === 0 ? name : "", names)],
        ...columns.map((column, index) => [index === 0 && style === "danger" ? "ok" : style, `  ${pad(column[line] ?? "", own)}`] as const),
      ]);
    };
    const absent = (there: boolean): string => (there ? "" : " (not there)");
    const heads = Array.from({ length: stored }, (_, index) => (data.graph > 1 ? `graph, ${index + 1} of ${data.graph}` : `graph${absent(data.graph > 0)}`));
    return [
      ...row(["  "], "field", [`SQL${absent(data.sql)}`, ...heads], "bold"),
      ...data.fields.flatMap(({ field, sql, graph, differs }) =>
        row([differs ? ["danger", `${theme.symbols.bad} `] : "  "], field, [data.sql ? sanitise(show(sql)) : "", ...Array.from({ length: stored }, (_, index) => (index < data.graph ? sanitise(show(graph[index] ?? null)) : ""))], differs ? "danger" : "plain"),
      ),
      ...(data.graph > stored ? [[["dim", `  and ${data.graph - stored} more in the graph`]] as Spans] : []),
    ];
  }
}
