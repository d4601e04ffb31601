import type { GraphParameters, SqlParameters, Transaction } from "../../databases/types.ts";
import type { Value } from "../../databases/values.ts";
import { declarations } from "../projection/declarations.ts";
import { keyText, type Key } from "../projection/compare.ts";
import { keyRows, rowsOfKeys, slices, type Keyed } from "../projection/read.ts";
import { create, deleteGraphOwned, deleteNodes, deleteRelationships, missingEnds, upsert } from "../projection/statements.ts";
import { entityNames, type Declaration, type EntityName, type NodeDeclaration, type RelationshipDeclaration } from "../projection/types.ts";
import type { Mark, OwnMarks } from "./outbox.ts";

/*
 * The one way in which rows become nodes and relationships: the relay, the comparison of everything, the dual write and
 * a repair all carry over through `applyRows`. See the sync protocol, section 3.
 */

const relationships = declarations.filter((declaration): declaration is RelationshipDeclaration => declaration.kind === "relationship");

/** An upsert or delete touched another number of things than it should have. Nothing of its transaction stays. */
export class ApplyError extends Error {}

/** Relationships were to be created at once, and an end of one is missing. Nothing of the transaction stays. */
export class NotAbsent extends Error {}

/** What became of some keys. */
export interface Applied {
  /** By entity, in the order of the contract. */
  counts: Record<EntityName, { upserted: number; deleted: number }>;
  /** Relationships between concepts that went because a person said --cascade. */
  cascaded: number;
  /** Nodes without a row that stay, since relationships hang on them that are not ours to delete. */
  left: { entity: EntityName; k1: string; k2: string }[];
}

/** What some keys are now: rows, and keys that have none. */
export interface Rows {
  /** Nodes before the relationships that hang on them. */
  entities: ReadonlyMap<Declaration, { rows: readonly Keyed[]; gone: readonly Key[] }>;
  /** Ids of deleted nodes whose relationships between concepts go too. */
  cascade: ReadonlySet<string>;
}

type Sql = Transaction<SqlParameters>;
type Graph = Transaction<GraphParameters>;

/**
 * Makes the graph hold, for each key, what its row says now: read in `sql`'s snapshot, while the caller holds the lane in
 * `graph`. A key without a row is deleted. Throws `ApplyError`, `DatabaseError`; the caller then rolls back.
 */
export async function carryOver(graph: Graph, sql: Sql, { marks, found }: Pick<OwnMarks, "marks" | "found">): Promise<Applied> {
  return applyRows(graph, sql, await readRowsOfMarks(sql, marks, found));
}

/** The rows of marked keys, but for those that were found with the marks. The lane must be held already: what is read before may be stale when it is written. */
export async function readRowsOfMarks(sql: Sql, marks: readonly Mark[], found: OwnMarks["found"] = null): Promise<Rows> {
  const entities = new Map<Declaration, { rows: readonly Keyed[]; gone: readonly Key[] }>();
  for (const [declaration, keys] of keysOf(marks)) entities.set(declaration, declaration === found?.declaration ? found : await rowsOfKeys(sql, declaration, keys));
  return { entities, cascade: new Set(marks.flatMap((mark) => (mark.cascade ? cascadeKey(mark) : []))) };
}

/** Nothing yet. */
export function nothingApplied(): Applied {
  return { counts: { concept: zero(), user: zero(), learning_path: zero(), path_concept: zero(), progress: zero() }, cascaded: 0, left: [] };
}

/** Both together. */
export function addApplied(one: Applied, other: Applied): Applied {
  const sum = nothingApplied();
  for (const entity of entityNames) for (const what of ["upserted", "deleted"] as const) sum.counts[entity][what] = one.counts[entity][what] + other.counts[entity][what];
  return { ...sum, cascaded: one.cascaded + other.cascaded, left: [...one.left, ...other.left] };
}

/**
 * Writes to the graph what was read in the same snapshot, under the lane. With `absent` none of these relationships is there
 * yet; throws `NotAbsent` if they can't all be created at once, so that the caller rolls back and goes the usual way.
 */
