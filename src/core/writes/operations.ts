import { difficulties } from "../projection/declarations.ts";
import { conceptRelationshipTypes } from "../projection/types.ts";
import type { Action, WriteField, WriteOperation } from "./types.ts";

/*
 * Every write operation as data. This file is read at each start, for the command line: what does the work is loaded
 * when it is asked for.
 */

const statuses = ["not_started", "in_progress", "completed"] as const;

const knownConcept: WriteField = { name: "concept", label: "concept", description: "name of the concept", required: true, type: "string", placeholder: "NAME", choicesOf: "concepts", argument: true, rule: "relationships.json/from" };
const knownPath: WriteField = { name: "path", label: "path", description: "title of the path", required: true, type: "string", placeholder: "TITLE", choicesOf: "paths", argument: true, rule: "relationships.json/from" };
const onPath: WriteField = { ...knownConcept, placeholder: "CONCEPT" };

const difficulty = (rule: "concepts.json/difficulty" | "learning-paths.json/difficulty"): WriteField => ({ name: "difficulty", label: "difficulty", description: difficulties.join(", "), required: true, type: "string", placeholder: "D", choices: difficulties, rule });

const aboutConcept: readonly WriteField[] = [
  { name: "display-name", label: "display name", description: "how it is shown", required: true, type: "string", placeholder: "T", rule: "concepts.json/display_name" },
  difficulty("concepts.json/difficulty"),
  { name: "category", label: "category", description: "what it belongs to", required: false, type: "string", placeholder: "T", rule: "concepts.json/category" },
  { name: "domain", label: "domain", description: "the field it is from", required: false, type: "string", placeholder: "T", rule: "concepts.json/domain" },
  { name: "description", label: "description", description: "what it is about", required: false, type: "string", placeholder: "T", rule: "concepts.json/description" },
];

const aboutPath: readonly WriteField[] = [
  difficulty("learning-paths.json/difficulty"),
  { name: "category", label: "category", description: "what it belongs to", required: false, type: "string", placeholder: "T", rule: "learning-paths.json/category" },
  { name: "hours", label: "hours", description: "estimated hours", required: false, type: "integer", placeholder: "N", rule: "learning-paths.json/estimated_hours" },
  { name: "description", label: "description", description: "what it is about", required: false, type: "string", placeholder: "T", rule: "learning-paths.json/description" },
  { name: "concepts", label: "concepts", description: "names in order, with commas between; \\, is a comma within a name", required: false, type: "words", placeholder: "A,B,C", choicesOf: "concepts", rule: "learning-paths.json/concepts" },
];

const optional = (fields: readonly WriteField[]): WriteField[] => fields.map((field) => ({ ...field, required: false }));

const place = (name: string, description: string, required: boolean): WriteField => ({ name, label: "place", description, required, type: "integer", placeholder: "N", min: 1 });

const relationshipFields: readonly WriteField[] = [
  { ...knownConcept, name: "from", label: "from", placeholder: "FROM", description: "name of the concept that it begins at" },
  { name: "type", label: "type", description: "what it says", required: true, type: "string", placeholder: "TYPE", choices: conceptRelationshipTypes, argument: true, rule: "relationships.json/type" },
  { ...knownConcept, name: "to", label: "to", placeholder: "TO", description: "name of the concept that it ends at" },
];

const both = "Both databases are written, or neither is.";
const emptyClears = "What is not given stays as it is; an empty value clears it.";

