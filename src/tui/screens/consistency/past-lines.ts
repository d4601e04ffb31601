import type { Change, PastCheck } from "../../../core/consistency/history.ts";
import type { PastRepair } from "../../../core/consistency/repair-log.ts";
import type { FindingKind } from "../../../core/consistency/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { width } from "../../../core/text/width.ts";
import { duration } from "../../ages.ts";
import { wrap, type Span, type Spans } from "../../lines.ts";
import type { Theme } from "../../theme.ts";
import { planLines } from "./plan-lines.ts";
import { causeWords, clock, kindWords, many } from "./words.ts";

/* A past check and a past repair: in a few lines of a list, and all that is kept of one. */

export function verdictOf(check: PastCheck): string {
  const { in_sync, mode, findings_total } = check;
  return isUndecided(check) ? "no known difference" : in_sync ? "in sync" : mode === "fast" ? "differs" : many(findings_total, "difference");
}

/** A check with what came and what went, newest first in a list. */
export function checkLines(theme: Theme, check: PastCheck, widest: number, timeZone: string): Spans[] {
  const head: Spans = [clock(check.at, timeZone), ["dim", `  ${check.mode}  `], verdictSpan(theme, check, widest), ["dim", `  ${duration(check.took_ms).padStart(7)}  ${countsOf(theme, check)}`]];
  return [head, ...changeLines("+", "danger", check.came), ...changeLines("-", "ok", check.went)];
}

/** A check with its findings, those that came with it marked, and with what went. */
export function checkDetails(theme: Theme, check: PastCheck, cells: number, timeZone: string): Spans[] {
  const { findings, findings_total, mode, in_sync, went } = check;
  const { middot } = theme.symbols;
  const head: Spans = [verdictSpan(theme, check, 0), ["dim", `  took ${duration(check.took_ms)} ${middot} ${countsOf(theme, check)}`]];
  const left = findings_total - findings.length;
  const rest = left > 0 ? [[["dim", findings.length === 0 ? "which ones was not kept" : `and ${left.toLocaleString("en")} more, which were not kept`]] satisfies Spans] : [];
  const found = mode === "fast" ? sumLines(theme, check) : findingLines(theme, check, cells, timeZone);
  const none: Spans[] = found.length + left > 0 ? [] : [[["dim", in_sync ? (mode === "fast" ? "counts and sums agreed" : "nothing differed") : "what differed was not kept"]]];
  const gone: Spans[] = went.count === 0 ? [] : [[], [["dim", "since the check before it these went:"]], ...changeLines("-", "ok", went, "")];
  return [head, [], ...found, ...none, ...rest, ...gone];
}

/** Each sum that differed, and each that may differ: changes on their way may be all there is to it. */
function sumLines({ symbols }: Theme, { sums, open, apart }: PastCheck): Spans[] {
  const why = (name: string): string => (apart?.includes(name) === true ? "differed before; " : "");
  return [
    ...sums.map(({ text }): Spans => [["danger", `${symbols.bad} `], sanitise(text)]),
    ...open.map(({ name, text }): Spans => [["warn", `${symbols.warning} `], sanitise(text), ["dim", `  ${why(name)}changes on their way may explain it`]]),
  ];
}

/** Each finding: what is wrong with which key, and below it where, why, and since when. */
function findingLines({ symbols }: Theme, { findings, at }: PastCheck, cells: number, timeZone: string): Spans[] {
  const kinds = Math.max(...Object.values(kindWords).map(width));
  return findings.flatMap(({ entity, key, kind, cause, since, fresh }): Spans[] => {
    // First seen by this check, which looked further than the one before.
    const seen = since === at ? "not known since when" : `since ${clock(since, timeZone)}`;
    return [
      ...wrap(sanitise(key), Math.max(10, cells - kinds - 4)).map((line, index): Spans => (index > 0 ? [" ".repeat(kinds + 4), ["bold", line]] : [[["danger", "bold"], fresh ? "+ " : "  "], ["danger", kindWords[kind].padEnd(kinds)], ["bold", `  ${line}`]])),
      [["dim", `  ${entity} ${symbols.middot} `], [cause === "unknown" ? "dim" : "warn", causeWords[cause]], ["dim", ` ${symbols.middot} ${fresh ? "new" : seen}`]],
    ];
  });
}

/** A repair with some of what it did. */
export function repairLines(theme: Theme, { owner, started_at, finished_at, planned, refused, applied, examples }: PastRepair, timeZone: string): Spans[] {
  const { symbols } = theme;
  const head: Spans = [clock(finished_at ?? started_at, timeZone), ["accent", "  repair  "], outcomeSpan({ planned, applied }), ["dim", `  by ${sanitise(owner)}${refused === 0 ? "" : ` ${symbols.middot} ${refused.toLocaleString("en")} refused`}`]];
  const changes = examples.map(({ action, entity, key, before, after }): Spans => {
    const change = before === null || after === null ? "" : `: ${before} ${symbols.arrow} ${after}`;
    return ["    ", ["dim", action], ` ${sanitise(`${entity} ${key}${change}`)}`];
  });
  const more = planned - examples.length;
  return [head, ...changes, ...(more > 0 ? ([["    ", ["dim", `and ${more.toLocaleString("en")} more`]]] as Spans[]) : [])];
}

/** A repair with each of its examples as it was before and after. */
export function repairDetails(theme: Theme, { planned, refused, applied, examples }: PastRepair, cells: number): Spans[] {
  const more = planned - examples.length;
  return [
    [outcomeSpan({ planned, applied }), ["dim", refused === 0 ? "" : `  ${refused.toLocaleString("en")} refused`]],
    [],
    ...planLines(theme, { planned: examples, refused: [] }, cells),
    ...(more > 0 ? ([[["dim", `and ${more.toLocaleString("en")} more: all of it stands in the table jeseci.repair_run`]]] as Spans[]) : []),
  ];
}

function verdictSpan({ symbols }: Theme, check: PastCheck, widest: number): Span {
  if (isUndecided(check)) return ["warn", `${symbols.warning} ${verdictOf(check).padEnd(widest)}`];
  return [check.in_sync ? "ok" : "danger", `${check.in_sync ? symbols.done : symbols.bad} ${verdictOf(check).padEnd(widest)}`];
}

/** Nothing is known to differ, but not all is known to agree. */
function isUndecided({ in_sync, open }: PastCheck): boolean {
  return in_sync && open.length > 0;
}

function countsOf({ symbols }: Theme, { sql_rows, graph_rows }: PastCheck): string {
  return `${sql_rows.toLocaleString("en")} SQL ${symbols.middot} ${graph_rows.toLocaleString("en")} graph`;
}

function outcomeSpan({ planned, applied }: Pick<PastRepair, "planned" | "applied">): Span {
  if (applied === null) return ["warn", "not ended: sync carries its keys over"];
  return applied === planned ? ["ok", `${applied.toLocaleString("en")} mended`] : ["warn", `${applied.toLocaleString("en")} of ${planned.toLocaleString("en")} mended`];
}

function changeLines(mark: string, style: "danger" | "ok", { count, examples }: Change, indent = "    "): Spans[] {
  const more = count - examples.length;
  return [...examples.map((name) => sanitise(name.replace(/^\w+/, (kind) => (isKind(kind) ? `${kindWords[kind]}:` : kind)))), ...(more > 0 ? [`and ${more.toLocaleString("en")} more`] : [])].map((name): Spans => [indent, [style, mark], ` ${name}`]);
}

function isKind(text: string): text is FindingKind {
  return text in kindWords;
}
