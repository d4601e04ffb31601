import { DatabaseError } from "../../databases/errors.ts";
import type { EngineVersion } from "../../databases/types.ts";
import { runQuery } from "../catalogue/run.ts";
import { InputError } from "../errors.ts";
import type { LoadOptions, Session } from "../session.ts";
import { countTable } from "../projection/statements.ts";
import { describeGaps, loadSchemaGaps, modelTables } from "../schema/gaps.ts";
import { loadBacklog } from "../sync/outbox.ts";

/** The contract's `status`. What a dead database would have told is null. */
export interface Status {
  sql: { engine: string; version: string; /** Null for a table that is not there. */ tables: Record<string, number | null> } | null;
  graph: { engine: string; version: string; nodes: Record<string, number>; relationships: Record<string, number> } | null;
  /** Null, as the next three, where PostgreSQL has no outbox (`jeseci sync install`). */
  pending_marks: number | null;
  parked_marks: number | null;
  /** Seconds; age of the oldest mark. */
  lag_seconds: number | null;
  /** ISO 8601: end of the last pass that left no mark. */
  last_sync: string | null;
}

export interface StatusReport {
  status: Status;
  /** What kept a side from answering, by side. */
  errors: { sql?: DatabaseError; graph?: DatabaseError };
  /** What PostgreSQL lacks of the model, in words; null if nothing. */
  gaps: string | null;
}

/** Engines and counts of both databases, asked side by side. A dead side is reported, not thrown. */
export async function loadStatus(session: Session, options: LoadOptions = {}): Promise<StatusReport> {
  const [sql, graph, backlog, gaps] = await Promise.allSettled([sqlSide(session, options), graphSide(session, options), loadBacklog(session.databases, options), loadSchemaGaps(session.databases, options)]);
  const behind = backlog.status === "fulfilled" ? backlog.value : null;
  const errors: StatusReport["errors"] = {};
  if (sql.status === "rejected") errors.sql = known(sql.reason);
  if (graph.status === "rejected") errors.graph = known(graph.reason);
  return {
    status: {
      sql: sql.status === "fulfilled" ? sql.value : null,
      graph: graph.status === "fulfilled" ? graph.value : null,
      pending_marks: behind?.pending ?? null,
      parked_marks: behind?.parked ?? null,
      lag_seconds: behind?.lag_seconds ?? null,
      last_sync: behind?.last_sync ?? null,
    },
    errors,
    gaps: gaps.status === "fulfilled" ? describeGaps(gaps.value) : null,
  };
}

async function sqlSide(session: Session, options: LoadOptions): Promise<NonNullable<Status["sql"]>> {
  const [version, tables] = await Promise.all([session.databases.sql.version(options), countTables(session, options)]);
  return { ...engine(version), tables };
}

/** All in one statement; where a table is missing, each of the others alone. */
async function countTables(session: Session, options: LoadOptions): Promise<Record<string, number | null>> {
  try {
    const { rows } = await runQuery(session, "sql/table-counts", {}, options);
    return Object.fromEntries(rows.map(([table, count]) => [String(table), Number(count)]));
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== "missing-schema") throw error;
    const { tables: missing } = await loadSchemaGaps(session.databases, options);
    const counted = [...(await modelTables()).keys()].sort().map(async (table) => [table, missing.includes(table) ? null : Number((await session.databases.sql.query(countTable(table), [], options)).rows[0]?.[0] ?? 0)] as const);
    return Object.fromEntries(await Promise.all(counted));
  }
}

async function graphSide(session: Session, options: LoadOptions): Promise<NonNullable<Status["graph"]>> {
  const [version, nodes, relationships] = await Promise.all([session.databases.graph.version(options), runQuery(session, "screens/status/nodes", {}, options), runQuery(session, "graph/relationship-counts", {}, options)]);
  return {
    ...engine(version),
    nodes: Object.fromEntries(nodes.rows.map(([label, count]) => [String(label), Number(count)])),
    relationships: Object.fromEntries(relationships.rows.map(([type, count]): [string, number] => [String(type), Number(count)]).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function engine({ engine: name, version }: EngineVersion): EngineVersion {
  return { engine: name, version };
}

/** A fault of ours is not a dead database: it goes on up. */
function known(reason: unknown): DatabaseError {
  if (reason instanceof DatabaseError) return reason;
  throw reason;
}