export async function applyRows(graph: Graph, sql: Sql, { entities, cascade }: Rows, { absent = false }: { absent?: boolean } = {}): Promise<Applied> {
  const applied = nothingApplied();
  const each = function* <D extends Declaration>(kind: D["kind"]): Generator<[D, { rows: readonly Keyed[]; gone: readonly Key[] }]> {
    for (const [declaration, found] of entities) if (declaration.kind === kind) yield [declaration as D, found];
  };
  // Relationships first: a node goes only when nothing hangs on it any more; then nodes, which the new relationships need.
  for (const [declaration, { gone }] of each<RelationshipDeclaration>("relationship")) applied.counts[declaration.entity].deleted += await deleteLinks(graph, declaration, gone);
  for (const [declaration, { gone }] of each<NodeDeclaration>("node")) {
    applied.cascaded += await cascadeFrom(graph, declaration, gone.filter(({ k1 }) => cascade.has(cascadeKey({ entity: declaration.entity, k1 }))));
    const { deleted, left } = await deleteBare(graph, declaration, gone);
    applied.left.push(...left.map((k1) => ({ entity: declaration.entity, k1, k2: "" })));
    applied.counts[declaration.entity].deleted += deleted;
  }
  for (const [declaration, { rows }] of each<NodeDeclaration>("node")) applied.counts[declaration.entity].upserted += await upsertNodes(graph, declaration, rows);
  for (const [declaration, { rows }] of each<RelationshipDeclaration>("relationship")) applied.counts[declaration.entity].upserted += await (absent ? createLinks(graph, declaration, rows) : upsertLinks(graph, sql, declaration, rows));
  return applied;
}

/** Sees to it that these nodes are in the graph as their rows say, whether or not a mark is open. */
export async function carryNodes(graph: Graph, sql: Sql, declaration: NodeDeclaration, ids: readonly string[]): Promise<void> {
  const { rows } = await rowsOfKeys(sql, declaration, ids.map((k1) => ({ k1, k2: "" })));
  await upsertNodes(graph, declaration, rows);
}

function cascadeKey({ entity, k1 }: Pick<Mark, "entity" | "k1">): string {
  return `${entity} ${k1}`;
}

function zero(): { upserted: number; deleted: number } {
  return { upserted: 0, deleted: 0 };
}

/** The keys of each entity, once each; nodes before the relationships that hang on them. */
function keysOf(marks: readonly Mark[]): Map<Declaration, Key[]> {
  const byEntity = new Map<EntityName, Map<string, Key>>();
  for (const { entity, k1, k2 } of marks) {
    const keys = byEntity.get(entity) ?? new Map<string, Key>();
    byEntity.set(entity, keys.set(keyText({ k1, k2 }), { k1, k2 }));
  }
  return new Map(declarations.flatMap((declaration) => (byEntity.has(declaration.entity) ? [[declaration, [...(byEntity.get(declaration.entity)?.values() ?? [])]]] : [])));
}

async function upsertNodes(graph: Graph, declaration: NodeDeclaration, rows: readonly Keyed[]): Promise<number> {
  for (const some of slices(rows)) {
    const { touched } = await upserted(graph, declaration, some);
    if (touched !== some.length) throw new ApplyError(`${declaration.entity}: the graph holds duplicates: ${some.length} rows touched ${touched} nodes`);
  }
  return rows.length;
}

async function createLinks(graph: Graph, declaration: RelationshipDeclaration, rows: readonly Keyed[]): Promise<number> {
  for (const some of slices(rows)) {
    const { found, touched } = await upserted(graph, declaration, some, create(declaration));
    if (found !== some.length || touched !== some.length) throw new NotAbsent();
  }
  return rows.length;
}

