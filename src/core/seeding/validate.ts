import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseError } from "../../databases/errors.ts";
import { InputError } from "../errors.ts";
import type { OnProgress } from "../progress.ts";
import { nearest } from "../text/nearest.ts";
import { findCycle } from "../projection/cycle.ts";
import { FileFault, readElements } from "./json-rows.ts";
import { requiredFiles, seedFileNames, seedFiles, type SeedFile, type SeedRow } from "./schemas.ts";

/** What is wrong with a seed folder, or worth a warning. */
export interface SeedFault {
  file: string;
  /** From 1; null when the fault is the file's. */
  row: number | null;
  field: string | null;
  reason: string;
}

export interface SeedReport {
  folder: string;
  /** Rows by file, of the files that are there. */
  counts: Partial<Record<SeedFile, number>>;
  /** At most `shownFaults`. */
  faults: SeedFault[];
  faultsTotal: number;
  warnings: SeedFault[];
}

export const shownFaults = 50;
const shownWarnings = 20;

export interface ValidateOptions {
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Reads a whole seed folder and reports everything wrong with it, in one go. Memory grows with the number of names and,
 * for progress, by one number a row. Throws `InputError` only if there is no such folder.
 */
export async function validateFolder(folder: string, options: ValidateOptions = {}): Promise<SeedReport> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new InputError("bad-input", `there is no folder ${folder}`, "name a folder with concepts.json, relationships.json, learning-paths.json, users.json and progress.json");
  const validation = new Validation(folder, options);
  await validation.run();
  return validation.report;
}

/** One line a fault, for people: `progress.json row 3, field concept: unknown concept “x”`. */
export function faultLine({ file, row, field, reason }: SeedFault): string {
  return `${file}${row === null ? "" : ` row ${row}`}${field === null ? "" : `${row === null ? "" : ","} field ${field}`}: ${reason}`;
}

class Validation {
  readonly report: SeedReport;
  readonly #options: ValidateOptions;
  readonly #concepts = new Map<string, number>();
  readonly #users = new Map<string, number>();
  readonly #titles = new Map<string, number>();
  readonly #quizzes = new Map<string, number>();
  readonly #emails = new Map<string, number>();
  readonly #edges = new Set<string>();
  readonly #progress = new Set<number>();
  readonly #prerequisites = new Map<string, string[]>();

  constructor(folder: string, options: ValidateOptions) {
    this.report = { folder, counts: {}, faults: [], faultsTotal: 0, warnings: [] };
    this.#options = options;
  }

