import { requireOutbox } from "../core/sync/outbox.ts";
import { retryParked } from "../core/sync/parked.ts";
import { sync } from "../core/sync/project.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate, tellRest } from "./output.ts";
import { progressBar } from "./progress-bar.ts";
import { watch } from "./sync-watch.ts";

export const run: Run = (context) => (context.flags.has("watch") ? watch(context) : carry(context, false));

/** Carries over what is marked, with `retry` what was parked too, or with --full everything that differs. */
export async function carry({ flags, output, signal, withSession }: Context, retry: boolean): Promise<number> {
  const bar = progressBar();
  const onWait = (owner: string): void => narrate(`another relay is at work (${sanitise(owner)}): waiting until it has carried everything over`);
  const result = await withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, async ({ databases }) => {
    if (retry) {
      await requireOutbox(databases);
      await retryParked(databases);
    }
    const done = await sync(databases, { full: flags.has("full"), onWait, signal, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) });
    await databases.graph.checkpoint();
    return done;
  }).finally(bar.done);
  const { entities, refused, left } = result;
  tellRest(refused, left);
  const complete = refused.length === 0 && left === 0;
  await output.print({
    json: { outcome: complete ? "both" : "pending", entities, refused, parked: left, warnings: [] },
    columns: ["entity", "rows", "upserted", "deleted", "unchanged"],
    rows: entities.map((entity) => [entity.entity, entity.rows, entity.upserted, entity.deleted, entity.unchanged]),
  });
  return complete ? exit.fine : exit.drift;
}
