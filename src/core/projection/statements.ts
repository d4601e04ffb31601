import { conceptRelationshipTypes, type Declaration, type NodeDeclaration, type RelationshipDeclaration } from "./types.ts";

/*
 * The statements that follow from the declarations: the only place that builds SQL or Cypher text. All names in them
 * come from the declarations, all data is bound. The Cypher is that of the protocol, section 3.
 */

/** Every row in key order: `k1`, `k2`, then the declared columns. `COLLATE "C"` is the byte order that the graph reads in. */
export function readRows(declaration: Declaration): string {
  return `${selectFrom(declaration)} ${declaration.table} AS t ORDER BY ${orderKeys(declaration).join(", ")}`;
}

/** The rows of some keys, in `$1` and for a relationship `$2`; as `readRows` gives them, in any order. */
export function readRowsOf(declaration: Declaration): string {
  const [k1, k2] = keyColumns(declaration);
  if (k2 === null) return `${selectFrom(declaration)} ${declaration.table} AS t WHERE t.${k1} = ANY($1::text[])`;
  return `${selectFrom(declaration)} unnest($1::text[], $2::text[]) AS k(k1, k2) JOIN ${declaration.table} AS t ON t.${k1} = k.k1 AND t.${k2} = k.k2`;
}

/** The row of one key, in `$1` and for a relationship `$2`: what takes PostgreSQL the least to plan. */
export function readRowOf(declaration: Declaration): string {
  const [k1, k2] = keyColumns(declaration);
  return `${selectFrom(declaration)} ${declaration.table} AS t WHERE t.${k1} = $1${k2 === null ? "" : ` AND t.${k2} = $2`}`;
}

/**
 * Joins to each mark `m` of the entity its row `r`, as `readRows` gives it: NULLs where there is none. By way of JSON the key
 * loses the order of bytes that marks have, or the column's own index could not find it; with LIMIT it is found one by one.
 */
export function joinRowToMark(declaration: Declaration): string {
  const [k1, k2] = keyColumns(declaration);
  const key = (name: string): string => `(jsonb_build_array(m.${name}) ->> 0)`;
  return `LEFT JOIN LATERAL (${selectFrom(declaration)} ${declaration.table} AS t WHERE m.entity = '${declaration.entity}' AND t.${k1} = ${key("k1")}${k2 === null ? "" : ` AND t.${k2} = ${key("k2")}`} LIMIT 1) AS r ON true`;
}

/** `bytes` is the order that the graph reads in, `index` that of the key's own index, which needs no sorting. */
export type KeyOrder = "bytes" | "index";

/** The next `$1` rows in key order: from the first one on, or after the key in `$2` and for a relationship `$3`. */
export function readPage(declaration: Declaration, order: KeyOrder, first: boolean): string {
  const keys = orderKeys(declaration, order);
  const after = first ? "" : ` WHERE (${keys.join(", ")}) > (${keys.map((_key, index) => `$${index + 2}`).join(", ")})`;
  return `${selectFrom(declaration)} ${declaration.table} AS t${after} ORDER BY ${keys.join(", ")} LIMIT $1`;
}

/** What every read of rows gives: `k1`, `k2` (empty for a node), then the declared columns. */
function selectFrom(declaration: Declaration): string {
  const [k1, k2] = keyColumns(declaration);
  const columns = declaration.properties.map(({ column }) => `, t.${column}`).join("");
  return `SELECT t.${k1}::text, ${k2 === null ? "''" : `t.${k2}::text`}${columns} FROM`;
}

/** The keys to sort by. Qualified, since a bare name would be the output's and sort by the text, not by the index. */
function orderKeys(declaration: Declaration, order: KeyOrder = "bytes"): string[] {
  return keyColumns(declaration).flatMap((column) => (column === null ? [] : [`t.${column}${order === "bytes" ? ' COLLATE "C"' : ""}`]));
}

/** The names that people know the ids by, for a list of ids in `$1`. */
export function readNames(node: NodeDeclaration): string {
  const name = node.properties.find(({ property }) => property === node.naturalName)?.column ?? node.key.column;
  return `SELECT t.${node.key.column}::text, t.${name} FROM ${node.table} AS t WHERE t.${node.key.column} = ANY($1::text[])`;
}

/** A number that both sides can tell of an entity without looking at single keys. */
export interface Sum {
  /** How many there are; the sum of a property; or how many of its values are no numbers, which no sum holds. */
  of: "count" | "sum" | "non_numbers";
  /** By the graph's name; null for the count. */
  property: string | null;
}

