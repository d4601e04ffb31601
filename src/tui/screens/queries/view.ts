import { sanitise } from "../../../core/text/sanitise.ts";
import { pad } from "../../../core/text/width.ts";
import { duration } from "../../ages.ts";
import { highlight } from "../../highlight.ts";
import { beside, fitHeight, paintLine, wrap, type Span } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { failure, loadingNote } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import type { QueriesScreen } from "./screen.ts";

export function renderQueries(host: Host, screen: QueriesScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const listCells = cells >= 140 ? 36 : cells >= 100 ? 32 : 26;
  const separator = theme.paint("dim", ` ${theme.symbols.corners.side} `);
  const right = cells - listCells - 3;
  return beside(list(theme, screen, listCells, height), fitHeight([...details(host, screen, right, height), ...result(host, screen, right, height)], height, right), separator);
}

function list(theme: Theme, screen: QueriesScreen, cells: number, height: number): string[] {
  const { entries, filter, filtering } = screen;
  const focused = screen.pane === "list";
  const lines: string[] = [];
  if (filtering && focused) {
    const [before, under, after] = filter.parts;
    lines.push(paintLine(theme, [["accent", "/"], before, ["inverse", under], after], cells));
  } else if (filter.text !== "") lines.push(paintLine(theme, [["accent", `/${filter.text}`], ["dim", "  esc clears"]], cells));
  const faults = screen.faults.length;
  const room = height - lines.length - (faults > 0 ? 1 : 0);
  const top = screen.cursor.window(entries.length, room);
  entries.slice(top, top + room).forEach((entry, index) => {
    if ("heading" in entry) {
      lines.push(paintLine(theme, [" ", [["bold", "dim"], entry.heading]], cells));
      return;
    }
    const selected = top + index === screen.cursor.index;
    const name = filter.text === "" && !entry.recent ? entry.query.id.slice(entry.query.topic.length + 1) : entry.query.id;
    const positions = filter.text === "" ? [] : entry.positions;
    lines.push(paintLine(theme, [selected ? ` ${theme.symbols.pointer} ` : "   ", ...lit(name, positions)], cells, selected && focused ? "inverse" : undefined));
  });
  if (entries.length === 0) lines.push(paintLine(theme, [["dim", "   nothing matches"]], cells));
  const fitted = fitHeight(lines, height - (faults > 0 ? 1 : 0), cells);
  const [fault] = screen.faults;
  if (fault !== undefined) fitted.push(paintLine(theme, [["warn", ` ${theme.symbols.warning} ${faults} faulty: ${sanitise(fault.message)}`]], cells));
  return fitted;
}

/** What the query is, and its form. With the result in focus they make room. */
function details(host: Host, screen: QueriesScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { form } = screen;
  if (form === undefined) return [paintLine(theme, [["dim", host.session === undefined ? "" : "choose a query on the left"]], cells)];
  const { query } = form;
  const head: Span[] = [["bold", sanitise(query.title)], ["dim", `  ${query.database === "sql" ? "SQL" : "graph"}${query.origin === "user" ? "  your own" : ""}`]];
  const lines = [paintLine(theme, head, cells)];
  const compact = screen.pane === "result" && screen.ran?.id === query.id;
  if (!compact) {
    lines.push(...wrap(sanitise(query.description), cells).map((line) => paintLine(theme, [line], cells)));
    if (query.source !== null) lines.push(...wrap(`source: ${sanitise(query.source)}`, cells).slice(0, 2).map((line) => paintLine(theme, [["dim", line]], cells)));
  }
  if (form.fields.length > 0) {
    if (!compact) lines.push(" ".repeat(cells));
    lines.push(...form.render(theme, cells, screen.pane === "form", screen.pane === "form" ? screen.choicesOf(form) : undefined));
  }
  const hasResult = screen.ran !== undefined;
  const room = compact ? 0 : Math.max(0, (hasResult ? Math.floor(height * 0.5) : height) - lines.length - 2);
  const statement = query.statement.split("\n");
  if (room > 1) {
    lines.push(" ".repeat(cells));
    const shown = statement.length > room ? statement.slice(0, room - 1) : statement;
    lines.push(...shown.map((line) => paintLine(theme, highlight(line), cells)));
    if (shown.length < statement.length) lines.push(paintLine(theme, [["dim", `${theme.symbols.ellipsis} ${statement.length - shown.length} more lines`]], cells));
  }
  return lines;
}

function result(host: Host, screen: QueriesScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { ran, table } = screen;
  if (ran === undefined) return [];
  const used = details(host, screen, cells, height).length;
  const { data, error } = screen.result;
  const loading = loadingNote(screen.result, Date.now());
  const lines: string[] = [theme.paint("dim", theme.symbols.rule.repeat(cells))];
  const status: Span[] = [[screen.pane === "result" ? ["accent", "bold"] : ["bold"], ran.id], "  "];
  if (error !== undefined && !screen.result.loading) return [...lines, paintLine(theme, status, cells), ...failure(theme, error, cells)];
  if (data !== undefined) {
    const many = data.rows.length.toLocaleString("en");
    const filtered = table !== undefined && table.filter !== "" ? `${table.length.toLocaleString("en")} of ` : "";
    status.push(["dim", data.truncated ? `${filtered}first ${many} of more ${theme.symbols.middot} L raises the limit` : `${filtered}${many} ${data.rows.length === 1 ? "row" : "rows"}`], ["dim", `  ${duration(data.ms)}`]);
  }
  if (table?.working === true) status.push(["dim", "  arranging…"]);
  lines.push(paintLine(theme, [...status, "  ", ...loading], cells));
  if (screen.pane === "result" && (screen.filtering || screen.tableFilter.text !== "")) {
    const [before, under, after] = screen.tableFilter.parts;
    lines.push(paintLine(theme, screen.filtering ? [["accent", "/"], before, ["inverse", under], after] : [["accent", `/${screen.tableFilter.text}`], ["dim", "  esc clears"]], cells));
  }
  if (table !== undefined && table.columns.length > 0) {
    const room = height - used - lines.length;
    if (table.rows.length === 0) lines.push(paintLine(theme, [["bold", pad(table.columns.map(sanitise).join("  "), cells)]], cells), paintLine(theme, [["dim", "no rows for these parameters"]], cells));
    else if (room > 1) lines.push(...table.render(theme, cells, room, screen.pane === "result"));
  }
  return lines;
}
