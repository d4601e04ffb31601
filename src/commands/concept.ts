import { loadConcept } from "../core/concepts/concepts.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

export const run: Run = async ({ arguments: [name = ""], output, signal, withSession }) => {
  const { missing: _missing, ...detail } = await withSession({ seedIfEmpty: true }, (session) => loadConcept(session, { name }, { signal }));
  await output.print({ json: detail, columns: ["direction", "type", "concept"], rows: detail.relationships.map((row) => [row.direction, row.type, row.concept]) });
  return exit.fine;
};
