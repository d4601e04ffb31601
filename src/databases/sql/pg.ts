import type { EventEmitter } from "node:events";
import pg, { type ClientBase, type PoolClient, type QueryArrayResult } from "pg";
import Cursor from "pg-cursor";
import { DatabaseError } from "../errors.ts";
import type { EngineVersion, PlanNode, QueryResult, ReadOptions, ResultStream, SqlDatabase, SqlParameters, Transaction, WriteOptions } from "../types.ts";
import type { Row } from "../values.ts";
import { sqlError } from "./errors.ts";
import { KeptPlans } from "./kept-plans.ts";
import { pgAddress, type PgAddress } from "./pg-connection.ts";
import { planFromJson, postgresVersion } from "./postgres.ts";
import { parserOf } from "./values.ts";

export interface PgOptions {
  /** `postgresql://…`; what it leaves out comes from the `PG*` variables. */
  databaseUrl?: string;
  environment: Readonly<Record<string, string | undefined>>;
  timeZone: string;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  readOnly: boolean;
}

const readOnly = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/** Advisory locks of a session outlive its transactions; the connection goes back to the pool without them. */
const endOfRead = "ROLLBACK; SELECT pg_advisory_unlock_all()";
/** A server without TLS, or one whose rules want the other kind of connection. */
const encryptionRefused = /does not support SSL|no pg_hba\.conf entry/i;
/** How much longer than the server's own limit an answer may take, until the wire counts as lost. */
const graceMs = 5_000;
/** The same for what begins and ends a transaction without a limit. */
const longestWaitMs = 60_000;
/**
 * After so long without a word the network is asked whether the server is still there: a check that waits for rows of a host
 * that is gone would wait for good.
 */
const keepAliveMs = 10_000;
const batchRows = 1_000;
const types = { getTypeParser: (oid: number) => parserOf(oid) as (text: string) => unknown };

/** A pool to a PostgreSQL server. It connects on first use. Throws `bad-address` for an address that can't be one. */
export function openPg(options: PgOptions): SqlDatabase {
  return new ServerDatabase(pgAddress(options.databaseUrl, options.environment), options);
}

class ServerDatabase implements SqlDatabase {
  readonly kind = "sql";
  readonly #address: PgAddress;
  readonly #options: PgOptions;
  #pool: pg.Pool;
  readonly #plans = new KeptPlans();
  #closed = false;

  constructor(address: PgAddress, options: PgOptions) {
    this.#address = address;
    this.#options = options;
    this.#pool = this.#createPool();
  }

  async version(options: ReadOptions = {}): Promise<EngineVersion> {
    const { rows } = await this.query("SELECT current_setting('server_version')", [], options);
    return { engine: "PostgreSQL", version: postgresVersion(rows[0]?.[0]) };
  }

  query(statement: string, parameters: SqlParameters = [], options: ReadOptions = {}): Promise<QueryResult> {
    return this.read((transaction) => transaction.query(statement, parameters, options), options);
  }

  read<T>(work: (transaction: Transaction<SqlParameters>) => Promise<T>, options: ReadOptions = {}): Promise<T> {
    return this.#transaction(readOnly, endOfRead, work, options);
  }

  async write<T>(work: (transaction: Transaction<SqlParameters>, opened: readonly Row[]) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    this.#requireWrite();
    return this.#transaction("BEGIN", "COMMIT", work, options);
  }

