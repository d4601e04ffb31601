import type { Databases } from "../../databases/types.ts";
import { dualWrite, type DualWrite } from "./dual-write.ts";
import type { OperationOptions, PlanLine, WriteReport } from "./types.ts";

/** What a thing is made of, by label; null is left out. */
export type Facts = readonly (readonly [label: string, value: string | number | null])[];

export function created(thing: string, facts: Facts): PlanLine {
  return { action: "create", thing, before: null, after: told(facts) };
}

export function deleted(thing: string, facts: Facts): PlanLine {
  return { action: "delete", thing, before: told(facts), after: null };
}

/** One line for each fact that changed. */
export function updated(thing: string, before: Facts, after: Facts): PlanLine[] {
  return after.flatMap(([label, value], index): PlanLine[] => {
    const was = before[index]?.[1] ?? null;
    return was === value ? [] : [{ action: "update", thing: `${thing}, ${label}`, before: was === null ? null : String(was), after: value === null ? null : String(value) }];
  });
}

function told(facts: Facts): string | null {
  return facts.flatMap(([label, value]) => (value === null ? [] : `${label} ${value}`)).join("; ") || null;
}

/** Runs the steps of an operation, which note in the plan what they do, in both databases. */
export async function writeBoth<T>(databases: Databases, { dryRun = false, signal }: OperationOptions, steps: (plan: PlanLine[]) => DualWrite<T>): Promise<WriteReport> {
  const plan: PlanLine[] = [];
  const { outcome, counts, warnings } = await dualWrite(databases, steps(plan), { dryRun, ...(signal === undefined ? {} : { signal }) });
  return { outcome, counts, warnings, plan };
}
