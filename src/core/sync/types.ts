import type { EntityName } from "../projection/types.ts";

export interface SyncEntity {
  entity: EntityName;
  /** Rows in PostgreSQL that were looked at. */
  rows: number;
  upserted: number;
  deleted: number;
  unchanged: number;
}

export interface Refusal {
  entity: EntityName;
  reason: "delete_cap" | "sql_empty" | "graph_owned_relationships";
  count: number;
  message: string;
  /** Some of the keys. */
  examples: string[];
}