/** What `sumRows`, `sumGraph` and `sumAll` give, in their order. */
export function sumsOf(declaration: Declaration): Sum[] {
  return [{ of: "count", property: null }, ...numbers(declaration).flatMap(({ property }): Sum[] => [{ of: "sum", property }, { of: "non_numbers", property }])];
}

/** Rows and, for every number column, its sum. A column of numbers holds nothing else. */
export function sumRows(declaration: Declaration): string {
  return `SELECT count(*)${numbers(declaration).map(({ column }) => `, coalesce(sum(t.${column}), 0), 0`).join("")} FROM ${declaration.table} AS t`;
}

/** The graph's side of `sumRows`. Only what carries a key counts. */
export function sumGraph(declaration: Declaration): string {
  const [pattern, variable, condition] = patternOf(declaration);
  return `${pattern} WHERE ${condition} ${summed(declaration, variable)}`;
}

/** The same of all relationships of the type, whatever their ends are: looking at each end's key takes ten times as long. */
export function sumAll(declaration: RelationshipDeclaration): string {
  return `MATCH ()-[r:${declaration.type}]->() ${summed(declaration, "r")}`;
}

/**
 * Numbers are told from what is none before they are summed: neither engine sums a text. Compared with a text only a text
 * gives anything but null, and with a number only a number does; for Grafeo '75' is one, so texts are asked for first.
 */
function summed(declaration: Declaration, variable: string): string {
  const names = numbers(declaration).map(({ property }) => property);
  if (names.length === 0) return "RETURN count(*) AS n";
  const held = names.map((name) => `${variable}.${name} AS ${name}`).join(", ");
  const told = names.map((name) => `${name}, CASE WHEN ${name} >= '' THEN null WHEN ${name} >= 0 OR ${name} < 0 THEN ${name} END AS ${name}_number`).join(", ");
  return `WITH ${held} WITH ${told} RETURN count(*) AS n${names.map((name) => `, coalesce(sum(${name}_number), 0) AS ${name}_sum, count(${name}) - count(${name}_number) AS ${name}_other`).join("")}`;
}

/** How many relationships of a type begin, and how many end, at a node of the label that they should: Neo4j keeps these counts. */
export function countByEnd({ from, to, type }: RelationshipDeclaration): [from: string, to: string] {
  return [`MATCH (:${from.node.label})-[r:${type}]->() RETURN count(r) AS n`, `MATCH ()-[r:${type}]->(:${to.node.label}) RETURN count(r) AS n`];
}

/** How many nodes of a label carry the key, which its index tells. */
export function countKeyed({ label, key }: NodeDeclaration): string {
  return `MATCH (n:${label}) WHERE n.${key.property} >= '' RETURN count(*) AS n`;
}

/**
 * Every node or relationship that carries a key, in the order of its (first) key: `k1`, `k2`, then the properties. The key of
 * a relationship's second end may be missing or no text: a condition on it would make Neo4j begin at that end, and sort all.
 */
export function readGraph(declaration: Declaration): string {
  if (declaration.kind === "node") {
    const { property } = declaration.key;
    return `MATCH (n:${declaration.label}) WHERE n.${property} >= $lo RETURN n.${property} AS k1, '' AS k2${propertiesOf(declaration, "n")} ORDER BY k1`;
  }
  const { from, to, type } = declaration;
  const [a, b] = [from.node.key.property, to.node.key.property];
  return `MATCH (a:${from.node.label}) WHERE a.${a} >= $lo MATCH (a)-[r:${type}]->(b:${to.node.label}) RETURN a.${a} AS k1, b.${b} AS k2${propertiesOf(declaration, "r")} ORDER BY k1, k2`;
}

/** What the graph holds of the keys in `$rows` (maps of `k1`, `k2`), as `readGraph` gives it, in any order. */
export function readGraphOf(declaration: Declaration): string {
  if (declaration.kind === "node") return `UNWIND $rows AS row MATCH (n:${declaration.label} {${declaration.key.property}: row.k1}) RETURN row.k1 AS k1, '' AS k2${propertiesOf(declaration, "n")}`;
  const { from, to, type } = declaration;
  return `UNWIND $rows AS row MATCH (a:${from.node.label} {${from.node.key.property}: row.k1}) MATCH (b:${to.node.label} {${to.node.key.property}: row.k2}) MATCH (a)-[r:${type}]->(b) RETURN row.k1 AS k1, row.k2 AS k2${propertiesOf(declaration, "r")}`;
}

