import type { Dashboard } from "../../../core/dashboard/dashboard.ts";
import { MASTERED_PERCENT } from "../../../core/definitions.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { cut, pad, width } from "../../../core/text/width.ts";
import { bar, beside, fitHeight, paintLine, type Span, type Spans } from "../../lines.ts";
import type { Host } from "../../screen.ts";
import { beforeData, loadingNote, troubles } from "../../states.ts";
import type { ListFrame } from "../../list-view.ts";
import { lit } from "../../overlay.ts";
import type { Pane } from "../../pane.ts";
import { standingWord } from "../../standing.ts";
import type { Theme } from "../../theme.ts";
import { calendar } from "./calendar.ts";
import type { DashboardScreen } from "./screen.ts";

const separator = "   ";

export function renderDashboard(host: Host, screen: DashboardScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { data, error } = screen.data;
  const note = loadingNote(screen.data, Date.now());
  if (data === undefined) {
    const nobody = host.user === undefined && host.session !== undefined && !screen.data.loading && error === undefined;
    return fitHeight(nobody ? [" ".repeat(cells), ...empty(theme, cells)] : beforeData(theme, screen.data, cells), height, cells);
  }
  const name = sanitise(data.first_name ?? data.username);
  const lines = [paintLine(theme, [" ", ["bold", `Welcome back, ${name}!`], "   ", ...note], cells)];
  lines.push(...troubles(theme, error, data.missing, { sql: "numbers, minutes and activity", graph: "what is ready" }, cells));
  lines.push(...tileLines(theme, screen, cells));
  const left = height - lines.length;
  if (cells >= 100) {
    const leftCells = Math.max(58, Math.floor((cells - separator.length) * 0.48));
    const rightCells = cells - separator.length - leftCells;
    const listHeight = Math.min(Math.max(Math.ceil(left / 2), left - 10), Math.max(data.progress.length, data.paths.length) + 2);
    const lower = left - listHeight;
    lines.push(...beside(progressPane(theme, screen, leftCells, listHeight), pathsPane(theme, screen, rightCells, listHeight), separator));
    lines.push(...beside(activityPane(theme, data, host.session?.timeZone ?? "UTC", leftCells, lower), readyPane(theme, screen, rightCells, lower), separator));
  } else {
    const ready = Math.min(data.ready_details.length + 1, Math.floor(left / 3));
    const paths = Math.min(data.paths.length + 1, Math.floor(left / 3));
    lines.push(...progressPane(theme, screen, cells, left - ready - paths), ...pathsPane(theme, screen, cells, paths), ...readyPane(theme, screen, cells, ready));
  }
  return fitHeight(lines, height, cells);
}

function empty(theme: Theme, cells: number): string[] {
  return [paintLine(theme, [" There are no users yet. ", ["accent", "jeseci seed"], " makes some."], cells)];
}

function tileLines(theme: Theme, screen: DashboardScreen, cells: number): string[] {
  const { corners, rule } = theme.symbols;
  const all = screen.tiles.tiles;
  if (all.length === 0) return [];
  const roomy = cells >= 100;
  const own = Math.min(22, Math.floor((cells - 2) / all.length) - 1);
  const rows: string[][] = [[], [], []];
  all.forEach((tile, index) => {
    const focused = screen.focused(screen.tiles) && screen.tiles.index === index;
    const edge = focused ? "accent" : "dim";
    const title = ` ${width(tile.title) + 4 <= own ? tile.title : tile.short} `;
    const inner = own - 2;
    rows[0]?.push(paintLine(theme, [[edge, corners.topLeft], [focused ? ["accent", "bold"] : ["plain"], title], [edge, rule.repeat(Math.max(0, inner - width(title))) + corners.topRight]], own));
    const origin = roomy ? tile.origin : "";
    rows[1]?.push(paintLine(theme, [[edge, corners.side], " ", ["bold", pad(tile.value, inner - 2 - width(origin))], ["dim", origin], " ", [edge, corners.side]], own));
    rows[2]?.push(paintLine(theme, [[edge, corners.bottomLeft + rule.repeat(inner) + corners.bottomRight]], own));
  });
  const used = all.length * (own + 1) - 1;
  return rows.map((parts) => ` ${parts.join(" ")}${" ".repeat(Math.max(0, cells - used - 1))}`);
}

