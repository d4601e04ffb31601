import { DatabaseError } from "../../databases/errors.ts";
import type { Databases, PlanNode, QueryResult, ReadOptions, ResultStream } from "../../databases/types.ts";
import type { Value } from "../../databases/values.ts";
import { InputError } from "../errors.ts";
import { namingGaps } from "../schema/gaps.ts";
import type { LoadOptions, Session, Trace, TraceEntry } from "../session.ts";
import { didYouMean } from "../text/nearest.ts";
import { scan } from "./lexer.ts";
import { completeParameters } from "./parameters.ts";
import { positional } from "./sql-parameters.ts";
import type { Query } from "./types.ts";

export interface RunOptions extends LoadOptions {
  /** At most so many rows; `truncated` tells whether there were more. */
  maxRows?: number;
  /** Where the statement is noted once it has run. */
  trace?: Trace;
}

export interface QueryRun extends QueryResult {
  query: Query;
  /** All parameters, defaults and nulls included. */
  parameters: Record<string, Value>;
}

/** An ad-hoc statement. */
export interface Statement {
  language: "sql" | "cypher";
  statement: string;
  parameters?: Record<string, Value>;
}

/** The query of an id. Throws `InputError` (`unknown-query`), with the nearest ids. */
export function requireQuery(session: Pick<Session, "catalogue">, id: string): Query {
  const query = session.catalogue.get(id);
  if (query !== undefined) return query;
  const faulty = session.catalogue.faults.find(({ file }) => file.replace(/\.\w+$/, "").replaceAll("\\", "/").endsWith(`/${id}`));
  if (faulty !== undefined) throw new InputError("bad-input", `the query ${id} can't be used: ${faulty.file}:${faulty.line}:${faulty.column}: ${faulty.message}`, faulty.fix);
  const near = didYouMean(id, session.catalogue.queries.filter((candidate) => candidate.listed).map((candidate) => candidate.id));
  throw new InputError("unknown-query", `there is no query “${id}”`, near ?? "`jeseci queries` lists them");
}

/** Runs a query file. Throws `InputError` for unfit parameters and for tables or columns that are not there (`missing-schema`), and `DatabaseError`, its position in the file's lines. */
export async function runQuery(session: Session, id: string, values: Readonly<Record<string, Value>>, options: RunOptions = {}): Promise<QueryRun> {
  const query = requireQuery(session, id);
  const parameters = completeParameters(query, values);
  try {
    const result = await send(session.databases, query, parameters, { ...options, ...guard(query) });
    options.trace?.push({ database: query.database, query: query.id, statement: query.statement, parameters, rows: result.rows.length, ms: round(result.ms) });
    return { ...result, query, parameters };
  } catch (error) {
    throw inFile(await namingGaps(session.databases, error, query.statement, options), query);
  }
}

/** As `runQuery`, in batches and in flat memory. */
export async function streamQuery(session: Session, id: string, values: Readonly<Record<string, Value>>, options: LoadOptions = {}): Promise<ResultStream> {
  const query = requireQuery(session, id);
  try {
    return await stream(session.databases, query, completeParameters(query, values), { ...options, ...guard(query) });
  } catch (error) {
    throw inFile(await namingGaps(session.databases, error, query.statement), query);
  }
}

/** The plan of a query file; null where the engine has none. */
export async function explainQuery(session: Session, id: string, values: Readonly<Record<string, Value>>, options: LoadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
  const query = requireQuery(session, id);
  try {
    return await explain(session.databases, query, completeParameters(query, values), options);
  } catch (error) {
    throw inFile(error, query);
  }
}

/** Runs an ad-hoc statement, read-only. Throws `DatabaseError`. */
export async function runStatement(session: Session, statement: Statement, options: RunOptions = {}): Promise<QueryResult> {
  const own = checked(statement);
  const result = await send(session.databases, own, statement.parameters ?? {}, { ...options, adHoc: true });
  options.trace?.push({ database: own.database, query: null, statement: own.statement, parameters: statement.parameters ?? {}, rows: result.rows.length, ms: round(result.ms) });
  return result;
}

/** As `runStatement`, in batches and in flat memory. */
export function streamStatement(session: Session, statement: Statement, options: LoadOptions = {}): Promise<ResultStream> {
  return stream(session.databases, checked(statement), statement.parameters ?? {}, { ...options, adHoc: true });
}

/** The plan of an ad-hoc statement; null where the engine has none. */
export function explainStatement(session: Session, statement: Statement, options: LoadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
  return explain(session.databases, checked(statement), statement.parameters ?? {}, options);
}

/** The plan of a statement that was run, with the values that it had; null where the engine has none. */
export function explainEntry(session: Session, { database, statement, parameters }: TraceEntry, options: LoadOptions & { analyze?: boolean } = {}): Promise<PlanNode | null> {
  return explain(session.databases, { database, language: database === "sql" ? "sql" : "cypher", statement }, parameters as Record<string, Value>, options);
}

type Sendable = Pick<Query, "database" | "language" | "statement">;

function checked({ language, statement, parameters = {} }: Statement): Sendable {
  const text = statement.replace(/[\s;]+$/, "");
  const { parameters: uses, firstToken } = scan(text, language);
  if (firstToken === null) throw new InputError("usage", "the statement is empty");
  for (const { name } of uses) if (!(name in parameters)) throw new InputError("bad-input", `the statement uses $${name}, which has no value`, `give it with --param ${name}=…`);
  return { database: language === "sql" ? "sql" : "graph", language, statement: text };
}

/** A person's own file is held to what a statement typed by a person is held to. */
function guard({ origin }: Query): { adHoc?: boolean } {
  return origin === "user" ? { adHoc: true } : {};
}

type SendOptions = RunOptions & { adHoc?: boolean };

function send({ sql, graph }: Databases, { database, statement }: Sendable, parameters: Readonly<Record<string, Value>>, options: SendOptions): Promise<QueryResult> {
  const read = readOptions(options);
  if (database === "graph") return graph.query(statement, parameters, read);
  const { text, names } = positional(statement);
  return sql.query(text, names.map((name) => parameters[name] ?? null), read);
}

function stream({ sql, graph }: Databases, { database, statement }: Sendable, parameters: Readonly<Record<string, Value>>, options: SendOptions): Promise<ResultStream> {
  const read = readOptions(options);
  if (database === "graph") return graph.stream(statement, parameters, read);
  const { text, names } = positional(statement);
  return sql.stream(text, names.map((name) => parameters[name] ?? null), read);
}

function explain({ sql, graph }: Databases, { database, statement }: Sendable, parameters: Readonly<Record<string, Value>>, options: LoadOptions & { analyze?: boolean }): Promise<PlanNode | null> {
  const read = { ...readOptions(options), ...(options.analyze === undefined ? {} : { analyze: options.analyze }) };
  if (database === "graph") return graph.explain(statement, parameters, read);
  const { text, names } = positional(statement);
  return sql.explain(text, names.map((name) => parameters[name] ?? null), read);
}

function readOptions({ signal, timeoutMs, maxRows, adHoc }: SendOptions): ReadOptions {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(maxRows === undefined ? {} : { maxRows }), ...(adHoc === undefined ? {} : { adHoc }) };
}

/** A syntax error of a canned query names its file, and its line and column there. */
function inFile(error: unknown, query: Query): unknown {
  if (!(error instanceof DatabaseError) || error.position === undefined) return error;
  const position = { line: error.position.line + query.statementLine - 1, column: error.position.column };
  return new DatabaseError(error.code, error.database, `${query.file}:${position.line}:${position.column}: ${error.message}`, { position, cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) });
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
