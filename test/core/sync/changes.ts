import fc from "fast-check";
import type { EntityName } from "../../../src/core/projection/types.ts";
import { wildTexts } from "../../support/wild.ts";

/** What any program may do to a row of the five projected tables. */
export interface Change {
  entity: EntityName;
  /** Which key, as places in the lists of ids below. */
  a: number;
  b: number;
  /** The key that a `rekey` changes the row's to. */
  other: number;
  how: "put" | "set" | "drop" | "toggle" | "rekey" | "many" | "truncate";
  word: string | null;
  number: number;
  /** Takes the key of the change before it, so that several writers meet at one row. */
  again: boolean;
}

/** Runs one statement of somebody's transaction and gives its rows. */
export type Run = (statement: string, parameters: string[]) => Promise<unknown[][]>;

/** Ids that UTF-8 and UTF-16 sort differently; the last of each list has no row in the beginning. */
export const ids = {
  concept: ["c1", "c2", "ﬀ", "😀", "é", "c3"],
  user: ["u1", "Ü", "𝒳", "ﬃ", "u2"],
  learning_path: ["p1", "😀", "ﬀ"],
} as const;

interface Table {
  name: string;
  /** The key's columns, and the lists of their ids. */
  keys: readonly { column: string; ids: readonly string[] }[];
  /** The other columns, and what a change puts into them. */
  columns: Readonly<Record<string, string>>;
  /** Which of them an UPDATE sets. */
  set: readonly string[];
  /** The row may only be put where this holds: what a foreign key would refuse is no news. */
  where?: string;
  /** The tables that refer to it, by columns of the same name. */
  referring: readonly string[];
}

const level = "(ARRAY['Beginner', 'INTERMEDIATE', 'advanced'])[1 + v.number % 3]";
const links = ["learning_path_concepts", "user_concept_progress"];
const tables: Readonly<Record<EntityName, Table>> = {
  concept: { name: "concepts", keys: [{ column: "concept_id", ids: ids.concept }], columns: { name: "v.name", display_name: "v.word", category: "v.word", domain: "NULL", difficulty_level: level }, set: ["display_name", "difficulty_level"], referring: links },
  user: { name: "users", keys: [{ column: "user_id", ids: ids.user }], columns: { username: "v.name", first_name: "v.word", last_name: "NULL" }, set: ["first_name"], referring: ["user_concept_progress"] },
  learning_path: { name: "learning_paths", keys: [{ column: "path_id", ids: ids.learning_path }], columns: { name: "v.name", difficulty_level: level, category: "v.word", estimated_duration: "NULLIF(v.number, 0)" }, set: ["category", "estimated_duration"], referring: ["learning_path_concepts"] },
  path_concept: {
    name: "learning_path_concepts",
    keys: [{ column: "path_id", ids: ids.learning_path }, { column: "concept_id", ids: ids.concept }],
    columns: { sequence_order: "v.number" },
    set: ["sequence_order"],
    where: "EXISTS (SELECT FROM learning_paths AS o WHERE o.path_id = k1) AND EXISTS (SELECT FROM concepts AS o WHERE o.concept_id = k2)",
    referring: [],
  },
  progress: {
    name: "user_concept_progress",
    keys: [{ column: "user_id", ids: ids.user }, { column: "concept_id", ids: ids.concept }],
    columns: { status: "(ARRAY['not_started', 'in_progress', 'completed'])[1 + v.number % 3]", progress_percent: "v.number" },
    set: ["status", "progress_percent"],
    where: "EXISTS (SELECT FROM users AS o WHERE o.user_id = k1) AND EXISTS (SELECT FROM concepts AS o WHERE o.concept_id = k2)",
    referring: [],
  },
};

export const changes: fc.Arbitrary<Change> = fc.record({
  entity: fc.oneof({ weight: 3, arbitrary: fc.constantFrom("concept" as const) }, { weight: 3, arbitrary: fc.constantFrom("user" as const, "learning_path" as const, "path_concept" as const) }, { weight: 3, arbitrary: fc.constantFrom("progress" as const) }),
  a: fc.nat(5),
  b: fc.nat(5),
  other: fc.nat(5),
  how: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("put" as const, "set" as const, "drop" as const, "toggle" as const) },
    { weight: 1, arbitrary: fc.constantFrom("rekey" as const, "many" as const, "truncate" as const) },
  ),
  word: fc.option(fc.constantFrom("a", "b", ...wildTexts), { freq: 4 }),
  number: fc.nat(100),
  again: fc.boolean(),
});

/** The change to the opposite of what is there, at the key of the change before it. */
export const toggles: fc.Arbitrary<Change> = changes.map((change) => ({ ...change, how: "toggle", again: true }));

/** The keys of a change. `k2` is empty for a node. */
export function keyOf({ entity, a, b }: Change): { k1: string; k2: string } {
  const [first, second] = tables[entity].keys;
  return { k1: pick(first?.ids, a), k2: second === undefined ? "" : pick(second.ids, b) };
}

