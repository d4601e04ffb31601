import type { Value } from "../../databases/values.ts";
import { sameValue } from "../projection/compare.ts";
import { declarationOf } from "../projection/declarations.ts";
import { graphOfKeys, rowsOfKeys } from "../projection/read.ts";
import type { LoadOptions, Session } from "../session.ts";
import type { Finding } from "./types.ts";

/** Everything that both databases hold of one key now, by the graph's names. */
export interface Sides {
  fields: SideField[];
  /** PostgreSQL has a row. */
  sql: boolean;
  /** How many the graph has. */
  graph: number;
}

export interface SideField {
  field: string;
  /** What the graph should hold. */
  sql: Value;
  /** One for each that the graph has. */
  graph: Value[];
  differs: boolean;
}

/** Reads one key of both sides. Throws `DatabaseError` if either is unreachable. */
export async function loadSides({ databases }: Session, { entity, ids: [k1 = "", k2 = ""] }: Pick<Finding, "entity" | "ids">, options: LoadOptions = {}): Promise<Sides> {
  const declaration = declarationOf(entity);
  const keys = [{ k1, k2 }];
  const [rows, stored] = await Promise.all([
    databases.sql.read((transaction) => rowsOfKeys(transaction, declaration, keys), options),
    databases.graph.read((transaction) => graphOfKeys(transaction, declaration, keys, options), options),
  ]);
  const row = rows.rows[0];
  const fields = declaration.properties.map(({ property }, index): SideField => {
    const sql = row?.values[index] ?? null;
    const graph = stored.map(({ values }) => values[index] ?? null);
    return { field: property, sql, graph, differs: row !== undefined && graph.some((value) => !sameValue(sql, value)) };
  });
  return { fields, sql: row !== undefined, graph: stored.length };
}
