import { createWriteStream, existsSync, readdirSync, rmdirSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import type { Databases } from "../../databases/types.ts";
import { named } from "../../databases/types.ts";
import type { NamedRow } from "../../databases/values.ts";
import { InputError } from "../errors.ts";
import { conceptRelationshipTypes } from "../projection/types.ts";
import type { OnProgress } from "../progress.ts";
import { toJson } from "../text/json.ts";
import type { SeedFile } from "./schemas.ts";
import { faultLine, validateFolder } from "./validate.ts";

/*
 * One statement a file: its columns are the fields of the seed format, its order is by natural keys, so that the same
 * data always gives the same files.
 */
const rowsOf: Readonly<Record<Exclude<SeedFile, "relationships.json">, string>> = {
  "concepts.json": `SELECT name, display_name, description, category, subcategory, domain, difficulty_level AS difficulty, complexity_score, key_terms, learning_objectives, real_world_examples FROM concepts ORDER BY concepts.name COLLATE "C"`,
  "learning-paths.json": `SELECT p.name AS title, p.description, p.difficulty_level AS difficulty, p.category, p.estimated_duration AS estimated_hours,
    coalesce((SELECT jsonb_agg(c.name ORDER BY k.sequence_order, c.name COLLATE "C") FROM learning_path_concepts k JOIN concepts c USING (concept_id) WHERE k.path_id = p.path_id), '[]') AS concepts
    FROM learning_paths p ORDER BY p.name COLLATE "C", p.path_id COLLATE "C"`,
  "users.json": `SELECT username, email, first_name, last_name, is_active FROM users ORDER BY users.username COLLATE "C"`,
  "progress.json": `SELECT u.username, c.name AS concept, p.status, p.progress_percent, p.time_spent_minutes, greatest(current_date - p.last_accessed::date, 0) AS days_ago
    FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id) ORDER BY u.username COLLATE "C", c.name COLLATE "C"`,
  "sessions.json": `SELECT u.username, c.name AS concept, greatest(current_date - s.started_at::date, 0) AS days_ago, s.total_duration AS minutes
    FROM learning_sessions s JOIN users u USING (user_id) JOIN concepts c USING (concept_id) ORDER BY u.username COLLATE "C", c.name COLLATE "C", s.started_at, s.total_duration, s.session_id COLLATE "C"`,
  "quizzes.json": `SELECT q.title, c.name AS concept FROM quizzes q JOIN concepts c USING (concept_id) ORDER BY q.title COLLATE "C", q.quiz_id COLLATE "C"`,
  "quiz-attempts.json": `SELECT u.username, q.title AS quiz, a.score_percent, greatest(current_date - a.attempted_at::date, 0) AS days_ago
    FROM quiz_attempts a JOIN users u USING (user_id) JOIN quizzes q USING (quiz_id) ORDER BY u.username COLLATE "C", q.title COLLATE "C", a.attempted_at, a.score_percent, a.attempt_id COLLATE "C"`,
  "achievements.json": `SELECT u.username, a.name AS achievement, greatest(current_date - a.earned_at::date, 0) AS days_ago
    FROM user_achievements a JOIN users u USING (user_id) ORDER BY u.username COLLATE "C", a.name COLLATE "C", a.earned_at, a.achievement_id COLLATE "C"`,
};

const relationships = "MATCH (a:Concept)-[r]->(b:Concept) RETURN a.name AS from, type(r) AS type, b.name AS to ORDER BY from, type, to";

/** What the seed format can't carry, counted: each a warning if it is not 0. */
const losses: readonly (readonly [statement: string, message: (count: number) => string])[] = [
  [
    `SELECT (SELECT count(*) FROM user_concept_progress WHERE last_accessed::time <> '12:00') + (SELECT count(*) FROM learning_sessions WHERE started_at::time <> '12:00') + (SELECT count(*) FROM quiz_attempts WHERE attempted_at::time <> '12:00') + (SELECT count(*) FROM user_achievements WHERE earned_at::time <> '12:00')`,
    (count) => `${count} times of day become 12:00: the format keeps days`,
  ],
  ["SELECT count(*) FROM users WHERE password_hash IS NOT NULL", (count) => `${count} password hashes are left out`],
  ["SELECT count(*) FROM learning_paths WHERE NOT is_public", (count) => `${count} paths are not public: the format does not keep that`],
  [
    "SELECT count(*) FROM (SELECT 1 FROM learning_path_concepts GROUP BY path_id HAVING count(*) <> count(DISTINCT sequence_order) OR min(sequence_order) <> 1 OR max(sequence_order) <> count(*)) AS paths",
    (count) => `${count} paths have gaps or repeats in their order: the format numbers from 1`,
  ],
];

export interface DumpResult {
  folder: string;
  counts: { entity: string; rows: number }[];
  warnings: string[];
}

/**
 * Writes both databases as a seed folder: seeding it elsewhere gives the same data. Written beside its place and then
 * renamed, so that there is never half a dump. What the format can't carry is a warning. Throws `InputError` if the
 * folder already holds something.
 */
export async function dump(databases: Databases, folder: string, { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal } = {}): Promise<DumpResult> {
  const target = resolve(folder);
  refuseFull(target, folder);
  const partial = join(dirname(target), `.${target.split("/").at(-1) ?? "dump"}.partial-${process.pid}`);
  const read = { timeoutMs: 0, ...(signal === undefined ? {} : { signal }) };
  const warnings: string[] = [];
  const counts: DumpResult["counts"] = [];
  try {
    await mkdir(partial);
    for (const [file, statement] of Object.entries(rowsOf)) {
      const stream = await databases.sql.stream(statement, [], read);
      counts.push({ entity: file.replace(".json", ""), rows: await writeArray(join(partial, file), objects(stream), onProgress) });
    }
    const other = new Map<string, number>();
    const edges = await databases.graph.stream(relationships, {}, read);
    counts.push({ entity: "relationships", rows: await writeArray(join(partial, "relationships.json"), known(objects(edges), other), onProgress) });
    for (const [type, count] of other) warnings.push(`${count} relationships of type ${type} between concepts are left out: the format knows ${conceptRelationshipTypes.join(", ")}`);
    for (const [statement, message] of losses) {
      const count = Number((await databases.sql.query(statement, [], read)).rows[0]?.[0] ?? 0);
      if (count > 0) warnings.push(message(count));
    }
    const { faults, faultsTotal } = await validateFolder(partial);
    for (const fault of faults) warnings.push(`seeding would refuse this: ${faultLine(fault)}`);
    if (faultsTotal > faults.length) warnings.push(`… and ${faultsTotal - faults.length} more that seeding would refuse`);
    if (existsSync(target)) rmdirSync(target);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "ENOSPC" || code === "ENOTDIR" || code === "EROFS" || code === "ENOENT") throw new InputError("bad-input", `can't write ${folder}: ${(error as Error).message}`, "name another folder");
    throw error;
  }
  return { folder, counts, warnings };
}

