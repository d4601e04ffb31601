import { recordedCheck } from "../core/consistency/recorded.ts";
import { applyRepair, parseOnly, planRepair, repairLimit, type RepairPlan } from "../core/consistency/repair.ts";
import type { CheckReport } from "../core/consistency/types.ts";
import { InputError } from "../core/errors.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";
import { progressBar } from "./progress-bar.ts";
import { recordsOf } from "./records.ts";

/** Shows what would mend the differences, or with --apply mends them and checks again. */
export const run: Run = async ({ flags, output, settings, signal, withSession }) => {
  const only = flags.text("only");
  const maxDeletes = flags.integer("max-deletes", 0);
  const chosen = only === undefined ? {} : parseOnly(only);
  const apply = flags.has("apply");
  const bar = progressBar();
  const looks = { signal, limit: repairLimit, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) };
  const { plan, before, applied, after } = await withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, async (session) => {
    const { report } = await recordedCheck(session, recordsOf(settings), looks);
    if (report.truncated) throw new InputError("refused", `the databases differ in ${report.findings_total.toLocaleString("en")} places, more than the ${repairLimit.toLocaleString("en")} that a repair takes on`, "`jeseci sync --full` compares everything and carries over what differs");
    const plan = await planRepair(session, report, { only: chosen, signal, timeoutMs: 0, ...(maxDeletes === undefined ? {} : { maxDeletes }) });
    if (!apply) return { plan, before: report, applied: 0, after: null };
    const { applied } = await applyRepair(session, plan, { signal });
    await session.databases.graph.checkpoint();
    return { plan, before: report, applied, after: (await recordedCheck(session, recordsOf(settings), looks)).report };
  }).finally(bar.done);
  await output.print({
    json: { applied: apply, planned: plan.planned, applied_count: applied, refused: plan.refused, check_after: after },
    columns: ["entity", "key", "action", "before", "after"],
    rows: plan.planned.map(({ entity, key, action, before, after }) => [entity, key, action, before, after]),
  });
  for (const { reason, message, examples } of plan.refused) narrate(`refused: ${reason}: ${sanitise(message)} (${examples.map(sanitise).join(", ")})`);
  narrate(after === null ? planText(plan, before) : `${applied} mended; ${after.in_sync ? "in sync" : `${after.findings_total.toLocaleString("en")} ${after.findings_total === 1 ? "difference is" : "differences are"} left`}`);
  return (after ?? before).in_sync ? exit.fine : exit.drift;
};

function planText({ planned }: RepairPlan, { in_sync }: CheckReport): string {
  if (in_sync) return "in sync: nothing to repair";
  return planned.length === 0 ? "nothing that a repair would do" : `${planned.length.toLocaleString("en")} ${planned.length === 1 ? "thing" : "things"} would be done: --apply does it`;
}
