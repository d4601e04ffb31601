import { projectAll } from "../core/sync/project.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";
import { progressBar } from "./progress-bar.ts";

export const run: Run = async ({ output, signal, withSession }) => {
  const bar = progressBar();
  const result = await withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, async ({ databases }) => {
    const done = await projectAll(databases, { signal, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) });
    await databases.graph.checkpoint();
    return done;
  }).finally(bar.done);
  for (const { message, examples } of result.refused) narrate(`refused: ${sanitise(message)} (${examples.map(sanitise).join(", ")})`);
  await output.print({
    json: { outcome: result.refused.length > 0 ? "pending" : "both", ...result, warnings: [] },
    columns: ["entity", "rows", "upserted", "deleted", "unchanged"],
    rows: result.entities.map((entity) => [entity.entity, entity.rows, entity.upserted, entity.deleted, entity.unchanged]),
  });
  return result.refused.length > 0 ? exit.drift : exit.fine;
};
