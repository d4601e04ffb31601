import { operationOf, writeOperations } from "../core/writes/operations.ts";
import type { WriteOperation, WriteReport, WriteValues } from "../core/writes/types.ts";
import { ChoicesCache } from "./choices-cache.ts";
import type { Explorer } from "./explorer.ts";
import { ChoiceOverlay, type Choice } from "./overlay.ts";
import { reasonNotToWrite } from "./read-only.ts";
import type { Subject } from "./screen.ts";
import { WriteForm } from "./write-form.ts";
import { WriteOverlay } from "./write-overlay.ts";

/** Every write as something to choose, about what stands under the cursor. */
export function writeChoices(explorer: Explorer): Choice[] {
  const reason = reasonNotToWrite(explorer);
  const subject = { usernames: explorer.user, ...explorer.screen.subject?.() };
  return writeOperations.map(({ id, summary, fields }) => {
    const values: WriteValues = Object.fromEntries(prefilled(fields, subject));
    return {
      label: `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`,
      note: [id, ...Object.values(values)].join("  "),
      ...(reason === undefined ? {} : { disabled: "needs --write" }),
      choose: () => openWrite(explorer, operationOf(id), values),
    };
  });
}

export function showWrites(explorer: Explorer): void {
  explorer.show(new ChoiceOverlay("Write", writeChoices(explorer), ""));
}

/** The first field of each kind is about what is in sight. */
function* prefilled(fields: WriteOperation["fields"], subject: Subject): Generator<[string, string]> {
  const given = new Set<string>();
  for (const { name, choicesOf, type, required } of fields) {
    const known = choicesOf === undefined ? undefined : subject[choicesOf];
    if (choicesOf === undefined || known === undefined || type === "words" || !required || given.has(choicesOf)) continue;
    given.add(choicesOf);
    yield [name, known];
  }
}

/** Forms that were left and not written, by what they were opened for. */
const drafts = new WeakMap<Explorer, Map<string, WriteForm>>();

function openWrite(explorer: Explorer, operation: WriteOperation, values: WriteValues): void {
  const { session, backend, theme, options } = explorer;
  if (session === undefined || backend === undefined) return;
  const own = drafts.get(explorer) ?? new Map<string, WriteForm>();
  const about = JSON.stringify([operation.id, values]);
  const form = own.get(about) ?? new WriteForm(operation, values);
  drafts.set(explorer, own.set(about, form));
  const overlay: WriteOverlay = new WriteOverlay(form, {
    backend,
    theme,
    choices: new ChoicesCache(explorer),
    production: options.settings.production ? options.profile : undefined,
    run: (given, more) => explorer.write(() => operation.run(session.databases, given, { ...more, timeZone: session.timeZone })),
    present: (given) => operation.present?.(session.databases, given) ?? Promise.resolve({}),
    wrote: (report, given) => {
      own.delete(about);
      if (report.outcome !== "unknown" && explorer.overlay === overlay) explorer.overlay = undefined;
      tell(explorer, report);
      explorer.wrote(operation.id === "concept delete" || (operation.id === "concept update" && given["name"] !== undefined) ? { concept: given["concept"] ?? "", to: given["name"] } : undefined);
    },
    changed: () => explorer.changed(),
  });
  explorer.show(overlay);
}

function tell(explorer: Explorer, { outcome, warnings }: WriteReport): void {
  if (outcome === "pending") explorer.say(warnings.join("; "), "warn");
  else if (outcome === "unknown") explorer.say("whether it was written is not known", "danger");
  else explorer.say(["written in both databases", ...warnings].join("; "), warnings.length > 0 ? "warn" : "ok");
}
