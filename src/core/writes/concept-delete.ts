import type { Databases, GraphParameters, ReadOptions, Transaction } from "../../databases/types.ts";
import { InputError } from "../errors.ts";
import { conceptRelationshipTypes } from "../projection/types.ts";
import { markKeys } from "../sync/outbox.ts";
import { unpark } from "../sync/parked.ts";
import { arrange, placesOf } from "./places.ts";
import { deleted, writeBoth } from "./plan.ts";
import { concepts, factsOf, find, unknown, type Found, type Sql } from "./records.ts";
import { edgeText } from "./relationships.ts";
import type { PlanLine, Action } from "./types.ts";

/** Something that would go with the concept: how much of it, and some names. */
interface Loss {
  /** `learner`; with an s there are several. */
  what: string;
  count: number;
  names: readonly string[];
}

/** What the graph says of the concept before anything is locked. */
interface InGraph {
  /** The id of the row of that name; null if PostgreSQL has none. */
  id: string | null;
  /** Nodes of that name without a row of that name. */
  orphans: readonly string[];
  /** Between concepts: what --cascade takes along. */
  relationships: readonly string[];
  /** Whatever else hangs on it: nothing of ours, and never deleted. */
  foreign: readonly string[];
}

const shownNames = 3;

/**
 * Deletes a concept. What hangs on it is told and refused, or goes with it where `cascade` says so. A concept whose row is
 * gone, but whose node could not be taken out of the graph because of its relationships, goes by its name too.
 */
export const deleteConcept: Action = async (databases, given, options) => {
  const name = given.text("concept");
  const inGraph = await look(databases, name, options);
  if (inGraph.foreign.length > 0) throw new InputError("write-refused", `the node of “${name}” holds relationships that are not jeseci's: ${some(inGraph.foreign, inGraph.foreign.length)}`, "delete them in the graph first, if they may go");
  return writeBoth(databases, options, (plan) => ({
    rows: async (sql) => {
      const found = await find(sql, concepts, name);
      if ((found?.id ?? null) !== inGraph.id) throw changedMeanwhile(name);
      const ids = found === undefined ? await withoutRow(sql, inGraph.orphans) : [found.id];
      if (ids.length === 0) throw await unknown(sql, concepts, name);
      const losses = [lossOf("relationship", inGraph.relationships), ...(found === undefined ? [] : await lossesIn(sql, found.id))].filter(({ count }) => count > 0);
      if (losses.length > 0 && options.cascade !== true) throw new InputError("write-refused", `“${name}” holds ${losses.map(lossText).join("; ")}`, "--cascade deletes all of that too; with --dry-run it shows first what would go");
      plan.push(...losses.filter(({ what }) => what !== "place on a path").map((loss): PlanLine => ({ action: "delete", thing: `${counted(loss)} of ${name}`, before: some(loss.names, loss.count) || null, after: null })));
      if (found === undefined) await markGone(sql, plan, name, ids);
      else await deleteRows(sql, plan, found);
      await unpark(sql, ids.map(keyOf));
      return ids;
    },
    cascade: (ids) => (options.cascade === true ? ids : []),
    graph: async (graph, ids) => {
      // Somebody may have related it to another concept between the look and the lock.
      if (await anyLeft(graph, ids)) throw changedMeanwhile(name);
      return [];
    },
  }));
};

async function look({ sql, graph }: Databases, name: string, { signal }: Pick<ReadOptions, "signal">): Promise<InGraph> {
  const read = signal === undefined ? {} : { signal };
  const { rows } = await sql.query("SELECT concept_id FROM concepts WHERE name = $1 LIMIT 2", [name], read);
  const id = rows.length === 1 ? String(rows[0]?.[0]) : null;
  const { rows: nodes } = rows.length > 0 ? { rows: [] } : await graph.query("MATCH (n:Concept {name: $name}) WHERE n.concept_id IS NOT NULL RETURN n.concept_id AS id ORDER BY id", { name }, read);
  const orphans = nodes.map(([orphan]) => String(orphan));
  const { rows: held } = await graph.query(
    `MATCH (n:Concept)-[r]-(o) WHERE n.concept_id IN $ids WITH DISTINCT n, r, o
     WHERE NOT ((type(r) = 'CONTAINS' AND o:LearningPath) OR (type(r) = 'HAS_PROGRESS' AND o:User))
     RETURN type(r) AS type, startNode(r) = n AS forward, o:Concept AS between, coalesce(o.name, o.title, o.username, '?') AS other ORDER BY type, forward, other`,
    { ids: id === null ? orphans : [id] },
    read,
  );
  const [relationships, foreign]: [string[], string[]] = [[], []];
  for (const [type, forward, between, other] of held) {
    const [here, there] = [{ concept: name }, { concept: String(other) }];
    const text = edgeText(forward === true ? { from: here, type: String(type), to: there } : { from: there, type: String(type), to: here });
    const ours = between === true && conceptRelationshipTypes.some((known) => known === type);
    (ours ? relationships : foreign).push(text);
  }
  return { id, orphans, relationships, foreign };
}

