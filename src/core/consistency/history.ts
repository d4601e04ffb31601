import { readStateFile, updateStateFile } from "../state-file.ts";
import type { CheckReport, CleanCheck, Finding, Past } from "./types.ts";

/** Where the history of a pair of databases is kept: in the state folder, since a check must not need to write to them. */
export interface HistoryPlace {
  file: string;
  /** Which databases: the identity that both sides carry, or where they are. */
  key: string;
}

/** What became of a past check. */
export interface PastCheck {
  /** ISO 8601: when it ended. */
  at: string;
  took_ms: number;
  mode: "deep" | "fast";
  in_sync: boolean;
  sql_rows: number;
  graph_rows: number;
  findings_total: number;
  /** Against the deep check before: how many findings are new and how many are no more, and some of each. Null for a fast one. */
  came: Change | null;
  went: Change | null;
}

export interface Change {
  count: number;
  examples: string[];
}

/** The findings that were open at the last deep check: since when, and what they are called. */
type Open = Record<string, { since: string; name: string }>;

interface Stored {
  clean: CleanCheck | null;
  open: Open;
  /** Newest first. */
  checks: PastCheck[];
}

const keptChecks = 200;
const keptOpen = 10_000;
const shown = 5;

/** The past checks, newest first. */
export function loadHistory(place: HistoryPlace): PastCheck[] {
  return read(place).checks;
}

/** What earlier checks say about this one's findings. */
export function pastOf(place: HistoryPlace): Past {
  const { clean, open } = read(place);
  return { clean, firstSeen: (finding) => open[idOf(finding)]?.since };
}

/** Keeps what a check has found, and what PostgreSQL had seen when it began, should it have been clean. */
export function recordCheck(place: HistoryPlace, report: CheckReport, began: Pick<CleanCheck, "snapshot" | "cluster">): PastCheck {
  const { clean, open, checks } = read(place);
  const deep = report.mode === "deep";
  const now: Open = deep ? Object.fromEntries(report.findings.slice(0, keptOpen).map((finding) => [idOf(finding), { since: finding.first_seen, name: nameOf(finding) }])) : open;
  const sum = (side: "sql_rows" | "graph_rows"): number => report.entities.reduce((all, entity) => all + entity[side], 0);
  const check: PastCheck = {
    at: report.finished_at,
    took_ms: Date.parse(report.finished_at) - Date.parse(report.started_at),
    mode: report.mode,
    in_sync: report.in_sync,
    sql_rows: sum("sql_rows"),
    graph_rows: sum("graph_rows"),
    findings_total: report.findings_total,
    came: deep ? changeOf(now, open) : null,
    went: deep && !report.truncated ? changeOf(open, now) : null,
  };
  // Keys in flight were not compared: what they become is not known to be clean.
  const atRest = report.entities.every(({ in_flight }) => in_flight === 0);
  const rows = Object.fromEntries(report.entities.map(({ entity, sql_rows }) => [entity, sql_rows]));
  const cleaned = deep && report.in_sync && atRest ? { at: report.started_at, ...began, rows } : clean;
  // Of fast checks in a row that say the same, as a watch makes them, the newest is enough.
  const [last] = checks;
  const older = !deep && last?.mode === "fast" && last.in_sync === check.in_sync ? checks.slice(1) : checks;
  const stored: Stored = { clean: cleaned, open: now, checks: [check, ...older].slice(0, keptChecks) };
  updateStateFile(place.file, place.key, stored);
  return check;
}

function changeOf(these: Open, those: Open): Change {
  const names = Object.entries(these).flatMap(([id, { name }]) => (id in those ? [] : [name]));
  return { count: names.length, examples: names.slice(0, shown) };
}

function idOf({ kind, entity, ids }: Pick<Finding, "kind" | "entity" | "ids">): string {
  return JSON.stringify([kind, entity, ...ids]);
}

function nameOf({ kind, entity, key }: Finding): string {
  return `${kind} ${entity} ${key}`;
}

function read({ file, key }: HistoryPlace): Stored {
  const own = readStateFile(file)[key];
  const { clean, open, checks } = (typeof own === "object" && own !== null ? own : {}) as Partial<Stored>;
  const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  return {
    clean: isRecord(clean) && typeof clean?.at === "string" && typeof clean.snapshot === "string" && isRecord(clean.rows) ? clean : null,
    open: isRecord(open) ? (open ?? {}) : {},
    checks: Array.isArray(checks) ? checks.filter((check) => isRecord(check) && typeof check.at === "string") : [],
  };
}
