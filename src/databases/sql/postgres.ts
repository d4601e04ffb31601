import type { PlanNode } from "../types.ts";
import type { Value } from "../values.ts";

/** `15.18 (Debian 15.18-0+deb12u1)` as `15.18`. */
export function postgresVersion(setting: Value | undefined): string {
  return typeof setting === "string" ? (/^[\w.]+/.exec(setting)?.[0] ?? setting) : "unknown";
}

interface JsonPlan {
  [key: string]: Value | JsonPlan[];
}

const detailKeys = ["Relation Name", "Index Name", "CTE Name", "Function Name", "Join Type", "Index Cond", "Hash Cond", "Merge Cond", "Recheck Cond", "Filter", "Join Filter", "Sort Key", "Group Key"];

/** The answer of `EXPLAIN (FORMAT JSON)` as a tree; null if it isn't one. */
export function planFromJson(answer: Value): PlanNode | null {
  const root = Array.isArray(answer) ? (answer[0] as JsonPlan | undefined)?.["Plan"] : undefined;
  return root === undefined || root === null || typeof root !== "object" ? null : planNode(root as unknown as JsonPlan);
}

function planNode(plan: JsonPlan): PlanNode {
  const number = (key: string): number | null => (typeof plan[key] === "number" ? plan[key] : null);
  const details = detailKeys.flatMap((key) => (plan[key] === undefined ? [] : [/Name$/.test(key) ? String(plan[key]) : `${key}: ${String(plan[key])}`]));
  return {
    operator: String(plan["Node Type"]),
    details: details.join(" · "),
    estimatedRows: number("Plan Rows"),
    cost: number("Total Cost"),
    actualRows: number("Actual Rows"),
    ms: number("Actual Total Time"),
    children: ((plan["Plans"] ?? []) as JsonPlan[]).map(planNode),
  };
}
