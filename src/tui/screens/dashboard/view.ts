import type { Dashboard } from "../../../core/dashboard/dashboard.ts";
import { MASTERED_PERCENT } from "../../../core/definitions.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { pad, width } from "../../../core/text/width.ts";
import { bar, beside, fitHeight, paintLine, type Span, type Spans } from "../../lines.ts";
import type { Host } from "../../screen.ts";
import { failure, loadingNote } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import { calendar } from "./calendar.ts";
import type { DashboardScreen, Pane } from "./screen.ts";
import { tiles } from "./tiles.ts";

const separator = "   ";

export function renderDashboard(host: Host, screen: DashboardScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { data, error } = screen.data;
  const note = loadingNote(screen.data, Date.now());
  if (data === undefined) {
    const lines = error !== undefined && !screen.data.loading ? failure(theme, error, cells) : host.user === undefined && host.session !== undefined && !screen.data.loading ? empty(theme, cells) : [paintLine(theme, [" ", ...note], cells)];
    return fitHeight(["", ...lines].map((line) => (line === "" ? " ".repeat(cells) : line)), height, cells);
  }
  const name = sanitise(data.first_name ?? data.username);
  const lines = [paintLine(theme, [" ", ["bold", `Welcome back, ${name}!`], "   ", ...(error !== undefined ? ([["danger", `${theme.symbols.bad} the last load failed: ${sanitise((error as Error).message)}`]] as Span[]) : note)], cells)];
  lines.push(...tileLines(theme, screen, data, cells));
  const left = height - lines.length;
  if (cells >= 100) {
    const leftCells = Math.max(58, Math.floor((cells - separator.length) * 0.48));
    const rightCells = cells - separator.length - leftCells;
    const listHeight = Math.min(Math.max(Math.ceil(left / 2), left - 10), Math.max(data.progress.length, data.paths.length) + 2);
    const lower = left - listHeight;
    lines.push(...beside(progressPane(theme, screen, data, leftCells, listHeight), pathsPane(theme, screen, data, rightCells, listHeight), separator));
    lines.push(...beside(activityPane(theme, data, host.session?.timeZone ?? "UTC", leftCells, lower), readyPane(theme, screen, data, rightCells, lower), separator));
  } else {
    const ready = Math.min(data.ready_details.length + 1, Math.floor(left / 3));
    const paths = Math.min(data.paths.length + 1, Math.floor(left / 3));
    lines.push(...progressPane(theme, screen, data, cells, left - ready - paths), ...readyPane(theme, screen, data, cells, ready), ...pathsPane(theme, screen, data, cells, paths));
  }
  return fitHeight(lines, height, cells);
}

function empty(theme: Theme, cells: number): string[] {
  return [paintLine(theme, [" There are no users yet. ", ["accent", "jeseci seed"], " makes some."], cells)];
}

function tileLines(theme: Theme, screen: DashboardScreen, data: Dashboard, cells: number): string[] {
  const { corners, rule } = theme.symbols;
  const all = tiles(data);
  const roomy = cells >= 100;
  const own = Math.min(22, Math.floor((cells - 2) / all.length) - 1);
  const rows: string[][] = [[], [], []];
  all.forEach((tile, index) => {
    const focused = screen.pane === "tiles" && screen.tile === index;
    const edge = focused ? "accent" : "dim";
    const title = ` ${roomy ? tile.title : tile.short} `;
    const inner = own - 2;
    rows[0]?.push(paintLine(theme, [[edge, corners.topLeft], [focused ? ["accent", "bold"] : ["plain"], title], [edge, rule.repeat(Math.max(0, inner - width(title))) + corners.topRight]], own));
    const origin = roomy ? tile.origin : "";
    rows[1]?.push(paintLine(theme, [[edge, corners.side], " ", ["bold", pad(tile.value, inner - 2 - width(origin))], ["dim", origin], " ", [edge, corners.side]], own));
    rows[2]?.push(paintLine(theme, [[edge, corners.bottomLeft + rule.repeat(inner) + corners.bottomRight]], own));
  });
  const used = all.length * (own + 1) - 1;
  return rows.map((parts) => ` ${parts.join(" ")}${" ".repeat(Math.max(0, cells - used - 1))}`);
}

