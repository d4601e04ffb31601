import type { Change, PastCheck } from "../core/consistency/history.ts";
import { sumText } from "../core/consistency/sum-text.ts";
import type { Cause, CheckReport, SumCheck, Warning } from "../core/consistency/types.ts";
import { sanitise } from "../core/text/sanitise.ts";

/** Lines of evidence below a table. */
const mostReasons = 5;

/** What a check says in one line. Of a fast one, which counts and sums differ; nothing is called in sync that isn't known to be. */
export function verdictOf(report: CheckReport): string {
  const sum = (side: "sql_rows" | "graph_rows" | "in_flight"): number => report.entities.reduce((all, entity) => all + (entity[side] ?? 0), 0);
  const flying = sum("in_flight");
  return `${headOf(report)}: ${report.mode} check of ${told(sum("sql_rows"))} rows and ${told(sum("graph_rows"))} in the graph${flying > 0 ? `; ${told(flying)} on their way` : ""}`;
}

function headOf({ in_sync, findings_total, sums, warnings }: CheckReport): string {
  if (sums === null) return in_sync ? "in sync" : `${told(findings_total)} ${findings_total === 1 ? "difference" : "differences"}`;
  const [apart, open] = (["differs", "open"] as const).map((verdict) => sums.filter((sum) => sum.verdict === verdict)) as [SumCheck[], SumCheck[]];
  if (apart.length > 0) return `the counts or sums differ: ${apart.map(sumText).join(", ")}`;
  if (warnings.some(({ code }) => code === "changes_unmarked")) return "whether they differ is not known";
  return open.length > 0 ? `no difference that changes on their way to the graph can't explain${pendingOf(open)}` : "in sync";
}

/** How many keys are on their way, where that can be told. */
function pendingOf(open: readonly SumCheck[]): string {
  const marked = new Map(open.map((sum) => [sum.entity, sum.marked]));
  const pending = [...marked.values()].reduce((all, count) => (all === null || count === null ? null : all + count), 0);
  return pending === null ? "" : ` (${told(pending)} pending)`;
}

/** The evidence of each cause, which is too long for a column: what most of the differences have in common comes first. */
export function reasonsOf({ findings, findings_total, truncated, started_at }: CheckReport): string[] {
  const groups = new Map<string, { cause: Cause; evidence: string; count: number; seen: string[] }>();
  for (const { cause, evidence, first_seen } of findings) {
    const name = `${cause} ${evidence}`;
    const group = groups.get(name) ?? { cause, evidence, count: 0, seen: [] };
    group.count += 1;
    if (first_seen < started_at) group.seen.push(first_seen);
    groups.set(name, group);
  }
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
  const lines = sorted.slice(0, mostReasons).map(({ cause, evidence, count, seen }) => {
    const [first] = seen.sort();
    const since = first === undefined ? "" : seen.length === count ? `; first seen ${first}` : `; ${told(seen.length)} of them seen before, first ${first}`;
    return `${cause}${findings.length > 1 ? ` (${told(count)})` : ""}: ${sanitise(evidence)}${since}`;
  });
  if (sorted.length > mostReasons) lines.push(`${told(sorted.length - mostReasons)} more reasons: --json has the evidence of each difference`);
  if (truncated) lines.push(`these are the reasons of the first ${told(findings.length)} of ${told(findings_total)} differences`);
  // Apart from the table.
  return lines.length > 0 ? ["", ...lines] : lines;
}

export function warningText({ level, code, message, examples }: Warning): string {
  return `${level}: ${code}: ${sanitise(message)}${examples.length === 0 ? "" : ` (${examples.map(sanitise).join(", ")})`}`;
}

/**
 * The lines of one check of a watch: its verdict, the differences that came and went, and the warnings that are not as they
 * were `before`. Without that it is the first one, and tells what an earlier check knew already, too.
 */
export function watchLines(report: CheckReport, { came, went }: PastCheck, before: readonly Warning[] | undefined): string[] {
  const difference = (mark: string, { count, examples }: Change): string[] => {
    const more = count - examples.length;
    return [...examples.map((name) => `  ${mark} ${sanitise(name)}`), ...(more > 0 ? [`  ${mark} and ${told(more)} more`] : [])];
  };
  const known = before === undefined ? report.findings.filter(({ first_seen }) => first_seen < report.started_at) : [];
  const open: Change = { count: known.length, examples: known.slice(0, mostReasons).map(({ kind, entity, key, first_seen }) => `${kind} ${entity} ${key}, since ${first_seen}`) };
  const texts = (before ?? []).map(warningText);
  const fresh = report.warnings.map(warningText).filter((text) => !texts.includes(text));
  const gone = (before ?? []).filter(({ code }) => report.warnings.every((warning) => warning.code !== code));
  return [`${report.finished_at}  ${verdictOf(report)}`, ...difference("=", open), ...difference("+", came), ...difference("-", went), ...fresh.map((text) => `  + ${text}`), ...gone.map(({ level, code }) => `  - ${level}: ${code}`)];
}

function told(number: number): string {
  return number.toLocaleString("en");
}
