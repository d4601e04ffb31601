import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CatalogueFault, Query } from "../../../core/catalogue/types.ts";
import { InputOverlay } from "../../input-overlay.ts";
import { ChoiceOverlay } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { editFile, tellFault } from "./tools.ts";

/** The topic of statements that were not kept. */
export const scratchTopic = "scratch";

const templates = {
  sql: "-- title: My statement\n-- description: Not kept yet: K keeps it.\nSELECT username FROM users ORDER BY username\n",
  cypher: "// title: My statement\n// description: Not kept yet: K keeps it.\nMATCH (c:Concept) RETURN c.name AS concept ORDER BY concept\n",
} as const;

/** Asks for the language, opens the last statement of it in the editor, and hands over what came of it. */
export function newScratch(host: Host, opened: (query: Query) => void): void {
  const choice = (language: keyof typeof templates, label: string, note: string) => ({ label, note, choose: () => void edit(host, language, opened) });
  host.show(new ChoiceOverlay("A statement of your own", [choice("sql", "SQL", "PostgreSQL, read-only"), choice("cypher", "Cypher", "the graph, read-only")], ""));
}

async function edit(host: Host, language: keyof typeof templates, opened: (query: Query) => void): Promise<void> {
  const folder = host.scratchFolder;
  const file = join(folder, scratchTopic, `${language}.${language}`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) writeFileSync(file, templates[language]);
  } catch (error) {
    return host.say(`can't write ${file}: ${(error as Error).message}`, "danger");
  }
  if (!(await editFile(host, file))) return;
  const query = await read(host, folder, file);
  if (query !== null) opened(query);
}

/** Reads a file into the catalogue; null, with its fault told, if it can't be used. */
async function read(host: Host, folder: string, file: string): Promise<Query | null> {
  const { backend, session } = host;
  if (backend === undefined || session === undefined) return null;
  const faults: CatalogueFault[] = [];
  const query = await backend.readQuery(folder, file, "user", faults);
  if (faults[0] !== undefined) tellFault(host, faults[0]);
  if (query !== null) session.catalogue.put(query);
  return query;
}

/** Asks for a name and puts a statement into the person's own folder, where it stays. */
export function keepScratch(host: Host, query: Query, kept: (query: Query) => void): void {
  const folder = host.session?.catalogue.folders[1];
  if (folder === undefined) return host.say('name a folder of your own first: {"queries": ["~/my-queries"]} in the configuration', "warn");
  const fileOf = (id: string): string => join(folder, `${id}.${query.language}`);
  const check = (id: string): string | undefined => {
    if (!/^[\w-]+(\/[\w-]+)+$/.test(id)) return "a topic and a name, with a / between: letters, digits, - and _ only";
    if (host.session?.catalogue.get(id) !== undefined || existsSync(fileOf(id))) return `the name ${id} is taken`;
    return undefined;
  };
  host.show(
    new InputOverlay("Keep the statement", `a topic and a name; it goes into ${folder}`, "mine/", check, (id) => {
      const file = fileOf(id);
      try {
        mkdirSync(dirname(file), { recursive: true });
        copyFileSync(query.file, file);
      } catch (error) {
        return host.say(`can't write ${file}: ${(error as Error).message}`, "danger");
      }
      void read(host, folder, file).then((own) => own !== null && kept(own));
    }),
  );
}
