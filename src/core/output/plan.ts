import type { PlanNode } from "../../databases/types.ts";
import type { Row } from "../../databases/values.ts";

/** A plan as rows, the tree drawn in the first column: the same for every engine. */
export function planRows(plan: PlanNode | null): { columns: string[]; rows: Row[] } {
  const rows: Row[] = [];
  const add = (node: PlanNode, lead: string, branch: string): void => {
    rows.push([`${lead}${branch}${node.operator}`, node.details, node.estimatedRows, node.cost, node.actualRows, node.ms]);
    const below = branch === "" ? "" : branch === "├─ " ? `${lead}│  ` : `${lead}   `;
    node.children.forEach((child, index) => add(child, branch === "" ? "" : below, index === node.children.length - 1 ? "└─ " : "├─ "));
  };
  if (plan !== null) add(plan, "", "");
  return { columns: ["operator", "details", "estimated_rows", "cost", "rows", "ms"], rows };
}
