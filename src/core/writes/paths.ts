import { InputError } from "../errors.ts";
import { arrange, knownConcepts, placesOf, type Known, type Place } from "./places.ts";
import { deleted, writeBoth } from "./plan.ts";
import { factsOf, findKnown, insertRow, paths, presentValues, updateRow, type Found, type Sql } from "./records.ts";
import type { Action, Present } from "./types.ts";
import { joinWords } from "./values.ts";

/** Adds a path with its concepts in order. */
export const createPath: Action = async (databases, given, options) => {
  return writeBoth(databases, options, (plan) => ({
    about: "path_concept",
    rows: async (sql) => {
      const known = await knownConcepts(sql, given.words("concepts"));
      await arrange(sql, plan, await insertRow(sql, plan, paths, given), [], known);
    },
  }));
};

/** Changes a path; with `concepts` that list takes the place of the old one. */
export const updatePath: Action = async (databases, given, options) => {
  return writeBoth(databases, options, (plan) => ({
    about: "learning_path",
    rows: async (sql) => {
      const path = await findKnown(sql, paths, given.text("path"));
      const known = await knownConcepts(sql, given.words("concepts"));
      const name = await updateRow(sql, plan, paths, path, given);
      if (given.has("concepts")) await arrange(sql, plan, { id: path.id, name }, await placesOf(sql, path.id), known);
    },
  }));
};

/** What a path holds now, with its concepts in order. */
export const presentPath: Present = ({ sql }, { path }) =>
  sql.read(async (transaction) => {
    const { id, values } = await presentValues(transaction, paths, path ?? "");
    return id === null ? values : { ...values, concepts: joinWords((await placesOf(transaction, id, false)).map(({ concept }) => concept)) };
  });

/** Deletes a path and its list; the concepts stay. */
export const deletePath: Action = async (databases, given, options) => {
  return writeBoth(databases, options, (plan) => ({
    rows: async (sql) => {
      const path = await findKnown(sql, paths, given.text("path"));
      await arrange(sql, plan, path, await placesOf(sql, path.id), []);
      await sql.query("DELETE FROM learning_paths WHERE path_id = $1", [path.id]);
      plan.push(deleted(`path ${path.name}`, factsOf(paths, path.cells).slice(1)));
    },
  }));
};

/** Puts a concept on a path, at a place or at its end; those behind it move up. */
export const addToPath: Action = async (databases, given, options) => {
  return writeBoth(databases, options, (plan) => ({
    about: "path_concept",
    rows: async (sql) => {
      const { path, places } = await pathWith(sql, given.text("path"));
      const [concept] = await knownConcepts(sql, [given.text("concept")]);
      if (concept === undefined) return;
      const at = places.findIndex(({ id }) => id === concept.id);
      if (at >= 0) throw new InputError("bad-input", `“${concept.concept}” is on “${path.name}” already, at place ${at + 1}`, "`jeseci path move` gives it another place");
      const place = given.integer("at") ?? places.length + 1;
      await arrange(sql, plan, path, places, places.toSpliced(placeWithin(place, places.length + 1, path) - 1, 0, { ...concept, place: null }));
    },
  }));
};

/** Gives a concept another place; those between the two move by one. */
export const moveOnPath: Action = async (databases, given, options) => {
  return writeBoth(databases, options, (plan) => ({
    about: "path_concept",
    rows: async (sql) => {
      const { path, places } = await pathWith(sql, given.text("path"));
      const { rest, moved } = await without(sql, path, places, given.text("concept"));
      await arrange(sql, plan, path, places, rest.toSpliced(placeWithin(given.integer("to") ?? 0, places.length, path) - 1, 0, moved));
    },
  }));
};

/** Takes a concept off a path; those behind it move down. */
export const removeFromPath: Action = async (databases, given, options) => {
  return writeBoth(databases, options, (plan) => ({
    about: "path_concept",
    rows: async (sql) => {
      const { path, places } = await pathWith(sql, given.text("path"));
      await arrange(sql, plan, path, places, (await without(sql, path, places, given.text("concept"))).rest);
    },
  }));
};

async function pathWith(sql: Sql, title: string): Promise<{ path: Found; places: Place[] }> {
  const path = await findKnown(sql, paths, title);
  return { path, places: await placesOf(sql, path.id) };
}

/** The places of a path but for one concept, and that one. Throws `InputError` if it is unknown, or not on the path. */
async function without(sql: Sql, path: Found, places: readonly Place[], name: string): Promise<{ rest: Known[]; moved: Known }> {
  const moved = places.find(({ concept }) => concept === name);
  if (moved !== undefined) return { rest: places.filter((place) => place !== moved), moved };
  await knownConcepts(sql, [name]);
  throw new InputError("bad-input", `“${name}” is not on “${path.name}”`, places.length === 0 ? "the path has no concepts yet" : `on it are ${places.map(({ concept }) => concept).join(", ")}`);
}

function placeWithin(place: number, last: number, path: Found): number {
  if (place > last) throw new InputError("bad-input", `place ${place} is beyond the end of “${path.name}”`, last === 1 ? "its only place is 1" : `its places are 1 to ${last}`);
  return place;
}
