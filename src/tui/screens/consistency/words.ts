import type { Cause, EntityCheck, Finding, FindingKind } from "../../../core/consistency/types.ts";
import { sanitise } from "../../../core/text/sanitise.ts";

export const kindWords: Readonly<Record<FindingKind, string>> = {
  missing_in_graph: "missing in graph",
  missing_in_sql: "only in graph",
  differing: "different",
  duplicate_in_graph: "duplicate",
};

export const causeWords: Readonly<Record<Cause, string>> = {
  parked: "parked by the relay",
  edited_in_graph: "edited in the graph",
  triggers_off: "changed without a mark",
  deleted_in_sql: "deleted in PostgreSQL",
  deleted_in_graph: "deleted in the graph",
  duplicate: "several in the graph",
  old_projection: "projected by an older version",
  unknown: "cause unknown",
};

/** `1 difference`, `8,431 rows`. */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : more}`;
}

export function sumOf(entities: readonly EntityCheck[], count: Exclude<keyof EntityCheck, "entity">): number | null {
  return entities.reduce<number | null>((sum, entity) => (sum === null || entity[count] === null ? null : sum + entity[count]), 0);
}

const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** ISO 8601 as a person of this time zone reads it: `2026-07-27 14:02:11`. */
export function clock(iso: string, timeZone: string): string {
  const instant = new Date(iso);
  return Number.isNaN(instant.getTime()) ? sanitise(iso) : new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(instant);
}

/** Why that cause is thought to be the one, with its times as a person reads them. */
export function evidenceOf({ evidence }: Pick<Finding, "evidence">, timeZone: string): string {
  return sanitise(evidence).replace(isoTime, (iso) => clock(iso, timeZone));
}