const declared: readonly (Omit<WriteOperation, "run"> & { action: () => Promise<Action> })[] = [
  {
    id: "concept create",
    summary: "add a concept",
    details: [both],
    fields: [{ name: "name", label: "name", description: "name of the new concept", required: true, type: "string", placeholder: "NAME", argument: true, rule: "concepts.json/name" }, ...aboutConcept],
    examples: ['jeseci concept create graph_theory --display-name "Graph Theory" --difficulty Advanced'],
    action: async () => (await import("./concepts.ts")).createConcept,
  },
  {
    id: "concept update",
    summary: "change a concept, or its name",
    details: [emptyClears, both],
    someFlag: true,
    fields: [knownConcept, ...optional(aboutConcept), { name: "name", label: "name", description: "its new name", required: false, type: "string", placeholder: "NEW", rule: "concepts.json/name" }],
    examples: ["jeseci concept update statistics --difficulty Advanced", "jeseci concept update databases --name database_systems --dry-run"],
    present: async (databases, values) => (await import("./concepts.ts")).presentConcept(databases, values),
    action: async () => (await import("./concepts.ts")).updateConcept,
  },
  {
    id: "concept delete",
    summary: "delete a concept",
    details: ["What hangs on it (relationships, learners, places on paths, sessions, quizzes) is told and kept, and the concept with it, unless --cascade is given. With it also a concept goes that only the graph holds any more.", both],
    fields: [knownConcept],
    cascade: "delete what hangs on it too",
    examples: ["jeseci concept delete technical_writing", "jeseci concept delete statistics --cascade --dry-run"],
    action: async () => (await import("./concept-delete.ts")).deleteConcept,
  },
  {
    id: "path create",
    summary: "add a learning path",
    details: [both],
    fields: [{ name: "title", label: "title", description: "title of the new path", required: true, type: "string", placeholder: "TITLE", argument: true, rule: "learning-paths.json/title" }, ...aboutPath],
    examples: ['jeseci path create "Graphs" --difficulty Advanced --hours 20 --concepts programming,data_structures'],
    action: async () => (await import("./paths.ts")).createPath,
  },
  {
    id: "path update",
    summary: "change a learning path, its title or its concepts",
    details: [emptyClears, both],
    someFlag: true,
    fields: [knownPath, ...optional(aboutPath), { name: "title", label: "title", description: "its new title", required: false, type: "string", placeholder: "NEW", rule: "learning-paths.json/title" }],
    examples: ['jeseci path update "Programming Essentials" --hours 35'],
    present: async (databases, values) => (await import("./paths.ts")).presentPath(databases, values),
    action: async () => (await import("./paths.ts")).updatePath,
  },
  {
    id: "path delete",
    summary: "delete a learning path; its concepts stay",
    details: [both],
    fields: [knownPath],
    examples: ['jeseci path delete "Programming Essentials" --dry-run'],
    action: async () => (await import("./paths.ts")).deletePath,
  },
  {
    id: "path add",
    summary: "put a concept on a path",
    details: [both],
    fields: [knownPath, onPath, place("at", "its place, counted from 1; the last if not given", false)],
    examples: ['jeseci path add "Programming Essentials" databases --at 2'],
    action: async () => (await import("./paths.ts")).addToPath,
  },
  {
    id: "path move",
    summary: "give a concept another place on a path",
    details: [both],
    fields: [knownPath, onPath, place("to", "its new place, counted from 1", true)],
    examples: ['jeseci path move "Mastering Computer Science" machine_learning --to 5'],
    action: async () => (await import("./paths.ts")).moveOnPath,
  },
  {
    id: "path remove",
    summary: "take a concept off a path",
    details: [both],
    fields: [knownPath, onPath],
    examples: ['jeseci path remove "Programming Essentials" algorithms'],
    action: async () => (await import("./paths.ts")).removeFromPath,
  },
  {
    id: "user create",
    summary: "add a user",
    details: [both],
    fields: [
      { name: "username", label: "username", description: "name of the new user", required: true, type: "string", placeholder: "USERNAME", argument: true, rule: "users.json/username" },
      { name: "email", label: "e-mail", description: "e-mail address; it never leaves PostgreSQL", required: false, type: "string", placeholder: "T", rule: "users.json/email" },
      { name: "first-name", label: "first name", description: "first name", required: false, type: "string", placeholder: "T", rule: "users.json/first_name" },
      { name: "last-name", label: "last name", description: "last name", required: false, type: "string", placeholder: "T", rule: "users.json/last_name" },
    ],
    examples: ["jeseci user create ada --first-name Ada --last-name Lovelace"],
    action: async () => (await import("./users.ts")).createUser,
  },
  {
    id: "progress record",
    summary: "record what a user has learned of a concept",
    details: [
      "The percentage is set; minutes are added, and noted as a session of today. The status follows the percentage unless it is given (0 not_started, 1 to 99 in_progress, 100 completed).",
      "A given status must fit: not_started 0 %, in_progress 0 to 99 %, completed 75 to 100 %. Without a percentage, completed makes it 100 and not_started 0, where it does not fit.",
      both,
    ],
    fields: [
      { name: "user", label: "user", description: "username", required: true, type: "string", placeholder: "U", choicesOf: "usernames", rule: "progress.json/username" },
      { name: "concept", label: "concept", description: "name of the concept", required: true, type: "string", placeholder: "C", choicesOf: "concepts", rule: "progress.json/concept" },
      { name: "percent", label: "percent", description: "how far it is learned, from 0 to 100", required: false, type: "integer", placeholder: "N", rule: "progress.json/progress_percent" },
      { name: "status", label: "status", description: statuses.join(", "), required: false, type: "string", placeholder: "S", choices: statuses, rule: "progress.json/status" },
      { name: "minutes", label: "minutes", description: "minutes spent on it now", required: false, type: "integer", placeholder: "N", rule: "sessions.json/minutes" },
    ],
    examples: ["jeseci progress record --user cavin_admin --concept web_development --percent 40 --minutes 25"],
    action: async () => (await import("./progress.ts")).recordProgress,
  },
  {
    id: "relationship add",
    summary: "relate two concepts, in the graph",
    details: ["(a)-[:PREREQUISITE]->(b): a must be learned before b. PART_OF: a is a part of b. BUILDS_UPON: a extends b. RELATED_TO reads both ways. A cycle of prerequisites is refused. One that is there already is left as it is, which is no error."],
    fields: relationshipFields,
    examples: ["jeseci relationship add algorithms PREREQUISITE machine_learning"],
    action: async () => (await import("./relationships.ts")).addRelationship,
  },
  {
    id: "relationship remove",
    summary: "take a relationship between two concepts out of the graph",
    details: ["One that is not there is an error, since its name or direction may be meant otherwise."],
    fields: relationshipFields,
    examples: ["jeseci relationship remove algorithms BUILDS_UPON data_structures"],
    action: async () => (await import("./relationships.ts")).removeRelationship,
  },
];

/** All of them, in the order of the help. */
export const writeOperations: readonly WriteOperation[] = declared.map(({ action, ...operation }) => ({
  ...operation,
  run: async (databases, values, options) => {
    const { readValues } = await import("./values.ts");
    return (await action())(databases, readValues(operation, values), options);
  },
}));

/** The operation of an id. Throws `RangeError`: ids come from the code. */
export function operationOf(id: string): WriteOperation {
  const found = writeOperations.find((operation) => operation.id === id);
  if (found === undefined) throw new RangeError(`there is no operation ${id}`);
  return found;
}
