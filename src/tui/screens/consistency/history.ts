import type { Change, PastCheck } from "../../../core/consistency/history.ts";
import type { PastRepair } from "../../../core/consistency/repair-log.ts";
import type { FindingKind } from "../../../core/consistency/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { width } from "../../../core/text/width.ts";
import { duration } from "../../ages.ts";
import type { Span, Spans } from "../../lines.ts";
import { TextOverlay } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import type { Theme } from "../../theme.ts";
import { clock, kindWords, many } from "./words.ts";

/** Every past check of this pair, and every repair, newest first. */
export async function showHistory(host: Host): Promise<void> {
  const { session, backend, theme, options } = host;
  if (session === undefined || backend === undefined) return;
  const [checks, repairs] = await Promise.all([backend.recordedHistory(session, options.settings.records), backend.loadRepairs(session.databases)]);
  if (checks.length + repairs.length === 0) return host.say("no check of these databases is recorded yet: r runs one");
  host.show(new TextOverlay("Past checks and repairs, newest first", new ScrollText(historyLines(theme, checks, repairs, options.settings.timeZone))));
}

function historyLines(theme: Theme, checks: readonly PastCheck[], repairs: readonly PastRepair[], timeZone: string): Spans[] {
  const widest = Math.max(0, ...checks.map((check) => width(verdictOf(check))));
  const entries = [
    ...checks.map((check) => ({ at: check.at, lines: checkLines(theme, check, widest, timeZone) })),
    ...repairs.map((repair) => ({ at: repair.finished_at ?? repair.started_at, lines: repairLines(theme, repair, timeZone) })),
  ];
  return entries.sort((one, other) => Date.parse(other.at) - Date.parse(one.at)).flatMap(({ lines }) => lines);
}

function checkLines({ symbols }: Theme, check: PastCheck, widest: number, timeZone: string): Spans[] {
  const verdict: Span = [check.in_sync ? "ok" : "danger", `${check.in_sync ? symbols.done : symbols.bad} ${verdictOf(check).padEnd(widest)}`];
  const counts = `${check.sql_rows.toLocaleString("en")} SQL ${symbols.middot} ${check.graph_rows.toLocaleString("en")} graph`;
  const head: Spans = [clock(check.at, timeZone), ["dim", `  ${check.mode}  `], verdict, ["dim", `  ${duration(check.took_ms).padStart(7)}  ${counts}`]];
  return [head, ...changeLines("+", "danger", check.came), ...changeLines("-", "ok", check.went)];
}

function repairLines(theme: Theme, { owner, started_at, finished_at, planned, refused, applied, examples }: PastRepair, timeZone: string): Spans[] {
  const { symbols } = theme;
  const all = applied === planned;
  const outcome: Span = applied === null ? ["warn", "not ended: sync carries its keys over"] : [all ? "ok" : "warn", all ? `${applied.toLocaleString("en")} mended` : `${applied.toLocaleString("en")} of ${planned.toLocaleString("en")} mended`];
  const head: Spans = [clock(finished_at ?? started_at, timeZone), ["accent", "  repair  "], outcome, ["dim", `  by ${sanitise(owner)}${refused === 0 ? "" : ` ${symbols.middot} ${refused.toLocaleString("en")} refused`}`]];
  const changes = examples.map(({ action, entity, key, before, after }): Spans => {
    const change = before === null || after === null ? "" : `: ${before} ${symbols.arrow} ${after}`;
    return ["    ", ["dim", action], ` ${sanitise(`${entity} ${key}${change}`)}`];
  });
  const more = planned - examples.length;
  return [head, ...changes, ...(more > 0 ? ([["    ", ["dim", `and ${more.toLocaleString("en")} more`]]] as Spans[]) : [])];
}

function verdictOf({ in_sync, mode, findings_total }: PastCheck): string {
  return in_sync ? "in sync" : mode === "fast" ? "differs" : many(findings_total, "difference");
}

function changeLines(mark: string, style: "danger" | "ok", change: Change | null): Spans[] {
  if (change === null || change.count === 0) return [];
  const more = change.count - change.examples.length;
  return [...change.examples.map((name) => sanitise(name.replace(/^\w+/, (kind) => (isKind(kind) ? `${kindWords[kind]}:` : kind)))), ...(more > 0 ? [`and ${more.toLocaleString("en")} more`] : [])].map((name): Spans => ["    ", [style, mark], ` ${name}`]);
}

function isKind(text: string): text is FindingKind {
  return text in kindWords;
}
