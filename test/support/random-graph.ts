import type { Databases } from "../../src/databases/types.ts";
import { projectAll } from "../../src/core/sync/project.ts";

/** A learning graph as plain objects: what the model in the tests computes from, and what is loaded into the databases. */
export interface LearningGraph {
  concepts: { id: string; name: string; display_name: string | null; category: string | null; difficulty: string }[];
  users: { id: string; username: string; first_name: string | null; last_name: string | null }[];
  paths: { id: string; title: string; difficulty: string; estimated_hours: number | null }[];
  contains: { path: string; concept: string; sequence_order: number }[];
  progress: { user: string; concept: string; status: "not_started" | "in_progress" | "completed"; progress_percent: number; minutes: number; days_ago: number | null }[];
  /** By names; may hold cycles, never a relationship twice. */
  edges: { from: string; type: "PREREQUISITE" | "PART_OF" | "BUILDS_UPON" | "RELATED_TO"; to: string }[];
}

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Size {
  concepts: number;
  users: number;
  paths: number;
  prerequisites: number;
  progress: number;
  /** Whether prerequisites may run in circles. */
  cycles: boolean;
}

/** Names that sort differently by code point, by case and by alphabet, but stay within U+FFFF, where both databases agree. */
const odd = ["a", "B", "ä", "Ä", "z", "_", "é", "e\u0301", "中", "あ", "ﬀ", "Z", "0", "~", "ß", "'", '"', "\\", "$x", "%"];

export function randomGraph(seed: number, size: Size): LearningGraph {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const difficulties = ["Beginner", "Intermediate", "Advanced"];
  const named = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${pick(odd)}${prefix}${pick(odd)}${index}`);
  const concepts = named("c", size.concepts).map((name, index) => ({ id: `c-${below(1e9)}-${index}`, name, display_name: random() < 0.2 ? null : `Display ${name}`, category: random() < 0.1 ? null : pick(["Data", "art", "Ärzte"]), difficulty: pick(difficulties) }));
  const users = named("u", size.users).map((username, index) => ({ id: `u-${below(1e9)}-${index}`, username, first_name: random() < 0.2 ? null : "First", last_name: random() < 0.2 ? null : "Last" }));
  const paths = named("p", size.paths).map((title, index) => ({ id: `p-${below(1e9)}-${index}`, title, difficulty: pick(difficulties), estimated_hours: random() < 0.3 ? null : below(5) * 10 }));
  const contains = paths.flatMap(({ id }) => distinct(below(Math.min(8, size.concepts + 1)), () => pick(concepts).id).map((concept) => ({ path: id, concept, sequence_order: 1 + below(6) })));
  const progress = distinct(size.progress, () => `${below(size.users)} ${below(size.concepts)}`).map((pair) => {
    const [user, concept] = pair.split(" ").map(Number) as [number, number];
    return {
      user: users[user]?.id ?? "",
      concept: concepts[concept]?.id ?? "",
      status: pick(["not_started", "in_progress", "completed", "completed"] as const),
      progress_percent: pick([0, 10, 33, 50, 74, 75, 76, 90, 100]),
      minutes: below(300),
      days_ago: random() < 0.2 ? null : below(40),
    };
  });
  const edges: LearningGraph["edges"] = distinct(size.prerequisites, () => {
    const [a, b] = [below(size.concepts), below(size.concepts)];
    return size.cycles || a < b ? `${a} ${b}` : `${b} ${a}`;
  })
    .map((pair) => pair.split(" ").map(Number) as [number, number])
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ from: concepts[a]?.name ?? "", type: "PREREQUISITE", to: concepts[b]?.name ?? "" }));
  for (const type of ["PART_OF", "BUILDS_UPON", "RELATED_TO"] as const) {
    for (const pair of distinct(Math.floor(size.concepts / 4), () => `${below(size.concepts)} ${below(size.concepts)}`)) {
      const [a, b] = pair.split(" ").map(Number) as [number, number];
      if (a !== b) edges.push({ from: concepts[a]?.name ?? "", type, to: concepts[b]?.name ?? "" });
    }
  }
  return { concepts, users, paths, contains, progress, edges };
}

function distinct(count: number, make: () => string): string[] {
  const found = new Set<string>();
  for (let tries = 0; found.size < count && tries < count * 20; tries += 1) found.add(make());
  return [...found];
}

/** Puts a graph into both databases: rows by SQL, the projection by `projectAll`, relationships between concepts by Cypher. */
export async function loadGraph(databases: Databases, graph: LearningGraph): Promise<void> {
  const json = (rows: object[]): [string] => [JSON.stringify(rows)];
  await databases.sql.write(async (transaction) => {
    await transaction.query("INSERT INTO concepts (concept_id, name, display_name, category, difficulty_level) SELECT id, name, display_name, category, difficulty FROM jsonb_to_recordset($1::jsonb) AS r (id text, name text, display_name text, category text, difficulty text)", json(graph.concepts));
    await transaction.query("INSERT INTO users (user_id, username, first_name, last_name) SELECT id, username, first_name, last_name FROM jsonb_to_recordset($1::jsonb) AS r (id text, username text, first_name text, last_name text)", json(graph.users));
    await transaction.query("INSERT INTO learning_paths (path_id, name, difficulty_level, estimated_duration) SELECT id, title, difficulty, estimated_hours FROM jsonb_to_recordset($1::jsonb) AS r (id text, title text, difficulty text, estimated_hours integer)", json(graph.paths));
    await transaction.query("INSERT INTO learning_path_concepts (path_id, concept_id, sequence_order) SELECT path, concept, sequence_order FROM jsonb_to_recordset($1::jsonb) AS r (path text, concept text, sequence_order integer)", json(graph.contains));
    await transaction.query(
      `INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent, time_spent_minutes, last_accessed) SELECT "user", concept, status, progress_percent, minutes, ((current_date - days_ago) + time '12:00')::timestamptz FROM jsonb_to_recordset($1::jsonb) AS r ("user" text, concept text, status text, progress_percent integer, minutes integer, days_ago integer)`,
      json(graph.progress),
    );
  });
  await projectAll(databases);
  for (const type of ["PREREQUISITE", "PART_OF", "BUILDS_UPON", "RELATED_TO"] as const) {
    const rows = graph.edges.filter((edge) => edge.type === type).map(({ from, to }) => ({ from, to }));
    if (rows.length > 0) await databases.graph.write((transaction) => transaction.query(`UNWIND $rows AS row MATCH (a:Concept {name: row.from}) MATCH (b:Concept {name: row.to}) CREATE (a)-[r:${type}]->(b)`, { rows }));
  }
}
