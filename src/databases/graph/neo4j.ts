import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import neo4j, { type BookmarkManager, type Driver, type Plan, type ProfiledPlan, type Record as DriverRecord, type Result, type ResultSummary, type Session, type Transaction as NeoTransaction } from "neo4j-driver";
import { DatabaseError } from "../errors.ts";
import type { EngineVersion, GraphDatabase, GraphParameters, PlanNode, QueryResult, ReadOptions, ResultStream, Transaction, WriteOptions } from "../types.ts";
import type { Row } from "../values.ts";
import { BatchQueue } from "../batch-queue.ts";
import { graphError, isOutOfMemory } from "./neo4j-errors.ts";
import { fromNeo4j, toNeo4j } from "./neo4j-values.ts";

export interface Neo4jOptions {
  /** `bolt://`, `neo4j://`, with `+s` or `+ssc`. */
  uri: string;
  username: string;
  password: string;
  /** The server's default database if absent. */
  database?: string;
  /** PEM file of an own certificate authority; goes with a plain scheme. */
  certificateAuthority?: string;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  /** Refuses `write`. */
  readOnly?: boolean;
}

const streamFetchSize = 10_000;
const batchRows = 1_000;
const singleServerRetryMs = 1_000;
/** How much longer than the transaction's own limit the answer to COMMIT may take, until the wire counts as lost. */
const graceMs = 5_000;
/** The same for a transaction without a limit. */
const longestWaitMs = 60_000;

type Runner = { run(statement: string, parameters?: Record<string, unknown>): Result };

/** Opens a driver; connects on first use. The password never leaves this closure but to the driver. */
export async function openNeo4j(options: Neo4jOptions): Promise<GraphDatabase> {
  const encrypted = options.certificateAuthority === undefined ? {} : { encrypted: "ENCRYPTION_ON" as const, trust: "TRUST_CUSTOM_CA_SIGNED_CERTIFICATES" as const, trustedCertificates: [options.certificateAuthority] };
  if (options.certificateAuthority !== undefined) await readFile(options.certificateAuthority).catch((error: unknown) => Promise.reject(new DatabaseError("bad-address", "graph", `can't read the certificate authority ${options.certificateAuthority}: ${(error as Error).message}`)));
  const create = (uri: string): Driver =>
    neo4j.driver(uri, neo4j.auth.basic(options.username, options.password), {
      userAgent: "jeseci",
      telemetryDisabled: true,
      connectionTimeout: options.connectTimeoutMs,
      connectionAcquisitionTimeout: options.connectTimeoutMs,
      // In a cluster reads are repeated while it chooses a leader; a single server that is gone is told at once.
      maxTransactionRetryTime: uri.startsWith("neo4j") ? options.connectTimeoutMs : Math.min(options.connectTimeoutMs, singleServerRetryMs),
      maxConnectionPoolSize: 20,
      ...encrypted,
    });
  let driver: Driver;
  try {
    driver = create(options.uri);
  } catch (error) {
    throw new DatabaseError("bad-address", "graph", graphError(error, [options.password]).message, { cause: error, hint: "NEO4J_URI must be bolt:// or neo4j://, with +s or +ssc for TLS; NEO4J_CA_FILE goes with the plain ones" });
  }
  return new Neo4jDatabase(driver, options, () => create(options.uri.replace(/^neo4j/, "bolt")));
}

class Neo4jDatabase implements GraphDatabase {
  readonly kind = "graph";
  readonly #driver: Driver;
  readonly #options: Neo4jOptions;
  /** Carries what a write wrote to every later read, also across the members of a cluster. */
  readonly #bookmarks: BookmarkManager = neo4j.bookmarkManager();
  /** A driver of its own to the one server that the address names, without routing. */
  readonly #createDirect: () => Driver;
  /** Whether the server has answered since the last time that it didn't. */
  #reached = false;
  #closed = false;

  constructor(driver: Driver, options: Neo4jOptions, createDirect: () => Driver) {
    this.#driver = driver;
    this.#options = options;
    this.#createDirect = createDirect;
  }

  async version(options: ReadOptions = {}): Promise<EngineVersion> {
    const { rows } = await this.query("CALL dbms.components() YIELD name, versions RETURN versions[0] AS version", {}, options);
    return { engine: "Neo4j", version: String(rows[0]?.[0] ?? "unknown") };
  }