/**
 * Of the keys in `$1` and for a relationship `$2` those whose row no transaction has touched since the snapshot in the last
 * parameter. A row's own transaction has 32 bits; it is visible, so the 32 above them are those of the newest that can be.
 */
export function readUntouchedOf(declaration: Declaration): string {
  const [k1, k2] = keyColumns(declaration);
  if (k2 === null) return `SELECT t.${k1}::text, '' FROM ${declaration.table} AS t WHERE t.${k1} = ANY($1::text[]) AND ${untouched("$2")}`;
  return `SELECT t.${k1}::text, t.${k2}::text FROM unnest($1::text[], $2::text[]) AS k(k1, k2) JOIN ${declaration.table} AS t ON t.${k1} = k.k1 AND t.${k2} = k.k2 WHERE ${untouched("$3")}`;
}

/** One row if a transaction that the snapshot in `$1` does not see has written any row that is there now, else none. */
export function anyNewerThan({ table }: Declaration): string {
  return `SELECT 1 FROM ${table} AS t WHERE NOT (${untouched("$1")}) LIMIT 1`;
}

/** Whether the snapshot sees who wrote the row `t`. */
function untouched(snapshot: string): string {
  const newest = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
  const xmin = "t.xmin::text::bigint";
  const xid = `(${newest} - ${newest} % 4294967296 + ${xmin} - CASE WHEN ${xmin} > ${newest} % 4294967296 THEN 4294967296 ELSE 0 END)`;
  return `CASE WHEN ${xmin} < 3 OR ${xid} < 3 THEN true ELSE pg_visible_in_snapshot(${xid}::text::xid8, ${snapshot}::pg_snapshot) END`;
}

/** One row if anything of an entity carries a property at all, else none. */
export function anyWithProperty(declaration: Declaration, property: string): string {
  const [pattern, variable, condition] = patternOf(declaration);
  return `${pattern} WHERE ${condition} AND ${variable}.${property} IS NOT NULL RETURN 1 AS one LIMIT 1`;
}

/** Of the keys in `$rows` the nodes that hold a relationship other than ours: relationships between concepts, and of other programs. */
export function heldNodes(node: NodeDeclaration, relationships: readonly RelationshipDeclaration[]): string {
  const ours = relationships
    .filter(({ from, to }) => from.node === node || to.node === node)
    .map(({ from, to, type }) => `(type(r) = '${type}' AND o:${from.node === node ? to.node.label : from.node.label})`)
    .join(" OR ");
  return `UNWIND $rows AS row MATCH (n:${node.label} {${node.key.property}: row.k1})-[r]-(o) WHERE NOT (${ours}) RETURN row.k1 AS k1, count(DISTINCT r) AS n`;
}

/** Of the nodes in `$rows` how many relationships of an entity hang on each that has any. */
export function hangingOn(node: NodeDeclaration, link: RelationshipDeclaration): string {
  const arrow = link.from.node === node ? `-[r:${link.type}]->(:${link.to.node.label})` : `<-[r:${link.type}]-(:${link.from.node.label})`;
  return `UNWIND $rows AS row MATCH (n:${node.label} {${node.key.property}: row.k1})${arrow} RETURN row.k1 AS k1, count(r) AS n ORDER BY k1`;
}

/** One row if the graph holds anything of an entity, else none. */
export function anyInGraph(declaration: Declaration): string {
  const [pattern, , condition] = patternOf(declaration);
  return `${pattern} WHERE ${condition} RETURN 1 AS one LIMIT 1`;
}

/** How many rows a table of the model has. */
export function countTable(table: string): string {
  return `SELECT count(*) FROM ${table}`;
}

/** The graph's names of a list of ids in `$ids`. */
export function readGraphNames(node: NodeDeclaration): string {
  return `UNWIND $ids AS id MATCH (n:${node.label} {${node.key.property}: id}) RETURN id AS id, n.${node.naturalName} AS name ORDER BY id`;
}

/**
 * Creates or updates: `$rows` is a list of maps with `i`, `k1`, `k2` and the properties; NULL removes one. `found` is how
 * many of the rows found their ends and must equal their number; `n` is how many things they touched: more are duplicates.
 */
