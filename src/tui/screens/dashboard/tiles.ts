import type { Dashboard } from "../../../core/dashboard/dashboard.ts";
import { definitions } from "../../../core/definitions.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { pad } from "../../../core/text/width.ts";
import type { Spans } from "../../lines.ts";

/** One number of the dashboard, and what stands behind it. */
export interface Tile {
  title: string;
  /** For windows that are too narrow for the title. */
  short: string;
  value: string;
  origin: "SQL" | "graph";
  definition: string;
  /** The query that it comes from. */
  query: string;
  rows: Spans[];
}

export function tiles(data: Dashboard): Tile[] {
  const progress = (rows: Dashboard["progress"]): Spans[] =>
    rows.map((row) => [`  ${pad(sanitise(row.concept), 32)} ${String(row.progress_percent).padStart(3)} %  ${pad(row.status, 12)} ${String(row.minutes).padStart(6)} min`]);
  const known = (value: number | null, text: (value: number) => string): string => (value === null ? "?" : text(value));
  return [
    {
      title: "Concepts ready",
      short: "Ready",
      value: known(data.concepts_ready, String),
      origin: "graph",
      definition: definitions.ready,
      query: "screens/dashboard/ready",
      rows: data.ready_details.map((row) => [`  ${pad(sanitise(row.concept), 32)} `, ["dim", sanitise(row.prerequisites.length === 0 ? "no prerequisites" : `after ${row.prerequisites.join(", ")}`)]]),
    },
    { title: "Average completion", short: "Average", value: data.missing.sql !== undefined ? "?" : data.average_completion_percent === null ? "–" : `${data.average_completion_percent} %`, origin: "SQL", definition: definitions.averageCompletion, query: "sql/dashboard-stats", rows: progress(data.progress) },
    { title: "Time spent", short: "Time", value: known(data.hours_spent, (hours) => `${hours.toLocaleString("en", { minimumFractionDigits: 1 })} h`), origin: "SQL", definition: definitions.timeSpent, query: "sql/dashboard-stats", rows: progress(data.progress) },
    {
      title: "Streak",
      short: "Streak",
      value: known(data.streak_days, (days) => `${days} ${days === 1 ? "day" : "days"}`),
      origin: "SQL",
      definition: definitions.streak,
      query: "sql/dashboard-stats",
      rows: data.activity.toReversed().map((day) => [`  ${day.day} ${String(day.minutes).padStart(6)} min  ${day.sessions} ${day.sessions === 1 ? "session" : "sessions"}`]),
    },
    {
      title: "Mastered",
      short: "Mastered",
      value: known(data.concepts_mastered, (mastered) => `${mastered} of ${String(data.concepts_total)}`),
      origin: "SQL",
      definition: definitions.mastered,
      query: "sql/dashboard-stats",
      rows: progress(data.progress.slice(0, data.concepts_mastered ?? 0)),
    },
  ];
}

/** The definition of a tile, the rows behind it, and the statement. */
export function definitionLines(tile: Tile, data: Dashboard): Spans[] {
  const statement = data.trace.find(({ query }) => query === tile.query);
  return [
    [["bold", tile.value], ["dim", `   ${tile.origin}`]],
    [],
    [tile.definition],
    [],
    [["bold", "Rows behind it"]],
    ...(tile.rows.length === 0 ? [[["dim", "  none"]] as Spans] : tile.rows),
    [],
    [["bold", "Statement"], ["dim", `  ${tile.query}`]],
    ...(statement?.statement.split("\n").map((line): Spans => [["dim", `  ${sanitise(line)}`]]) ?? []),
  ];
}
