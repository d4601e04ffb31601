import { migrationsOf, sqlSchemaVersion } from "../../databases/migrations.ts";
import type { SqlDatabase } from "../../databases/types.ts";
import { declarations } from "../projection/declarations.ts";
import { outboxState, wholeEntity } from "./outbox.ts";

/**
 * What `sync install` would run on this database: what is missing of the schema `jeseci`, never a table of the model.
 * Triggers that are there are made anew, so that disabled ones live again. Null where nothing is missing.
 */
export async function installScript(sql: SqlDatabase): Promise<string | null> {
  const [version, known] = [await sqlSchemaVersion(sql), await migrationsOf("sql")];
  const state = await sql.read(outboxState);
  if (state.access !== "absent" && state.unwatched.length === 0) return null;
  // The tables of the outbox may be there without their triggers; both come from the one migration.
  if (state.access !== "absent") return `BEGIN;\n${triggersOf(known.map(({ text }) => text).join("\n"), state.unwatched)}\nCOMMIT;\n`;
  const bookkeeping =
    version > 0
      ? ""
      : "CREATE SCHEMA IF NOT EXISTS jeseci;\nCREATE TABLE IF NOT EXISTS jeseci.migration (\n  number     integer     PRIMARY KEY,\n  name       text        NOT NULL,\n  applied_at timestamptz NOT NULL DEFAULT now()\n);\nINSERT INTO jeseci.migration (number, name) VALUES (1, '0001-tables, found') ON CONFLICT DO NOTHING;\n";
  const steps = known.filter(({ number }) => number > Math.max(1, version));
  return `BEGIN;\n${bookkeeping}${steps.map(({ number, name, text }) => `${text}\nINSERT INTO jeseci.migration (number, name) VALUES (${number}, '${name}');\n`).join("")}COMMIT;\n`;
}

/** The triggers of some tables out of the migrations, each in place of what may be left of it, and a mark for all that happened meanwhile. */
function triggersOf(migrations: string, tables: readonly string[]): string {
  const created = [...migrations.matchAll(/^CREATE TRIGGER (\w+) .*? ON (\w+) .*;$/gm)].filter(([, , table]) => tables.includes(table ?? ""));
  const marks = declarations.filter(({ table }) => tables.includes(table)).map(({ entity }) => `INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('${entity}', '${wholeEntity}');`);
  return [...created.flatMap(([statement, name, table]) => [`DROP TRIGGER IF EXISTS ${name} ON ${table};`, statement]), ...marks].join("\n");
}

/** What `sync uninstall` would run: the triggers, and the schema with all that it holds. Null where there is none. */
export async function uninstallScript(sql: SqlDatabase): Promise<string | null> {
  const { rows } = await sql.query("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'sync\\_mark\\_%' AND NOT tgisinternal ORDER BY 2, 1");
  const { rows: schema } = await sql.query("SELECT to_regnamespace('jeseci') IS NOT NULL");
  if (rows.length === 0 && schema[0]?.[0] !== true) return null;
  return ["BEGIN;", ...rows.map(([name, table]) => `DROP TRIGGER ${String(name)} ON ${String(table)};`), "DROP SCHEMA IF EXISTS jeseci CASCADE;", "COMMIT;", ""].join("\n");
}
