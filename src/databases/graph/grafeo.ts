import { setImmediate as nextTurn } from "node:timers/promises";
import grafeo, { type GrafeoDB, type QueryResult as GrafeoResult } from "@grafeo-db/js";
import { DatabaseError } from "../errors.ts";
import { Queue, Superseded } from "../queue.ts";
import type { EngineVersion, GraphDatabase, GraphParameters, PlanNode, QueryResult, ReadOptions, ResultStream, Transaction, WriteOptions } from "../types.ts";
import type { Row } from "../values.ts";
import { grafeoError } from "./grafeo-errors.ts";
import { planFromText } from "./grafeo-plan.ts";
import { fromGrafeo } from "./grafeo-values.ts";

export interface GrafeoOptions {
  /** A file or folder of Grafeo's own; null keeps the graph in memory. */
  path: string | null;
  readOnly: boolean;
  statementTimeoutMs: number;
}

/** Rows converted between two turns of the event loop: small enough that a key press never waits. */
const sliceRows = 1_000;
const conflictRetries = 6;

/** Opens Grafeo. Throws `damaged` if the path holds no usable graph. */
export function openGrafeo(options: GrafeoOptions): GraphDatabase {
  try {
    return new GrafeoDatabase(options.path === null ? grafeo.GrafeoDB.create() : grafeo.GrafeoDB.create(options.path), options);
  } catch (error) {
    const { message } = grafeoError(error);
    throw new DatabaseError("damaged", "graph", `Grafeo can't open ${options.path ?? "memory"}: ${message}`, {
      cause: error,
      hint: "if nothing in it is worth keeping, move the data folder away and start again; with --data-dir another folder is used",
    });
  }
}

class GrafeoDatabase implements GraphDatabase {
  readonly kind = "graph";
  readonly #engine: GrafeoDB;
  readonly #options: GrafeoOptions;
  /** Grafeo refuses a second writer, so writers take turns here. */
  readonly #writers = new Queue();
  /** Statements that the engine's own plan showed to read only. */
  readonly #reading = new Set<string>();
  #closed = false;

  constructor(engine: GrafeoDB, options: GrafeoOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  async version(options: ReadOptions = {}): Promise<EngineVersion> {
    await this.query("RETURN 1 AS one", {}, options);
    return { engine: "Grafeo", version: this.#engine.version() };
  }

  query(statement: string, parameters: GraphParameters = {}, options: ReadOptions = {}): Promise<QueryResult> {
    return this.read((transaction) => transaction.query(statement, parameters, options), options);
  }

  read<T>(work: (transaction: Transaction<GraphParameters>) => Promise<T>, options: ReadOptions = {}): Promise<T> {
    return this.#bounded(options, async () => {
      const transaction = this.#open().beginTransaction();
      const running: Promise<unknown>[] = [];
      try {
        return await work({
          query: async (statement, parameters = {}, inner = {}) => {
            const started = performance.now();
            const execution = this.#readStatement(transaction, statement, parameters);
            running.push(execution.catch(() => undefined));
            const result = await execution;
            return { ...(await rowsOf(result, inner.maxRows ?? null, options.signal)), ms: performance.now() - started, notices: [] };
          },
        });
      } finally {
        // Closing a transaction throws while a statement of it still runs.
        await Promise.all(running);
        transaction.rollback();
      }
    });
  }

  async write<T>(work: (transaction: Transaction<GraphParameters>) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    this.#refuseIfReadOnly();
    return this.#writers.run(() => this.#writeOnce(work, options.once === true ? 0 : conflictRetries), options.signal).catch((error: unknown) => Promise.reject(this.#error(error)));
  }

