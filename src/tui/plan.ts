import type { PlanNode } from "../databases/types.ts";
import { displayNumber } from "../core/output/display.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { pad, width } from "../core/text/width.ts";
import { duration } from "./ages.ts";
import type { Span, Spans } from "./lines.ts";
import type { Backend } from "./screen.ts";
import type { Theme } from "./theme.ts";

/** A plan as a tree with its rows and cost: the same drawing for every engine. With `profile` what really happened stands beside. */
export function planLines(theme: Theme, backend: Pick<Backend, "planRows">, plan: PlanNode): Spans[] {
  const { rows } = backend.planRows(plan);
  const operators = rows.map(([operator]) => theme.ascii ? String(operator).replaceAll("├─", "|-").replaceAll("└─", "`-").replaceAll("│", "|") : String(operator));
  const cells = Math.min(44, Math.max(...operators.map(width)));
  const number = (value: unknown): string => (typeof value === "number" ? displayNumber(Math.round(value * 10) / 10) : theme.symbols.none);
  const profiled = rows.some((row) => row[4] !== null);
  const head: Span = ["bold", `${pad("operator", cells)} ${"rows".padStart(10)} ${"cost".padStart(10)}${profiled ? ` ${"real rows".padStart(10)} ${"time".padStart(9)}` : ""}  details`];
  return [
    [head],
    ...rows.map(([, details, estimated, cost, actual, ms], index): Spans => {
      const numbers = `${number(estimated).padStart(10)} ${number(cost).padStart(10)}`;
      const real = profiled ? ` ${number(actual).padStart(10)} ${(typeof ms === "number" ? duration(ms) : theme.symbols.none).padStart(9)}` : "";
      return [["bold", pad(operators[index] ?? "", cells)], ` ${numbers}${real}  `, ["dim", sanitise(String(details))]];
    }),
  ];
}
