import { loadShared } from "../core/shared-concepts/shared-concepts.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

export const run: Run = async ({ flags, output, signal, withSession }) => {
  const minPaths = flags.integer("min-paths", 1) ?? 2;
  const shared = await withSession({ seedIfEmpty: true }, (session) => loadShared(session, { minPaths }, { signal }));
  await output.print({ json: shared, columns: ["concept", "paths", "path_count"], rows: shared.concepts.map((row) => [row.concept, row.paths, row.path_count]) });
  return exit.fine;
};