function refuseFull(target: string, folder: string): void {
  if (!existsSync(target)) return;
  let entries: string[];
  try {
    entries = readdirSync(target);
  } catch {
    throw new InputError("bad-input", `${folder} is not a folder that can be written`, "name a folder that does not exist yet");
  }
  if (entries.length > 0) throw new InputError("bad-input", `the folder ${folder} is not empty; nothing was written`, "name a folder that does not exist yet, or empty it first");
}

async function* objects(stream: AsyncIterable<NamedRow[keyof NamedRow][][]> & { columns: string[] }): AsyncGenerator<NamedRow> {
  for await (const rows of stream) yield* named({ columns: stream.columns, rows });
}

async function* known(rows: AsyncIterable<NamedRow>, other: Map<string, number>): AsyncGenerator<NamedRow> {
  for await (const row of rows) {
    const type = String(row["type"]);
    if ((conceptRelationshipTypes as readonly string[]).includes(type)) yield row;
    else other.set(type, (other.get(type) ?? 0) + 1);
  }
}

/** One object a line; null fields are left out, since a missing one means the same. */
async function writeArray(path: string, rows: AsyncIterable<NamedRow>, onProgress?: OnProgress): Promise<number> {
  const file = createWriteStream(path);
  let count = 0;
  file.write("[");
  for await (const row of rows) {
    const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
    count += 1;
    if (!file.write(`${count === 1 ? "\n" : ",\n"}  ${toJson(present)}`)) await once(file, "drain");
    if (count % 5_000 === 0) onProgress?.({ step: `writing ${path.split("/").at(-1) ?? ""}`, done: count, total: null });
  }
  file.end(`${count === 0 ? "" : "\n"}]\n`);
  await once(file, "close");
  return count;
}
