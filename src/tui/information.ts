import type { Trace } from "../core/session.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { duration } from "./ages.ts";
import { highlight } from "./highlight.ts";
import { bindings, labelOf, scopeTitle, type Scope } from "./keymap.ts";
import type { Spans } from "./lines.ts";
import { TextOverlay } from "./overlay.ts";
import { ScrollText } from "./scroll-text.ts";
import type { Theme } from "./theme.ts";

/** All keys, those of the scopes in use first. */
export function helpOverlay(theme: Theme, inUse: readonly Scope[]): TextOverlay {
  const scopes = new Set<Scope>([...inUse, "list", "global", ...bindings.map(({ scope }) => scope)]);
  const lines = [...scopes].flatMap((scope): Spans[] => {
    const own = bindings.filter((binding) => binding.scope === scope);
    return own.length === 0 ? [] : [[["bold", scopeTitle(scope)]], ...own.map((binding): Spans => ["  ", ["accent", labelOf(binding, theme.ascii).padEnd(12)], " ", binding.description]), []];
  });
  return new TextOverlay("Keys", new ScrollText(lines));
}

/** The statements behind a screen: where each ran, how long, how many rows, with which values. */
export function statementsOverlay(theme: Theme, trace: Trace): TextOverlay {
  const slowest = Math.max(...trace.map(({ ms }) => ms));
  const sum = trace.reduce((total, { ms }) => total + ms, 0);
  const lines: Spans[] = [[["dim", `${trace.length} ${trace.length === 1 ? "statement" : "statements"} ${theme.symbols.middot} ${duration(sum)} together, ${duration(slowest)} the slowest`]], []];
  for (const { database, query, statement, parameters, rows, ms } of trace) {
    const bound = Object.entries(parameters).map(([name, value]) => `$${name} = ${sanitise(String(value))}`);
    lines.push([["accent", database === "sql" ? "SQL  " : "graph"], ` ${duration(ms).padStart(8)}  ${`${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`.padStart(12)}  `, ["bold", query ?? "ad hoc"], ["dim", `  ${bound.join("  ")}`]]);
    lines.push(...statement.split("\n").map((line): Spans => ["    ", ...highlight(line)]), []);
  }
  return new TextOverlay("Statements on this screen", new ScrollText(lines));
}