function frame(screen: DashboardScreen, list: Pane, title: string, note: string, none: string): ListFrame {
  return { title, note, none, focused: screen.focused(list) };
}

/** A name in so many cells, its matched letters lit. */
function nameSpans(name: string, positions: readonly number[], cells: number): Spans {
  const text = cut(sanitise(name), cells);
  return [...lit(text, positions), " ".repeat(Math.max(0, cells - width(text)) + 1)];
}

function progressPane(theme: Theme, screen: DashboardScreen, cells: number, height: number): string[] {
  const names = Math.min(24, Math.max(12, Math.floor(cells * 0.3)));
  const bars = Math.max(6, Math.min(24, cells - names - 26));
  return screen.progress.render(theme, cells, height, frame(screen, screen.progress, "Progress", screen.data.data?.missing.sql === undefined ? "SQL" : "graph", "nothing begun yet: whatever is ready can be started"), (row, positions) => {
    const word = standingWord(row.status, row.progress_percent);
    const mastered = row.progress_percent >= MASTERED_PERCENT;
    const mark = row.status === "completed" ? theme.symbols.done : mastered ? theme.symbols.alive : theme.symbols.open;
    return [...nameSpans(row.concept, positions, names), [mastered ? "ok" : "accent", bar(theme, row.progress_percent / 100, bars)], ` ${String(row.progress_percent).padStart(3)} % `, [row.status === "completed" ? "ok" : "dim", `${mark} ${word}`]];
  });
}

function pathsPane(theme: Theme, screen: DashboardScreen, cells: number, height: number): string[] {
  const names = Math.min(40, Math.max(12, cells - 32));
  return screen.paths.render(theme, cells, height, frame(screen, screen.paths, "Paths", screen.data.data?.missing.sql === undefined ? "SQL" : "graph", "no learning paths: `jeseci seed` makes some"), (row, positions) => {
    const done = row.total > 0 && row.completed === row.total;
    return [...nameSpans(row.path, positions, names), [done ? "ok" : "accent", bar(theme, row.total === 0 ? 0 : row.completed / row.total, 10)], ` ${row.completed} of ${row.total} `, ["dim", "completed"]];
  });
}

function readyPane(theme: Theme, screen: DashboardScreen, cells: number, height: number): string[] {
  const names = Math.min(24, Math.max(12, Math.floor(cells * 0.35)));
  return screen.ready.render(theme, cells, height, frame(screen, screen.ready, "Ready to learn", "graph", screen.data.data?.missing.graph === undefined ? "nothing is ready: everything is mastered, or waits for something" : "not known while the graph is out of reach"), (row, positions) => {
    const needs = row.prerequisites.length === 0 ? "no prerequisites" : `after ${row.prerequisites.join(", ")}`;
    const opens = row.opens.length === 0 ? "" : ` ${theme.symbols.middot} opens ${row.opens.join(", ")}`;
    return [...nameSpans(row.concept, positions, names), ["dim", sanitise(needs + opens)]];
  });
}

function activityPane(theme: Theme, data: Dashboard, timeZone: string, cells: number, height: number): string[] {
  if (height <= 0) return [];
  const weeks = Math.min(26, Math.floor((cells - 6) / 2));
  const lines = [paintLine(theme, [" ", ["bold", "Activity"], ["dim", `  SQL  ${weeks} weeks`]], cells)];
  for (const line of calendar(data.activity, weeks, new Date(), timeZone)) {
    lines.push(paintLine(theme, [` ${line.label} `, ...line.days.map((level): Span => (level === null ? "  " : [level === 0 ? "dim" : "ok", `${theme.symbols.shades[level] ?? ""} `]))], cells));
  }
  return fitHeight(lines, height, cells);
}
