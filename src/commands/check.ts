import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckOptions } from "../core/consistency/check.ts";
import type { Change, PastCheck } from "../core/consistency/history.ts";
import { prometheusText } from "../core/consistency/prometheus.ts";
import { recordedCheck } from "../core/consistency/recorded.ts";
import type { Cause, CheckReport } from "../core/consistency/types.ts";
import { InputError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { toJson } from "../core/text/json.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { DatabaseError, isUnreachable } from "../databases/errors.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate, writeStdout } from "./output.ts";
import { progressBar } from "./progress-bar.ts";
import { recordsOf } from "./records.ts";

/** Lines of evidence below a table. */
const mostReasons = 5;

export const run: Run = async (context) => {
  const { flags, withSession } = context;
  if (flags.has("deep") && flags.has("fast")) throw new InputError("usage", "--deep and --fast exclude each other", "leave one of them out");
  const seconds = flags.seconds("watch");
  // Told before anything is opened.
  optionsOf(context);
  giveWay();
  return withSession({ seedIfEmpty: true, statementTimeoutMs: 0 }, (session) => (seconds === undefined ? once(context, session) : watch(context, session, seconds)));
};

/** A check reads as fast as it can; whoever works on this machine goes first. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not everywhere may a process change it, and the check is right without.
  }
}

function optionsOf({ flags, signal }: Context): Omit<CheckOptions, "past"> {
  const maxRate = flags.integer("max-rate", 1);
  return { mode: flags.has("fast") ? "fast" : "deep", signal, ...(maxRate === undefined ? {} : { maxRate }) };
}

async function once(context: Context, session: Session): Promise<number> {
  const { report, history } = await checked(context, session);
  await print(context, report, history);
  if (context.output.format === "table") for (const line of reasonsOf(report)) narrate(line);
  for (const { level, code, message, examples } of report.warnings) narrate(`${level}: ${code}: ${sanitise(message)}${examples.length === 0 ? "" : ` (${examples.map(sanitise).join(", ")})`}`);
  narrate(verdictOf(report));
  return codeOf(context, report);
}

async function checked(context: Context, session: Session): Promise<{ report: CheckReport; history: PastCheck }> {
  const bar = progressBar();
  return recordedCheck(session, recordsOf(context.settings), { ...optionsOf(context), ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) }).finally(bar.done);
}

async function print({ output }: Context, report: CheckReport, { came, went }: PastCheck): Promise<void> {
  await output.print({
    json: { ...report, changed: { came, went } },
    columns: ["entity", "key", "kind", "cause", "fields", "repair"],
    rows: report.findings.map((finding) => [finding.entity, finding.key, finding.kind, finding.cause, finding.fields.map(({ field }) => field), finding.repair]),
    prometheus: () => prometheusText(report),
  });
}

/** The evidence of each cause, which is too long for a column: what most of the differences have in common comes first. */
function reasonsOf({ findings, findings_total, truncated, started_at }: CheckReport): string[] {
  const groups = new Map<string, { cause: Cause; evidence: string; count: number; seen: string[] }>();
  for (const { cause, evidence, first_seen } of findings) {
    const name = `${cause} ${evidence}`;
    const group = groups.get(name) ?? { cause, evidence, count: 0, seen: [] };
    group.count += 1;
    if (first_seen < started_at) group.seen.push(first_seen);
    groups.set(name, group);
  }
  const told = (number: number): string => number.toLocaleString("en");
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

/**
 * Checks again and again: a line for each check, with what came and what went since the one before, or with --json the
 * whole report in a line. A database that can't be reached is asked again the next time.
 */
async function watch(context: Context, session: Session, seconds: number): Promise<number> {
  const { flags, output, signal } = context;
  for (;;) {
    const next = Date.now() + seconds * 1_000;
    try {
      const { report, history } = await checked(context, session);
      if (output.format === "json" || output.format === "ndjson") await writeStdout(`${toJson({ schema: 1, ...report, changed: { came: history.came, went: history.went } })}\n`);
      else if (output.format === "prometheus") await print(context, report, history);
      else await writeStdout(linesOf(report, history));
      if (flags.has("exit-on-drift") && codeOf(context, report) !== exit.fine) return exit.drift;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      narrate(`${new Date().toISOString()}  ${error.database === "sql" ? "PostgreSQL" : "the graph"}: ${sanitise(error.message)}; trying again in ${seconds} s`);
    }
    await sleep(Math.max(0, next - Date.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new DatabaseError("cancelled", "sql", "interrupted");
  }
}

function linesOf(report: CheckReport, { came, went }: PastCheck): string {
  const change = (mark: string, what: Change | null): string[] => {
    if (what === null || what.count === 0) return [];
    const more = what.count - what.examples.length;
    return [...what.examples.map((name) => `  ${mark} ${sanitise(name)}`), ...(more > 0 ? [`  ${mark} and ${more.toLocaleString("en")} more`] : [])];
  };
  return [`${report.finished_at}  ${verdictOf(report)}`, ...change("+", came), ...change("-", went), ""].join("\n");
}

function verdictOf(report: CheckReport): string {
  const rows = report.entities.reduce((sum, entity) => sum + entity.sql_rows, 0).toLocaleString("en");
  const stored = report.entities.reduce((sum, entity) => sum + entity.graph_rows, 0).toLocaleString("en");
  const flying = report.entities.reduce((sum, entity) => sum + (entity.in_flight ?? 0), 0);
  const apart = report.entities.filter((entity) => entity.sql_rows !== entity.graph_rows).map(({ entity }) => entity);
  const differ = report.mode === "deep" ? `${report.findings_total.toLocaleString("en")} ${report.findings_total === 1 ? "difference" : "differences"}` : `the counts or sums differ${apart.length > 0 ? `: ${apart.join(", ")}` : ""}`;
  return `${report.in_sync ? "in sync" : differ}: ${report.mode} check of ${rows} rows and ${stored} in the graph${flying > 0 ? `; ${flying.toLocaleString("en")} on their way` : ""}`;
}

function codeOf({ flags }: Context, report: CheckReport): number {
  const strict = flags.has("strict") && report.warnings.some(({ level }) => level === "warning");
  return report.in_sync && !strict ? exit.fine : exit.drift;
}