  async stream(statement: string, parameters: GraphParameters = {}, options: ReadOptions = {}): Promise<ResultStream> {
    const result = await this.#bounded(options, async () => {
      const transaction = this.#open().beginTransaction();
      try {
        return await this.#readStatement(transaction, statement, parameters);
      } finally {
        transaction.rollback();
      }
    });
    // The engine holds the whole result; converting it in slices keeps our share of memory flat.
    async function* slices(): AsyncGenerator<Row[]> {
      for (let from = 0; from < result.length; from += sliceRows) {
        if (options.signal?.aborted) throw new DatabaseError("cancelled", "graph", "cancelled");
        yield slice(result, from, Math.min(result.length, from + sliceRows));
        await nextTurn();
      }
    }
    const iterator = slices();
    return { columns: result.columns, notices: [], [Symbol.asyncIterator]: () => iterator };
  }

  async explain(statement: string, parameters: GraphParameters = {}, options: ReadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
    const { rows } = await this.query(`${options.analyze ? "PROFILE" : "EXPLAIN"} ${statement}`, parameters, options);
    return planFromText(String(rows[0]?.[0] ?? ""));
  }

  async schema(statement: string): Promise<void> {
    this.#refuseIfReadOnly();
    await this.#writers.run(async () => {
      await this.#execute(statement);
      // A uniqueness constraint makes no index here, and every write by key would scan.
      const unique = /CREATE CONSTRAINT (\w+) IF NOT EXISTS FOR \((\w+):(\w+)\) REQUIRE \2\.(\w+) IS UNIQUE/i.exec(statement);
      if (unique) await this.#execute(`CREATE INDEX ${unique[1]}_index IF NOT EXISTS FOR (n:${unique[3]}) ON (n.${unique[4]})`);
    });
  }

  async checkpoint(): Promise<void> {
    if (this.#options.path === null || this.#options.readOnly) return;
    await this.#writers.run(async () => this.#open().walCheckpoint());
  }

  bookmarks(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#writers.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      if (this.#options.path !== null && !this.#options.readOnly) this.#engine.walCheckpoint();
      this.#engine.close();
    });
  }

  /**
   * One statement that must not write. The engine has no read-only transaction for Cypher, but two things of its own
   * tell: its plan refuses schema statements (which a rollback would not undo), and it counts what a statement changed
   * (which the rollback of every read undoes).
   */
  async #readStatement(transaction: ReturnType<GrafeoDB["beginTransaction"]>, statement: string, parameters: GraphParameters): Promise<GrafeoResult> {
    try {
      if (!this.#reading.has(statement)) {
        await this.#refuseSchemaStatement(statement);
        if (this.#reading.size > 1_000) this.#reading.clear();
        this.#reading.add(statement);
      }
      const result = await transaction.executeCypher(statement, parametersOf(parameters));
      if (Object.values(result.counters).some((count) => count > 0)) {
        throw new DatabaseError("read-only", "graph", "the statement writes; reads run in a transaction that is rolled back", { hint: "nothing was changed" });
      }
      return result;
    } catch (error) {
      throw this.#error(error);
    }
  }

  async #refuseSchemaStatement(statement: string): Promise<void> {
    try {
      await this.#open().executeCypher(`EXPLAIN ${statement}`, {});
    } catch (error) {
      const message = error instanceof Error ? error.message : "";
      // SHOW INDEXES and SHOW CONSTRAINTS go the way of schema statements but change nothing.
      if (message.includes("Schema commands") && !/^\s*SHOW\b/i.test(withoutComments(statement))) {
        throw new DatabaseError("read-only", "graph", "the statement changes the schema; this connection only reads", { hint: "nothing was changed" });
      }
      // Everything else (a missing parameter, a syntax error) is told better by the statement itself.
    }
  }

  async #writeOnce<T>(work: (transaction: Transaction<GraphParameters>) => Promise<T>, retries: number): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const transaction = this.#open().beginTransaction();
      try {
        const result = await work({
          query: async (statement, parameters = {}, inner = {}) => {
            const started = performance.now();
            const answer = await transaction.executeCypher(statement, parametersOf(parameters));
            return { ...(await rowsOf(answer, inner.maxRows ?? null)), ms: performance.now() - started, notices: [] };
          },
        });
        transaction.commit();
        return result;
      } catch (error) {
        // After any error roll back: a commit after a failed statement would be accepted.
        if (transaction.isActive) transaction.rollback();
        const own = this.#error(error);
        if (!(own instanceof DatabaseError) || own.code !== "conflict" || attempt > retries) throw own;
        await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * Math.random()));
      }
    }
  }

  /** Gives up at once on a cancel or a time-out; the engine's thread finishes what it began, and the result is dropped. */
  #bounded<T>(options: ReadOptions, work: () => Promise<T>): Promise<T> {
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? this.#options.statementTimeoutMs;
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => reject(new DatabaseError("cancelled", "graph", "cancelled"));
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
      const timer = timeoutMs > 0 ? setTimeout(() => reject(new DatabaseError("timeout", "graph", `the statement took longer than ${timeoutMs / 1000} s`, { hint: "allow it more with --timeout SECONDS" })), timeoutMs) : undefined;
      work()
        .then(resolve, (error: unknown) => reject(this.#error(error)))
        .finally(() => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
        });
    });
  }

  async #execute(statement: string): Promise<void> {
    try {
      await this.#open().executeCypher(statement, {});
    } catch (error) {
      throw grafeoError(error);
    }
  }

  #open(): GrafeoDB {
    if (this.#closed) throw new DatabaseError("failed", "graph", "the database is closed");
    return this.#engine;
  }

  #refuseIfReadOnly(): void {
    if (this.#options.readOnly) throw new DatabaseError("read-only", "graph", "this connection only reads", { hint: "leave out --read-only to write" });
  }

  /** Errors of the engine become ours; those of the caller's own work pass as they are. */
  #error(error: unknown): unknown {
    if (error instanceof Superseded) return new DatabaseError("cancelled", "graph", "cancelled");
    return error instanceof Error && (/GRAFEO-/.test(error.message) || "gqlStatus" in error) ? grafeoError(error) : error;
  }
}

function parametersOf(parameters: GraphParameters): Record<string, unknown> {
  return { ...parameters };
}

function slice(result: GrafeoResult, from: number, to: number): Row[] {
  const { columns } = result;
  const rows: Row[] = [];
  for (let index = from; index < to; index += 1) {
    const record = result.get(index);
    rows.push(columns.map((column) => fromGrafeo(record[column])));
  }
  return rows;
}

async function rowsOf(result: GrafeoResult, maxRows: number | null, signal?: AbortSignal): Promise<Pick<QueryResult, "columns" | "rows" | "truncated">> {
  const total = maxRows === null ? result.length : Math.min(result.length, maxRows);
  const rows: Row[] = [];
  for (let from = 0; from < total; from += sliceRows) {
    if (from > 0) await nextTurn();
    if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "cancelled");
    for (const row of slice(result, from, Math.min(total, from + sliceRows))) rows.push(row);
  }
  return { columns: result.columns, rows, truncated: total < result.length };
}

function withoutComments(statement: string): string {
  return statement.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
}
