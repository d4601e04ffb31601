import { entityNames, type EntityName } from "../../../src/core/projection/types.ts";
import type { GraphDatabase, SqlDatabase } from "../../../src/databases/types.ts";

/** Keys and what is held of each, as text; by a reading of its own, so that the product's isn't its own judge. */
export type State = Map<string, string[]>;

const rowsOf: Readonly<Record<EntityName, string>> = {
  concept: "SELECT concept_id, '', name, display_name, category, domain, initcap(difficulty_level) FROM concepts",
  user: "SELECT user_id, '', username, first_name, last_name FROM users",
  learning_path: "SELECT path_id, '', name, initcap(difficulty_level), category, estimated_duration FROM learning_paths",
  path_concept: "SELECT path_id, concept_id, sequence_order FROM learning_path_concepts",
  progress: "SELECT user_id, concept_id, status, progress_percent FROM user_concept_progress",
};

const nodesOf: Readonly<Record<EntityName, string>> = {
  concept: "MATCH (n:Concept) RETURN n.concept_id AS a, '' AS b, n.name AS c, n.display_name AS d, n.category AS e, n.domain AS f, n.difficulty AS g",
  user: "MATCH (n:User) RETURN n.user_id AS a, '' AS b, n.username AS c, n.first_name AS d, n.last_name AS e",
  learning_path: "MATCH (n:LearningPath) RETURN n.path_id AS a, '' AS b, n.title AS c, n.difficulty AS d, n.category AS e, n.estimated_hours AS f",
  path_concept: "MATCH (a:LearningPath)-[r:CONTAINS]->(b:Concept) RETURN a.path_id AS a, b.concept_id AS b, r.sequence_order AS c",
  progress: "MATCH (a:User)-[r:HAS_PROGRESS]->(b:Concept) RETURN a.user_id AS a, b.concept_id AS b, r.status AS c, r.progress_percent AS d",
};

/** `[entity, k1, k2]` of a key. */
export function parts(key: string): [EntityName, string, string] {
  return JSON.parse(key) as [EntityName, string, string];
}

/** The rows, in one snapshot. */
export function rowState(sql: SqlDatabase): Promise<State> {
  return sql.read(async (transaction) => {
    const state: State = new Map();
    for (const entity of entityNames) put(state, entity, (await transaction.query(rowsOf[entity])).rows);
    return state;
  });
}

/** What the graph holds of them, and the relationships between concepts. */
export function graphState(graph: GraphDatabase): Promise<{ nodes: State; edges: string[] }> {
  return graph.read(async (transaction) => {
    const nodes: State = new Map();
    for (const entity of entityNames) put(nodes, entity, (await transaction.query(nodesOf[entity])).rows);
    const { rows } = await transaction.query("MATCH (a:Concept)-[r]->(b:Concept) RETURN a.concept_id AS a, type(r) AS type, b.concept_id AS b");
    return { nodes, edges: rows.map((row) => row.map(String).join(" ")).sort() };
  });
}

/** The outbox: marked keys, concepts marked with --cascade, parked keys, and what comparisons after `since` refused to delete. */
export function outboxState(sql: SqlDatabase, since = 0): Promise<{ marks: Set<string>; cascades: Set<string>; parked: Set<string>; refused: { entity: string; count: number }[]; lastPass: number }> {
  return sql.read(async (transaction) => {
    const { rows: marks } = await transaction.query("SELECT entity, k1, k2, cascade FROM jeseci.sync_mark");
    const { rows: parked } = await transaction.query("SELECT entity, k1, k2 FROM jeseci.sync_dead");
    const { rows: refused } = await transaction.query("SELECT r.entity, r.count FROM jeseci.sync_pass AS p, jsonb_to_recordset(p.refused) AS r(entity text, count integer) WHERE p.id > $1 AND kind = 'reconcile' ORDER BY p.id", [since]);
    const { rows: last } = await transaction.query("SELECT coalesce(max(id), 0) FROM jeseci.sync_pass");
    return {
      marks: new Set(marks.map(([entity, k1, k2]) => JSON.stringify([entity, k1, k2]))),
      cascades: new Set(marks.filter(([, , , cascade]) => cascade === true).map(([, k1]) => String(k1))),
      parked: new Set(parked.map((row) => JSON.stringify(row))),
      refused: refused.map(([entity, count]) => ({ entity: String(entity), count: Number(count) })),
      lastPass: Number(last[0]?.[0]),
    };
  });
}

/** The keys that the graph doesn't hold exactly once and as their row says. */
export function unlike(rows: State, nodes: State): string[] {
  return [...new Set([...rows.keys(), ...nodes.keys()])].filter((key) => JSON.stringify(rows.get(key) ?? []) !== JSON.stringify(nodes.get(key) ?? []));
}

/** The keys that are only in the graph. */
export function missingRows(rows: State, nodes: State): string[] {
  return [...nodes.keys()].filter((key) => !rows.has(key));
}

function put(state: State, entity: EntityName, rows: readonly (readonly unknown[])[]): void {
  for (const [k1, k2, ...values] of rows) {
    const key = JSON.stringify([entity, k1, k2]);
    state.set(key, [...(state.get(key) ?? []), JSON.stringify(values)]);
  }
}