async function upsertLinks(graph: Graph, sql: Sql, declaration: RelationshipDeclaration, rows: readonly Keyed[]): Promise<number> {
  for (const some of slices(rows)) {
    let { found, touched } = await upserted(graph, declaration, some);
    if (touched > found) {
      // Parallel relationships of one key go all, and the right one is written anew.
      await deleteLinks(graph, declaration, some);
      ({ found, touched } = await upserted(graph, declaration, some));
    }
    if (found < some.length) {
      // An end whose own mark comes later: its row stands in the same snapshot.
      for (const [node, ids] of endsOf(declaration, some)) await carryNodes(graph, sql, node, ids);
      ({ found, touched } = await upserted(graph, declaration, some));
    }
    if (found !== some.length || touched !== some.length) throw new ApplyError(await describeMissing(graph, declaration, some, touched));
  }
  return rows.length;
}

function endsOf({ from, to }: RelationshipDeclaration, rows: readonly Keyed[]): [NodeDeclaration, string[]][] {
  return [
    [from.node, [...new Set(rows.map(({ k1 }) => k1))]],
    [to.node, [...new Set(rows.map(({ k2 }) => k2))]],
  ];
}

async function describeMissing(graph: Graph, declaration: RelationshipDeclaration, rows: readonly Keyed[], touched: number): Promise<string> {
  const { rows: missing } = await graph.query(missingEnds(declaration), { rows: keyRows(rows) });
  const [first] = missing;
  if (first === undefined) return `${declaration.entity}: the graph holds duplicates: ${rows.length} rows touched ${touched} relationships`;
  const [k1, k2, noFrom] = first;
  return `${declaration.entity}: ${missing.length} ${missing.length === 1 ? "row lacks" : "rows lack"} an end in the graph, the first ${noFrom === true ? `${declaration.from.node.entity} ${String(k1)}` : `${declaration.to.node.entity} ${String(k2)}`}`;
}

/** Takes relationships away, all that there are between the two ends. Gives how many. */
async function deleteLinks(graph: Graph, declaration: RelationshipDeclaration, keys: readonly Key[]): Promise<number> {
  let count = 0;
  for (const some of slices(keys)) count += await counted(graph, deleteRelationships(declaration), some);
  return count;
}

async function cascadeFrom(graph: Graph, declaration: NodeDeclaration, keys: readonly Key[]): Promise<number> {
  let count = 0;
  for (const some of slices(keys)) count += await counted(graph, deleteGraphOwned(declaration), some);
  return count;
}

async function counted(graph: Graph, statement: string, keys: readonly Key[]): Promise<number> {
  return Number((await graph.query(statement, { rows: keyRows(keys) })).rows[0]?.[0] ?? 0);
}

/** Takes nodes away with our relationships, and gives how many went and the keys of those that must stay. */
async function deleteBare(graph: Graph, declaration: NodeDeclaration, keys: readonly Key[]): Promise<{ deleted: number; left: string[] }> {
  const { ours, bare, left } = deleteNodes(declaration, relationships);
  const stay = new Set<string>();
  let deleted = 0;
  for (const some of slices(keys)) {
    const parameters = { rows: keyRows(some) };
    for (const statement of ours) await graph.query(statement, parameters);
    deleted += await counted(graph, bare, some);
    const { rows } = await graph.query(left, parameters);
    for (const [key] of rows) stay.add(String(key));
  }
  return { deleted, left: [...stay] };
}

async function upserted(graph: Graph, declaration: Declaration, rows: readonly Keyed[], statement = upsert(declaration)): Promise<{ touched: number; found: number }> {
  const { rows: counts } = await graph.query(statement, { rows: rows.map((row, index) => rowOf(declaration, row, index)) });
  return { touched: Number(counts[0]?.[0] ?? 0), found: Number(counts[0]?.[1] ?? 0) };
}

function rowOf(declaration: Declaration, { k1, k2, values }: Keyed, i: number): { [name: string]: Value } {
  const row: { [name: string]: Value } = { i, k1, k2 };
  declaration.properties.forEach(({ property }, index) => (row[property] = values[index] ?? null));
  return row;
}
