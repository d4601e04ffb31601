import type { Row, Value } from "../values.ts";

/** What the adapter asks of the worker that PGlite lives in. One request is answered before the next is sent. */
export type Request =
  | { kind: "open"; folder: string; timeZone: string; template: Uint8Array | null }
  /** Statements without parameters and without a result, such as BEGIN. */
  | { kind: "execute"; statements: string }
  | { kind: "query"; statement: string; parameters: readonly Value[]; maxRows: number | null }
  | { kind: "close" };

export interface Failure {
  message: string;
  sqlState?: string;
  position?: number;
  detail?: string;
  hint?: string;
}

export interface Answer {
  columns: string[];
  rows: Row[];
  truncated: boolean;
  notices: string[];
}

export type Reply = { id: number; answer: Answer } | { id: number; failure: Failure };
