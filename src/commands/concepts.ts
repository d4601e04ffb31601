import { listConcepts } from "../core/concepts/concepts.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

export const run: Run = async ({ output, signal, withSession }) => {
  const list = await withSession({ seedIfEmpty: true }, (session) => listConcepts(session, { signal }));
  await output.print({
    json: list,
    columns: ["concept", "display_name", "category", "domain", "difficulty", "paths", "learners", "completed", "avg_progress_percent"],
    rows: list.rows.map((row) => [row.concept, row.display_name, row.category, row.domain, row.difficulty, row.paths, row.learners, row.completed, row.avg_progress_percent]),
  });
  return exit.fine;
};