  query(statement: string, parameters: GraphParameters = {}, options: ReadOptions = {}): Promise<QueryResult> {
    return this.read((transaction) => transaction.query(statement, parameters, options), options);
  }

  read<T>(work: (transaction: Transaction<GraphParameters>) => Promise<T>, options: ReadOptions = {}): Promise<T> {
    return this.#transact("READ", work, options);
  }

  async write<T>(work: (transaction: Transaction<GraphParameters>) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    if (this.#options.readOnly) throw new DatabaseError("read-only", "graph", "this connection only reads");
    return this.#transact("WRITE", work, options);
  }

  async stream(statement: string, parameters: GraphParameters = {}, options: ReadOptions = {}): Promise<ResultStream> {
    const session = this.#session("READ", streamFetchSize);
    const id = randomUUID();
    const queue = new BatchQueue<Row>(batchRows, 8);
    const notices: string[] = [];
    const stop = this.#cancelOn(options.signal, id, (error) => queue.fail(error));
    const end = async (): Promise<void> => {
      stop();
      await session.close().catch(() => undefined);
    };
    try {
      await this.#reach();
      const transaction = session.beginTransaction(this.#settings(id, options));
      const result = (await transaction).run(statement, parametersOf(parameters));
      const columns = await result.keys();
      subscribe(result, queue, notices, (error) => this.#error(error, options.signal));
      return { columns, notices, [Symbol.asyncIterator]: () => queue.iterate(end) };
    } catch (error) {
      await end();
      throw this.#error(error, options.signal);
    }
  }

  async explain(statement: string, parameters: GraphParameters = {}, options: ReadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
    const session = this.#session("READ");
    try {
      await this.#reach();
      const result = await session.executeRead((transaction) => transaction.run(`${options.analyze ? "PROFILE" : "EXPLAIN"} ${statement}`, parametersOf(parameters)), this.#settings(randomUUID(), options));
      const { plan, profile } = result.summary;
      return profile ? planOf(profile) : plan ? planOf(plan) : null;
    } catch (error) {
      throw this.#error(error, options.signal);
    } finally {
      await session.close();
    }
  }

  async schema(statement: string): Promise<void> {
    if (this.#options.readOnly) throw new DatabaseError("read-only", "graph", "this connection only reads");
    const session = this.#session("WRITE");
    try {
      await session.run(statement);
    } catch (error) {
      throw this.#error(error);
    } finally {
      await session.close();
    }
  }

  /** Neo4j syncs every commit by itself. */
  checkpoint(): Promise<void> {
    return Promise.resolve();
  }

  async bookmarks(): Promise<readonly string[]> {
    return this.#routed ? [...(await this.#bookmarks.getBookmarks())] : [];
  }

  /** One server alone has written all that it ever acknowledged; after a restore it would wait for what is no more. */
  get #routed(): boolean {
    return this.#options.uri.startsWith("neo4j");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#driver.close();
  }

  async #transact<T>(mode: "READ" | "WRITE", work: (transaction: Transaction<GraphParameters>) => Promise<T>, options: ReadOptions): Promise<T> {
    if (options.signal?.aborted) throw new DatabaseError("cancelled", "graph", "cancelled");
    const session = this.#session(mode, undefined, options.after);
    const id = randomUUID();
    let abandon: (error: DatabaseError) => void = () => undefined;
    const abandoned = new Promise<never>((_resolve, reject) => (abandon = reject));
    const stop = this.#cancelOn(options.signal, id, abandon);
    const settings = this.#settings(id, options);
    try {
      const run = async (): Promise<T> => {
        await this.#reach();
        return mode === "READ" ? session.executeRead((transaction) => work(new Neo4jTransaction(transaction)), settings) : this.#writeOnce(session, settings, work);
      };
      const running = run();
      running.catch(() => undefined);
      return await Promise.race([running, abandoned]);
    } catch (error) {
      // What the caller's own work threw goes on as it is.
      throw error instanceof Error && !(error instanceof neo4j.Neo4jError) && !options.signal?.aborted ? error : this.#error(error, options.signal);
    } finally {
      stop();
      // Nobody has to wait for the end of a read; after a cancel the server may even be busy ending the statement.
      const closing = session.close().catch(() => undefined);
      if (mode === "WRITE" && !options.signal?.aborted) await closing;
    }
  }

  /** Never `executeWrite`: it repeats after a lost COMMIT answer, and so may apply a change twice. */
  async #writeOnce<T>(session: Session, settings: TransactionSettings, work: (transaction: Transaction<GraphParameters>) => Promise<T>): Promise<T> {
    // BEGIN goes out with the first statement, and its error comes as that one's.
    const transaction = session.beginTransaction(settings);
    try {
      const result = await work(new Neo4jTransaction(transaction, (error) => this.#error(error)));
      await this.#commit(transaction, settings.timeout);
      return result;
    } catch (error) {
      if (transaction.isOpen()) await transaction.rollback().catch(() => undefined);
      throw error;
    }
  }

  /** Waits for COMMIT's answer as long as the server may take, and no longer: on a silent wire none ever comes. */
  async #commit(transaction: NeoTransaction, timeoutMs: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<"silence">((resolve) => (timer = setTimeout(() => resolve("silence"), timeoutMs === undefined ? longestWaitMs : timeoutMs + graceMs)));
    const answer = await Promise.race([withoutStack(() => transaction.commit()), silence]).finally(() => clearTimeout(timer));
    if (answer !== "silence") return;
    // The driver has no way to give up one connection, and would wait for its answer to close the session; the version is pinned.
    const { _connectionHolder: holder } = transaction as unknown as { _connectionHolder: { getConnection(): Promise<{ close(): Promise<void> } | null> } };
    await (await holder.getConnection())?.close();
    this.#reached = false;
    throw new DatabaseError("cannot-connect", "graph", "the server did not answer COMMIT in time");
  }

  #session(mode: "READ" | "WRITE", fetchSize?: number, after: readonly string[] = []): Session {
    if (this.#closed) throw new DatabaseError("failed", "graph", "the connection is closed");
    return this.#driver.session({
      defaultAccessMode: mode === "READ" ? neo4j.session.READ : neo4j.session.WRITE,
      bookmarkManager: this.#bookmarks,
      ...(this.#options.database === undefined ? {} : { database: this.#options.database }),
      ...(fetchSize === undefined ? {} : { fetchSize }),
      ...(after.length === 0 || !this.#routed ? {} : { bookmarks: [...after] }),
    });
  }

  #settings(id: string, options: ReadOptions): TransactionSettings {
    const timeout = options.timeoutMs ?? this.#options.statementTimeoutMs;
    // By its id a cancel finds it; what nobody can cancel needs none.
    return { metadata: { app: "jeseci", ...(options.signal === undefined ? {} : { id }) }, ...(timeout > 0 ? { timeout } : {}) };
  }

  /**
   * Fails at once where nobody answers: the driver would repeat a read until its time is up, as it should for a server
   * that changes its leader, and not for one that isn't there.
   */
  async #reach(): Promise<void> {
    if (this.#reached) return;
    const { database } = this.#options;
    const verify = (driver: Driver): Promise<unknown> => driver.verifyConnectivity(database === undefined ? {} : { database });
    try {
      await verify(this.#driver);
    } catch (error) {
      // Routing only says that it found no router; the reason is known to a direct connection.
      if (!/perform discovery/i.test((error as Error).message)) throw error;
      const direct = this.#createDirect();
      await verify(direct).finally(() => direct.close());
      throw error;
    }
    this.#reached = true;
  }

  #error(error: unknown, signal?: AbortSignal): DatabaseError {
    const own = graphError(error, [this.#options.password]);
    if (own.code === "cannot-connect") this.#reached = false;
    return signal?.aborted && own.code !== "cancelled" ? new DatabaseError("cancelled", "graph", "cancelled", { cause: own }) : own;
  }

  /** On abort: gives up at once, and ends the transaction on the server by a second connection. */
  #cancelOn(signal: AbortSignal | undefined, id: string, abandon: (error: DatabaseError) => void): () => void {
    if (signal === undefined) return () => undefined;
    const cancel = (): void => {
      abandon(new DatabaseError("cancelled", "graph", "cancelled"));
      void this.#terminate(id);
    };
    signal.addEventListener("abort", cancel, { once: true });
    return () => signal.removeEventListener("abort", cancel);
  }

  async #terminate(id: string): Promise<void> {
    const session = this.#session("READ");
    try {
      const { records } = await session.run("SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.id = $id RETURN transactionId", { id });
      const ids = records.map((record) => String(record.get("transactionId")));
      if (ids.length > 0) await session.run("TERMINATE TRANSACTIONS $ids", { ids });
    } catch {
      // Nothing is lost: the statement's own time limit ends it.
    } finally {
      await session.close().catch(() => undefined);
    }
  }
}

interface TransactionSettings {
  metadata: { app: string; id?: string };
  timeout?: number;
}

class Neo4jTransaction implements Transaction<GraphParameters> {
  readonly #runner: Runner;
  /** Absent where the driver itself looks at an error, to see whether it should run the work again. */
  readonly #mapError: ((error: unknown) => DatabaseError) | undefined;

  constructor(runner: Runner, mapError?: (error: unknown) => DatabaseError) {
    this.#runner = runner;
    this.#mapError = mapError;
  }

  async query(statement: string, parameters: GraphParameters = {}, options: ReadOptions = {}): Promise<QueryResult> {
    try {
      return await this.#run(statement, parameters, options);
    } catch (error) {
      // The driver would repeat it for as long as it may: a statement that is too large stays too large.
      throw this.#mapError?.(error) ?? (isOutOfMemory(error) ? graphError(error) : error);
    }
  }

  async #run(statement: string, parameters: GraphParameters, { maxRows }: ReadOptions): Promise<QueryResult> {
    const started = performance.now();
    const result = withoutStack(() => this.#runner.run(statement, parametersOf(parameters)));
    const rows: Row[] = [];
    if (maxRows === undefined) {
      const { records, summary } = await result;
      for (const record of records) rows.push(rowOf(record));
      return { columns: await result.keys(), rows, truncated: false, ms: performance.now() - started, notices: noticesOf(summary) };
    }
    const columns = await result.keys();
    let truncated = false;
    for await (const record of result) {
      if (rows.length === maxRows) {
        truncated = true;
        break; // tells the server to discard the rest
      }
      rows.push(rowOf(record));
    }
    const ms = performance.now() - started;
    return { columns, rows, truncated, ms, notices: noticesOf(await result.summary()) };
  }
}

/** The driver notes the stack of every statement, should it fail. Ours is told instead, and the noting was a twentieth of a dual write. */
function withoutStack<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function parametersOf(parameters: GraphParameters): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toNeo4j(value)]));
}