  async execute(statement: string, parameters: SqlParameters = []): Promise<QueryResult> {
    this.#requireWrite();
    const client = await this.#connect();
    let broken = false;
    try {
      return await this.#statement(client, statement, parameters, {}, undefined, (this.#options.statementTimeoutMs || longestWaitMs) + graceMs);
    } catch (error) {
      broken = error instanceof DatabaseError && error.code === "cannot-connect";
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async stream(statement: string, parameters: SqlParameters = [], options: ReadOptions = {}): Promise<ResultStream> {
    const client = await this.#connect(options.signal);
    const stop = this.#cancelOn(client, options.signal);
    const timeoutMs = options.timeoutMs ?? this.#options.statementTimeoutMs;
    // The server ends what takes too long; should nothing at all be heard of it, nobody waits for good.
    const heard = <T>(answer: Promise<T>): Promise<T> => inTime(answer, timeoutMs > 0 ? timeoutMs + graceMs : undefined);
    let broken = false;
    let ended: Promise<void> | undefined;
    const notices: string[] = [];
    const listen = noteTo(notices);
    client.on("notice", listen);
    // Once: the connection may be somebody else's by the time that the second one would come.
    const end = (): Promise<void> => (ended ??= letGo());
    const letGo = async (): Promise<void> => {
      stop();
      client.off("notice", listen);
      if (!broken) await client.query(within(graceMs, endOfRead)).catch(() => (broken = true));
      client.release(broken);
    };
    const fail = async (error: unknown): Promise<never> => {
      const own = this.#error(error, statement, options.signal);
      broken ||= own.code === "cannot-connect";
      await end();
      throw own;
    };
    try {
      await heard(client.query(this.#begin(readOnly, options)));
      const cursor = client.query(new Cursor<Row>(statement, parameters.map(parameterOf), { rowMode: "array", types }));
      if (options.adHoc) await heard(requireColumns(client, cursor));
      // The names of the columns arrive with the first rows.
      const [first, columns] = await heard(readCursor(cursor, batchRows));
      async function* batches(): AsyncGenerator<Row[]> {
        let failed = false;
        try {
          for (let rows = first; rows.length > 0; rows = await heard(cursor.read(batchRows))) yield rows;
        } catch (error) {
          failed = true;
          await fail(error);
        } finally {
          // A cursor that has failed is closed already, and would wait for an answer that nobody gives.
          if (!failed && !broken) await heard(cursor.close()).catch(() => (broken = true));
          await end();
        }
      }
      const iterator = batches();
      return { columns, notices, [Symbol.asyncIterator]: () => iterator };
    } catch (error) {
      return fail(error);
    }
  }

  async explain(statement: string, parameters: SqlParameters = [], options: ReadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
    const { rows } = await this.query(`EXPLAIN (FORMAT JSON${options.analyze ? ", ANALYZE" : ""}) ${statement}`, parameters, options);
    return planFromJson(rows[0]?.[0] ?? null);
  }

  async adopt(script: string): Promise<void> {
    const client = await this.#connect();
    try {
      await client.query(script);
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw this.#error(error, script);
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  async #transaction<T>(begin: string, end: "COMMIT" | typeof endOfRead, work: (transaction: Transaction<SqlParameters>, opened: readonly Row[]) => Promise<T>, options: WriteOptions): Promise<T> {
    const { signal } = options;
    const client = await this.#connect(signal);
    const timeoutMs = options.timeoutMs ?? this.#options.statementTimeoutMs;
    const patienceMs = timeoutMs > 0 ? timeoutMs + graceMs : longestWaitMs;
    let abandon: (error: DatabaseError) => void = () => undefined;
    const abandoned = new Promise<never>((_resolve, reject) => (abandon = reject));
    abandoned.catch(() => undefined);
    // A write is not left half-way by a cancel: its statement ends with an error, and everything is rolled back.
    const stop = this.#cancelOn(client, signal, end === endOfRead ? abandon : undefined);
    let working = false;
    const run = async (): Promise<T> => {
      const finish = async (statement: string): Promise<void> => {
        stop();
        await client.query(within(patienceMs, statement)).then(
          () => client.release(),
          () => client.release(true),
        );
      };
      try {
        const opened: unknown = await client.query({ ...within(patienceMs, this.#begin(begin, options)), rowMode: "array", types });
        working = true;
        const transaction: Transaction<SqlParameters> = { query: (statement, parameters = [], inner = {}) => this.#statement(client, statement, parameters, inner, signal, timeoutMs > 0 ? patienceMs : undefined) };
        // Of several statements in one text there are as many results.
        const result = await work(transaction, options.opening === undefined ? [] : ((opened as QueryArrayResult<Row>[]).at(-1)?.rows ?? []));
        working = false;
        if (end === "COMMIT") {
          await client.query(within(patienceMs, end));
          stop();
          client.release();
        } else void finish(end); // nobody has to wait for the end of a read
        return result;
      } catch (error) {
        // What the caller's own work threw goes on as it is; its statements' errors are ours already.
        const own = working ? error : this.#error(error, undefined, signal);
        if (own instanceof DatabaseError && own.database === "sql" && own.code === "cannot-connect") {
          // Nothing can be said on it any more; the server rolls back when it sees it gone.
          stop();
          client.release(true);
          throw own;
        }
        const finished = finish(end === "COMMIT" ? "ROLLBACK" : end);
        if (end === "COMMIT") await finished;
        throw own;
      }
    };
    const running = run();
    running.catch(() => undefined);
    return Promise.race([running, abandoned]);
  }

  async #statement(client: ClientBase, statement: string, parameters: SqlParameters, { maxRows, adHoc, keepPlan }: ReadOptions, signal: AbortSignal | undefined, patienceMs: number | undefined): Promise<QueryResult> {
    const started = performance.now();
    const notices: string[] = [];
    const listen = noteTo(notices);
    let name: string | undefined;
    client.on("notice", listen);
    try {
      // The extended protocol: several statements in one text are refused by the server itself.
      const query = { text: statement, values: parameters.map(parameterOf), rowMode: "array" as const, types, queryMode: "extended", ...(patienceMs === undefined ? {} : { query_timeout: patienceMs }) };
      if (maxRows !== undefined || adHoc) {
        const cursor = client.query(new Cursor<Row>(statement, query.values, { rowMode: "array", types }));
        if (adHoc) await inTime(requireColumns(client, cursor), patienceMs);
        // A limit of 0 is none.
        const [rows, columns] = await inTime(readCursor(cursor, maxRows === undefined ? 0 : maxRows + 1), patienceMs);
        await inTime(cursor.close(), patienceMs);
        const truncated = maxRows !== undefined && rows.length > maxRows;
        return { columns, rows: truncated ? rows.slice(0, maxRows) : rows, truncated, ms: performance.now() - started, notices };
      }
      name = keepPlan === true ? await this.#plans.nameOn(client, statement, patienceMs ?? longestWaitMs) : undefined;
      const result = await client.query<Row>(name === undefined ? query : { ...query, name });
      return { columns: result.fields.map(({ name }) => name), rows: result.rows, truncated: false, ms: performance.now() - started, notices };
    } catch (error) {
      throw (name === undefined ? undefined : this.#plans.outlived(error)) ?? this.#error(error, statement, signal);
    } finally {
      client.off("notice", listen);
    }
  }

  #requireWrite(): void {
    if (this.#options.readOnly) throw new DatabaseError("read-only", "sql", "this connection only reads", { hint: "leave out --read-only to write" });
  }

  #begin(begin: string, options: WriteOptions): string {
    const timeout = Math.round(options.timeoutMs ?? this.#options.statementTimeoutMs);
    const lock = options.lockTimeoutMs === undefined ? "" : `; SET LOCAL lock_timeout = ${Math.round(options.lockTimeoutMs)}`;
    return `${begin}; SET LOCAL statement_timeout = ${timeout}${lock}; SET LOCAL TimeZone = '${this.#options.timeZone.replaceAll("'", "''")}'${options.opening === undefined ? "" : `; ${options.opening}`}`;
  }

  async #connect(signal?: AbortSignal): Promise<PoolClient> {
    if (this.#closed) throw new DatabaseError("failed", "sql", "the connection is closed");
    if (signal?.aborted) throw new DatabaseError("cancelled", "sql", "cancelled");
    const pool = this.#pool;
    try {
      return await connected(pool, signal);
    } catch (error) {
      // Of several that find out at once, the first changes the pool.
      const { otherwise, config } = this.#address;
      if (otherwise !== undefined && encryptionRefused.test((error as Error).message)) {
        if (this.#pool === pool && config.ssl !== otherwise) {
          config.ssl = otherwise;
          this.#pool = this.#createPool();
          void pool.end();
        }
        if (this.#pool !== pool) return this.#connect(signal);
      }
      throw this.#error(error);
    }
  }

  #createPool(): pg.Pool {
    const pool = new pg.Pool({ ...this.#address.config, application_name: "jeseci", keepAlive: true, keepAliveInitialDelayMillis: keepAliveMs, max: 10, connectionTimeoutMillis: this.#options.connectTimeoutMs, idleTimeoutMillis: 30_000, allowExitOnIdle: true });
    // A connection that dies is replaced at the next use, and what ran on it is told by its own promise; without
    // listeners it would end the process, be it idle or not.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  }

  /** On abort: the caller hears at once, and the server is asked over a second connection to end the statement. */
  #cancelOn(client: ClientBase, signal: AbortSignal | undefined, abandon?: (error: DatabaseError) => void): () => void {
    if (signal === undefined) return () => undefined;
    const cancel = (): void => {
      abandon?.(new DatabaseError("cancelled", "sql", "cancelled"));
      void this.#cancelBackend((client as { processID?: number }).processID);
    };
    signal.addEventListener("abort", cancel, { once: true });
    return () => signal.removeEventListener("abort", cancel);
  }

  async #cancelBackend(pid: number | undefined): Promise<void> {
    if (pid === undefined) return;
    const second = new pg.Client({ ...this.#address.config, application_name: "jeseci", connectionTimeoutMillis: this.#options.connectTimeoutMs });
    second.on("error", () => undefined);
    try {
      await second.connect();
      await second.query("SELECT pg_cancel_backend($1)", [pid]);
    } catch {
      // Nothing is lost: the statement's own time limit ends it.
    } finally {
      await second.end().catch(() => undefined);
    }
  }

  #error(error: unknown, statement?: string, signal?: AbortSignal): DatabaseError {
    if (error instanceof DatabaseError) return error;
    const told = error as Error & { code?: string; position?: string; detail?: string; hint?: string };
    const words = told.message === "Query read timeout" ? "the server did not answer in time" : told.message || String(told.code);
    const message = this.#address.secrets.reduce((text, secret) => text.replaceAll(secret, "•••"), words);
    if (signal?.aborted) return new DatabaseError("cancelled", "sql", "cancelled", { cause: error });
    // The codes of the operating system can look like a SQLSTATE: EPIPE has five capitals too.
    const sqlState = error instanceof pg.DatabaseError ? told.code : undefined;
    if (sqlState === undefined) {
      return new DatabaseError("cannot-connect", "sql", message, { cause: error, hint: "check that PostgreSQL runs and that DATABASE_URL names it: `jeseci config` shows where the address came from" });
    }
    return sqlError(
      {
        message,
        sqlState,
        ...(told.position === undefined ? {} : { position: Number(told.position) }),
        ...(told.detail === undefined ? {} : { detail: told.detail }),
        ...(told.hint === undefined ? {} : { hint: told.hint }),
      },
      statement,
      error,
    );
  }
}

/** A statement that fails when no answer has come after so long: a server behind a silent wire enforces no limit. */
function within(patienceMs: number, text: string): { text: string; query_timeout: number } {
  return { text, query_timeout: patienceMs };
}

/** A connection, unless the signal aborts before there is one: then the pool gets it back once it comes. */
async function connected(pool: pg.Pool, signal: AbortSignal | undefined): Promise<PoolClient> {
  const connecting = pool.connect();
  if (signal === undefined) return connecting;
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    cancel = (): void => reject(new DatabaseError("cancelled", "sql", "cancelled"));
  });
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([connecting, cancelled]);
  } catch (error) {
    void connecting.then((client) => client.release(), () => undefined);
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** Waits no longer than that for an answer, if there is a limit. Throws `DatabaseError` (`cannot-connect`). */
async function inTime<T>(answer: Promise<T>, ms: number | undefined): Promise<T> {
  if (ms === undefined) return answer;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DatabaseError("cannot-connect", "sql", `nothing was heard of PostgreSQL for ${ms / 1_000} s`)), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function noteTo(notices: string[]): (notice: { message?: string | undefined }) => void {
  return ({ message = "" }) => void notices.push(message);
}

/** The next rows, with the names of the columns. */
function readCursor(cursor: Cursor<Row>, rows: number): Promise<[Row[], string[]]> {
  return new Promise((resolve, reject) => {
    cursor.read(rows, (error: Error | undefined, found: Row[], result: { fields: { name: string }[] }) => (error ? reject(error) : resolve([found, result.fields.map(({ name }) => name)])));
  });
}

/** Waits for the server's description of the statement, which has run nothing yet. Throws `read-only` if it gives no columns. */
async function requireColumns(client: ClientBase, cursor: Cursor<Row>): Promise<void> {
  const { connection } = client as unknown as { connection: EventEmitter };
  const described = await new Promise<boolean>((resolve, reject) => {
    const settle = (act: () => void) => (): void => {
      for (const [event, listener] of listeners) connection.off(event, listener);
      cursor.off("error", fail);
      act();
    };
    const fail = (error: Error): void => settle(() => reject(error))();
    const listeners = [["rowDescription", settle(() => resolve(true))], ["noData", settle(() => resolve(false))], ["end", settle(() => reject(new Error("Connection terminated unexpectedly")))]] as const;
    for (const [event, listener] of listeners) connection.on(event, listener);
    cursor.on("error", fail);
  });
  if (described) return;
  await cursor.close();
  throw new DatabaseError("read-only", "sql", "a statement of your own must give columns; this one gives none", { hint: "SELECT, SHOW, EXPLAIN and VALUES do; COPY, DO and SET are refused, since they can reach beyond a read" });
}

/** `pg` would send an object as JSON but a list as an array; everything else goes as it is. */
function parameterOf(value: SqlParameters[number]): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
