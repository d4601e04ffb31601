import { sanitise } from "../../../core/text/sanitise.ts";
import { cut, width } from "../../../core/text/width.ts";
import { bar, beside, fitHeight, longest, type Spans } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { beforeData, troubles } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import type { SharedScreen } from "./screen.ts";

export function renderShared(host: Host, screen: SharedScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { data, error } = screen.data;
  if (data === undefined) return fitHeight(beforeData(theme, screen.data, cells), height, cells);
  const lines = troubles(theme, error, data.missing, { sql: "learners", graph: "paths and shared concepts" }, cells);
  const left = height - lines.length;
  const below = Math.max(3, Math.min(data.pairs.length + 1, Math.floor(left * 0.4)));
  const above = left - below;
  if (cells < 100) {
    // Whichever of the two has the focus; the pairs stay in sight.
    const upper = screen.focused(screen.matrix) ? screen.matrix.render(theme, cells, above, true) : concepts(theme, screen, cells, above);
    return fitHeight([...lines, ...upper, ...pairs(theme, screen, cells, below)], height, cells);
  }
  const own = Math.max(44, Math.floor(cells * 0.38));
  lines.push(...beside(concepts(theme, screen, own, above), screen.matrix.render(theme, cells - own - 3, above, screen.focused(screen.matrix)), theme.paint("dim", ` ${theme.symbols.corners.side} `)));
  return fitHeight([...lines, ...pairs(theme, screen, cells, below)], height, cells);
}

function concepts(theme: Theme, screen: SharedScreen, cells: number, height: number): string[] {
  const names = Math.min(longest(screen.concepts.items.map(({ concept }) => concept), 30), Math.max(12, Math.floor(cells * 0.4)));
  const { loading } = screen.data;
  const title = screen.minPaths === 1 ? "Concepts of any path" : `Shared by ${screen.minPaths} paths or more`;
  return screen.concepts.render(theme, cells, height, { title, note: loading ? "refreshing…" : "graph", none: "no concept is shared by so many paths: - asks for fewer", focused: screen.focused(screen.concepts) }, (row, positions) => {
    const name = cut(sanitise(row.concept), names);
    return [...lit(name, positions), " ".repeat(Math.max(0, names - width(name)) + 1), `${row.path_count}`.padStart(3), ["dim", `  ${row.paths.map(sanitise).join(", ")}`]];
  });
}

function pairs(theme: Theme, screen: SharedScreen, cells: number, height: number): string[] {
  const names = Math.max(12, Math.floor((cells - 34) / 2));
  return screen.pairs.render(theme, cells, height, { title: "Pairs of paths", note: "graph  how much they overlap", none: "no two paths share a concept", focused: screen.focused(screen.pairs) }, (row, positions): Spans => {
    const [path, other] = [cut(sanitise(row.path), names), cut(sanitise(row.other), names)];
    const between = ` ${theme.symbols.both} `;
    const split = sanitise(row.path).length + 1;
    const fits = path === sanitise(row.path);
    return [
      ["accent", bar(theme, row.jaccard, 8)],
      ` ${row.jaccard.toFixed(3)}  ${String(row.shared).padStart(3)} shared  `,
      ...lit(path, positions.filter((position) => position < path.length)),
      ["dim", between],
      ...lit(other, fits ? positions.filter((position) => position >= split).map((position) => position - split) : []),
    ];
  });
}
