import { randomUUID } from "node:crypto";
import type { SqlParameters, Transaction } from "../../databases/types.ts";
import type { Row } from "../../databases/values.ts";
import { noSuchConcept } from "../concepts/concepts.ts";
import { InputError } from "../errors.ts";
import { noSuchPath } from "../paths/paths.ts";
import { idOf } from "../seeding/uuid.ts";
import { noSuchUser } from "../users/users.ts";
import { created, updated, type Facts } from "./plan.ts";
import type { PlanLine } from "./types.ts";
import type { Given } from "./values.ts";

export type Sql = Transaction<SqlParameters>;

/** A kind of row that people know by a name: what its fields are called, and its statements, which take them in that order. */
export interface Kind {
  thing: "concept" | "path" | "user";
  /** As seeding names it when it makes an id. */
  entity: string;
  /** Names of operations' fields; the first is the natural name. */
  fields: readonly string[];
  /** Never shown, not even to whom it was given by. */
  secret?: string;
  /** The rows of a name: the id, then the fields. */
  find: string;
  /** The id, then the fields. */
  insert: string;
  update: string;
  idTaken: string;
  names: string;
  unknown(name: string, known: readonly string[]): InputError;
}

export const concepts: Kind = {
  thing: "concept",
  entity: "concept",
  fields: ["name", "display-name", "difficulty", "category", "domain", "description"],
  find: 'SELECT concept_id, name, display_name, difficulty_level, category, domain, description FROM concepts WHERE name = $1 ORDER BY concept_id COLLATE "C"',
  insert: "INSERT INTO concepts (concept_id, name, display_name, difficulty_level, category, domain, description) VALUES ($1, $2, $3, $4, $5, $6, $7)",
  update: "UPDATE concepts SET name = $2, display_name = $3, difficulty_level = $4, category = $5, domain = $6, description = $7, updated_at = now() WHERE concept_id = $1",
  idTaken: "SELECT 1 FROM concepts WHERE concept_id = $1",
  names: "SELECT name FROM concepts",
  unknown: noSuchConcept,
};

export const paths: Kind = {
  thing: "path",
  entity: "learning_path",
  fields: ["title", "difficulty", "category", "hours", "description"],
  find: 'SELECT path_id, name, difficulty_level, category, estimated_duration, description FROM learning_paths WHERE name = $1 ORDER BY path_id COLLATE "C"',
  insert: "INSERT INTO learning_paths (path_id, name, difficulty_level, category, estimated_duration, description) VALUES ($1, $2, $3, $4, $5, $6)",
  update: "UPDATE learning_paths SET name = $2, difficulty_level = $3, category = $4, estimated_duration = $5, description = $6, updated_at = now() WHERE path_id = $1",
  idTaken: "SELECT 1 FROM learning_paths WHERE path_id = $1",
  names: "SELECT name FROM learning_paths",
  unknown: noSuchPath,
};

export const users: Kind = {
  thing: "user",
  entity: "user",
  fields: ["username", "email", "first-name", "last-name"],
  secret: "email",
  find: 'SELECT user_id, username, email, first_name, last_name FROM users WHERE username = $1 ORDER BY user_id COLLATE "C"',
  insert: "INSERT INTO users (user_id, username, email, first_name, last_name) VALUES ($1, $2, $3, $4, $5)",
  update: "UPDATE users SET username = $2, email = $3, first_name = $4, last_name = $5, updated_at = now() WHERE user_id = $1",
  idTaken: "SELECT 1 FROM users WHERE user_id = $1",
  names: "SELECT username FROM users",
  unknown: noSuchUser,
};

type Cell = string | number | null;

/** A row of a kind, as it was found. */
export interface Found {
  id: string;
  name: string;
  /** In the order of the kind's fields. */
  cells: readonly Cell[];
}

