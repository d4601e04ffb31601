import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What is kept in a file of the state folder, by key. A damaged file is as good as none. */
export function readStateFile(file: string): Record<string, unknown> {
  try {
    const all: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof all === "object" && all !== null && !Array.isArray(all) ? (all as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Puts one key's part in place, the file whole or not at all. A state that can't be kept is no reason to disturb anybody. */
export function updateStateFile(file: string, key: string, part: unknown): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, `${JSON.stringify({ ...readStateFile(file), [key]: part }, null, 1)}\n`);
    renameSync(partial, file);
  } catch {
    // A read-only home is a home all the same.
  }
}
