import { Afterwards } from "./afterwards.ts";
import { DatabaseError } from "./errors.ts";
import { openNeo4j } from "./graph/neo4j.ts";
import { migrateGraph, migrateSql, sqlSchemaVersion } from "./migrations.ts";
import type { ServersOptions } from "./open.ts";
import { openPg } from "./sql/pg.ts";
import type { Databases, SqlDatabase } from "./types.ts";

/** The tables of the model, in a database of our making or of others'. */
const tables = ["users", "concepts", "learning_paths", "learning_path_concepts", "user_concept_progress", "learning_sessions", "quizzes", "quiz_attempts", "user_achievements"];

/** A pair of real servers. Nothing is connected yet, so that one dead side doesn't hide the other. Throws `bad-address` for addresses that can't be ones. */
export async function openServers(options: ServersOptions): Promise<Databases> {
  const { timeZone, connectTimeoutMs, statementTimeoutMs, readOnly = false, neo4jUri, neo4jUser, neo4jPassword, neo4jDatabase, neo4jCaFile } = options;
  if (neo4jUri === undefined) throw new DatabaseError("cannot-connect", "graph", "no address of Neo4j is known", { hint: "set NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD, in the environment or in .env" });
  const sql = openPg({ ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }), environment: options.environment, timeZone, connectTimeoutMs, statementTimeoutMs, readOnly });
  const graph = await openNeo4j({ uri: neo4jUri, username: neo4jUser ?? "neo4j", password: neo4jPassword ?? "", ...(neo4jDatabase === undefined ? {} : { database: neo4jDatabase }), ...(neo4jCaFile === undefined ? {} : { certificateAuthority: neo4jCaFile }), connectTimeoutMs, statementTimeoutMs, readOnly });
  const afterwards = new Afterwards();
  return {
    profile: "servers",
    sql,
    graph,
    uncleanStop: false,
    lookedAfter: () => undefined,
    afterwards,
    createSchema: async () => {
      const missing = await missingTables(sql);
      // A database that this program made, maybe an older version of it, is brought up to date; others' are left alone.
      if (missing.length === tables.length || (missing.length === 0 && (await sqlSchemaVersion(sql)) > 0)) await migrateSql(sql, (script) => sql.adopt(script));
      else if (missing.length > 0) throw new DatabaseError("failed", "sql", `PostgreSQL has some of the tables but not ${missing.join(", ")}`, { hint: "nothing was changed; use an empty database, or add the missing tables first" });
      await migrateGraph(graph);
    },
    close: async () => {
      await afterwards.settled();
      await Promise.allSettled([sql.close(), graph.close()]);
    },
  };
}

async function missingTables(sql: SqlDatabase): Promise<string[]> {
  const { rows } = await sql.query("SELECT t FROM unnest($1::text[]) AS t WHERE to_regclass(t) IS NULL ORDER BY t", [tables]);
  return rows.map(([table]) => String(table));
}
