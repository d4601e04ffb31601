import type { Value } from "../../databases/values.ts";
import type { EntityName } from "../projection/types.ts";

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
}

/** Counts of one entity. With `--fast` nothing is known of single rows: null. */
export interface EntityCheck {
  entity: EntityName;
  sql_rows: number;
  graph_rows: number;
  missing_in_graph: number | null;
  missing_in_sql: number | null;
  differing: number | null;
  in_flight: number | null;
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
  in_sync: boolean;
  mode: "deep" | "fast";
  /** ISO 8601. */
  started_at: string;
  finished_at: string;
  entities: EntityCheck[];
  /** By entity, key, kind. */
  findings: Finding[];
  findings_total: number;
  /** True when there are more findings than were kept. */
  truncated: boolean;
  warnings: Warning[];
}
