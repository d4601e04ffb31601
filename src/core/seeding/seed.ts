import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.ts";
import { DatabaseError } from "../../databases/errors.ts";
import type { Databases, SqlParameters, Transaction } from "../../databases/types.ts";
import { InputError } from "../errors.ts";
import type { OnProgress } from "../progress.ts";
import { declarations } from "../projection/declarations.ts";
import { anyInGraph } from "../projection/statements.ts";
import { requireOutbox } from "../sync/outbox.ts";
import { sync } from "../sync/project.ts";
import type { Refusal } from "../sync/types.ts";
import { readElements } from "./json-rows.ts";
import type { SeedFile, SeedRow } from "./schemas.ts";
import { requireNoCycle, writeRelationships } from "./relationships.ts";
import { anyRows, conceptIds, namedRows, upsertPathConcepts, upsertRows } from "./statements.ts";
import { idOf } from "./uuid.ts";
import { faultLine, validateFolder, type SeedReport } from "./validate.ts";

export type SeedStep = "all" | "concepts" | "relationships" | "progress";

export interface SeedCounts {
  /** The file's name without its ending, `path-concepts` for the order of the paths. */
  entity: string;
  added: number;
  updated: number;
  unchanged: number;
}

export interface SeedResult {
  /** `neither`: a dry run, nothing was written. `pending`: the rows are written, the graph is not yet. */
  outcome: "both" | "neither" | "pending" | "unknown";
  step: SeedStep;
  folder: string;
  counts: SeedCounts[];
  warnings: string[];
  /** What the projection refused to delete; empty unless the graph held things without rows. */
  refused: Refusal[];
  /** Keys that are parked in the end: the graph lacks them, and the outcome is `pending`. */
  parked: number;
}