  async run(): Promise<void> {
    const { folder } = this.report;
    for (const name of (await readdir(folder)).sort()) {
      if (seedFileNames.includes(name as SeedFile) || name.startsWith(".") || !name.endsWith(".json")) continue;
      const near = nearest(name, seedFileNames, 1)[0];
      this.#warn({ file: name, row: null, field: null, reason: `is not read${near === undefined ? "" : `; did you mean ${near}?`}` });
    }
    // Names come before what refers to them.
    await this.#file("concepts.json", (row, number) => this.#unique(this.#concepts, "concepts.json", number, "name", row.name));
    await this.#file("relationships.json", (row, number) => this.#relationship(row, number));
    const cycle = findCycle(this.#prerequisites);
    if (cycle !== null) this.#fault({ file: "relationships.json", row: null, field: null, reason: `the prerequisites form a cycle: ${cycle.join(" → ")}` });
    await this.#file("learning-paths.json", (row, number) => this.#path(row, number));
    await this.#file("users.json", (row, number) => {
      this.#unique(this.#users, "users.json", number, "username", row.username);
      if (row.email !== null && row.email !== undefined) this.#unique(this.#emails, "users.json", number, "email", row.email);
    });
    await this.#file("progress.json", (row, number) => {
      const user = this.#known(this.#users, "progress.json", number, "username", "user", row.username);
      const concept = this.#known(this.#concepts, "progress.json", number, "concept", "concept", row.concept);
      if (user === undefined || concept === undefined) return;
      // One number a row, so that a million rows take tens of megabytes.
      const pair = user * (this.#concepts.size + 1) + concept;
      if (this.#progress.has(pair)) this.#fault({ file: "progress.json", row: number, field: null, reason: `a second row of ${row.username} and ${row.concept}` });
      this.#progress.add(pair);
    });
    await this.#file("sessions.json", (row, number) => {
      this.#known(this.#users, "sessions.json", number, "username", "user", row.username);
      this.#known(this.#concepts, "sessions.json", number, "concept", "concept", row.concept);
    });
    await this.#file("quizzes.json", (row, number) => {
      this.#unique(this.#quizzes, "quizzes.json", number, "title", row.title);
      this.#known(this.#concepts, "quizzes.json", number, "concept", "concept", row.concept);
    });
    await this.#file("quiz-attempts.json", (row, number) => {
      this.#known(this.#users, "quiz-attempts.json", number, "username", "user", row.username);
      this.#known(this.#quizzes, "quiz-attempts.json", number, "quiz", "quiz", row.quiz);
    });
    await this.#file("achievements.json", (row, number) => void this.#known(this.#users, "achievements.json", number, "username", "user", row.username));
  }

  async #file<File extends SeedFile>(file: File, check: (row: SeedRow<File>, number: number) => void): Promise<void> {
    const path = join(this.report.folder, file);
    if (!existsSync(path)) {
      if (requiredFiles.includes(file)) this.#fault({ file, row: null, field: null, reason: "is missing" });
      return;
    }
    const schema = seedFiles[file];
    const fields = Object.keys(schema.shape);
    let rows = 0;
    try {
      for await (const { row: number, value } of readElements(path)) {
        rows = number;
        if (number % 5_000 === 0) {
          this.#options.onProgress?.({ step: `checking ${file}`, done: number, total: null });
          if (this.#options.signal?.aborted) throw new DatabaseError("cancelled", "sql", "interrupted: nothing was written");
        }
        this.#texts(value, file, number, []);
        this.#unknownFields(value, fields, file, number);
        const parsed = schema.safeParse(value);
        if (parsed.success) check(parsed.data as SeedRow<File>, number);
        else for (const issue of parsed.error.issues) this.#fault({ file, row: number, field: issue.path.length === 0 ? null : issue.path.map(String).join("."), reason: reasonOf(issue, value) });
      }
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      this.#fault({ file, row: error.row, field: null, reason: error.message });
    }
    this.report.counts[file] = rows;
  }

  #relationship({ from, type, to }: SeedRow<"relationships.json">, number: number): void {
    const file = "relationships.json";
    const known = [this.#known(this.#concepts, file, number, "from", "concept", from), this.#known(this.#concepts, file, number, "to", "concept", to)];
    if (from === to) return this.#fault({ file, row: number, field: null, reason: `${type} from ${from} to itself` });
    // RELATED_TO is stored once and read both ways: the same pair the other way round is the same relationship.
    const symmetric = type === "RELATED_TO" && this.#edges.has(JSON.stringify([to, type, from]));
    const edge = JSON.stringify([from, type, to]);
    if (this.#edges.has(edge)) this.#fault({ file, row: number, field: null, reason: `a second ${type} from ${from} to ${to}` });
    if (!symmetric) this.#edges.add(edge);
    if (type === "PREREQUISITE" && known.every((index) => index !== undefined)) {
      const targets = this.#prerequisites.get(from);
      if (targets === undefined) this.#prerequisites.set(from, [to]);
      else targets.push(to);
    }
  }

  #path({ title, concepts }: SeedRow<"learning-paths.json">, number: number): void {
    const file = "learning-paths.json";
    this.#unique(this.#titles, file, number, "title", title);
    const seen = new Set<string>();
    for (const [index, name] of concepts.entries()) {
      this.#known(this.#concepts, file, number, `concepts.${index}`, "concept", name);
      if (seen.has(name)) this.#fault({ file, row: number, field: `concepts.${index}`, reason: `${name} stands twice in the path` });
      seen.add(name);
    }
  }

  #unique(seen: Map<string, number>, file: SeedFile, row: number, field: string, value: string): void {
    const first = seen.get(value);
    if (first === undefined) seen.set(value, row);
    else this.#fault({ file, row, field, reason: `duplicate of row ${first}: “${value}”` });
  }

  #known(names: ReadonlyMap<string, number>, file: SeedFile, row: number, field: string, what: string, value: string): number | undefined {
    const found = names.get(value);
    if (found === undefined) {
      // Nearest names cost a walk over all of them: only for those that are shown.
      const near = this.report.faults.length < shownFaults ? nearest(value, names.keys(), 1)[0] : undefined;
      this.#fault({ file, row, field, reason: `unknown ${what} “${value}”${near === undefined ? "" : `; did you mean ${near}?`}` });
    }
    return found;
  }

  #texts(value: unknown, file: SeedFile, row: number, path: readonly (string | number)[]): void {
    if (typeof value === "string") {
      const reason = unstorable(value);
      if (reason !== null) this.#fault({ file, row, field: path.join("."), reason });
    } else if (Array.isArray(value)) value.forEach((item, index) => this.#texts(item, file, row, [...path, index]));
    else if (value !== null && typeof value === "object") for (const [key, item] of Object.entries(value)) this.#texts(item, file, row, [...path, key]);
  }

  #unknownFields(value: unknown, fields: readonly string[], file: SeedFile, row: number): void {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return;
    for (const field of Object.keys(value)) {
      if (fields.includes(field) || field === "$schema") continue;
      const near = nearest(field, fields, 1)[0];
      this.#warn({ file, row, field, reason: `unknown field, not read${near === undefined ? "" : `; did you mean ${near}?`}` });
    }
  }

  #fault(fault: SeedFault): void {
    this.report.faultsTotal += 1;
    if (this.report.faults.length < shownFaults) this.report.faults.push(fault);
  }

  #warn(warning: SeedFault): void {
    if (this.report.warnings.length < shownWarnings) this.report.warnings.push(warning);
  }
}

/** Why neither database can store a text, if so. */
export function unstorable(text: string): string | null {
  if (text.includes("\0")) return "contains the character NUL";
  return text.isWellFormed() ? null : "contains half of a character (a lone surrogate)";
}

/** What a schema finds wrong with a value, for people. */
export function reasonOf(issue: { code?: string; message: string; path: PropertyKey[] }, row: unknown): string {
  const value = issue.path.reduce<unknown>((inner, key) => (inner !== null && typeof inner === "object" ? (inner as Record<PropertyKey, unknown>)[key] : undefined), row);
  if (value === undefined && issue.path.length > 0) return "is missing";
  const shown = value === null || typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value === "string" ? `“${value.length > 60 ? `${value.slice(0, 60)}…` : value}”` : Array.isArray(value) ? "a list" : "an object";
  return `${issue.message.replace(/^Invalid input: |^Invalid option: /, "").replace(/, received .*$/, "").replace(/^Too (big|small): expected \w+ to be /, "must be ")} (it is ${shown})`;
}
