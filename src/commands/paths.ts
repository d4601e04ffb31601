import { listPaths, loadPath } from "../core/paths/paths.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

export const run: Run = async ({ arguments: [title], flags, output, signal, withSession }) => {
  const username = flags.text("user");
  const whose = username === undefined ? {} : { username };
  if (title === undefined) {
    const { missing: _missing, ...list } = await withSession({ seedIfEmpty: true }, (session) => listPaths(session, whose, { signal }));
    await output.print({
      json: list,
      columns: ["path", "difficulty", "category", "estimated_hours", "concepts", "completed", "order_faults"],
      rows: list.paths.map((row) => [row.path, row.difficulty, row.category, row.estimated_hours, row.concepts, row.completed, row.order_faults]),
    });
    return exit.fine;
  }
  const { missing: _missing, ...detail } = await withSession({ seedIfEmpty: true }, (session) => loadPath(session, { title, ...whose }, { signal }));
  await output.print({
    json: detail,
    columns: ["sequence_order", "concept", "status", "progress_percent", "state", "waits_for"],
    rows: detail.path.concepts.map((row) => [row.sequence_order, row.concept, row.status, row.progress_percent, row.state, row.waits_for]),
  });
  return exit.fine;
};
