import { InputError } from "../errors.ts";
import { created, deleted } from "./plan.ts";
import { concepts, unknown, type Found, type Sql } from "./records.ts";
import type { PlanLine } from "./types.ts";

/** A concept on a path, and the place that its row says; null before it has a row. */
export interface Place {
  id: string;
  concept: string;
  place: number | null;
}

/** A concept by id and name. */
export interface Known {
  id: string;
  concept: string;
}

/** The concepts of a path in order, their rows locked unless somebody only looks. */
export async function placesOf(sql: Sql, pathId: string, lock = true): Promise<Place[]> {
  const { rows } = await sql.query(
    `SELECT k.concept_id, c.name, k.sequence_order FROM learning_path_concepts k JOIN concepts c USING (concept_id) WHERE k.path_id = $1 ORDER BY k.sequence_order, c.name COLLATE "C"${lock ? " FOR UPDATE OF k" : ""}`,
    [pathId],
  );
  return rows.map(([id, concept, place]) => ({ id: String(id), concept: String(concept), place: Number(place) }));
}

/** The concepts of these names, in this order, locked so that they can't be deleted meanwhile. Throws `InputError`. */
export async function knownConcepts(sql: Sql, names: readonly string[]): Promise<Known[]> {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError("bad-input", `“${twice}” stands twice in the list of concepts`, "a path teaches a concept once");
  const { rows } = await sql.query('SELECT name, concept_id FROM concepts WHERE name = ANY($1::text[]) ORDER BY concept_id COLLATE "C" FOR KEY SHARE', [[...names]]);
  const ids = new Map(rows.map(([name, id]) => [String(name), String(id)]));
  const result: Known[] = [];
  for (const name of names) {
    const id = ids.get(name);
    if (id === undefined) throw await unknown(sql, concepts, name);
    result.push({ id, concept: name });
  }
  return result;
}

/** Gives the concepts of a path the places 1 to n in this order: takes away, adds and moves what that needs, and nothing else. */
export async function arrange(sql: Sql, plan: PlanLine[], path: Pick<Found, "id" | "name">, before: readonly Place[], after: readonly Known[]): Promise<void> {
  const thing = (concept: string): string => `path ${path.name} → ${concept}`;
  const wanted = new Map(after.map(({ id }, index) => [id, index + 1]));
  const held = new Map(before.map(({ id, place }) => [id, place]));
  const gone = before.filter(({ id }) => !wanted.has(id));
  const fresh = after.filter(({ id }) => !held.has(id));
  const moved = after.filter(({ id }) => held.has(id) && held.get(id) !== wanted.get(id));
  const places = (list: readonly Known[]): number[] => list.map(({ id }) => wanted.get(id) ?? 0);
  const ids = (list: readonly Known[]): string[] => list.map(({ id }) => id);
  if (gone.length > 0) await sql.query("DELETE FROM learning_path_concepts WHERE path_id = $1 AND concept_id = ANY($2::text[])", [path.id, ids(gone)]);
  if (moved.length > 0) await sql.query("UPDATE learning_path_concepts AS t SET sequence_order = r.place FROM unnest($2::text[], $3::integer[]) AS r(id, place) WHERE t.path_id = $1 AND t.concept_id = r.id", [path.id, ids(moved), places(moved)]);
  if (fresh.length > 0) await sql.query("INSERT INTO learning_path_concepts (path_id, concept_id, sequence_order) SELECT $1, r.id, r.place FROM unnest($2::text[], $3::integer[]) AS r(id, place)", [path.id, ids(fresh), places(fresh)]);
  plan.push(
    ...gone.map(({ concept, place }) => deleted(thing(concept), [["place", place]])),
    ...fresh.map(({ id, concept }) => created(thing(concept), [["place", wanted.get(id) ?? null]])),
    ...moved.map(({ id, concept }): PlanLine => ({ action: "update", thing: thing(concept), before: `place ${held.get(id)}`, after: `place ${wanted.get(id)}` })),
  );
}
