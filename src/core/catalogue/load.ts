import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { packageRoot } from "../../package-root.ts";
import { parseQuery } from "./parse.ts";
import type { Catalogue, CatalogueFault, Query } from "./types.ts";

/** Topics whose queries serve forms and screens: run by id, not shown in the catalogue. */
const unlisted = new Set(["choices", "screens"]);

/**
 * Reads the shipped queries and the user's own folders (each with a folder a topic). A faulty file takes nothing with
 * it but itself; its faults are in the answer. Throws nothing for faults of content.
 */
export async function loadCatalogue(options: { userFolders?: readonly string[] } = {}): Promise<Catalogue> {
  const folders = [join(packageRoot(), "queries"), ...(options.userFolders ?? [])];
  const faults: CatalogueFault[] = [];
  const queries = new Map<string, Query>();
  for (const [index, folder] of folders.entries()) {
    const origin = index === 0 ? "shipped" : "user";
    for (const file of await filesIn(folder, faults)) {
      const query = await readQuery(folder, file, origin, faults);
      if (query === null) continue;
      const other = queries.get(query.id);
      if (other === undefined) queries.set(query.id, query);
      else faults.push({ file, line: 1, column: 1, message: `the name ${query.id} is taken by ${other.file}`, fix: "rename one of the two files" });
    }
  }
  for (const query of queries.values()) {
    for (const { name, choices } of query.parameters) {
      if (choices !== undefined && !queries.has(choices)) faults.push({ file: query.file, line: 1, column: 1, message: `parameter ${name}: there is no query ${choices}`, fix: `add ${choices}.sql or .cypher to the queries, or leave choices(…) out` });
    }
  }
  const sort = (): Query[] => [...queries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  let sorted = sort();
  return {
    get queries() {
      return sorted;
    },
    faults,
    folders,
    get: (id) => queries.get(id),
    put: (query) => {
      queries.set(query.id, query);
      sorted = sort();
    },
  };
}

async function filesIn(folder: string, faults: CatalogueFault[]): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    faults.push({ file: folder, line: 1, column: 1, message: `can't read the folder: ${(error as Error).message}`, fix: "correct `queries` in the configuration; `jeseci config` shows where it stands" });
    return [];
  }
}

/** One file as a query; null, with its faults noted, if it can't be one. */
export async function readQuery(folder: string, file: string, origin: Query["origin"], faults: CatalogueFault[]): Promise<Query | null> {
  const ending = extname(file);
  const fault = (message: string, fix: string): null => (faults.push({ file, line: 1, column: 1, message, fix }), null);
  if (ending !== ".cypher" && ending !== ".sql") return origin === "user" && ending !== ".md" ? fault("neither .cypher nor .sql", "rename it, or move it out of the folder") : null;
  const id = relative(folder, file).slice(0, -ending.length).split(sep).join("/");
  if (!/^[\w-]+(\/[\w-]+)+$/.test(id)) return fault(`“${id}” can't be an id`, "put the file into a folder for its topic, and use letters, digits, - and _ only");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    return fault(error instanceof TypeError ? "not UTF-8" : `can't be read: ${(error as Error).message}`, "save the file as UTF-8 text");
  }
  const language = ending === ".sql" ? "sql" : "cypher";
  const result = parseQuery(text, language);
  if ("faults" in result) {
    faults.push(...result.faults.map((found) => ({ file, ...found })));
    return null;
  }
  const topic = id.slice(0, id.indexOf("/"));
  return { ...result.parsed, id, topic, language, database: language === "sql" ? "sql" : "graph", file, origin, listed: !unlisted.has(topic) };
}
