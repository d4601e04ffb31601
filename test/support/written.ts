import { expect } from "vitest";
import { check } from "../../src/core/consistency/check.ts";
import type { Session } from "../../src/core/session.ts";
import { operationOf } from "../../src/core/writes/operations.ts";
import type { OperationOptions, WriteReport, WriteValues } from "../../src/core/writes/types.ts";
import type { Databases } from "../../src/databases/types.ts";
import { openDemo, type TemporarySession } from "./seeded.ts";

const tables = ["users", "concepts", "learning_paths", "learning_path_concepts", "user_concept_progress", "learning_sessions", "quizzes", "quiz_attempts", "user_achievements", "jeseci.sync_mark", "jeseci.sync_dead"];

/** Everything in both databases, as text. */
export async function contents({ sql, graph, afterwards }: Databases): Promise<string> {
  await afterwards.settled();
  const rows = await Promise.all(tables.map(async (table) => (await sql.query(`SELECT to_jsonb(t)::text FROM ${table} AS t ORDER BY 1`)).rows));
  const nodes = await graph.query("MATCH (n) WHERE n:Concept OR n:LearningPath OR n:User RETURN n ORDER BY coalesce(n.name, n.title, n.username, '')");
  const edges = await graph.query("MATCH (a)-[r]->(b) RETURN type(r) AS type, coalesce(a.name, a.title, a.username) AS a, coalesce(b.name, b.title, b.username) AS b, r ORDER BY type, a, b");
  return JSON.stringify([rows, nodes.rows, edges.rows]);
}

/** A pair of databases that hold the demo, and operations run on it. */
export class Writer {
  readonly session: Session;
  readonly close: () => Promise<void>;

  /** On a fresh embedded pair. */
  static async open(): Promise<Writer> {
    return new Writer(await openDemo());
  }

  constructor({ session, close }: Pick<TemporarySession, "session" | "close">) {
    this.session = session;
    this.close = close;
  }

  get databases(): Databases {
    return this.session.databases;
  }

  /** Runs an operation; afterwards the databases agree, no mark is left, and every path counts its places from 1. */
  async write(id: string, values: WriteValues, options: Partial<OperationOptions> = {}): Promise<WriteReport> {
    const report = await this.run(id, values, options);
    await this.agrees();
    return report;
  }

  run(id: string, values: WriteValues, options: Partial<OperationOptions> = {}): Promise<WriteReport> {
    return operationOf(id).run(this.databases, values, { timeZone: "UTC", ...options });
  }

  /** Runs an operation that is refused, and sees that nothing was written. */
  async refused(id: string, values: WriteValues, options: Partial<OperationOptions> = {}): Promise<{ code: string; message: string; hint: string }> {
    const before = await contents(this.databases);
    const error: unknown = await this.run(id, values, options).then(
      (report) => report,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(await contents(this.databases)).toBe(before);
    const { code, message, hint } = error as { code: string; message: string; hint?: string };
    return { code, message, hint: hint ?? "" };
  }

  async agrees(): Promise<void> {
    await this.databases.afterwards.settled();
    expect((await check(this.session)).findings).toEqual([]);
    expect(await this.sql("SELECT 1 FROM jeseci.sync_mark")).toEqual([]);
    const gaps = await this.sql("SELECT path_id FROM learning_path_concepts GROUP BY path_id HAVING min(sequence_order) <> 1 OR max(sequence_order) <> count(*) OR count(DISTINCT sequence_order) <> count(*)");
    expect(gaps).toEqual([]);
  }

  async sql(statement: string, ...values: string[]): Promise<unknown[][]> {
    return (await this.databases.sql.query(statement, values)).rows;
  }

  async graph(statement: string, values: Record<string, string> = {}): Promise<unknown[][]> {
    return (await this.databases.graph.query(statement, values)).rows;
  }

  /** The concepts of a path in order. */
  async path(title: string): Promise<string[]> {
    return (await this.sql("SELECT c.name FROM learning_path_concepts k JOIN learning_paths p USING (path_id) JOIN concepts c USING (concept_id) WHERE p.name = $1 ORDER BY k.sequence_order", title)).map(([name]) => String(name));
  }
}
