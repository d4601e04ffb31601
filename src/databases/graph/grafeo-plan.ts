import type { PlanNode } from "../types.ts";

/**
 * Grafeo prints a plan as indented lines: `Operator (details)  rows=1  time=0.01ms`, two blanks a level. Null if there
 * is none.
 */
export function planFromText(text: string): PlanNode | null {
  const root: PlanNode = node("", "");
  const path: PlanNode[] = [root];
  for (const line of text.split("\n")) {
    const found = /^( *)(\w+)(?: \((.*?)\))?(?: \[(.*?)\])?(?:  rows=(\d+))?(?:  time=([\d.]+)ms)?$/.exec(line.replace(/\s+$/, ""));
    if (found === null || line.startsWith("Total time")) continue;
    const [, indent = "", operator = "", details = "", note, rows, ms] = found;
    const level = indent.length / 2 + 1;
    const own = node(operator, note === undefined ? details : `${details} [${note}]`);
    if (rows !== undefined) own.actualRows = Number(rows);
    if (ms !== undefined) own.ms = Number(ms);
    path.length = Math.min(level, path.length);
    path.at(-1)?.children.push(own);
    path.push(own);
  }
  return root.children[0] ?? null;
}

function node(operator: string, details: string): PlanNode {
  return { operator, details, estimatedRows: null, cost: null, actualRows: null, ms: null, children: [] };
}
