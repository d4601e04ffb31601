import { writeBoth } from "./plan.ts";
import { concepts, findKnown, insertRow, presentValues, updateRow } from "./records.ts";
import type { Action, Present } from "./types.ts";

/** Adds a concept. */
export const createConcept: Action = (databases, given, options) => writeBoth(databases, options, (plan) => ({ about: "concept", rows: (sql) => insertRow(sql, plan, concepts, given) }));

/** Changes a concept; its id, and with it everything that hangs on it, stays. */
export const updateConcept: Action = (databases, given, options) =>
  writeBoth(databases, options, (plan) => ({ about: "concept", rows: async (sql) => updateRow(sql, plan, concepts, await findKnown(sql, concepts, given.text("concept")), given) }));

/** What a concept holds now. */
export const presentConcept: Present = async ({ sql }, { concept }) => (await sql.read((transaction) => presentValues(transaction, concepts, concept ?? ""))).values;
