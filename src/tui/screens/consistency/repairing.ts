import type { CheckReport } from "../../../core/consistency/types.ts";
import type { RepairPlan } from "../../../core/consistency/repair.ts";
import type { Host } from "../../screen.ts";
import { keptFindings, type DeepCheck } from "./deep-check.ts";
import { RepairOverlay } from "./repair-overlay.ts";
import { many } from "./words.ts";

/** A plan that is to be carried out is made of no older check than that. */
const staleMs = 60_000;

/** Shows what a repair would do; unless it is only a preview, a person may have it done. */
export function showRepair(host: Host, deep: DeepCheck, preview: boolean): void {
  const { options } = host;
  const overlay: RepairOverlay = new RepairOverlay({
    preview,
    production: options.settings.production ? options.profile : undefined,
    plan: (signal) => planOf(host, deep, preview, signal),
    apply: (plan) => apply(host, deep, plan, overlay),
    changed: () => host.changed(),
  });
  host.show(overlay);
}

async function planOf({ session, backend }: Host, deep: DeepCheck, preview: boolean, signal: AbortSignal): Promise<RepairPlan> {
  if (!preview && deep.age > staleMs) {
    await deep.run();
    if (deep.resource.error !== undefined) throw deep.resource.error;
  }
  const { report } = deep;
  if (session === undefined || backend === undefined || report === undefined) throw new Error("nothing was compared yet");
  // There may be more of them than when the key was pressed.
  if (report.truncated) throw new Error(tooMany(report));
  return backend.planRepair(session, report, { signal });
}

/** Why a report that was cut is not repaired. The screen refuses one in the same words before it comes this far. */
export function tooMany({ findings_total }: Pick<CheckReport, "findings_total">): string {
  return `${many(findings_total, "difference")} are more than the ${keptFindings.toLocaleString("en")} that are repaired from here: \`jeseci sync --full\` carries over whatever differs`;
}

/** Carries a plan out, compares both sides again, and tells what came of it. */
async function apply(host: Host, deep: DeepCheck, plan: RepairPlan, overlay: RepairOverlay): Promise<void> {
  const { session, backend } = host;
  if (session === undefined || backend === undefined) return;
  const { applied, parked } = await host.write(async () => {
    const done = await backend.applyRepair(session, plan);
    await session.databases.graph.checkpoint();
    return done;
  });
  host.dismiss(overlay);
  await deep.run(true);
  const { report } = deep;
  const mended = `${applied.toLocaleString("en")} mended${parked > 0 ? `, ${parked.toLocaleString("en")} parked` : ""}`;
  if (report === undefined || deep.resource.error !== undefined) host.say(`${mended}; not compared again`, "warn");
  else if (report.in_sync) host.say(`${mended}; in sync`, "ok");
  else host.say(`${mended}; ${many(report.findings_total, "difference is", "differences are")} left`, "warn");
  await host.background.run();
}
