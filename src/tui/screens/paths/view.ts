import type { PathConcept, PathRow } from "../../../core/paths/paths.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { cut, pad, width } from "../../../core/text/width.ts";
import { bar, beside, fitHeight, longest, paintLine, type Span, type Spans } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { standingMark } from "../../standing.ts";
import { beforeData, failure, troubles } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import type { PathsScreen } from "./screen.ts";

export function renderPaths(host: Host, screen: PathsScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { data, error } = screen.data;
  if (data === undefined) return fitHeight(beforeData(theme, screen.data, cells), height, cells);
  const warnings = troubles(theme, error, { ...data.missing, ...screen.detail.data?.missing }, { sql: "metadata and minutes", graph: "prerequisites and faults in the order" }, cells);
  const left = height - warnings.length;
  if (cells < 100) {
    // One above the other: the paths get what they need, up to half.
    const upper = Math.max(4, Math.min(data.paths.length + 2, Math.floor(left / 2)));
    return [...warnings, ...list(theme, screen, cells, upper), ...detail(theme, screen, cells, left - upper)];
  }
  const own = Math.floor(cells * 0.48);
  const separator = theme.paint("dim", ` ${theme.symbols.corners.side} `);
  return [...warnings, ...beside(list(theme, screen, own, left), detail(theme, screen, cells - own - 3, left), separator)];
}

function list(theme: Theme, screen: PathsScreen, cells: number, height: number): string[] {
  const { paths, data } = screen;
  const counts = paths.items.map(progressText);
  const widest = Math.max(3, ...counts.slice(0, 200).map(width));
  // Where there is little room the difficulty goes first, then the hours, then the bar.
  const faults = 4;
  const wanted = longest(paths.items.map(({ path }) => path), 44);
  let room = cells - 4 - widest - faults - Math.max(12, Math.min(wanted, 30));
  const fits = (own: number): boolean => {
    const enough = room >= own;
    room -= own;
    return enough;
  };
  const bars = fits(9) ? 8 : 0;
  const hours = bars > 0 && fits(7);
  const difficulty = hours && fits(13);
  const names = Math.max(12, Math.min(wanted, cells - 4 - widest - faults - (bars > 0 ? 9 : 0) - (hours ? 7 : 0) - (difficulty ? 13 : 0)));
  return paths.render(theme, cells, height, { title: "Learning paths", note: screen.data.loading ? "refreshing…" : data.data?.missing.sql === undefined ? "SQL" : "graph", none: "no learning paths: `jeseci seed` makes some", focused: screen.focused(paths) }, (row, positions) => {
    const name = cut(sanitise(row.path), names);
    const spans: Span[] = [...lit(name, positions), " ".repeat(Math.max(0, names - width(name)) + 1)];
    if (difficulty) spans.push(["dim", pad(sanitise(row.difficulty), 12)], " ");
    if (hours) spans.push(["dim", `${row.estimated_hours === null ? theme.symbols.none : `${row.estimated_hours} h`}`.padStart(6)], " ");
    if (bars > 0) spans.push([row.concepts > 0 && row.completed === row.concepts ? "ok" : "accent", bar(theme, row.concepts === 0 ? 0 : (row.completed ?? 0) / row.concepts, bars)], " ");
    spans.push(progressText(row).padStart(widest));
    if (row.order_faults === null) spans.push(["dim", " ?"]);
    else if (row.order_faults > 0) spans.push(["warn", ` ${theme.symbols.warning}${row.order_faults}`]);
    return spans;
  });
  function progressText({ completed, concepts }: PathRow): string {
    return data.data !== undefined && completed !== null ? `${completed} of ${concepts}` : String(concepts);
  }
}

function detail(theme: Theme, screen: PathsScreen, cells: number, height: number): string[] {
  const selected = screen.paths.selected;
  if (selected === undefined) return fitHeight([], height, cells);
  const loaded = screen.detail.data;
  const head: Spans = [" ", ["bold", sanitise(selected.path)]];
  if (loaded === undefined) {
    const { error } = screen.detail;
    const lines = error === undefined ? [paintLine(theme, [...head, "  ", ["dim", "loading…"]], cells)] : [paintLine(theme, head, cells), ...failure(theme, error, cells)];
    return fitHeight(lines, height, cells);
  }
  const { path } = loaded;
  const facts = [path.difficulty, path.category, path.estimated_hours === null ? null : `${path.estimated_hours} h`, `${path.concepts.length} ${path.concepts.length === 1 ? "concept" : "concepts"}`].filter((fact) => fact !== null);
  const faults = path.order_faults ?? 0;
  const note = `${facts.map(sanitise).join(` ${theme.symbols.middot} `)}${screen.detail.resource.loading ? "  refreshing…" : ""}`;
  const names = Math.min(longest(path.concepts.map(({ concept }) => concept), 30), Math.max(12, cells - 24));
  const lines = screen.concepts.render(theme, cells, height - (faults > 0 ? 1 : 0), { title: sanitise(path.path), note, none: "this path teaches nothing yet", focused: screen.focused(screen.concepts) }, (row, positions) => line(theme, row, positions, names));
  if (faults > 0) lines.push(paintLine(theme, [" ", ["warn", `${theme.symbols.warning} ${faults} ${faults === 1 ? "prerequisite comes" : "prerequisites come"} too late or not at all on this path`]], cells));
  return lines;
}

/** ` 1 ✔ data_structures   75 %   waits for: statistics (not on this path)` */
function line(theme: Theme, row: PathConcept, positions: readonly number[], names: number): Spans {
  const name = cut(sanitise(row.concept), names);
  const percent = row.progress_percent === null ? theme.symbols.none.padStart(5) : `${String(row.progress_percent).padStart(3)} %`;
  const spans: Span[] = [["dim", String(row.sequence_order).padStart(2)], " ", standingMark(theme, row.state), " ", ...lit(name, positions), " ".repeat(Math.max(0, names - width(name)) + 1), percent, "  "];
  if (row.waits_for.length > 0) {
    const absent = new Set(row.not_on_path);
    spans.push(["warn", row.state === null ? "needs: " : "waits for: "], row.waits_for.map((name) => `${sanitise(name)}${absent.has(name) ? " (not on this path)" : ""}`).join(", "));
  } else if (row.state === "ready") spans.push(["ok", "ready"], ["dim", row.met.length === 0 ? "" : `: ${row.met.map((name) => `${sanitise(name)} ${theme.symbols.done}`).join(" ")}`]);
  else if (row.state !== null && row.state !== "waiting") spans.push(["dim", row.state]);
  return spans;
}
