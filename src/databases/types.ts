import type { Afterwards } from "./afterwards.ts";
import type { NamedRow, Row, Value } from "./values.ts";

/** What every read takes. */
export interface ReadOptions {
  /** Cancels the statement on the server; the call rejects with `cancelled`. */
  signal?: AbortSignal;
  /** Milliseconds for this statement; the database's own default otherwise. 0 means none. */
  timeoutMs?: number;
  /** At most this many rows come back; `truncated` tells whether there was one more. No limit by default. */
  maxRows?: number;
  /**
   * The statement was typed by a person: one that gives no columns (COPY … TO a file, DO, SET, LISTEN) is refused with
   * `read-only` before it runs. A read-only transaction alone doesn't stop a superuser's COPY from writing files.
   */
  adHoc?: boolean;
  /** Graph: the read sees at least what was written up to these bookmarks, on whichever member of a cluster it lands. */
  after?: readonly string[];
  /** SQL: how long the transaction waits for a lock before it fails with `timeout`, in milliseconds; the server's own setting otherwise. */
  lockTimeoutMs?: number;
  /** SQL: asked again and again in the same words, so that the server may keep the plan, which takes longer to make than the answer. */
  keepPlan?: boolean;
}

/** What a write transaction takes. `timeoutMs` is the whole transaction's where the engine has such a limit (Neo4j). */
export interface WriteOptions extends ReadOptions {
  /** `work` does more than this transaction's statements, so the adapter must never run it a second time by itself. */
  once?: boolean;
  /** SQL: goes out with BEGIN, which saves a trip: a statement without parameters, before which a server takes others; `work` is given its rows. */
  opening?: string;
}

export interface QueryResult {
  columns: string[];
  rows: Row[];
  /** True when `maxRows` cut the result: at least one more row existed. */
  truncated: boolean;
  /** From the call to the last row, in milliseconds. */
  ms: number;
  /** Warnings that the engine gave along, for a person to read. */
  notices: string[];
}

/** A result that arrives in batches, in flat memory. `columns` is known before the first batch. */
export interface ResultStream extends AsyncIterable<Row[]> {
  readonly columns: string[];
  /** Warnings that the engine gave along; complete once the last batch has come. */
  readonly notices: readonly string[];
}

/** An execution plan, the same shape for every engine. */
export interface PlanNode {
  operator: string;
  /** What the operator works on, in the engine's words: table, label, index, condition. */
  details: string;
  /** Estimated rows and cost, and with `profile` the actual rows and milliseconds; null where the engine has none. */
  estimatedRows: number | null;
  cost: number | null;
  actualRows: number | null;
  ms: number | null;
  children: PlanNode[];
}

export interface EngineVersion {
  /** As people write it: `PGlite`, `PostgreSQL`, `Grafeo`, `Neo4j`. */
  engine: string;
  /** `18.6`, `0.6.0`, `5.26.30` */
  version: string;
}

/** Statements inside one transaction. */
export interface Transaction<Parameters> {
  /** Runs one statement and gives all its rows. */
  query(statement: string, parameters?: Parameters, options?: ReadOptions): Promise<QueryResult>;
}

/**
 * What the rest of the program sees of a database. `Parameters` is a list for SQL (`$1` …) and a map for Cypher (`$name`).
 * All methods throw `DatabaseError`. Every statement outside `write` runs read-only, enforced by the engine or the
 * adapter, never by looking for keywords.
 */
export interface Database<Parameters> {
  /** Sends a trivial statement; also the round trip that the header shows. */
  version(options?: ReadOptions): Promise<EngineVersion>;
  /** One statement in a read-only transaction of its own. */
  query(statement: string, parameters?: Parameters, options?: ReadOptions): Promise<QueryResult>;
  /** One statement in a read-only transaction, its rows in batches (of about 1,000), in flat memory. Leaving the loop ends the statement. */
  stream(statement: string, parameters?: Parameters, options?: ReadOptions): Promise<ResultStream>;
  /** Several statements in one read-only transaction (SQL: REPEATABLE READ, so they see one snapshot). */
  read<T>(work: (transaction: Transaction<Parameters>) => Promise<T>, options?: ReadOptions): Promise<T>;
  /** Several statements in one write transaction: committed when `work` resolves, rolled back when it throws. Writers queue. */
  write<T>(work: (transaction: Transaction<Parameters>) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** The plan of a statement; `analyze` runs it (read-only). Null where the engine has no plans. */
  explain(statement: string, parameters?: Parameters, options?: ReadOptions & { analyze?: boolean }): Promise<PlanNode | null>;
  close(): Promise<void>;
}

export type SqlParameters = readonly Value[];
export type GraphParameters = Readonly<Record<string, Value>>;

export interface SqlDatabase extends Database<SqlParameters> {
  readonly kind: "sql";
  write<T>(work: (transaction: Transaction<SqlParameters>, opened: readonly Row[]) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** One statement in a write transaction of its own, without a trip to begin it and one to end it. */
  execute(statement: string, parameters?: SqlParameters): Promise<QueryResult>;
  /** Runs a script of several statements, which brings its own transactions: migrations and their like. */
  adopt(script: string): Promise<void>;
}

export interface GraphDatabase extends Database<GraphParameters> {
  readonly kind: "graph";
  /** Runs one schema statement (constraint, index) outside any transaction. */
  schema(statement: string): Promise<void>;
  /** Makes what was committed survive a power cut, where the engine doesn't by itself (Grafeo's `walCheckpoint()`). */
  checkpoint(): Promise<void>;
  /** What a later reader must pass on to see all that was written here (Neo4j's bookmarks); empty where one process has the graph. */
  bookmarks(): Promise<readonly string[]>;
}

/** The pair, as `open.ts` gives it. */
export interface Databases {
  readonly profile: "embedded" | "servers";
  readonly sql: SqlDatabase;
  readonly graph: GraphDatabase;
  /** True when a process left the embedded folder without closing it: compare and re-project before trusting it, then say `lookedAfter`. */
  readonly uncleanStop: boolean;
  lookedAfter(): void;
  /** What goes on behind an answer; `close` waits for it. */
  readonly afterwards: Afterwards;
  /** Makes the tables and constraints where none of them exists yet. Throws `failed` if only some do. */
  createSchema(): Promise<void>;
  close(): Promise<void>;
}

/** The rows of a result by column name; of repeated names the last wins. */
export function named(result: Pick<QueryResult, "columns" | "rows">): NamedRow[] {
  return result.rows.map((row) => Object.fromEntries(result.columns.map((column, index) => [column, row[index] ?? null])));
}
