import type { Finding } from "../../../core/consistency/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { pad, width } from "../../../core/text/width.ts";
import { age } from "../../ages.ts";
import { longest, wrap, type Span, type Spans } from "../../lines.ts";
import type { Host } from "../../screen.ts";
import { causeWords, clock, evidenceOf, kindWords } from "./words.ts";

/** All that is to say of one finding: what and where, why and on what evidence, since when, which fields (unless they are shown elsewhere), what a repair would do. */
export function detailLines({ theme, backend, options }: Host, finding: Finding, cells: number, withFields = true): Spans[] {
  const { timeZone } = options.settings;
  const room = Math.max(10, cells - 2);
  const known = finding.cause !== "unknown";
  const lines: Spans[] = [[" ", ["bold", sanitise(finding.key)], ["dim", `  ${finding.entity}  `], ["danger", kindWords[finding.kind]]]];
  const words = `${causeWords[finding.cause]}: `;
  wrap(words + evidenceOf(finding, timeZone), room).forEach((line, index) => lines.push(index > 0 ? [" ", line] : [" ", [known ? ["warn", "bold"] : ["dim"], line.slice(0, words.length)], line.slice(words.length)]));
  const show = backend?.show ?? String;
  const names = longest(finding.fields.map(({ field }) => field), 24);
  if (withFields && finding.kind === "differing") {
    for (const { field, sql, graph } of finding.fields) {
      const [row, stored] = [sanitise(show(sql)), sanitise(show(graph))];
      const head: Spans = ["   ", pad(field, names)];
      const sides: Span[] = [["dim", "  SQL "], ["ok", row], ["dim", "  graph "], ["danger", stored]];
      if (names + width(row) + width(stored) + 18 <= cells) lines.push([...head, ...sides]);
      else lines.push(head, ...side("SQL  ", "ok", row, cells), ...side("graph", "danger", stored, cells));
    }
  }
  wrap(`repair: ${sanitise(finding.repair)}`, room).forEach((line, index) => lines.push(index > 0 ? [" ", line] : [" ", ["accent", line.slice(0, 7)], line.slice(7)]));
  lines.push([" ", ["dim", `first seen ${age(Date.now() - Date.parse(finding.first_seen))} ago ${theme.symbols.middot} ${clock(finding.first_seen, timeZone)}`]]);
  return lines;
}

function side(name: string, style: "ok" | "danger", text: string, cells: number): Spans[] {
  return wrap(text, Math.max(10, cells - 14)).map((line, index): Spans => [["dim", `     ${index === 0 ? name : " ".repeat(width(name))} `], [style, line]]);
}
