import { check } from "../core/consistency/check.ts";
import { InputError } from "../core/errors.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";
import { progressBar } from "./progress-bar.ts";

export const run: Run = async ({ flags, output, signal, withSession }) => {
  if (flags.has("deep") && flags.has("fast")) throw new InputError("usage", "--deep and --fast exclude each other", "leave one of them out");
  const mode = flags.has("fast") ? "fast" : "deep";
  const bar = progressBar();
  const report = await withSession({ seedIfEmpty: true, statementTimeoutMs: 0 }, (session) => check(session, { mode, signal, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) })).finally(bar.done);
  await output.print({
    json: report,
    columns: ["entity", "key", "kind", "cause", "fields", "repair"],
    rows: report.findings.map((finding) => [finding.entity, finding.key, finding.kind, finding.cause, finding.fields.map(({ field }) => field), finding.repair]),
  });
  for (const { level, code, message, examples } of report.warnings) narrate(`${level}: ${code}: ${sanitise(message)}${examples.length === 0 ? "" : ` (${examples.map(sanitise).join(", ")})`}`);
  const rows = report.entities.reduce((sum, entity) => sum + entity.sql_rows, 0).toLocaleString("en");
  const stored = report.entities.reduce((sum, entity) => sum + entity.graph_rows, 0).toLocaleString("en");
  const apart = report.entities.filter((entity) => entity.sql_rows !== entity.graph_rows).map(({ entity }) => entity);
  const verdict = report.in_sync ? "in sync" : mode === "deep" ? `${report.findings_total.toLocaleString("en")} ${report.findings_total === 1 ? "difference" : "differences"}` : `the counts or sums differ${apart.length > 0 ? `: ${apart.join(", ")}` : ""}`;
  narrate(`${verdict}: ${mode} check of ${rows} rows and ${stored} in the graph`);
  const strict = flags.has("strict") && report.warnings.some(({ level }) => level === "warning");
  return report.in_sync && !strict ? exit.fine : exit.drift;
};
