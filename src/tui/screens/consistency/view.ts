import type { Warning } from "../../../core/consistency/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { cut, width } from "../../../core/text/width.ts";
import { age } from "../../ages.ts";
import { beside, fitHeight, longest, paintLine, wrap, type Spans } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { failure } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import { detailLines } from "./detail.ts";
import { entityTable } from "./entities.ts";
import type { ConsistencyScreen } from "./screen.ts";
import { verdictLines } from "./verdict.ts";
import { causeWords, kindWords } from "./words.ts";

const wide = 110;
/** Before a line of a list. */
const mark = 3;
const narrowestCause = 15;
const ageCells = 8;
/** Lower than that, every line counts. */
const roomy = 22;

/** The verdict, what stands beside it, the table of entities, and below it the differences with what is known of the selected one. */
export function renderConsistency(host: Host, screen: ConsistencyScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const { deep, entities } = screen;
  const lines = verdictLines(host, deep, cells);
  const error = deep.resource.loading ? undefined : (deep.resource.error ?? (deep.report === undefined ? host.background.checked?.error : undefined));
  if (error !== undefined) lines.push(...failure(theme, error, cells), paintLine(theme, ["   ", ["dim", "to compare them both databases must answer; what is shown was known before"]], cells));
  if (entities.items.length === 0) return fitHeight(lines, height, cells);
  const report = deep.report ?? host.background.fast;
  lines.push(...warningLines(theme, report?.warnings ?? [], cells, Math.max(1, Math.floor((height - 14) / 3))));
  if (height >= roomy) lines.push(paintLine(theme, [], cells));
  const left = height - lines.length;
  const table = Math.min(entities.items.length + (entities.filterLine(theme, cells) === undefined ? 1 : 2), Math.max(3, Math.floor(left * 0.5)));
  lines.push(...tableLines(theme, screen, cells, table), paintLine(theme, [["dim", theme.symbols.rule.repeat(cells)]], cells));
  const below = height - lines.length;
  if (cells >= wide && screen.findings.items.length > 0) {
    const own = Math.floor(cells * 0.5);
    return fitHeight([...lines, ...beside(findingLines(host, screen, own, below), selectedLines(host, screen, cells - own - 3, below), theme.paint("dim", ` ${theme.symbols.corners.side} `))], height, cells);
  }
  const detail = screen.findings.selected === undefined ? 0 : Math.max(2, below - Math.max(3, Math.min(screen.findings.length + 1, Math.floor(below * 0.45))));
  return fitHeight([...lines, ...findingLines(host, screen, cells, below - detail), ...selectedLines(host, screen, cells, detail)], height, cells);
}

function tableLines(theme: Theme, screen: ConsistencyScreen, cells: number, height: number): string[] {
  const { entities } = screen;
  const { head, draw } = entityTable(theme, entities.items, cells);
  return entities.render(theme, cells, height, { title: head, none: "", focused: screen.focused(entities) }, draw);
}

function findingLines({ theme }: Host, screen: ConsistencyScreen, cells: number, height: number): string[] {
  const { findings, deep, entities } = screen;
  const { report } = deep;
  const entity = entities.selected?.entity ?? "all";
  const of = entity === "all" ? "" : ` of ${entity}`;
  const none = report === undefined ? "a deep check tells which rows differ: r" : `no differences${of}`;
  const kinds = Math.max(...Object.values(kindWords).map(width));
  const whole = longest(findings.items.map(({ key }) => key), 60);
  const room = cells - mark - kinds - 2;
  // The key first; then since when; and why, which stands beside or below all the same.
  const seen = room - Math.min(whole, 40) >= ageCells ? ageCells : 0;
  const names = Math.max(14, Math.min(whole, room - seen));
  const causes = room - seen - names >= narrowestCause;
  return findings.render(theme, cells, height, { title: `Differences${of}`, ...(report?.truncated === true ? { note: `the first ${report.findings.length.toLocaleString("en")} of ${report.findings_total.toLocaleString("en")}` } : {}), none, focused: screen.focused(findings) }, (finding, positions): Spans => {
    const exact = sanitise(finding.key);
    const key = cut(exact, names);
    return [
      ...lit(key, key === exact ? positions.filter((position) => position < key.length) : []),
      " ".repeat(Math.max(0, names - width(key)) + 2),
      ["danger", kindWords[finding.kind].padEnd(kinds)],
      ...(seen > 0 ? [["dim", age(Date.now() - Date.parse(finding.first_seen)).padStart(seen)] as const] : []),
      ...(causes ? [["dim", `  ${causeWords[finding.cause]}`] as const] : []),
    ];
  });
}

/** What is known of the selected finding; where it is more than fits, the last line says how to see the rest. */
function selectedLines(host: Host, { findings: { selected } }: ConsistencyScreen, cells: number, height: number): string[] {
  if (selected === undefined || height <= 0) return fitHeight([], height, cells);
  const all = detailLines(host, selected, cells);
  const shown = all.length <= height ? all : [...all.slice(0, height - 1), [" ", ["accent", "⏎"], ["dim", " all of it, and both sides"]] satisfies Spans];
  return fitHeight(shown.map((line) => paintLine(host.theme, line, cells)), height, cells);
}

/** What belongs to one side only, worst first, in at most so many lines. */
function warningLines(theme: Theme, warnings: readonly Warning[], cells: number, most: number): string[] {
  // That counts and sums are not everything is said beside the verdict.
  const sorted = warnings.filter(({ code }) => code !== "fast_check").sort((a, b) => Number(b.level === "warning") - Number(a.level === "warning"));
  const lines = sorted.flatMap(({ level, message, examples }) => {
    const text = sanitise(`${message}${examples.length === 0 ? "" : ` (${examples.join(", ")})`}`);
    const bad = level === "warning";
    return wrap(text, Math.max(10, cells - 4)).map((line, index) => paintLine(theme, [" ", [bad ? "warn" : "dim", index > 0 ? "  " : `${bad ? theme.symbols.warning : theme.symbols.middot} `], [bad ? "plain" : "dim", line]], cells));
  });
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), paintLine(theme, [["dim", `   ${lines.length - most + 1} more lines: e exports all of them`]], cells)];
}
