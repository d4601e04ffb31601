import { isOpen, sumText } from "../../../core/consistency/sum-text.ts";
import type { CheckReport } from "../../../core/consistency/types.ts";
import { age, duration } from "../../ages.ts";
import { bar, paintLine, spansWidth, wrap, type Span, type Spans } from "../../lines.ts";
import type { Host } from "../../screen.ts";
import { watchSeconds, type DeepCheck } from "./deep-check.ts";
import { many, sumOf } from "./words.ts";

/** Lines on counts and sums that differ. */
const mostApart = 2;

/** What is known of the two databases: the verdict, whose it is, and what runs now. */
export function verdictLines(host: Host, deep: DeepCheck, cells: number): string[] {
  const { theme } = host;
  const { report } = deep;
  const [verdict, facts] = report === undefined ? unchecked(host, deep) : checked(host, report);
  const watching: Spans = deep.watching ? [["accent", `watching, every ${watchSeconds} s`]] : [];
  // Facts go from behind where there is little room.
  let shown = facts;
  const right = (): Spans => [["dim", shown.join(` ${theme.symbols.middot} `)], ...(watching.length > 0 && shown.length > 0 ? [["dim", ` ${theme.symbols.middot} `] as const] : []), ...watching, " "];
  if (spansWidth([" ", ...verdict, "  ", ...right()]) > cells) shown = shown.map((fact) => fact.replace("the graph compared", "graph"));
  while (shown.length > 0 && spansWidth([" ", ...verdict, "  ", ...right()]) > cells) shown = shown.slice(0, -1);
  const gap = Math.max(2, cells - spansWidth([" ", ...verdict, ...right()]));
  return [paintLine(theme, [" ", ...verdict, " ".repeat(gap), ...right()], cells), ...(report === undefined ? apart(host, cells) : []), ...notes(host, deep).map((note) => paintLine(theme, [" ", ...note], cells))];
}

function checked({ theme, background }: Host, report: CheckReport): [Spans, string[]] {
  const { symbols } = theme;
  const flying = sumOf(report.entities, "in_flight") ?? 0;
  const took = Date.parse(report.finished_at) - Date.parse(report.started_at);
  const newer = background.checked !== undefined && background.checked.error === undefined && background.checked.at > Date.parse(report.finished_at) && !background.checked.inSync && report.in_sync;
  const head: Span = !report.in_sync ? [["danger", "bold"], `${symbols.bad} ${many(report.findings_total, "difference")}`] : newer ? [["warn", "bold"], `${symbols.warning} in sync then, counts or sums differ now`] : [["ok", "bold"], `${symbols.done} in sync`];
  return [
    [head, ...(flying > 0 ? [["warn", `  ${many(flying, "change")} in flight`] as const] : [])],
    [`deep check ${symbols.middot} ${age(Date.now() - Date.parse(report.finished_at))} ago`, `took ${duration(took)}`, `${many(sumOf(report.entities, "sql_rows") ?? 0, "row")} and ${(sumOf(report.entities, "graph_rows") ?? 0).toLocaleString("en")} in the graph compared`],
  ];
}

/** Before a deep check was run here: what the background knows. */
function unchecked({ theme: { symbols }, background }: Host, { past: { data: past } }: DeepCheck): [Spans, string[]] {
  const { checked: known, fast } = background;
  const recorded = past === undefined ? [] : [`last deep check: ${past.in_sync ? "in sync" : many(past.findings_total, "difference")} ${symbols.middot} ${age(Date.now() - Date.parse(past.at))} ago`];
  if (known === undefined || fast === undefined || known.error !== undefined) return [[["dim", `${symbols.open} not compared yet`]], recorded];
  const verdict: Span = !fast.in_sync ? [["danger", "bold"], `${symbols.bad} counts or sums differ`] : isOpen(fast) ? [["warn", "bold"], `${symbols.warning} no difference but what may be on its way`] : [["ok", "bold"], `${symbols.done} counts and sums agree`];
  return [[verdict], [`fast check ${symbols.middot} ${age(Date.now() - Date.parse(fast.finished_at))} ago`, ...recorded]];
}

/** Which counts and sums differ, as far as two lines tell. */
function apart({ theme, background: { fast } }: Host, cells: number): string[] {
  const texts = (fast?.sums ?? []).flatMap((sum) => (sum.verdict === "differs" ? [sumText(sum)] : []));
  const lines = wrap(texts.join(", "), Math.max(10, cells - 4));
  return texts.length === 0 ? [] : lines.slice(0, mostApart).map((line, index) => paintLine(theme, ["   ", line, ...(index === mostApart - 1 && lines.length > mostApart ? [theme.symbols.ellipsis] : [])], cells));
}

/** A line on what runs, or on what could. */
function notes({ theme, background }: Host, deep: DeepCheck): Spans[] {
  const { symbols } = theme;
  if (deep.resource.loading) {
    const { progress } = deep;
    if (progress === undefined) return [[["dim", "comparing…  esc cancels"]]];
    const { step, done, total, note } = progress;
    const count = total === null ? many(done, "row") : `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
    return [["comparing ", ["bold", step], "  ", ...(total === null ? [] : [["accent", bar(theme, done / Math.max(1, total), 24)] as const, "  "]), count, ["dim", `${note === undefined ? "" : `  ${note}`}  esc cancels`]]];
  }
  if (deep.report !== undefined || background.checked === undefined) return [];
  return [[["accent", "r"], ["dim", ` compares every row with the graph (a deep check)${deep.past.data === undefined ? `; none of these databases is recorded here ${symbols.none} the next ones will tell what came and went` : ""}`]]];
}