export interface SeedOptions {
  folder: string;
  step?: SeedStep;
  /** Validates and counts, and writes nothing. */
  dryRun?: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** A folder that doesn't fit: every fault of it. */
export class SeedFolderError extends InputError {
  readonly report: SeedReport;
  constructor(report: SeedReport) {
    const { faults, faultsTotal } = report;
    const more = faultsTotal > faults.length ? `\n  … and ${faultsTotal - faults.length} more` : "";
    super("bad-input", `${report.folder} does not fit the seed format; nothing was written (${faultsTotal} ${faultsTotal === 1 ? "fault" : "faults"})\n${faults.map((fault) => `  ${faultLine(fault)}`).join("\n")}${more}`, "the fields and rules of the seed files stand in seeds/README.md");
    this.report = report;
  }
}

const batchRows = 2_000;
const rowFiles: Readonly<Record<SeedStep, readonly Exclude<SeedFile, "relationships.json">[]>> = {
  all: ["concepts.json", "learning-paths.json", "users.json", "progress.json", "sessions.json", "quizzes.json", "quiz-attempts.json", "achievements.json"],
  concepts: ["concepts.json", "learning-paths.json"],
  relationships: [],
  progress: ["users.json", "progress.json", "sessions.json", "quizzes.json", "quiz-attempts.json", "achievements.json"],
};
/** The demo data that ships with the program. */
export function demoFolder(): string {
  return join(packageRoot(), "seeds", "demo");
}

/**
 * Loads a seed folder: rows into PostgreSQL in one transaction, then their projection and the relationships between
 * concepts into the graph. The whole folder is validated first, whatever the step. Adds and updates, never removes; run
 * again it gives the same. Throws `SeedFolderError`, `InputError`, `DatabaseError`.
 */
export async function seed(databases: Databases, options: SeedOptions): Promise<SeedResult> {
  const { folder, step = "all", dryRun = false, onProgress, signal } = options;
  const passed = { ...(onProgress === undefined ? {} : { onProgress }), ...(signal === undefined ? {} : { signal }) };
  const report = await validateFolder(folder, passed);
  if (report.faultsTotal > 0) throw new SeedFolderError(report);
  const result: SeedResult = { outcome: "neither", step, folder, counts: [], warnings: report.warnings.map(faultLine), refused: [], parked: 0 };
  const withRelationships = step === "all" || step === "relationships";
  if (step === "relationships" || step === "progress") await requireConcepts(databases, folder);
  if (withRelationships) await requireNoCycle(databases, folder);
  if (dryRun) {
    const files = [...rowFiles[step], ...(withRelationships ? (["relationships.json"] as const) : [])];
    result.counts = files.map((file) => ({ entity: entityOf(file), added: 0, updated: 0, unchanged: report.counts[file] ?? 0 }));
    return result;
  }
  await requireOutbox(databases);
  if (rowFiles[step].length > 0) {
    await databases.sql.write(
      async (transaction) => {
        for (const file of rowFiles[step]) result.counts.push(...(await writeFile(transaction, folder, file, report, options)));
      },
      { timeoutMs: 0, ...(signal === undefined ? {} : { signal }) },
    );
    result.outcome = "pending";
  }
  try {
    // The rows' triggers have marked what changed; the relay carries it over. The step `progress` leaves that to `sync`.
    if (step !== "progress") ({ refused: result.refused, left: result.parked } = await sync(databases, passed));
    if (withRelationships) {
      const { added, unchanged } = await writeRelationships(databases, folder, passed);
      result.counts.push({ entity: "relationships", added, updated: 0, unchanged });
    }
    await databases.graph.checkpoint();
  } catch (error) {
    if (result.outcome === "pending" && error instanceof DatabaseError) {
      throw new DatabaseError(error.code, error.database, `the rows are written, the graph is not complete yet: ${error.message}`, { hint: "run `jeseci seed` again, or `jeseci sync` for the projection alone", cause: error });
    }
    if (result.outcome === "pending" && error instanceof InputError) throw new InputError(error.code, `the rows are written, the graph is not complete yet: ${error.message}`, error.hint);
    throw error;
  }
  // The single step `progress` writes rows only; `sync` carries them over.
  result.outcome = step === "progress" || result.parked > 0 ? "pending" : "both";
  return result;
}

/** Whether none of the nine tables holds a row, and the graph nothing of them either: a graph that does tells of rows that were lost. */
export async function isEmpty({ sql, graph }: Databases): Promise<boolean> {
  const { rows } = await sql.query(anyRows);
  if (rows[0]?.[0] === true) return false;
  for (const declaration of declarations) if ((await graph.query(anyInGraph(declaration))).rows.length > 0) return false;
  return true;
}

/** Whether there are concepts, users or paths that seeding did not write: their ids are not those that it gives. */
export async function holdsForeignRows(databases: Databases): Promise<boolean> {
  for await (const rows of await databases.sql.stream(namedRows)) {
    if (rows.some(([entity, id, name]) => id !== idOf(String(entity), String(name)))) return true;
  }
  return false;
}

async function requireConcepts(databases: Databases, folder: string): Promise<void> {
  const known = new Set((await databases.sql.query(conceptIds)).rows.map(([name]) => name));
  for await (const { value } of readElements(join(folder, "concepts.json"))) {
    const { name } = value as SeedRow<"concepts.json">;
    if (!known.has(name)) throw new InputError("bad-input", `the database has no concept “${name}” yet; nothing was written`, "run `jeseci seed concepts` with the same folder first");
  }
}

function entityOf(file: SeedFile): string {
  return file.replace(".json", "");
}

async function writeFile(transaction: Transaction<SqlParameters>, folder: string, file: Exclude<SeedFile, "relationships.json">, report: SeedReport, { onProgress, signal }: SeedOptions): Promise<SeedCounts[]> {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  const total = report.counts[file] ?? null;
  const counts: SeedCounts = { entity: entityOf(file), added: 0, updated: 0, unchanged: 0 };
  const links: SeedCounts = { entity: "path-concepts", added: 0, updated: 0, unchanged: 0 };
  const identify = identifier(file);
  let batch: Record<string, unknown>[] = [];
  const flush = async (): Promise<void> => {
    await upsert(transaction, upsertRows[file], batch, counts);
    if (file === "learning-paths.json") {
      const ordered = batch.flatMap((row) => (row["concepts"] as string[]).map((concept, index) => ({ title: row["title"], concept, sequence_order: index + 1 })));
      await upsert(transaction, upsertPathConcepts, ordered, links);
    }
    batch = [];
  };
  for await (const { row, value } of readElements(path)) {
    batch.push(identify(value as Record<string, unknown>));
    if (batch.length >= batchRows) {
      await flush();
      onProgress?.({ step: `writing ${file}`, done: row, total });
      // Thrown inside the transaction: everything is rolled back.
      if (signal?.aborted) throw new DatabaseError("cancelled", "sql", "interrupted: nothing was written");
    }
  }
  await flush();
  return file === "learning-paths.json" ? [counts, links] : [counts];
}

async function upsert(transaction: Transaction<SqlParameters>, statement: string, rows: readonly object[], counts: SeedCounts): Promise<void> {
  if (rows.length === 0) return;
  const { rows: changed } = await transaction.query(statement, [JSON.stringify(rows)]);
  const added = changed.filter(([isNew]) => isNew === true).length;
  counts.added += added;
  counts.updated += changed.length - added;
  counts.unchanged += rows.length - changed.length;
}

/** Gives each row of a file its id, from its natural key and, where that repeats, its ordinal. */
function identifier(file: SeedFile): (row: Record<string, unknown>) => Record<string, unknown> {
  const seen = new Map<string, number>();
  const ordinal = (...key: unknown[]): number => {
    const name = JSON.stringify(key);
    const next = (seen.get(name) ?? 0) + 1;
    seen.set(name, next);
    return next;
  };
  const text = (value: unknown): string => String(value);
  switch (file) {
    case "concepts.json":
      return (row) => ({ ...row, id: idOf("concept", text(row["name"])) });
    case "learning-paths.json":
      return (row) => ({ ...row, id: idOf("learning_path", text(row["title"])) });
    case "users.json":
      return (row) => ({ ...row, id: idOf("user", text(row["username"])) });
    case "quizzes.json":
      return (row) => ({ ...row, id: idOf("quiz", text(row["title"])) });
    case "sessions.json":
      return (row) => ({ ...row, id: idOf("session", text(row["username"]), text(row["concept"]), text(row["days_ago"]), ordinal(row["username"], row["concept"], row["days_ago"])) });
    case "quiz-attempts.json":
      return (row) => ({ ...row, id: idOf("attempt", text(row["username"]), text(row["quiz"]), text(row["days_ago"]), ordinal(row["username"], row["quiz"], row["days_ago"])) });
    case "achievements.json":
      return (row) => ({ ...row, id: idOf("achievement", text(row["username"]), text(row["achievement"]), ordinal(row["username"], row["achievement"])) });
    case "progress.json":
    case "relationships.json":
      return (row) => row;
  }
}
