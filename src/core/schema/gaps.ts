import { DatabaseError } from "../../databases/errors.ts";
import { migrationsOf } from "../../databases/migrations.ts";
import type { Databases, ReadOptions } from "../../databases/types.ts";
import { InputError } from "../errors.ts";

/*
 * A PostgreSQL that this program did not make may lack some of the model. What is missing is named, all at once, and only
 * what needs it is refused.
 */

/** What PostgreSQL lacks of the model: whole tables, and columns of the tables that are there. */
export interface SchemaGaps {
  tables: string[];
  columns: { table: string; column: string }[];
}

let model: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

/** The columns of each table, as the first migration makes them. */
export function modelTables(): Promise<ReadonlyMap<string, readonly string[]>> {
  model ??= migrationsOf("sql").then(([first]) => {
    const tables = [...(first?.text ?? "").matchAll(/^CREATE TABLE (\w+) \(\n([\s\S]*?)^\);/gm)];
    return new Map(tables.map(([, table = "", body = ""]) => [table, [...body.matchAll(/^ {2}([a-z_]+) /gm)].map(([, column = ""]) => column)]));
  });
  return model;
}

export async function loadSchemaGaps({ sql }: Pick<Databases, "sql">, options: ReadOptions = {}): Promise<SchemaGaps> {
  const wanted = [...(await modelTables())].flatMap(([table, columns]) => columns.map((column) => [table, column] as const));
  const { rows } = await sql.query(
    `SELECT t, c, to_regclass(t) IS NULL FROM unnest($1::text[], $2::text[]) AS w(t, c)
     WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass(t) AND attname = c AND NOT attisdropped) ORDER BY t, c`,
    [wanted.map(([table]) => table), wanted.map(([, column]) => column)],
    options,
  );
  return {
    tables: [...new Set(rows.flatMap(([table, , whole]) => (whole === true ? [String(table)] : [])))],
    columns: rows.flatMap(([table, column, whole]) => (whole === true ? [] : [{ table: String(table), column: String(column) }])),
  };
}

/** What is missing in words, or null if nothing is. */
export function describeGaps({ tables, columns }: SchemaGaps): string | null {
  const list = (what: string, names: readonly string[]): string[] => (names.length === 0 ? [] : [`the ${what}${names.length === 1 ? "" : "s"} ${names.join(", ")}`]);
  const parts = [...list("table", tables), ...list("column", columns.map(({ table, column }) => `${table}.${column}`))];
  return parts.length === 0 ? null : `PostgreSQL lacks ${parts.join(" and ")}`;
}

/** Those of them that a statement speaks of. */
export function gapsOf({ tables, columns }: SchemaGaps, statement: string): SchemaGaps {
  const words = new Set(statement.match(/\w+/g));
  return { tables: tables.filter((table) => words.has(table)), columns: columns.filter(({ table, column }) => words.has(table) && words.has(column)) };
}

/** An error that says all that is missing, in place of PostgreSQL's own, which names the first of it. Any other error stays as it is. */
export async function namingGaps(databases: Databases, error: unknown, statement: string, options: ReadOptions = {}): Promise<unknown> {
  if (!(error instanceof DatabaseError) || error.database !== "sql" || !["42P01", "42703"].includes(error.sqlState ?? "")) return error;
  const gaps = await loadSchemaGaps(databases, options).catch(() => null);
  const words = gaps === null ? null : describeGaps(gapsOf(gaps, statement));
  return words === null ? error : missing(words, gaps);
}

/** Refuses what needs tables or columns that are not there. Throws `InputError` (`missing-schema`). */
export async function requireColumns(databases: Pick<Databases, "sql">, needed: readonly { table: string; columns: readonly string[] }[], options: ReadOptions = {}): Promise<void> {
  const gaps = await loadSchemaGaps(databases, options);
  const words = describeGaps({
    tables: gaps.tables.filter((table) => needed.some((one) => one.table === table)),
    columns: gaps.columns.filter(({ table, column }) => needed.some((one) => one.table === table && one.columns.includes(column))),
  });
  if (words !== null) throw missing(words, gaps);
}

function missing(words: string, gaps: SchemaGaps | null): InputError {
  const empty = gaps !== null && ["users", "concepts", "learning_paths"].every((table) => gaps.tables.includes(table));
  return new InputError("missing-schema", `${words}, which this needs`, empty ? "if the tables were never made, `jeseci seed` makes them" : "everything else works; DATABASE_URL says which database this is, and `jeseci config` where that comes from");
}
