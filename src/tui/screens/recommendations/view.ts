import type { Item, Strategy } from "../../../core/recommendations/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { cut, pad, width } from "../../../core/text/width.ts";
import { bar, beside, fitHeight, paintLine, wrap, type Span, type Spans } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { failure, loadingNote, troubles } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import type { RecommendationsScreen } from "./screen.ts";
import { strategyTitles } from "./strategies.ts";

export function renderRecommendations(host: Host, screen: RecommendationsScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const lines = [strategyLine(theme, screen, cells), ...screen.form.render(theme, cells - 1, screen.focused(screen.form)).map((line) => ` ${line}`), theme.paint("dim", theme.symbols.rule.repeat(cells))];
  const { data, error } = screen.data;
  if (data === undefined) {
    if (error !== undefined && !screen.data.loading) lines.push(...failure(theme, error, cells));
    else if (screen.data.loading) lines.push(paintLine(theme, [" ", ...loadingNote(screen.data, Date.now())], cells));
    else lines.push(paintLine(theme, ["   ", ["dim", screen.strategy === "route" ? "name the concept to reach; ⏎ runs" : host.user === undefined ? "there are no users yet: `jeseci seed` makes some" : "⏎ in the form runs"]], cells));
    return fitHeight(lines, height, cells);
  }
  lines.push(...troubles(theme, error, data.missing_sides, { sql: "how others fared, and hours", graph: "relationships, without which nothing can be recommended" }, cells));
  const left = height - lines.length;
  // What was left out gets a third at most; the reasons of the selected one stand between.
  const below = Math.min(Math.max(2, data.excluded.length + 1), Math.max(2, Math.floor(left * 0.3)));
  const why = reasons(theme, screen, cells).slice(0, Math.max(0, Math.floor((left - below) * 0.55)));
  const above = left - below - why.length;
  lines.push(...items(theme, screen, data.strategy, cells, above), ...why, ...leftOut(theme, screen, cells, below));
  return fitHeight(lines, height, cells);
}

function strategyLine(theme: Theme, screen: RecommendationsScreen, cells: number): string {
  const names = Object.entries(strategyTitles).flatMap(([strategy, title], index): Span[] => [...(index > 0 ? [["dim", `  ${theme.symbols.corners.side}  `] as Span] : []), strategy === screen.strategy ? [["accent", "bold"], title] : ["dim", title]]);
  return paintLine(theme, [" ", ...names, "   ", ["accent", "t"], ["dim", " changes"], "   ", ...(screen.data.data === undefined ? [] : loadingNote(screen.data, Date.now()))], cells);
}

const none: Readonly<Record<Strategy, string>> = {
  next: "nothing is ready: below is what each concept waits for",
  paths: "no path shares something completed with something left to do",
  route: "no route: below is why",
};

function items(theme: Theme, screen: RecommendationsScreen, strategy: Strategy, cells: number, height: number): string[] {
  const titles: Readonly<Record<Strategy, string>> = { next: "Next concepts", paths: "Paths to go on with", route: "Route" };
  const names = Math.min(30, Math.max(14, Math.floor(cells * 0.25)));
  const hours = screen.items.items.reduce((sum, { hours: own }) => sum + (own ?? 0), 0);
  const note = strategy === "route" && screen.items.items.length > 0 ? `graph  hours: SQL  ${hours.toFixed(1)} h together` : "graph  how others fared: SQL";
  return screen.items.render(theme, cells, height, { title: titles[strategy], note, none: none[strategy], focused: screen.focused(screen.items) }, (row, positions) => {
    const name = cut(sanitise(row.item), names);
    const named: Spans = [...lit(name, positions), " ".repeat(Math.max(0, names - width(name)) + 1)];
    const time: Span = ["dim", row.hours === null ? `    ${theme.symbols.none} ` : `${row.hours.toFixed(1).padStart(5)} h`];
    if (strategy === "route") return [["bold", String(row.step ?? "").padStart(3)], "  ", ...named, time, ["dim", row.because.length === 0 ? "   no prerequisites" : `   after ${prerequisites(row)}`]];
    if (strategy === "paths") return [["bold", row.score === null ? theme.symbols.none : row.score.toFixed(2)], " ", ["accent", bar(theme, row.score ?? 0, 8)], "  ", ...named, time, ["dim", " left"], ["ok", `   ${row.shared.length} done`], ["dim", `   missing ${row.missing.map(sanitise).join(", ")}`]];
    return [["bold", (row.score ?? 0).toFixed(2)], "  ", ...named, ...terms(theme, row, cells - names - 10)];
  });
}

