import { readStateFile, updateStateFile } from "../state-file.ts";
import { changesOf, idOf, known, knownOf, knownOfOlder, lacks, nothingOpen, type Known, type Open, type Place } from "./open-findings.ts";
import { pack, pastFindingsOf, unpack, type Packed, type PastFinding } from "./past-findings.ts";
import { sumName, sumText } from "./sum-text.ts";
import type { CheckReport, CleanCheck, Past, SumCheck } from "./types.ts";

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
  /** And what differed by no more than changes on their way may explain: nothing is in sync then that is only not known to differ. */
  open: PastSum[];
  /** The names of those that differed at this check, or at one before and were not seen to agree since. Null where an older version kept none. */
  apart: string[] | null;
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
  const check: PastCheck = { ...factsOf(report), findings: pastFindingsOf(report, (finding) => lacks(before, idOf(finding))), came: changeOf(came), went: changeOf(went) };
  // Keys in flight were not compared: what they become is not known to be clean.
  const atRest = report.entities.every(({ in_flight }) => in_flight === 0);
  const rows = Object.fromEntries(report.entities.map(({ entity, sql_rows }) => [entity, sql_rows]));
  const cleaned = report.in_sync && atRest ? { at: report.started_at, ...began, rows } : clean;
  write(place, { clean: cleaned, known: known(before, now), checks: [check, ...checks] });
  return check;
}

function recordFast(place: HistoryPlace, { clean, known: before, checks }: Stored, report: CheckReport): PastCheck {
  const [sums, open] = [sumsOf(report, "differs"), sumsOf(report, "open")];
  const last = checks.find(({ mode }) => mode === "fast");
  // The first check of all has nothing before it; of one that kept no names it is not known what came since.
  const known = last === undefined ? [] : last.apart;
  // What is only not known to differ has not come together again: under load one check can tell, and the next can't.
  const undecided = (known ?? []).filter((name) => open.some((sum) => sum.name === name));
  const apart = [...sums.map(({ name }) => name), ...undecided];
  const came = known === null ? [] : apart.filter((name) => !known.includes(name));
  const went = (known ?? []).filter((name) => !apart.includes(name));
  const check: PastCheck = { ...factsOf(report), sums, open, apart, came: changeOf(came), went: changeOf(went) };
  write(place, { clean, known: before, checks: withFast(checks, check) });
  return check;
}

function sumsOf({ sums }: CheckReport, verdict: SumCheck["verdict"]): PastSum[] {
  return (sums ?? []).filter((sum) => sum.verdict === verdict).map((sum) => ({ name: sumName(sum), text: sumText(sum) }));
}

/**
 * Of fast checks in a row that say the same, as a watch makes them, the newest is enough; what came with the first stays told.
 * Nor must a watch that can tell at one time and can't at another drive all else out: of two in turn, each is kept once.
 */
function withFast(checks: readonly PastCheck[], check: PastCheck): PastCheck[] {
  const [newest, second] = checks;
  const repeats = (other: PastCheck): boolean => other.mode === "fast" && other.in_sync === check.in_sync && other.open.length > 0 === check.open.length > 0;
  if (isChange(check) || newest === undefined) return [check, ...checks];
  if (repeats(newest)) return [{ ...check, came: newest.came, went: newest.went }, ...checks.slice(1)];
  if (newest.mode === "fast" && !isChange(newest) && second !== undefined && repeats(second) && !isChange(second)) return [check, newest, ...checks.slice(2)];
  return [check, ...checks];
}

function isChange({ came, went }: PastCheck): boolean {
  return came.count + went.count > 0;
}

function factsOf(report: CheckReport): Omit<PastCheck, "came" | "went"> {
  const sum = (side: "sql_rows" | "graph_rows"): number => report.entities.reduce((all, entity) => all + entity[side], 0);
  // What only one of the modes finds is added by it.
  const { finished_at, started_at, mode, in_sync, findings_total } = report;
  return { at: finished_at, took_ms: Date.parse(finished_at) - Date.parse(started_at), mode, in_sync, sql_rows: sum("sql_rows"), graph_rows: sum("graph_rows"), findings_total, findings: [], sums: [], open: [], apart: [] };
}

function changeOf(names: readonly string[]): Change {
  return { count: names.length, examples: names.slice(0, shown) };
}

function write({ file, key }: HistoryPlace, { clean, known: { open, before }, checks }: Stored): void {
  updateStateFile(file, key, { clean, open, before, ...pack(checks.slice(0, keptChecks)) });
}

/** As it was written down, maybe by an older version, or damaged since. */
type WrittenCheck = Partial<Packed<PastCheck>["checks"][number]>;
type Written = Partial<{ clean: CleanCheck; findings: PastFinding[]; checks: WrittenCheck[] } & Known>;

/** Whatever is missing is as good as never kept. */
function read({ file, key }: HistoryPlace): Stored {
  const own = readStateFile(file)[key];
  const { clean, open, before, checks, findings }: Written = isRecord(own) ? own : {};
  const found = Array.isArray(findings) ? findings.filter(isRecord) : [];
  const past = (Array.isArray(checks) ? checks : []).flatMap((check) => (isRecord(check) && typeof check.at === "string" ? [pastCheckOf({ ...check, at: check.at }, found)] : []));
  const total = past.find(({ mode }) => mode === "deep")?.findings_total ?? 0;
  return {
    clean: isRecord(clean) && typeof clean.at === "string" && typeof clean.snapshot === "string" && isRecord(clean.rows) ? clean : null,
    known: isRecord(open) ? knownFrom(open, before, total) : nothingOpen,
    checks: past,
  };
}

function knownFrom(open: Open, before: unknown, findingsTotal: number): Known {
  if (before === null) return { open, before };
  return isRecord(before) && "ids" in before && Array.isArray(before.ids) ? { open, before: before as Place } : knownOfOlder(open, findingsTotal);
}

function pastCheckOf(check: WrittenCheck & { at: string }, shared: readonly PastFinding[]): PastCheck {
  const { fresh: _fresh, ...rest } = check;
  const sums = Array.isArray(check.sums) ? check.sums : null;
  const open = Array.isArray(check.open) ? check.open : [];
  const apart = Array.isArray(check.apart) ? check.apart : check.apart === null ? null : (sums?.map(({ name }) => name) ?? null);
  return { ...unknown, ...rest, sums: sums ?? [], open, apart, came: check.came ?? none, went: check.went ?? none, findings: unpack(check, shared) };
}

const none: Change = { count: 0, examples: [] };
const unknown: PastCheck = { at: "", took_ms: 0, mode: "deep", in_sync: false, sql_rows: 0, graph_rows: 0, findings_total: 0, findings: [], sums: [], open: [], apart: null, came: none, went: none };

function isRecord<T>(value: T): value is T & object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
