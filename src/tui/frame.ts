import { age, duration } from "./ages.ts";
import type { Checked } from "./background-check.ts";
import type { Explorer } from "./explorer.ts";
import type { Side } from "./health.ts";
import { bindingsIn, labelOf, type Binding } from "./keymap.ts";
import { cut } from "../core/text/width.ts";
import { fitHeight, paintLine, spansWidth, type Span, type Spans } from "./lines.ts";
import { renderOverlay } from "./overlay.ts";
import { failure } from "./states.ts";
import type { Theme } from "./theme.ts";

const smallest = { columns: 60, rows: 16 };

/** The whole screen: exactly `rows` lines, none wider than `columns`. */
export function renderFrame(explorer: Explorer, columns: number, rows: number): string[] {
  const { theme } = explorer;
  if (columns < smallest.columns || rows < smallest.rows) {
    return fitHeight([paintLine(theme, [`jeseci needs ${smallest.columns}×${smallest.rows}; this is ${columns}×${rows}`], columns)], rows, columns);
  }
  const rule = theme.paint("dim", theme.symbols.rule.repeat(columns));
  const height = rows - 5;
  const body = fitHeight(renderBody(explorer, columns, height), height, columns);
  const { overlay } = explorer;
  return [
    header(explorer, columns),
    tabs(explorer, columns),
    rule,
    ...(overlay === undefined ? body : renderOverlay(theme, overlay, body, columns)),
    rule,
    footer(explorer, columns),
  ];
}

function renderBody(explorer: Explorer, cells: number, height: number): string[] {
  const { theme, connection } = explorer;
  if (connection.kind === "failed") return [" ".repeat(cells), ...failure(theme, connection.error, cells)];
  if (connection.kind === "connecting") return [" ".repeat(cells), paintLine(theme, [" ", ["dim", `${connection.step}…`]], cells)];
  return explorer.screen.render(cells, height);
}

/** One glance for a person on call; what is less urgent goes first when there is little room. */
function header(explorer: Explorer, cells: number): string {
  const { theme, options } = explorer;
  const { production } = options.settings;
  const name: Span = production ? [["danger", "bold"], `${options.profile} PRODUCTION`] : ["bold", options.profile];
  const kind: Span = ["dim", options.profile === options.profileKind ? "" : ` ${theme.symbols.middot} ${options.profileKind}`];
  const { sql, graph } = explorer.health.sides;
  // Why one is dead matters more than which version the other one is.
  const sides = (detail: Detail): Spans[] => [side(theme, "SQL", sql, detail), side(theme, "graph", graph, detail), verdict(explorer, detail), ...behind(explorer, detail)];
  const ending: Spans = [explorer.readOnly ? ["dim", "read-only"] : ["warn", "writes"]];
  const lead: Spans = [" ", ["accent", "jeseci"], "  ", name, kind];
  const shortest = sides("least");
  for (const parts of [[...sides("all"), ending], [...sides("dead"), ending], sides("dead"), [...sides("none"), ending], sides("none"), shortest]) {
    const own = spansWidth(lead) + parts.reduce((sum, part) => sum + spansWidth(part) + 3, 0);
    if (own > cells && parts !== shortest) continue;
    const spans = [...lead, ...parts.flatMap((part): Spans => ["   ", ...part])];
    return paintLine(theme, spans, cells);
  }
  return paintLine(theme, lead, cells);
}

/** How much the header tells: everything; versions and what is well no more; no reasons either; nothing but what is and isn't well. */
type Detail = "all" | "dead" | "none" | "least";

function side(theme: Theme, label: string, state: Side, detail: Detail): Spans {
  if (state.kind === "unknown") return [["dim", `${theme.symbols.open} ${label}`]];
  if (state.kind === "dead") {
    const seconds = Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000));
    return [["danger", `${theme.symbols.open} ${label} unreachable`], ...(detail === "none" || detail === "least" ? [] : ([["danger", `: ${shortReason(state.reason)}`]] as Spans)), ["dim", ` ${theme.symbols.middot} ${seconds > 0 ? `retrying in ${seconds} s` : "retrying"}`]];
  }
  return [["ok", theme.symbols.alive], ` ${label}`, ...(detail === "all" ? [` ${state.engine} ${state.version}`] : []), ["dim", detail === "least" ? "" : ` ${duration(state.ms)}`]];
}

/** The driver's words without what only a log needs; the screen below tells the whole. */
function shortReason(reason: string): string {
  const known: readonly (readonly [RegExp, string])[] = [
    [/ECONNREFUSED/, "connection refused"],
    [/ECONNRESET|terminated unexpectedly|closed/i, "connection lost"],
    [/ETIMEDOUT|timeout/i, "no answer"],
    [/ENOTFOUND|EAI_AGAIN/, "unknown host"],
    [/authenticat|unauthorized/i, "password refused"],
  ];
  return known.find(([pattern]) => pattern.test(reason))?.[1] ?? cut(reason, 40);
}

