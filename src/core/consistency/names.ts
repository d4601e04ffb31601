import type { Databases } from "../../databases/types.ts";
import { isStorable } from "../projection/compare.ts";
import { readGraphNames, readNames } from "../projection/statements.ts";
import type { NodeDeclaration } from "../projection/types.ts";

/** The names that people know ids by: PostgreSQL's where it has the row, else the graph's, else the id itself. */
export async function resolveNames(databases: Databases, node: NodeDeclaration, ids: ReadonlySet<string>): Promise<(id: string) => string> {
  const names = new Map<string, string>();
  if (ids.size > 0) {
    const wanted = [...ids];
    const graph = await databases.graph.query(readGraphNames(node), { ids: wanted });
    for (const [id, name] of graph.rows) if (typeof name === "string") names.set(String(id), name);
    const sql = await databases.sql.query(readNames(node), [wanted.filter((id) => isStorable({ k1: id, k2: "" }))]);
    for (const [id, name] of sql.rows) if (typeof name === "string") names.set(String(id), name);
  }
  return (id) => names.get(id) ?? id;
}
