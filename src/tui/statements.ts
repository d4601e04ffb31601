import type { Trace, TraceEntry } from "../core/session.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { pad } from "../core/text/width.ts";
import { duration } from "./ages.ts";
import { Cursor } from "./cursor.ts";
import { highlight } from "./highlight.ts";
import type { KeyPress } from "./keys.ts";
import { actionOf } from "./keymap.ts";
import { fitHeight, paintLine, type Spans } from "./lines.ts";
import { ChoiceOverlay, TextOverlay, type Overlay } from "./overlay.ts";
import { planLines } from "./plan.ts";
import type { Host } from "./screen.ts";
import { ScrollText } from "./scroll-text.ts";
import type { Theme } from "./theme.ts";

/** The statements behind a screen: where each ran, how long, how many rows, with which values; and its text below. */
export class StatementsOverlay implements Overlay {
  readonly title = "Statements on this screen";
  readonly keys = "↑↓ move  ⏎ plan  y copy as runnable  p profile  esc close";
  readonly #host: Host;
  readonly #trace: Trace;
  readonly #cursor = new Cursor();

  constructor(host: Host, trace: Trace) {
    this.#host = host;
    this.#trace = trace;
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    const entry = this.#trace[this.#cursor.index];
    const action = actionOf(press, ["statements", "list", "global"]);
    if (action === "interrupt") return "left";
    if (action === "back" || action === "quit" || action === "statements") return "close";
    if (entry === undefined) return "taken";
    if (action === "open") void showTracePlan(this.#host, this, entry, false);
    else if (action === "copyCell" && this.#host.backend !== undefined) this.#host.copy(this.#host.backend.runnable(entry), "the statement");
    else if (action === "profile") this.#askToProfile(entry);
    else if (action !== undefined) this.#cursor.move(action, this.#trace.length, 5);
    return "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    const slowest = Math.max(...this.#trace.map(({ ms }) => ms));
    const sum = this.#trace.reduce((total, { ms }) => total + ms, 0);
    const count = this.#trace.length;
    const lines = [paintLine(theme, [["dim", `${count} ${count === 1 ? "statement" : "statements"} ${theme.symbols.middot} ${duration(sum)} together, ${duration(slowest)} the slowest`]], cells)];
    const room = Math.max(1, Math.min(count, Math.floor((height - 2) / 2)));
    const top = this.#cursor.window(count, room);
    this.#trace.slice(top, top + room).forEach((entry, index) => {
      const selected = top + index === this.#cursor.index;
      const bound = Object.entries(entry.parameters).map(([name, value]) => `$${name} = ${sanitise(String(value))}`);
      const many = `${entry.rows.toLocaleString("en")} ${entry.rows === 1 ? "row" : "rows"}`;
      const line: Spans = [selected ? `${theme.symbols.pointer} ` : "  ", ["accent", entry.database === "sql" ? "SQL  " : "graph"], ` ${duration(entry.ms).padStart(8)}  ${many.padStart(11)}  `, ["bold", pad(entry.query ?? "ad hoc", 34)], ["dim", ` ${bound.join("  ")}`]];
      lines.push(paintLine(theme, line, cells, selected ? "inverse" : undefined));
    });
    lines.push(paintLine(theme, [["dim", theme.symbols.rule.repeat(cells)]], cells));
    const entry = this.#trace[this.#cursor.index];
    if (entry !== undefined) {
      const statement = entry.statement.split("\n");
      const left = height - lines.length;
      const shown = statement.length > left ? statement.slice(0, Math.max(0, left - 1)) : statement;
      lines.push(...shown.map((line) => paintLine(theme, [" ", ...highlight(line)], cells)));
      if (shown.length < statement.length) lines.push(paintLine(theme, [["dim", ` ${theme.symbols.ellipsis} ${statement.length - shown.length} more lines; y copies all`]], cells));
    }
    return fitHeight(lines, height, cells);
  }

  /** A profile runs the statement once more, which may take as long as it took. */
  #askToProfile(entry: TraceEntry): void {
    const run = { label: "Run it once more and measure", note: `took ${duration(entry.ms)}, read-only`, choose: () => void showTracePlan(this.#host, this, entry, true) };
    const leave = { label: "Leave it", choose: () => this.#host.show(this) };
    this.#host.show(new ChoiceOverlay(`Profile ${entry.query ?? "the statement"}?`, [run, leave], ""));
  }
}

/** The plan of a statement that was run; `esc` goes back to the list that it was chosen from. */
async function showTracePlan(host: Host, from: Overlay, entry: TraceEntry, analyze: boolean): Promise<void> {
  const { session, backend, theme } = host;
  if (session === undefined || backend === undefined) return;
  try {
    const plan = await backend.explainEntry(session, entry, { analyze });
    if (plan === null) return host.say("the embedded graph has no plans", "warn");
    const title = `${analyze ? "Profile" : "Plan"} of ${entry.query ?? "the statement"}`;
    host.show(new TextOverlay(title, new ScrollText(planLines(theme, backend, plan)), "↑↓ scroll  esc back", {}, () => host.show(from)));
  } catch (error) {
    host.say((error as Error).message, "danger");
  }
}