export function upsert(declaration: Declaration): string {
  const set = (variable: string): string => declaration.properties.map(({ property }) => `${variable}.${property} = row.${property}`).join(", ");
  if (declaration.kind === "node") return `UNWIND $rows AS row MERGE (n:${declaration.label} {${declaration.key.property}: row.k1}) SET ${set("n")} RETURN count(n) AS n, count(DISTINCT row.i) AS found`;
  const { from, to, type } = declaration;
  return `UNWIND $rows AS row MATCH (a:${from.node.label} {${from.node.key.property}: row.k1}) MATCH (b:${to.node.label} {${to.node.key.property}: row.k2}) MERGE (a)-[r:${type}]->(b) SET ${set("r")} RETURN count(r) AS n, count(DISTINCT row.i) AS found`;
}

/** The same for relationships that are known not to be there yet, which needs no looking and goes half as fast again. */
export function create(declaration: RelationshipDeclaration): string {
  return upsert(declaration).replace("MERGE (a)-[r:", "CREATE (a)-[r:");
}

/** How many nodes of a label or relationships of a type there are at all, with a key or without: Neo4j keeps these counts. */
export function countAll(declaration: Declaration): string {
  return declaration.kind === "node" ? `MATCH (n:${declaration.label}) RETURN count(n) AS n` : `MATCH ()-[r:${declaration.type}]->() RETURN count(r) AS n`;
}

/** Which end is missing: asked only when an upsert counted too few. */
export function missingEnds({ from, to }: RelationshipDeclaration): string {
  return `UNWIND $rows AS row OPTIONAL MATCH (a:${from.node.label} {${from.node.key.property}: row.k1}) OPTIONAL MATCH (b:${to.node.label} {${to.node.key.property}: row.k2}) WITH row, a, b WHERE a IS NULL OR b IS NULL RETURN row.k1 AS k1, row.k2 AS k2, a IS NULL AS no_from, b IS NULL AS no_to ORDER BY k1, k2`;
}

export function deleteRelationships({ from, to, type }: RelationshipDeclaration): string {
  return `UNWIND $rows AS row MATCH (:${from.node.label} {${from.node.key.property}: row.k1})-[r:${type}]->(:${to.node.label} {${to.node.key.property}: row.k2}) DELETE r RETURN count(r) AS n`;
}

/** The relationships between concepts of nodes whose row is gone: only where a person asked for it. */
export function deleteGraphOwned(node: NodeDeclaration): string {
  return `UNWIND $rows AS row MATCH (n:${node.label} {${node.key.property}: row.k1})-[r:${conceptRelationshipTypes.join("|")}]-(:${node.label}) DELETE r RETURN count(DISTINCT r) AS n`;
}

/**
 * A node whose row is gone, in three steps: our relationships; the node, if nothing else hangs on it; who is left.
 * What is left carries relationships that are not ours, and is never deleted here.
 */
export function deleteNodes(node: NodeDeclaration, relationships: readonly RelationshipDeclaration[]): { ours: string[]; bare: string; left: string } {
  const match = `UNWIND $rows AS row MATCH (n:${node.label} {${node.key.property}: row.k1})`;
  return {
    ours: relationships
      .filter(({ from, to }) => from.node === node || to.node === node)
      .map(({ from, type }) => `${match}${from.node === node ? `-[r:${type}]->()` : `<-[r:${type}]-()`} DELETE r RETURN count(r) AS n`),
    bare: `${match} WHERE NOT EXISTS { (n)--() } DELETE n RETURN count(n) AS n`,
    left: `${match} RETURN n.${node.key.property} AS k ORDER BY k`,
  };
}

function keyColumns(declaration: Declaration): [string, string | null] {
  return declaration.kind === "node" ? [declaration.key.column, null] : [declaration.from.column, declaration.to.column];
}

function propertiesOf(declaration: Declaration, variable: string): string {
  return declaration.properties.map(({ property }) => `, ${variable}.${property} AS ${property}`).join("");
}

/** What is read of a table. */
export function columnsOf(declaration: Declaration): { table: string; columns: string[] } {
  return { table: declaration.table, columns: [...keyColumns(declaration).flatMap((column) => column ?? []), ...declaration.properties.map(({ column }) => column)] };
}

function numbers(declaration: Declaration): Declaration["properties"] {
  return declaration.properties.filter(({ type }) => type !== "text");
}

/** What carries a key: only a text is one, and only a text is not below the empty text. */
function patternOf(declaration: Declaration): [pattern: string, variable: string, condition: string] {
  if (declaration.kind === "node") return [`MATCH (n:${declaration.label})`, "n", `n.${declaration.key.property} >= ''`];
  const { from, to, type } = declaration;
  return [`MATCH (a:${from.node.label})-[r:${type}]->(b:${to.node.label})`, "r", `a.${from.node.key.property} >= '' AND b.${to.node.key.property} >= ''`];
}
