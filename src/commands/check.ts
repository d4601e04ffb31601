import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckOptions } from "../core/consistency/check.ts";
import type { PastCheck } from "../core/consistency/history.ts";
import { prometheusText } from "../core/consistency/prometheus.ts";
import { recordedCheck } from "../core/consistency/recorded.ts";
import type { CheckReport, Warning } from "../core/consistency/types.ts";
import { InputError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { toJson } from "../core/text/json.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { DatabaseError, isUnreachable } from "../databases/errors.ts";
import { reasonsOf, verdictOf, warningText, watchLines } from "./check-text.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate, writeStdout } from "./output.ts";
import { progressBar } from "./progress-bar.ts";
import { recordsOf } from "./records.ts";

/** Differences that are kept to be printed, unless more are asked for: so many take a hundred megabytes. */
const keptFindings = 100_000;

export const run: Run = async (context) => {
  const { flags, withSession } = context;
  if (flags.has("deep") && flags.has("fast")) throw new InputError("usage", "--deep and --fast exclude each other", "leave one of them out");
  const seconds = flags.seconds("watch");
  // Told before anything is opened.
  optionsOf(context);
  if (seconds !== undefined) refuseForWatch(context);
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

function optionsOf({ flags, output, signal }: Context): Omit<CheckOptions, "past"> {
  const maxRate = flags.integer("max-rate", 1);
  return { mode: flags.has("fast") ? "fast" : "deep", signal, limit: Math.max(keptFindings, output.limit ?? 0), ...(maxRate === undefined ? {} : { maxRate }) };
}

/** A watch prints lines as they come, a report in each with --json, or renews a file of metrics. Throws `InputError` (`usage`). */
function refuseForWatch({ flags, output }: Context): void {
  const asked = flags.text("format") ?? "table";
  const reports = output.format === "json" || output.format === "ndjson";
  const metrics = output.format === "prometheus";
  if (["table", "json", "ndjson", "prometheus"].includes(asked) && (metrics || !flags.has("output")) && (reports || !flags.has("limit")) && !flags.has("no-header")) return;
  throw new InputError("usage", "--watch prints a line for each check as it comes: of the flags for rows it takes --json, --limit with it, and --format prometheus, which --output may go with", "leave the others out, or redirect standard output");
}

async function once(context: Context, session: Session): Promise<number> {
  const { report, history } = await checked(context, session);
  await print(context, report, history);
  if (context.output.format === "table") for (const line of reasonsOf(report)) narrate(line);
  else if (context.output.format !== "prometheus" && report.truncated && report.findings.length >= (context.output.limit ?? 0)) narrate(`the first ${report.findings.length.toLocaleString("en")} of ${report.findings_total.toLocaleString("en")} differences; --limit N keeps more`);
  for (const warning of report.warnings) narrate(warningText(warning));
  narrate(verdictOf(report));
  tellStrict(context, report);
  return codeOf(context, report);
}

async function checked(context: Context, session: Session): Promise<{ report: CheckReport; history: PastCheck }> {
  const bar = progressBar();
  return recordedCheck(session, recordsOf(context.settings), { ...optionsOf(context), ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) }).finally(bar.done);
}

async function print(context: Context, report: CheckReport, history: PastCheck): Promise<void> {
  await context.output.print({
    json: jsonOf(context, report, history),
    columns: ["entity", "key", "kind", "cause", "fields", "repair"],
    rows: report.findings.map((finding) => [finding.entity, finding.key, finding.kind, finding.cause, finding.fields.map(({ field }) => field), finding.repair]),
    prometheus: () => prometheusText(report),
  });
}

function jsonOf({ output }: Context, report: CheckReport, { came, went }: PastCheck): object {
  const findings = report.findings.slice(0, output.limit);
  return { ...report, findings, truncated: findings.length < report.findings_total, changed: { came, went } };
}

/**
 * Checks again and again: a line for each check, with what came and what went since the one before, or with --json the
 * whole report in a line. A database that can't be reached is asked again the next time.
 */
async function watch(context: Context, session: Session, seconds: number): Promise<number> {
  const { flags, output, signal } = context;
  let before: readonly Warning[] | undefined;
  for (;;) {
    const next = Date.now() + seconds * 1_000;
    try {
      const { report, history } = await checked(context, session);
      if (output.format === "json" || output.format === "ndjson") await writeStdout(`${toJson({ schema: 1, ...jsonOf(context, report, history) })}\n`);
      else if (output.format === "prometheus") await print(context, report, history);
      else await writeStdout(`${watchLines(report, history, before).join("\n")}\n`);
      before = report.warnings;
      if (flags.has("exit-on-drift") && codeOf(context, report) !== exit.fine) {
        tellStrict(context, report);
        return exit.drift;
      }
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      narrate(`${new Date().toISOString()}  ${error.database === "sql" ? "PostgreSQL" : "the graph"}: ${sanitise(error.message)}; trying again in ${seconds} s`);
    }
    await sleep(Math.max(0, next - Date.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new DatabaseError("cancelled", "sql", "interrupted");
  }
}

function codeOf(context: Context, report: CheckReport): number {
  return report.in_sync && strictCodes(context, report).length === 0 ? exit.fine : exit.drift;
}

/** The warnings that --strict takes for faults. */
function strictCodes({ flags }: Context, { warnings }: CheckReport): string[] {
  return flags.has("strict") ? warnings.flatMap(({ level, code }) => (level === "warning" ? [code] : [])) : [];
}

/** No difference, and yet the exit code says 1. */
function tellStrict(context: Context, report: CheckReport): void {
  const codes = strictCodes(context, report);
  if (report.in_sync && codes.length > 0) narrate(`not in order by --strict: ${codes.join(", ")}`);
}
