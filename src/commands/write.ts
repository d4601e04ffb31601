import { operationOf } from "../core/writes/operations.ts";
import type { WriteOperation, WriteReport } from "../core/writes/types.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";

/** Every command that writes one thing into both databases: the operation of the command's name. */
export const run: Run = async (context) => {
  const { flags, output, settings, signal, withSession } = context;
  const operation = operationOf(context.invocation.command.name);
  const dryRun = flags.has("dry-run");
  const report = await withSession({ seedIfEmpty: false }, ({ databases }) => operation.run(databases, valuesOf(operation, context), { cascade: flags.has("cascade"), dryRun, timeZone: settings.timeZone, signal }));
  const { outcome, counts, plan, warnings } = report;
  const printed = output.print({
    json: { outcome, operation: operation.id, counts, plan, warnings },
    columns: ["action", "thing", "before", "after"],
    rows: plan.map(({ action, thing, before, after }) => [action, thing, before, after]),
  });
  // What was written stays written: an answer that can't be printed must not make anybody do it again.
  await printed.catch((error: unknown) => narrate(`warning: ${sanitise((error as Error).message)}; only this report is lost`));
  tellOutcome(report, dryRun);
  return exitOf(report);
};

/** The values by field, from the arguments and the flags. */
function valuesOf({ fields }: WriteOperation, { arguments: given, flags }: Context): Record<string, string | undefined> {
  const places = fields.filter(({ argument }) => argument === true);
  return Object.fromEntries(fields.map((field) => [field.name, field.argument === true ? given[places.indexOf(field)] : flags.text(field.name)]));
}

function tellOutcome({ outcome, plan, warnings }: WriteReport, dryRun: boolean): void {
  for (const warning of warnings) narrate(`warning: ${sanitise(warning)}`);
  if (outcome === "pending") narrate("written in PostgreSQL, reaching the graph: `jeseci sync` carries it over now, `jeseci status` shows what is still on its way");
  else if (outcome === "unknown") narrate("whether it was written is not known: the warning says how to find out");
  else if (plan.length === 0) narrate("nothing to do: it is so already");
  else narrate(dryRun ? "dry run: nothing was written" : "written in both databases");
}

function exitOf({ outcome }: WriteReport): number {
  if (outcome === "pending") return exit.pending;
  return outcome === "unknown" ? exit.unreachable : exit.fine;
}
