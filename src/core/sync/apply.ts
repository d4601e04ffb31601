import type { GraphParameters, Transaction } from "../../databases/types.ts";
import type { Value } from "../../databases/values.ts";
import { declarations } from "../projection/declarations.ts";
import type { Key } from "../projection/compare.ts";
import type { Keyed } from "../projection/read.ts";
import { deleteNodes, deleteRelationships, missingEnds, upsert } from "../projection/statements.ts";
import type { Declaration, NodeDeclaration, RelationshipDeclaration } from "../projection/types.ts";

/** Rows in one graph transaction: the lock is held for about a tenth of a second. */
export const batchRows = 1_000;

const relationships = declarations.filter((declaration): declaration is RelationshipDeclaration => declaration.kind === "relationship");

/** An upsert or delete touched another number of things than it should have. Nothing of its transaction stays. */
export class ApplyError extends Error {}

/** Makes the graph hold these rows. Throws `ApplyError` if an end of a relationship is missing, or a duplicate is found. */
export async function applyUpserts(transaction: Transaction<GraphParameters>, declaration: Declaration, rows: readonly Keyed[]): Promise<void> {
  if (rows.length === 0) return;
  const parameters = { rows: rows.map((row) => rowOf(declaration, row)) };
  const count = await counted(transaction, upsert(declaration), parameters);
  if (count === rows.length) return;
  if (count > rows.length) throw new ApplyError(`${declaration.entity}: the graph holds duplicates: ${rows.length} rows touched ${count}`);
  if (declaration.kind === "node") throw new ApplyError(`${declaration.entity}: of ${rows.length} rows only ${count} arrived`);
  const { rows: missing } = await transaction.query(missingEnds(declaration), parameters);
  const [k1, k2, noFrom] = missing[0] ?? [];
  const end = noFrom === true ? `${declaration.from.node.entity} ${String(k1)}` : `${declaration.to.node.entity} ${String(k2)}`;
  throw new ApplyError(`${declaration.entity}: ${missing.length} rows lack an end in the graph, the first ${end}`);
}

/** Takes relationships away, all that there are between the two ends. */
export async function applyRelationshipDeletes(transaction: Transaction<GraphParameters>, declaration: RelationshipDeclaration, keys: readonly Key[]): Promise<void> {
  if (keys.length > 0) await transaction.query(deleteRelationships(declaration), { rows: keyRows(keys) });
}

/**
 * Takes nodes away whose row is gone, with our relationships. Gives the keys of those that stay because relationships
 * hang on them that are not ours to delete.
 */
export async function applyNodeDeletes(transaction: Transaction<GraphParameters>, declaration: NodeDeclaration, keys: readonly Key[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const parameters = { rows: keyRows(keys) };
  const { ours, bare, left } = deleteNodes(declaration, relationships);
  for (const statement of ours) await transaction.query(statement, parameters);
  await transaction.query(bare, parameters);
  const { rows } = await transaction.query(left, parameters);
  return rows.map(([key]) => String(key));
}

async function counted(transaction: Transaction<GraphParameters>, statement: string, parameters: GraphParameters): Promise<number> {
  const { rows } = await transaction.query(statement, parameters);
  return Number(rows[0]?.[0] ?? 0);
}

function rowOf(declaration: Declaration, { k1, k2, values }: Keyed): { [name: string]: Value } {
  const row: { [name: string]: Value } = { k1, k2 };
  declaration.properties.forEach(({ property }, index) => (row[property] = values[index] ?? null));
  return row;
}

function keyRows(keys: readonly Key[]): Value[] {
  return keys.map(({ k1, k2 }) => ({ k1, k2 }));
}
