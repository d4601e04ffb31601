import type { Change, PastCheck } from "../../../core/consistency/history.ts";
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

/** Every past check of this pair, newest first. */
export async function showHistory(host: Host): Promise<void> {
  const { session, backend, theme, options } = host;
  if (session === undefined || backend === undefined) return;
  const checks = await backend.recordedHistory(session, options.settings.records);
  if (checks.length === 0) return host.say("no check of these databases is recorded yet: r runs one");
  host.show(new TextOverlay("Past checks, newest first", new ScrollText(historyLines(theme, checks, options.settings.timeZone))));
}

function historyLines(theme: Theme, checks: readonly PastCheck[], timeZone: string): Spans[] {
  const verdicts = checks.map(verdictOf);
  const widest = Math.max(...verdicts.map(width));
  return checks.flatMap((check, index): Spans[] => {
    const { symbols } = theme;
    const verdict: Span = [check.in_sync ? "ok" : "danger", `${check.in_sync ? symbols.done : symbols.bad} ${(verdicts[index] ?? "").padEnd(widest)}`];
    const counts = `${check.sql_rows.toLocaleString("en")} SQL ${symbols.middot} ${check.graph_rows.toLocaleString("en")} graph`;
    const head: Spans = [clock(check.at, timeZone), ["dim", `  ${check.mode}  `], verdict, ["dim", `  ${duration(check.took_ms).padStart(7)}  ${counts}`]];
    return [head, ...changeLines("+", "danger", check.came), ...changeLines("-", "ok", check.went)];
  });
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