/** A heading and the part of a list that is in sight. */
function listPane(theme: Theme, screen: DashboardScreen, pane: Exclude<Pane, "tiles">, title: string, origin: string, rows: readonly Spans[], none: string, cells: number, height: number): string[] {
  if (height <= 0) return [];
  const focused = screen.pane === pane;
  const cursor = screen.cursors[pane];
  const room = height - 1;
  const top = cursor.window(rows.length, room);
  const more = rows.length > room ? `  ${top + 1}–${Math.min(rows.length, top + room)} of ${rows.length}` : "";
  const lines = [paintLine(theme, [" ", [focused ? ["accent", "bold"] : ["bold"], title], ["dim", `  ${origin}${more}`]], cells)];
  if (rows.length === 0) lines.push(paintLine(theme, ["   ", ["dim", none]], cells));
  rows.slice(top, top + room).forEach((row, index) => {
    const selected = focused && top + index === cursor.index;
    lines.push(paintLine(theme, [selected ? ` ${theme.symbols.pointer} ` : "   ", ...row], cells, selected ? "inverse" : undefined));
  });
  return fitHeight(lines, height, cells);
}

function progressPane(theme: Theme, screen: DashboardScreen, data: Dashboard, cells: number, height: number): string[] {
  const names = Math.min(24, Math.max(12, Math.floor(cells * 0.3)));
  const bars = Math.max(6, Math.min(24, cells - names - 26));
  const rows = data.progress.map((row): Spans => {
    const mastered = row.progress_percent >= MASTERED_PERCENT;
    const word = row.status === "completed" ? "completed" : mastered ? "mastered" : row.status === "not_started" ? "not started" : "in progress";
    return [pad(sanitise(row.concept), names), " ", [mastered ? "ok" : "accent", bar(theme, row.progress_percent / 100, bars)], ` ${String(row.progress_percent).padStart(3)} % `, [row.status === "completed" ? "ok" : "dim", `${row.status === "completed" ? theme.symbols.done : mastered ? theme.symbols.alive : theme.symbols.open} ${word}`]];
  });
  return listPane(theme, screen, "progress", "Progress", "SQL", rows, "nothing begun yet: whatever is ready can be started", cells, height);
}

function pathsPane(theme: Theme, screen: DashboardScreen, data: Dashboard, cells: number, height: number): string[] {
  const counts = data.paths.map(({ completed, total }) => `${completed} of ${total}`);
  const names = Math.min(40, Math.max(12, cells - 32));
  const rows = data.paths.map((row, index): Spans => [pad(sanitise(row.path), names), " ", [row.total > 0 && row.completed === row.total ? "ok" : "accent", bar(theme, row.total === 0 ? 0 : row.completed / row.total, 10)], ` ${counts[index] ?? ""} `, ["dim", "completed"]]);
  return listPane(theme, screen, "paths", "Paths", "SQL", rows, "no learning paths: `jeseci seed` makes some", cells, height);
}

function readyPane(theme: Theme, screen: DashboardScreen, data: Dashboard, cells: number, height: number): string[] {
  const names = Math.min(24, Math.max(12, Math.floor(cells * 0.35)));
  const rows = data.ready_details.map((row): Spans => {
    const needs = row.prerequisites.length === 0 ? "no prerequisites" : `after ${row.prerequisites.join(", ")}`;
    const opens = row.opens.length === 0 ? "" : ` ${theme.symbols.middot} opens ${row.opens.join(", ")}`;
    return [pad(sanitise(row.concept), names), " ", ["dim", sanitise(needs + opens)]];
  });
  return listPane(theme, screen, "ready", "Ready to learn", "graph", rows, "nothing is ready: everything is mastered, or waits for something", cells, height);
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