function rowOf(record: DriverRecord): Row {
  const row: Row = new Array<Row[number]>(record.length);
  for (let index = 0; index < record.length; index += 1) row[index] = fromNeo4j(record.get(index));
  return row;
}

function noticesOf(summary: ResultSummary): string[] {
  return summary.notifications.map((notification) => `${notification.title}: ${notification.description}`);
}

/** The streaming end of the driver's observer, which can be told to wait; `for await` is two to three times slower. */
interface StreamControl {
  pause(): void;
  resume(): void;
}

function subscribe(result: Result, queue: BatchQueue<Row>, notices: string[], mapError: (error: unknown) => DatabaseError): void {
  const observer = {
    onNext: (record: DriverRecord) => queue.push(rowOf(record)),
    onCompleted: (summary: ResultSummary) => {
      notices.push(...noticesOf(summary));
      queue.end();
    },
    onError: (error: Error) => queue.fail(mapError(error)),
  };
  // The driver keeps this entry to itself but uses it for its own iterator; the version is pinned, and the contract
  // suite streams more than fits in memory through it.
  const internal = result as unknown as { _subscribe(observer: object, paused?: boolean): Promise<StreamControl> };
  internal._subscribe(observer).then(
    (control) => {
      queue.pause = () => control.pause();
      queue.resume = () => control.resume();
    },
    (error: unknown) => queue.fail(mapError(error)),
  );
}

function planOf(plan: Plan | ProfiledPlan): PlanNode {
  const details = plan.arguments as Record<string, unknown>;
  const number = (name: string): number | null => (name in details ? Number(details[name]) : null);
  const profiled = "dbHits" in plan ? plan : null;
  return {
    operator: plan.operatorType.replace(/@.*$/, ""),
    details: String(details["Details"] ?? plan.identifiers.join(", ")),
    estimatedRows: number("EstimatedRows"),
    cost: profiled ? profiled.dbHits : null,
    actualRows: profiled ? profiled.rows : null,
    ms: profiled && "Time" in details ? Number(details["Time"]) / 1e6 : null,
    children: plan.children.map(planOf),
  };
}