/** Of some ids those that no row has: a row of another name may only be on its way to the graph. */
async function withoutRow(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query("SELECT concept_id FROM concepts WHERE concept_id = ANY($1::text[])", [[...ids]]);
  const taken = new Set(rows.map(([id]) => String(id)));
  return ids.filter((id) => !taken.has(id));
}

const lossQueries: readonly { what: string; total: string; names: string | null }[] = [
  {
    what: "learner",
    total: "SELECT count(*) FROM user_concept_progress WHERE concept_id = $1",
    names: 'SELECT u.username FROM user_concept_progress p JOIN users u USING (user_id) WHERE p.concept_id = $1 ORDER BY u.username COLLATE "C" LIMIT $2',
  },
  {
    what: "place on a path",
    total: "SELECT count(*) FROM learning_path_concepts WHERE concept_id = $1",
    names: 'SELECT p.name FROM learning_path_concepts k JOIN learning_paths p USING (path_id) WHERE k.concept_id = $1 ORDER BY p.name COLLATE "C", p.path_id COLLATE "C" LIMIT $2',
  },
  { what: "session", total: "SELECT count(*) FROM learning_sessions WHERE concept_id = $1", names: null },
  { what: "quiz", total: "SELECT count(*) FROM quizzes WHERE concept_id = $1", names: 'SELECT title FROM quizzes WHERE concept_id = $1 ORDER BY title COLLATE "C", quiz_id COLLATE "C" LIMIT $2' },
  { what: "attempt at a quiz", total: "SELECT count(*) FROM quiz_attempts a JOIN quizzes q USING (quiz_id) WHERE q.concept_id = $1", names: null },
];

async function lossesIn(sql: Sql, id: string): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const { what, total, names } of lossQueries) {
    const count = Number((await sql.query(total, [id])).rows[0]?.[0] ?? 0);
    const { rows } = names === null || count === 0 ? { rows: [] } : await sql.query(names, [id, shownNames]);
    losses.push({ what, count, names: rows.map(([name]) => String(name)) });
  }
  return losses;
}

const deletions = [
  "DELETE FROM quiz_attempts WHERE quiz_id IN (SELECT quiz_id FROM quizzes WHERE concept_id = $1)",
  "DELETE FROM quizzes WHERE concept_id = $1",
  "DELETE FROM learning_sessions WHERE concept_id = $1",
  "DELETE FROM user_concept_progress WHERE concept_id = $1",
];

/** Deletes the row and what hangs on it, whether or not the foreign keys cascade; the paths close their gaps. */
async function deleteRows(sql: Sql, plan: PlanLine[], { id, name, cells }: Found): Promise<void> {
  for (const statement of deletions) await sql.query(statement, [id]);
  const { rows } = await sql.query('SELECT path_id, name FROM learning_paths WHERE path_id IN (SELECT path_id FROM learning_path_concepts WHERE concept_id = $1) ORDER BY path_id COLLATE "C" FOR UPDATE', [id]);
  for (const [pathId, title] of rows) {
    const places = await placesOf(sql, String(pathId));
    await arrange(sql, plan, { id: String(pathId), name: String(title) }, places, places.filter((place) => place.id !== id));
  }
  await sql.query("DELETE FROM concepts WHERE concept_id = $1", [id]);
  plan.push(deleted(`concept ${name}`, factsOf(concepts, cells).slice(1)));
}

/** There is no row whose trigger would mark it: a node that outlived its row is marked by hand, and carried over like any other. */
async function markGone(sql: Sql, plan: PlanLine[], name: string, ids: readonly string[]): Promise<void> {
  await markKeys(sql, ids.map(keyOf));
  plan.push(...ids.map(() => deleted(`concept ${name}, in the graph only`, [])));
}

function keyOf(k1: string): { entity: "concept"; k1: string; k2: string } {
  return { entity: "concept", k1, k2: "" };
}

async function anyLeft(graph: Transaction<GraphParameters>, ids: readonly string[]): Promise<boolean> {
  const { rows } = await graph.query("MATCH (n:Concept) WHERE n.concept_id IN $ids RETURN count(n) AS n", { ids: [...ids] });
  return Number(rows[0]?.[0] ?? 0) > 0;
}

function changedMeanwhile(name: string): InputError {
  return new InputError("write-refused", `“${name}” was changed by somebody else meanwhile; nothing was written`, "run it again");
}

function lossOf(what: string, names: readonly string[]): Loss {
  return { what, count: names.length, names: names.slice(0, shownNames) };
}

function lossText(loss: Loss): string {
  return `${counted(loss)}${loss.names.length === 0 ? "" : ` (${some(loss.names, loss.count)})`}`;
}

/** `1 quiz`, `3 places on a path`. */
function counted({ what, count }: Loss): string {
  if (count === 1) return `1 ${what}`;
  const [first = "", ...rest] = what.split(" ");
  return [count, first === "quiz" ? "quizzes" : `${first}s`, ...rest].join(" ");
}

function some(names: readonly string[], count: number): string {
  const shown = names.slice(0, shownNames);
  if (shown.length === 0) return "";
  return `${shown.join(", ")}${count > shown.length ? ` and ${count - shown.length} more` : ""}`;
}
