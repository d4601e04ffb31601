import type { PlannedRepair, RepairPlan } from "../../../core/consistency/repair.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { width } from "../../../core/text/width.ts";
import { wrap, type Spans } from "../../lines.ts";
import type { Theme } from "../../theme.ts";
import { many } from "./words.ts";

const actions = ["create", "update", "replace", "delete"] as const satisfies readonly PlannedRepair["action"][];
const styles = { create: "ok", update: "warn", replace: "warn", delete: "danger" } as const;
const indent = 8;

/** `3 changes of the graph: 1 create, 2 update   1 refused`. */
export function countsLine({ planned, refused }: RepairPlan): Spans {
  const refusals = refused.reduce((sum, { count }) => sum + count, 0);
  const kinds = actions.flatMap((action) => {
    const count = planned.filter((one) => one.action === action).length;
    return count === 0 ? [] : [`${count.toLocaleString("en")} ${action}`];
  });
  return [
    ["bold", planned.length === 0 ? "nothing that a repair would do" : `${many(planned.length, "change")} of the graph: ${kinds.join(", ")}`],
    ...(refusals === 0 ? [] : ([["danger", `   ${refusals.toLocaleString("en")} refused`]] as const)),
  ];
}

/** What is refused and why, then each change with what is there before it and after. */
export function planLines({ symbols }: Theme, { planned, refused }: RepairPlan, cells: number): Spans[] {
  const room = Math.max(10, cells - indent);
  const block = (style: "dim" | "plain", first: string, text: string): Spans[] => wrap(sanitise(text), room - width(first)).map((line, index): Spans => [" ".repeat(indent), ["dim", index === 0 ? first : " ".repeat(width(first))], [style, line]]);
  const refusals = refused.flatMap(({ reason, entity, count, message, examples }): Spans[] => [
    [["danger", `${symbols.bad} refused`], " ", ["bold", entity ?? "everything"], ["dim", `  ${reason.replaceAll("_", " ")} ${symbols.middot} ${count.toLocaleString("en")}`]],
    ...block("plain", "", message),
    ...(examples.length === 0 ? [] : block("dim", "", `${examples.join(", ")}${count > examples.length ? `, and ${(count - examples.length).toLocaleString("en")} more` : ""}`)),
  ]);
  const changes = planned.flatMap(({ action, entity, key, before, after }): Spans[] => {
    const head: Spans = [[styles[action], action.padEnd(indent)], ["dim", `${entity} `], ["bold", sanitise(key)]];
    const arrow = `${symbols.arrow} `;
    if (before === null || after === null) return [head, ...block("dim", "", after ?? before ?? "")];
    const line = sanitise(`${before} ${arrow}${after}`);
    if (width(line) <= room) return [head, [" ".repeat(indent), ["dim", sanitise(before)], ` ${arrow}`, sanitise(after)]];
    return [head, ...block("dim", " ".repeat(width(arrow)), before), ...block("plain", arrow, after)];
  });
  return [...refusals, ...(refusals.length > 0 && changes.length > 0 ? [[]] : []), ...changes];
}