/** Only the progress table is ever emptied whole. */
export function isTruncate({ entity, how }: Change): boolean {
  return how === "truncate" && entity === "progress";
}

/** Makes the change in somebody's transaction. */
export async function apply(run: Run, change: Change): Promise<void> {
  const table = tables[change.entity];
  const { k1, k2 } = keyOf(change);
  const names = table.keys.map(({ column }) => column);
  const values = JSON.stringify({ k1, k2, other: pick(table.keys.at(-1)?.ids, change.other), word: change.word, number: change.number, name: [...`${k1} ${change.word ?? ""}`].slice(0, 250).join("") });
  const send = (statement: string): Promise<unknown[][]> => run(`WITH v AS (SELECT * FROM jsonb_to_record($1::jsonb) AS v(k1 text, k2 text, other text, word text, number integer, name text)) ${statement}`, [values]);
  const own = names.map((column, index) => `t.${column} = v.k${index + 1}`).join(" AND ");
  const set = table.set.map((column) => `${column} = ${table.columns[column]}`).join(", ");
  const put = (): Promise<unknown> =>
    send(
      `INSERT INTO ${table.name} AS t (${[...names, ...Object.keys(table.columns)].join(", ")}) SELECT ${[...names.map((_name, index) => `v.k${index + 1}`), ...Object.values(table.columns)].join(", ")} FROM v WHERE ${table.where ?? "true"}
       ON CONFLICT (${names.join(", ")}) DO UPDATE SET ${Object.keys(table.columns).map((column) => `${column} = EXCLUDED.${column}`).join(", ")}`,
    );
  const drop = (): Promise<unknown> => send(`DELETE FROM ${table.name} AS t USING v WHERE ${own}`);
  switch (change.how) {
    case "put":
      return void (await put());
    case "set":
      return void (await send(`UPDATE ${table.name} AS t SET ${set} FROM v WHERE ${own}`));
    case "drop":
      return void (await drop());
    case "toggle":
      return void ((await send(`SELECT 1 FROM ${table.name} AS t, v WHERE ${own}`)).length > 0 ? await drop() : await put());
    case "rekey": {
      const column = names.at(-1) ?? "";
      const rest = names.slice(0, -1).map((name) => `o.${name} = t.${name} AND `).join("");
      for (const referring of table.referring) await send(`DELETE FROM ${referring} AS t USING v WHERE t.${column} = v.k1`);
      const there = table.keys.length === 1 ? "true" : "EXISTS (SELECT FROM concepts AS o WHERE o.concept_id = v.other)";
      return void (await send(`UPDATE ${table.name} AS t SET ${column} = v.other FROM v WHERE ${own} AND ${there} AND NOT EXISTS (SELECT FROM ${table.name} AS o WHERE ${rest}o.${column} = v.other)`));
    }
    case "many":
      return void (await send(`UPDATE ${table.name} AS t SET ${set} FROM v`));
    case "truncate":
      return void (isTruncate(change) ? await run("TRUNCATE user_concept_progress", []) : await drop());
  }
}

/** Empties PostgreSQL, lets the lane go, and puts the rows of the beginning in: all ids but the last of each list. */
export const firstRows: readonly string[] = [
  "DELETE FROM users", "DELETE FROM concepts", "DELETE FROM learning_paths",
  "DELETE FROM jeseci.sync_mark", "DELETE FROM jeseci.sync_dead",
  "UPDATE jeseci.sync_lane SET owner = NULL, heartbeat = NULL",
  `INSERT INTO concepts (concept_id, name, display_name, difficulty_level) SELECT id, id || ' first', 'first', 'Beginner' FROM unnest(ARRAY['${ids.concept.slice(0, -1).join("', '")}']) AS id`,
  `INSERT INTO users (user_id, username, first_name) SELECT id, id || ' first', 'first' FROM unnest(ARRAY['${ids.user.slice(0, -1).join("', '")}']) AS id`,
  `INSERT INTO learning_paths (path_id, name, difficulty_level) SELECT id, id || ' first', 'Beginner' FROM unnest(ARRAY['${ids.learning_path.slice(0, -1).join("', '")}']) AS id`,
  "INSERT INTO learning_path_concepts (path_id, concept_id, sequence_order) SELECT path_id, concept_id, 1 FROM learning_paths, (SELECT concept_id FROM concepts ORDER BY concept_id COLLATE \"C\" LIMIT 3) AS c",
  "INSERT INTO user_concept_progress (user_id, concept_id, status) SELECT user_id, concept_id, 'not_started' FROM users, (SELECT concept_id FROM concepts ORDER BY concept_id COLLATE \"C\" LIMIT 3) AS c",
];

function pick(list: readonly string[] | undefined, place: number): string {
  return list?.[place % list.length] ?? "";
}
