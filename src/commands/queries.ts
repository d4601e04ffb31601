import { loadCatalogue } from "../core/catalogue/load.ts";
import { parameterText } from "../core/catalogue/describe.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";

/** Needs no database: it reads the files. */
export const run: Run = async ({ settings, output }) => {
  const catalogue = await loadCatalogue({ userFolders: settings.queries });
  const listed = catalogue.queries.filter((query) => query.listed);
  await output.print({
    json: {
      queries: listed.map(({ id, title, description, database, source, parameters, origin, file }) => ({
        id,
        database,
        title,
        description,
        source,
        origin,
        file,
        parameters: parameters.map((parameter) => ({ name: parameter.name, type: parameter.type, optional: parameter.optional, default: parameter.default ?? null, description: parameter.description })),
      })),
      faults: catalogue.faults,
    },
    columns: ["id", "database", "parameters", "description"],
    rows: listed.map((query) => [query.id, query.database, query.parameters.map(parameterText), query.description]),
  });
  for (const { file, line, column, message, fix } of catalogue.faults) narrate(`warning: ${file}:${line}:${column}: ${message}; ${fix}`);
  return catalogue.faults.length > 0 ? exit.usage : exit.fine;
};
