import { dump } from "../core/seeding/dump.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";
import { progressBar } from "./progress-bar.ts";

export const run: Run = async ({ arguments: [folder = ""], output, signal, withSession }) => {
  const bar = progressBar();
  const result = await withSession({ seedIfEmpty: true, statementTimeoutMs: 0 }, ({ databases }) => dump(databases, folder, { signal, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) })).finally(bar.done);
  for (const warning of result.warnings) narrate(`warning: ${sanitise(warning)}`);
  await output.print({ json: result, columns: ["entity", "rows"], rows: result.counts.map(({ entity, rows }) => [entity, rows]) });
  return exit.fine;
};
