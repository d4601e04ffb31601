import { readStateFile, updateStateFile } from "../state-file.ts";
import { changesOf, idOf, known, knownOf, nothingOpen, type Known } from "./open-findings.ts";
import { pack, pastFindingsOf, unpack, type Packed, type PastFinding } from "./past-findings.ts";
import { sumName, sumText } from "./sum-text.ts";
import type { CheckReport, CleanCheck, Past } from "./types.ts";

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
  /** Of a deep check: its first findings. */
  findings: PastFinding[];
  /** Of a fast one: what differed. */
  sums: PastSum[];
  /** Against the check of its mode before, as far as both kept what they found: how many are new and how many are no more, and some of each. */
  came: Change;
  went: Change;
}

/** A number that differed: what it is called, and the same with what either side said. */
export interface PastSum {
  name: string;
  text: string;
}

export interface Change {
  count: number;
  examples: string[];
}

interface Stored {
  clean: CleanCheck | null;
  known: Known;
  /** Newest first. */
  checks: PastCheck[];
}

const keptChecks = 200;
const shown = 5;

/** The past checks, newest first. */
export function loadHistory(place: HistoryPlace): PastCheck[] {
  return read(place).checks;
}

/** What earlier checks say about this one's findings. */
export function pastOf(place: HistoryPlace): Past {
  const { clean, known: { open } } = read(place);
  return { clean, firstSeen: (finding) => open[idOf(finding)]?.since };
}

/** Keeps what a check has found, and what PostgreSQL had seen when it began, should it have been clean. */
export function recordCheck(place: HistoryPlace, report: CheckReport, began: Pick<CleanCheck, "snapshot" | "cluster">): PastCheck {
  const stored = read(place);
  return report.mode === "deep" ? recordDeep(place, stored, report, began) : recordFast(place, stored, report);
}

function recordDeep(place: HistoryPlace, { clean, known: before, checks }: Stored, report: CheckReport, began: Pick<CleanCheck, "snapshot" | "cluster">): PastCheck {
  const now = knownOf(report);
  const { came, went } = changesOf(before, now);
  const check: PastCheck = { ...factsOf(report), findings: pastFindingsOf(report), sums: [], came: changeOf(came), went: changeOf(went) };
  // Keys in flight were not compared: what they become is not known to be clean.
  const atRest = report.entities.every(({ in_flight }) => in_flight === 0);
  const rows = Object.fromEntries(report.entities.map(({ entity, sql_rows }) => [entity, sql_rows]));
  const cleaned = report.in_sync && atRest ? { at: report.started_at, ...began, rows } : clean;
  write(place, { clean: cleaned, known: known(before, now), checks: [check, ...checks] });
  return check;
}

function recordFast(place: HistoryPlace, { clean, known: before, checks }: Stored, report: CheckReport): PastCheck {
  const sums = (report.sums ?? []).filter(({ verdict }) => verdict === "differs").map((sum) => ({ name: sumName(sum), text: sumText(sum) }));
  const last = checks.find(({ mode }) => mode === "fast");
  const only = (these: readonly PastSum[], those: readonly PastSum[]): string[] => these.flatMap(({ name }) => (those.some((other) => other.name === name) ? [] : [name]));
  const [came, went] = [only(sums, last?.sums ?? []), only(last?.sums ?? [], sums)];
  const check: PastCheck = { ...factsOf(report), findings: [], sums, came: changeOf(came), went: changeOf(went) };
  // Of fast checks in a row that say the same, as a watch makes them, the newest is enough; what came with the first stays told.
  const [newest, ...older] = checks;
  const again = newest?.mode === "fast" && newest.in_sync === check.in_sync && came.length + went.length === 0;
  write(place, { clean, known: before, checks: again ? [{ ...check, came: newest.came, went: newest.went }, ...older] : [check, ...checks] });
  return check;
}

function factsOf(report: CheckReport): Omit<PastCheck, "findings" | "sums" | "came" | "went"> {
  const sum = (side: "sql_rows" | "graph_rows"): number => report.entities.reduce((all, entity) => all + entity[side], 0);
  const { finished_at, started_at, mode, in_sync, findings_total } = report;
  return { at: finished_at, took_ms: Date.parse(finished_at) - Date.parse(started_at), mode, in_sync, sql_rows: sum("sql_rows"), graph_rows: sum("graph_rows"), findings_total };
}

function changeOf(names: readonly string[]): Change {
  return { count: names.length, examples: names.slice(0, shown) };
}

function write({ file, key }: HistoryPlace, { clean, known: { open, before }, checks }: Stored): void {
  updateStateFile(file, key, { clean, open, before, ...pack(checks.slice(0, keptChecks)) });
}

/** As it was written down, maybe by an older version, or damaged since. */
type Written = Partial<{ clean: CleanCheck; findings: PastFinding[]; checks: Partial<Packed<PastCheck>["checks"][number]>[] } & Known>;

/** Whatever is missing is as good as never kept. */
function read({ file, key }: HistoryPlace): Stored {
  const own = readStateFile(file)[key];
  const { clean, open, before, checks, findings }: Written = isRecord(own) ? own : {};
  const found = Array.isArray(findings) ? findings.filter(isRecord) : [];
  return {
    clean: isRecord(clean) && typeof clean.at === "string" && typeof clean.snapshot === "string" && isRecord(clean.rows) ? clean : null,
    known: isRecord(open) ? { open, before: isRecord(before) && Array.isArray(before.ids) ? before : null } : nothingOpen,
    checks: (Array.isArray(checks) ? checks : []).flatMap((check) => (isRecord(check) && typeof check.at === "string" ? [{ ...unknown, ...check, at: check.at, came: check.came ?? none, went: check.went ?? none, findings: unpack(check.findings, found) }] : [])),
  };
}

const none: Change = { count: 0, examples: [] };
const unknown: PastCheck = { at: "", took_ms: 0, mode: "deep", in_sync: false, sql_rows: 0, graph_rows: 0, findings_total: 0, findings: [], sums: [], came: none, went: none };

function isRecord<T>(value: T): value is T & object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