function verdict({ theme, checked }: Explorer, detail: Detail): Spans {
  if (checked === undefined) return [["dim", `${theme.symbols.open} not compared yet`]];
  const ago: Span = ["dim", detail === "least" ? "" : ` ${theme.symbols.middot} ${age(Date.now() - checked.at)}`];
  if (checked.error !== undefined) return [["warn", `${theme.symbols.warning} not compared`], ago];
  if (checked.inSync && checked.open === true) return [["warn", `${theme.symbols.warning} no known difference`], ago];
  return checked.inSync ? [["ok", `${theme.symbols.done} in sync`], ago] : [["danger", `${theme.symbols.bad} ${differ(checked)}`], ago];
}

/** Counts and sums tell that there are differences, not how many. */
function differ({ differences }: Checked): string {
  return differences === undefined ? "differs" : `${differences.toLocaleString("en")} ${differences === 1 ? "difference" : "differences"}`;
}

/** How far the graph is behind the rows, and whether that is being seen to. That it is not behind is said where there is room. */
function behind({ theme, sync: { backlog, relay } }: Explorer, detail: Detail): Spans[] {
  const room = detail === "all";
  const parts: Spans[] = [];
  if (relay.kind === "stopped") parts.push([["danger", `${theme.symbols.bad} relay stopped${room ? `: ${cut(relay.error.message, 40)}` : ""}`]]);
  if (backlog === undefined) return parts;
  if (backlog === null) return relay.kind === "stopped" || !room ? parts : [...parts, [["dim", "no outbox"]]];
  const { pending, parked, lag_seconds: lag, at } = backlog;
  if (pending > 0) parts.push([["warn", `${theme.symbols.warning} ${pending.toLocaleString("en")} pending`], ["dim", ` ${theme.symbols.middot} lag ${age(lag * 1000 + Date.now() - at)}`]]);
  else if (room) parts.push([["dim", "lag 0 s"]]);
  if (parked > 0) parts.push([["danger", `${theme.symbols.bad} ${parked.toLocaleString("en")} parked`]]);
  return parts;
}

function tabs(explorer: Explorer, cells: number): string {
  const { theme, user } = explorer;
  const right: Spans = user === undefined ? [] : [["dim", "user "], ["bold", user], " "];
  const build = (titles: "title" | "short"): Spans =>
    explorer.tabs.flatMap((tab, index): Spans => {
      const label = `${index + 1} ${tab[titles]}`;
      const style: Span = tab.screen === explorer.tab ? [["accent", "bold"], label] : label;
      return [index === 0 ? " " : "  ", style];
    });
  const full = build("title");
  const left = spansWidth(full) + spansWidth(right) + 2 <= cells ? full : build("short");
  const gap = cells - spansWidth(left) - spansWidth(right);
  return paintLine(theme, gap > 0 ? [...left, " ".repeat(gap), ...right] : left, cells);
}

function footer(explorer: Explorer, cells: number): string {
  const { theme, message, overlay } = explorer;
  if (message !== undefined) return paintLine(theme, [" ", [message.style, message.text]], cells);
  if (overlay !== undefined) return paintLine(theme, [" ", ["dim", overlay.keys]], cells);
  if (explorer.connection.kind === "ready" && explorer.screen.capturing()) return paintLine(theme, [" ", ["dim", explorer.screen.scopes()[0] === "form" ? "⏎ run   ↑↓ tab field   ctrl-n suggest   esc back" : "type to filter   ⏎ keep   esc clear"]], cells);
  const scopes = explorer.connection.kind === "ready" ? explorer.screen.scopes() : [];
  const shown = bindingsIn([...scopes, "global"]).filter((binding) => binding.footer !== undefined && (binding.writes !== true || !explorer.readOnly));
  const hint = (binding: Binding): Span[] => [["accent", labelOf(binding, theme.ascii)], " ", ["dim", binding.footer ?? ""], "  "];
  // How to get help and how to leave are always there; of the others as many as fit.
  const always = shown.filter(({ action }) => action === "help" || action === "quit");
  const spans: Span[] = [" "];
  let used = 1 + spansWidth(always.flatMap(hint));
  for (const binding of shown.filter((candidate) => !always.includes(candidate))) {
    const own = spansWidth(hint(binding));
    if (used + own > cells) break;
    used += own;
    spans.push(...hint(binding));
  }
  return paintLine(theme, [...spans, ...always.flatMap(hint)], cells);
}
