import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { Afterwards } from "./afterwards.ts";
import { DatabaseError } from "./errors.ts";
import { lockFolder } from "./lock.ts";
import { migrateGraph, migrateSql, sqlSchemaVersion } from "./migrations.ts";
import type { EmbeddedOptions } from "./open.ts";
import { readerRole } from "./sql/pglite.ts";
import type { Databases, GraphDatabase, SqlDatabase } from "./types.ts";

/** Opens both engines of a data folder, side by side. Throws `locked`, `damaged`, `newer-schema`. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Databases> {
  const { dataDir } = options;
  const sqlFolder = join(dataDir, "postgres");
  const graphPath = join(dataDir, "graph");
  const fresh = !existsSync(sqlFolder);
  if (options.create === false && fresh) throw new DatabaseError("cannot-connect", "folder", `there is no data in ${dataDir}`, { hint: "run `jeseci seed` to make some" });
  const lock = lockFolder(dataDir);
  // The last resort: whatever ends the process, the folder is let go.
  const letGo = (): void => lock.release();
  process.once("exit", letGo);
  const opened: { sql?: SqlDatabase; graph?: GraphDatabase } = {};
  const afterwards = new Afterwards();
  const close = async (): Promise<void> => {
    await afterwards.settled();
    await Promise.allSettled([opened.sql?.close(), opened.graph?.close()]);
    lock.release();
    process.removeListener("exit", letGo);
  };
  try {
    if (fresh) options.onProgress?.("creating the databases");
    // Migrations need write access even where the session has none; it is taken back below.
    const outcomes = await Promise.allSettled([
      openSql(options, sqlFolder, fresh).then((sql) => (opened.sql = sql)),
      openGraph(options, graphPath).then((graph) => (opened.graph = graph)),
    ]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  } catch (error) {
    await close();
    throw error;
  }
  if (opened.sql === undefined || opened.graph === undefined) throw new Error("unreachable: both sides opened");
  return { profile: "embedded", sql: opened.sql, graph: opened.graph, uncleanStop: lock.stale, lookedAfter: () => lock.lookedAfter(), afterwards, createSchema: () => Promise.resolve(), close };
}

async function openSql(options: EmbeddedOptions, folder: string, fresh: boolean): Promise<SqlDatabase> {
  const { openPglite } = await import("./sql/pglite.ts");
  const { timeZone, statementTimeoutMs, readOnly = false } = options;
  const sql = await openPglite({ folder, timeZone, statementTimeoutMs, readOnly, template: readTemplate });
  try {
    // Made without a template: the role that reads comes first, since reading the schema's version needs it.
    if (fresh) await sql.adopt(createReader);
    const known = await sqlSchemaVersion(sql).catch((error: unknown) => {
      if (error instanceof DatabaseError && /role .* does not exist/.test(error.message)) return null;
      throw error;
    });
    if (known === null) await sql.adopt(createReader);
    await migrateSql(sql, (script) => sql.adopt(script));
    return sql;
  } catch (error) {
    await sql.close();
    throw error;
  }
}

/** The role of every read (see `pglite.ts`); made once, kept in the folder. */
export const createReader = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${readerRole}') THEN CREATE ROLE ${readerRole}; END IF;
  GRANT pg_read_all_data, pg_read_all_stats TO ${readerRole};
END $$;`;

async function openGraph(options: EmbeddedOptions, path: string): Promise<GraphDatabase> {
  const { openGrafeo } = await import("./graph/grafeo.ts");
  const { statementTimeoutMs, readOnly = false } = options;
  const graph = openGrafeo({ path, statementTimeoutMs, readOnly });
  try {
    if (!readOnly) await migrateGraph(graph);
    return graph;
  } catch (error) {
    await graph.close();
    throw error;
  }
}

/** The data directory that the build made from the migrations; null when the program runs from source without a build. */
async function readTemplate(): Promise<Uint8Array | null> {
  const path = join(packageRoot(), "dist", "pglite-template.tar.gz");
  return existsSync(path) ? readFile(path) : null;
}
