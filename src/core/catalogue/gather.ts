import { isUnreachable, type DatabaseError } from "../../databases/errors.ts";
import type { Value } from "../../databases/values.ts";
import type { LoadOptions, Session, Trace, TraceEntry } from "../session.ts";
import { requireQuery, runQuery, type QueryRun } from "./run.ts";

/** What a side that can't be asked would have told, by side. Empty when both answered. */
export type Missing = { sql?: DatabaseError; graph?: DatabaseError };

/**
 * The statements of one load, run side by side. With `partial`, a side that can't be reached answers with no rows and is
 * noted in `missing`, so that a screen can show what the living side knows; without, and if no side lives, it throws.
 */
export class Gathering {
  readonly trace: Trace = [];
  readonly missing: Missing = {};
  readonly #session: Session;
  readonly #options: LoadOptions;
  #answered = 0;

  constructor(session: Session, options: LoadOptions) {
    this.#session = session;
    this.#options = options;
  }

  async run(id: string, values: Readonly<Record<string, Value>> = {}): Promise<QueryRun> {
    // Its place in the trace is that of the call: which of several ends first is chance.
    const entry = {} as TraceEntry;
    this.trace.push(entry);
    const own: Trace = [];
    try {
      const run = await runQuery(this.#session, id, values, { ...this.#options, trace: own });
      Object.assign(entry, own[0]);
      this.#answered += 1;
      return run;
    } catch (error) {
      this.trace.splice(this.trace.indexOf(entry), 1);
      if (this.#options.partial !== true || !isUnreachable(error)) throw error;
      this.missing[error.database] ??= error;
      return { query: requireQuery(this.#session, id), parameters: { ...values }, columns: [], rows: [], truncated: false, ms: 0, notices: [] };
    }
  }

  /** Waits for all of them. Throws the first fault if nothing at all was answered. */
  async all<T extends readonly unknown[]>(runs: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
    const results = (await Promise.all(runs)) as unknown as T;
    const fault = this.missing.sql ?? this.missing.graph;
    if (this.#answered === 0 && fault !== undefined) throw fault;
    return results;
  }
}
