import type { Value } from "../../databases/values.ts";
import type { Sum } from "../projection/statements.ts";
import type { EntityName } from "../projection/types.ts";

export const findingKinds = ["missing_in_graph", "missing_in_sql", "differing", "duplicate_in_graph"] as const satisfies readonly string[];
export type FindingKind = "missing_in_graph" | "missing_in_sql" | "differing" | "duplicate_in_graph";
export type Cause = "parked" | "edited_in_graph" | "triggers_off" | "deleted_in_sql" | "deleted_in_graph" | "duplicate" | "old_projection" | "unknown";

/** One key on which the databases disagree. */
export interface Finding {
  entity: EntityName;
  /** Readable: `machine_learning`, `cavin_admin → machine_learning`. */
  key: string;
  /** The identity: the id of a node, or the ids of a relationship's ends. */
  ids: string[];
  kind: FindingKind;
  cause: Cause;
  /** Why that cause is thought to be the one. */
  evidence: string;
  /** The properties that differ, by the graph's names; for a missing or duplicated key all of them. */
  fields: { field: string; sql: Value; graph: Value }[];
  /** What a repair would do. */
  repair: string;
  /** ISO 8601: the check that saw it first without a check in between that didn't, and this one. */
  first_seen: string;
  last_seen: string;
}

/** Counts of one entity. With `--fast` nothing is known of single rows: null. */
export interface EntityCheck {
  entity: EntityName;
  sql_rows: number;
  graph_rows: number;
  missing_in_graph: number | null;
  missing_in_sql: number | null;
  differing: number | null;
  duplicate_in_graph: number | null;
  in_flight: number | null;
}

/** One number of a fast check, as both sides tell it. */
export interface SumCheck extends Sum {
  entity: EntityName;
  sql: Value;
  graph: Value;
  /** Keys of the entity that have a mark; null where the whole entity has one, or marks can't be seen. */
  marked: number | null;
  /** `open`: it differs, and what is on its way to the graph may be the reason. */
  verdict: "same" | "differs" | "open";
}

/** Something that belongs to one side only. It leaves `in_sync` as it is. */
export interface Warning {
  code: string;
  level: "info" | "warning";
  message: string;
  examples: string[];
}

/** The contract's `check`. */
export interface CheckReport {
  /** No difference is known that changes on their way to the graph can't explain. */
  in_sync: boolean;
  mode: "deep" | "fast";
  /** ISO 8601. */
  started_at: string;
  finished_at: string;
  entities: EntityCheck[];
  /** What a fast check has compared; null for a deep one. */
  sums: SumCheck[] | null;
  /** By entity, key, kind. */
  findings: Finding[];
  findings_total: number;
  /** True when there are more findings than were kept. */
  truncated: boolean;
  warnings: Warning[];
}

/** The last check that found both sides the same, and what PostgreSQL had seen of its transactions when it began. */
export interface CleanCheck {
  /** ISO 8601: when it began. */
  at: string;
  /** `pg_current_snapshot()` as text. */
  snapshot: string;
  /** Which server, and which of its histories: a restored one begins another. Null where this role may not know. */
  cluster: string | null;
  rows: Partial<Record<EntityName, number>>;
}

/** What earlier checks of this pair left behind. */
export interface Past {
  clean: CleanCheck | null;
  /** ISO 8601, of a finding that was open at the last check. */
  firstSeen(finding: Pick<Finding, "entity" | "ids" | "kind">): string | undefined;
}