/** The one row of a name, locked; undefined if there is none. Throws `InputError` if several share the name. */
export async function find(sql: Sql, kind: Kind, name: string): Promise<Found | undefined> {
  const { rows } = await sql.query(`${kind.find} FOR UPDATE`, [name]);
  if (rows.length > 1) throw new InputError("bad-input", `${rows.length} ${kind.thing}s are called “${name}”, and which one is meant can't be told`, `their ids are ${rows.map(([id]) => String(id)).join(", ")}: give them names of their own in PostgreSQL first`);
  return rows[0] === undefined ? undefined : foundOf(rows[0]);
}

/** As `find`. Throws `InputError` (`unknown-…`), with the nearest names, if there is none. */
export async function findKnown(sql: Sql, kind: Kind, name: string): Promise<Found> {
  const found = await find(sql, kind, name);
  if (found === undefined) throw await unknown(sql, kind, name);
  return found;
}

export async function unknown(sql: Sql, kind: Kind, name: string): Promise<InputError> {
  const { rows } = await sql.query(kind.names);
  return kind.unknown(name, rows.map(([known]) => String(known)));
}

/** What the row of a name holds now, by field, as it would be given; nothing if there is no such row, or several. */
export async function presentValues(sql: Sql, kind: Kind, name: string): Promise<{ id: string | null; values: Record<string, string> }> {
  const { rows } = await sql.query(kind.find, [name]);
  const [row] = rows;
  if (row === undefined || rows.length > 1) return { id: null, values: {} };
  const { id, cells } = foundOf(row);
  return { id, values: Object.fromEntries(kind.fields.map((field, index) => [field, cells[index] === null || cells[index] === undefined ? "" : String(cells[index])])) };
}

function foundOf([id, ...cells]: Row): Found {
  return { id: String(id), name: String(cells[0]), cells: cells as Cell[] };
}

/** Adds a row. Throws `InputError` if its name is taken. */
export async function insertRow(sql: Sql, plan: PlanLine[], kind: Kind, given: Given): Promise<{ id: string; name: string }> {
  const cells = kind.fields.map((field) => given.value(field));
  const name = String(cells[0]);
  await requireFreeName(sql, kind, name);
  const id = await newId(sql, kind, name);
  await sql.query(kind.insert, [id, ...cells]);
  plan.push(created(`${kind.thing} ${name}`, factsOf(kind, cells).slice(1)));
  return { id, name };
}

/** Changes what was given of a row, and nothing if that is what it holds. Gives the name that it has then. */
export async function updateRow(sql: Sql, plan: PlanLine[], kind: Kind, found: Found, given: Given): Promise<string> {
  const cells = kind.fields.map((field, index) => (given.has(field) ? given.value(field) : (found.cells[index] ?? null)));
  const name = String(cells[0]);
  const changes = updated(`${kind.thing} ${found.name}`, factsOf(kind, found.cells), factsOf(kind, cells));
  if (changes.length === 0) return name;
  if (name !== found.name) await requireFreeName(sql, kind, name);
  await sql.query(kind.update, [found.id, ...cells]);
  plan.push(...changes);
  return name;
}

/** What a plan tells of a row: a secret is only said to be given. */
export function factsOf({ fields, secret }: Kind, cells: readonly Cell[]): Facts {
  return fields.map((field, index) => [field.replaceAll("-", " "), field === secret && cells[index] !== null ? "given" : (cells[index] ?? null)]);
}

async function requireFreeName(sql: Sql, kind: Kind, name: string): Promise<void> {
  const { rows } = await sql.query(kind.find, [name]);
  if (rows.length > 0) throw new InputError("bad-input", `there is a ${kind.thing} “${name}” already`, "choose another name");
}

/** The id that seeding would give; another if a row that has been renamed since holds it. */
async function newId(sql: Sql, kind: Kind, name: string): Promise<string> {
  const id = idOf(kind.entity, name);
  return (await sql.query(kind.idTaken, [id])).rows.length === 0 ? id : randomUUID();
}