/** Each term in words, a bar and what it adds; the last ones go where there is little room. */
function terms(theme: Theme, row: Item, room: number): Spans {
  const spans: Span[] = [];
  let used = 0;
  for (const { term, value, weight, contribution, detail } of row.terms) {
    const text = `${sanitise(room >= 110 ? detail : term)} `;
    const strip = bar(theme, value, 4);
    const gain = ` +${contribution.toFixed(2)}   `;
    const own = width(text) + 4 + gain.length;
    if (used + own > room) break;
    used += own;
    spans.push(text, [weight > 0 && value > 0 ? "accent" : "dim", strip], ["dim", gain]);
  }
  return spans;
}

function prerequisites(row: Item): string {
  return row.because.flatMap((text) => /^\((.*)\)-\[:PREREQUISITE\]->/s.exec(text)?.[1] ?? []).map(sanitise).join(", ");
}

/** The terms of the selected item in words, and its evidence as paths of the graph. */
function reasons(theme: Theme, screen: RecommendationsScreen, cells: number): string[] {
  const row = screen.items.selected;
  if (row === undefined) return [];
  const lines: string[] = [paintLine(theme, [" ", [["bold", "dim"], `Why ${sanitise(row.item)}`]], cells)];
  const half = Math.floor((cells - 3) / 2);
  const scored = row.terms.map(({ term, value, weight, contribution, detail }): string => paintLine(theme, ["   ", ["accent", pad(term, 8)], ` ${value.toFixed(3)} × ${weight.toFixed(2)} = ${contribution.toFixed(4)}  `, ["dim", sanitise(detail)]], cells < 100 ? cells : half));
  const stacked = cells < 100 || scored.length === 0;
  const own = stacked ? cells : cells - half - 3;
  const labelled = (label: string, texts: readonly string[]): string[] => texts.flatMap((text) => wrap(text, Math.max(20, own - 14))).map((line, index) => paintLine(theme, [["dim", index === 0 ? pad(`   ${label}`, 12) : " ".repeat(12)], line], own));
  const paths = [...labelled("because", row.because.map((text) => arrows(theme, sanitise(text)))), ...labelled("missing", row.missing.length === 0 ? [] : [row.missing.map(sanitise).join(", ")])];
  // The first step of a route needs no reason.
  if (scored.length + paths.length === 0) return [];
  if (stacked) return [...lines, ...scored, ...paths];
  const rows = Math.max(scored.length, paths.length);
  return [...lines, ...beside(fitHeight(scored, rows, half), fitHeight(paths, rows, own), "   ")];
}

/** `(a)-[:PREREQUISITE]->(b)` as `a ─PREREQUISITE→ b`. */
function arrows({ symbols, ascii }: Theme, text: string): string {
  return text.replace(/^\((.*)\)-\[:([A-Z_]+)[^\]]*\]->\((.*)\)$/s, (_all, from: string, type: string, to: string) => `${from} ${ascii ? "--" : symbols.rule}${type}${ascii ? "->" : "→"} ${to}`);
}

function leftOut(theme: Theme, screen: RecommendationsScreen, cells: number, height: number): string[] {
  const names = Math.min(30, Math.max(14, Math.floor(cells * 0.25)));
  return screen.excluded.render(theme, cells, height, { title: "Not recommended", note: "", none: "nothing was left out", focused: screen.focused(screen.excluded) }, ({ item, reason }) => [pad(sanitise(item), names), ["dim", ` ${theme.symbols.none} ${sanitise(reason)}`]]);
}
