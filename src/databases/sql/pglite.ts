import { Worker } from "node:worker_threads";
import { DatabaseError } from "../errors.ts";
import { Queue, Superseded } from "../queue.ts";
import type { EngineVersion, PlanNode, QueryResult, ReadOptions, ResultStream, SqlDatabase, SqlParameters, Transaction, WriteOptions } from "../types.ts";
import type { Row } from "../values.ts";
import { sqlError } from "./errors.ts";
import type { Answer, Failure, Reply, Request } from "./pglite-protocol.ts";
import { planFromJson, postgresVersion } from "./postgres.ts";

export interface PgliteOptions {
  folder: string;
  timeZone: string;
  /** A dumped data directory (tar) to start a new folder from; null makes one by initdb, which takes seconds. */
  template: () => Promise<Uint8Array | null>;
  readOnly: boolean;
  statementTimeoutMs: number;
}

/** How long an abandoned read may still run before the worker is ended for it. Reopening takes 0.2–0.5 s. */
const graceMs = 250;
const batchRows = 1_000;

/** A role that may read every table and nothing else: no file on the server's side, no setting of the server. */
export const readerRole = "jeseci_reader";
const beginRead = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE ${readerRole}`;

/** Opens PGlite in a worker thread. Throws `damaged` if the folder holds no usable database. */
export async function openPglite(options: PgliteOptions): Promise<SqlDatabase> {
  const database = new PgliteDatabase(options);
  await database.open();
  return database;
}

class PgliteDatabase implements SqlDatabase {
  readonly kind = "sql";
  readonly #options: PgliteOptions;
  /** One connection: whole transactions take turns. */
  readonly #queue = new Queue();
  #worker: Worker | undefined;
  #pending: { id: number; resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  #nextId = 0;
  #closed = false;

  constructor(options: PgliteOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { folder, timeZone } = this.#options;
    const { existsSync } = await import("node:fs");
    const template = existsSync(folder) && !existsSync(`${folder}.unfinished`) ? null : await this.#options.template();
    // From source the worker is a .ts file beside this one; the bundle's chunks lie beside the built worker.
    const built = import.meta.url.endsWith(".js");
    const worker = new Worker(new URL(built ? "./pglite-worker.js" : "./pglite-worker.ts", import.meta.url), { stdout: true, stderr: true, execArgv: [] });
    worker.unref();
    worker.on("message", (reply: Reply) => this.#answered(reply));
    worker.on("error", (error) => this.#lost(error));
    worker.on("exit", () => this.#lost(new Error("the worker ended")));
    this.#worker = worker;
    try {
      await this.#ask({ kind: "open", folder, timeZone, template });
    } catch (error) {
      this.#worker = undefined;
      await worker.terminate();
      throw new DatabaseError("damaged", "sql", `PGlite can't open ${folder}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
        hint: "if nothing in it is worth keeping, move the data folder away and start again; with --data-dir another folder is used",
      });
    }
  }

  /** Runs statements of the program itself, outside any transaction. */
  adopt(statements: string): Promise<void> {
    return this.#queue.run(async () => void (await this.#statement({ kind: "execute", statements }, statements)));
  }

  async version(options: ReadOptions = {}): Promise<EngineVersion> {
    const { rows } = await this.query("SELECT current_setting('server_version')", [], options);
    return { engine: "PGlite", version: postgresVersion(rows[0]?.[0]) };
  }

  query(statement: string, parameters: SqlParameters = [], options: ReadOptions = {}): Promise<QueryResult> {
    return this.read((transaction) => transaction.query(statement, parameters, options), options);
  }

  read<T>(work: (transaction: Transaction<SqlParameters>) => Promise<T>, options: ReadOptions = {}): Promise<T> {
    return this.#exclusive(options, (broken) => this.#transaction(beginRead, "ROLLBACK", work, broken));
  }

  write<T>(work: (transaction: Transaction<SqlParameters>, opened: readonly Row[]) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    if (this.#options.readOnly) return Promise.reject(new DatabaseError("read-only", "sql", "this connection only reads", { hint: "leave out --read-only to write" }));
    // A write is never abandoned half-way: a cancel before its turn stops it, later ones are for `work` to look at.
    const { signal, opening } = options;
    const opened = async (transaction: Transaction<SqlParameters>): Promise<T> => work(transaction, opening === undefined ? [] : (await transaction.query(opening)).rows);
    return this.#queue.run(() => this.#transaction("BEGIN", "COMMIT", opened), signal).catch((error: unknown) => Promise.reject(this.#error(error)));
  }

  execute(statement: string, parameters: SqlParameters = []): Promise<QueryResult> {
    return this.write((transaction) => transaction.query(statement, parameters));
  }

  async stream(statement: string, parameters: SqlParameters = [], options: ReadOptions = {}): Promise<ResultStream> {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    // The connection stays taken until the reader leaves the loop.
    return new Promise<ResultStream>((resolve, reject) => {
      this.#exclusive(options, async (broken) => {
        await this.#statement({ kind: "execute", statements: beginRead }, beginRead);
        let first: Answer;
        let more = false;
        try {
          [first, more] = await this.#openCursor(statement, parameters);
        } catch (error) {
          await this.#end("ROLLBACK");
          throw error;
        }
        const fetch = (): Promise<Answer> => this.#statement({ kind: "query", statement: `FETCH ${batchRows} FROM jeseci_stream`, parameters: [], maxRows: null }, statement);
        async function* batches(): AsyncGenerator<Row[]> {
          try {
            if (first.rows.length > 0) yield first.rows;
            while (more) {
              broken.throwIfBroken();
              const { rows } = await fetch();
              more = rows.length === batchRows;
              if (rows.length > 0) yield rows;
            }
          } finally {
            release();
          }
        }
        const iterator = batches();
        resolve({ columns: first.columns, notices: [], [Symbol.asyncIterator]: () => iterator });
        await held;
        await this.#end("ROLLBACK");
      }).catch(reject);
    });
  }

  async explain(statement: string, parameters: SqlParameters = [], options: ReadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
    const { rows } = await this.query(`EXPLAIN (FORMAT JSON${options.analyze ? ", ANALYZE" : ""}) ${statement}`, parameters, options);
    return planFromJson(rows[0]?.[0] ?? null);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue.run(async () => {
      if (this.#worker === undefined) return;
      await this.#ask({ kind: "close" }).catch(() => undefined);
      const worker = this.#worker;
      this.#worker = undefined;
      await worker?.terminate();
    });
  }

  /** The first rows of a statement, through a cursor where it has one: SHOW and EXPLAIN have none and are short. */
  async #openCursor(statement: string, parameters: SqlParameters): Promise<[Answer, boolean]> {
    try {
      await this.#statement({ kind: "query", statement: "SAVEPOINT before_cursor", parameters: [], maxRows: null }, statement);
      await this.#statement({ kind: "query", statement: `DECLARE jeseci_stream NO SCROLL CURSOR FOR ${statement}`, parameters, maxRows: null }, statement);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== "syntax") throw error;
      await this.#end("ROLLBACK TO before_cursor");
      return [await this.#statement({ kind: "query", statement, parameters, maxRows: null }, statement), false];
    }
    const first = await this.#statement({ kind: "query", statement: `FETCH ${batchRows} FROM jeseci_stream`, parameters: [], maxRows: null }, statement);
    return [first, first.rows.length === batchRows];
  }

  async #transaction<T>(begin: string, end: "COMMIT" | "ROLLBACK", work: (transaction: Transaction<SqlParameters>) => Promise<T>, broken?: Broken): Promise<T> {
    await this.#statement({ kind: "execute", statements: begin }, begin);
    try {
      const result = await work({
        query: async (statement, parameters = [], options = {}) => {
          broken?.throwIfBroken();
          const started = performance.now();
          const answer = await this.#statement({ kind: "query", statement, parameters, maxRows: options.maxRows ?? null }, statement);
          return { ...answer, ms: performance.now() - started };
        },
      });
      await this.#statement({ kind: "execute", statements: end }, end);
      return result;
    } catch (error) {
      if (!broken?.restarted) await this.#end("ROLLBACK");
      throw error;
    }
  }

  async #end(statements: string): Promise<void> {
    await this.#ask({ kind: "execute", statements }).catch(() => undefined);
  }

  /**
   * Takes the connection for a read. On a cancel or a time-out the caller hears at once; the statement itself can't be
   * stopped, so if it still runs after a grace period the worker is ended and opened again. A read that was merely
   * superseded by a newer one (`signal.reason` is "superseded") is left to finish, since that is quicker.
   */
  #exclusive<T>(options: ReadOptions, work: (broken: Broken) => Promise<T>): Promise<T> {
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? this.#options.statementTimeoutMs;
    return new Promise<T>((resolve, reject) => {
      const broken = new Broken();
      let timer: NodeJS.Timeout | undefined;
      let finished: Promise<unknown> = Promise.resolve();
      const abandon = (error: DatabaseError, graceful: boolean): void => {
        broken.error ??= error;
        reject(error);
        if (!graceful) broken.restart = this.#restartUnless(finished, broken);
      };
      const abort = (): void => abandon(new DatabaseError("cancelled", "sql", "cancelled"), signal?.reason === "superseded");
      const run = async (): Promise<T> => {
        if (timeoutMs > 0) {
          const seconds = timeoutMs / 1000;
          timer = setTimeout(() => abandon(new DatabaseError("timeout", "sql", `the statement took longer than ${seconds} s`, { hint: "allow it more with --timeout SECONDS" }), false), timeoutMs);
        }
        const working = work(broken);
        finished = working.catch(() => undefined);
        try {
          return await working;
        } finally {
          clearTimeout(timer);
          await broken.restart;
        }
      };
      if (signal?.aborted) return reject(new DatabaseError("cancelled", "sql", "cancelled"));
      signal?.addEventListener("abort", abort, { once: true });
      this.#queue
        .run(run, signal)
        .then(resolve, (error: unknown) => reject(broken.error ?? this.#error(error)))
        .finally(() => signal?.removeEventListener("abort", abort));
    });
  }

  async #restartUnless(finished: Promise<unknown>, broken: Broken): Promise<void> {
    const inTime = await Promise.race([finished.then(() => true), new Promise<false>((resolve) => setTimeout(() => resolve(false), graceMs))]);
    if (inTime || this.#worker === undefined) return;
    broken.restarted = true;
    const worker = this.#worker;
    this.#worker = undefined;
    worker.removeAllListeners();
    const pending = this.#pending;
    this.#pending = undefined;
    await worker.terminate();
    try {
      await this.open();
    } finally {
      pending?.reject(new DatabaseError("cancelled", "sql", "cancelled"));
    }
  }

  async #statement(request: Request, statement: string): Promise<Answer> {
    try {
      return await this.#ask(request);
    } catch (error) {
      throw error instanceof WorkerFailure ? sqlError(error.failure, statement, error) : error;
    }
  }

  #ask(request: Request): Promise<Answer> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.reject(new DatabaseError("failed", "sql", "the database is closed"));
    const id = (this.#nextId += 1);
    return new Promise<Answer>((resolve, reject) => {
      // Only while something is asked does the worker keep the process alive.
      worker.ref();
      const done = (): void => void (this.#pending === undefined && worker.unref());
      this.#pending = { id, resolve: (answer) => (done(), resolve(answer)), reject: (error) => (done(), reject(error)) };
      worker.postMessage({ id, request });
    });
  }

  #answered(reply: Reply): void {
    const pending = this.#pending;
    if (pending === undefined || pending.id !== reply.id) return;
    this.#pending = undefined;
    if ("failure" in reply) pending.reject(new WorkerFailure(reply.failure));
    else pending.resolve(reply.answer);
  }

  #lost(error: Error): void {
    this.#worker = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(new DatabaseError("failed", "sql", `PGlite stopped: ${error.message}`, { cause: error, hint: "start the program again" }));
  }

  #error(error: unknown): unknown {
    return error instanceof Superseded ? new DatabaseError("cancelled", "sql", "cancelled") : error;
  }
}

/** What became of a read while it ran. */
class Broken {
  error: DatabaseError | undefined;
  restart: Promise<void> | undefined;
  restarted = false;

  throwIfBroken(): void {
    if (this.error !== undefined) throw this.error;
  }
}

class WorkerFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
