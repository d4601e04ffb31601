import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { DatabaseError } from "./errors.ts";
import type { GraphDatabase, SqlDatabase } from "./types.ts";

/** One file of `migrations/`: `0001-tables.sql` has number 1. They are applied in order and never changed later. */
export interface Migration {
  number: number;
  name: string;
  /** Whole text; a graph migration holds one statement a line-ended `;`. */
  text: string;
}

/** The migrations that this program knows, in order. */
export async function migrationsOf(database: "sql" | "graph"): Promise<Migration[]> {
  const folder = join(packageRoot(), "migrations", database);
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.+\.(sql|cypher)$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ number: Number(name.slice(0, 4)), name: name.replace(/\.\w+$/, ""), text: await readFile(join(folder, name), "utf8") })));
}

/** The number recorded in PostgreSQL; 0 if nothing was ever applied, or the record is closed to this role. */
export async function sqlSchemaVersion(sql: SqlDatabase): Promise<number> {
  // `to_regclass` would be refused by a schema that this role may not use.
  const { rows } = await sql.query("SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'jeseci' AND c.relname = 'migration' AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))");
  if (rows[0]?.[0] !== true) return 0;
  const recorded = await sql.query("SELECT coalesce(max(number), 0)::int FROM jeseci.migration");
  return Number(recorded.rows[0]?.[0] ?? 0);
}

/** The number recorded on the lane node; 0 if there is none. */
export async function graphSchemaVersion(graph: GraphDatabase): Promise<number> {
  const { rows } = await graph.query("MATCH (l:__SyncLane {lane: 'main'}) RETURN l.schema AS schema");
  return Number(rows[0]?.[0] ?? 0);
}

/**
 * Applies the missing SQL migrations, each in one transaction with its record. `run` executes a script of several
 * statements, which not every driver's `query` can. Throws `newer-schema` if a newer program was here.
 */
export async function migrateSql(sql: SqlDatabase, run: (script: string) => Promise<void>): Promise<void> {
  const known = await migrationsOf("sql");
  const version = await sqlSchemaVersion(sql);
  refuseNewer("sql", version, known);
  for (const { number, name, text } of known.filter((migration) => migration.number > version)) {
    await run(`BEGIN;\n${text}\nINSERT INTO jeseci.migration (number, name) VALUES (${number}, '${name}');\nCOMMIT;`);
  }
}

/** Applies the missing graph migrations; each statement says IF NOT EXISTS, so a half-applied one is simply run again. */
export async function migrateGraph(graph: GraphDatabase): Promise<void> {
  const known = await migrationsOf("graph");
  const version = await graphSchemaVersion(graph);
  refuseNewer("graph", version, known);
  for (const { number, text } of known.filter((migration) => migration.number > version)) {
    const statements = text.replace(/^\/\/.*$/gm, "").split(/;\s*$/m).map((statement) => statement.trim()).filter((statement) => statement !== "");
    for (const statement of statements) await graph.schema(statement);
    await graph.write((transaction) => transaction.query("MERGE (l:__SyncLane {lane: 'main'}) SET l.schema = $number", { number }));
  }
}

function refuseNewer(database: "sql" | "graph", version: number, known: readonly Migration[]): void {
  const newest = known.at(-1)?.number ?? 0;
  if (version <= newest) return;
  const where = database === "sql" ? "the tables" : "the graph";
  throw new DatabaseError("newer-schema", database, `${where} ${database === "sql" ? "have" : "has"} schema ${version}, made by a newer jeseci; this one knows schemas up to ${newest}`, { hint: "update jeseci, or use another folder with --data-dir FOLDER" });
}
