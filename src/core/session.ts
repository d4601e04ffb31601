import type { Databases } from "../databases/types.ts";
import type { Catalogue } from "./catalogue/types.ts";

/** What every core function works with. */
export interface Session {
  readonly databases: Databases;
  readonly catalogue: Catalogue;
  /** IANA name of the zone in which days begin and end. */
  readonly timeZone: string;
}

/** What every load takes. */
export interface LoadOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Where one database can't be reached, give what the other one knows, and say so in `missing`. */
  partial?: boolean;
}

/** One statement that was run, for `trace` in JSON and the statements overlay. */
export interface TraceEntry {
  database: "sql" | "graph";
  /** The id of the query file, such as `sql/dashboard-stats`; null for an ad-hoc statement. */
  query: string | null;
  /** The statement as sent. */
  statement: string;
  /** Bound values by name; for ad-hoc statements empty. */
  parameters: Record<string, unknown>;
  rows: number;
  ms: number;
}

export type Trace = TraceEntry[];
