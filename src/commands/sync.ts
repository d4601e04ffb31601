import { DatabaseError } from "../databases/errors.ts";
import { InputError } from "../core/errors.ts";
import { follow, type FollowState } from "../core/sync/follow.ts";
import { requireOutbox } from "../core/sync/outbox.ts";
import { retryParked } from "../core/sync/parked.ts";
import { sync } from "../core/sync/project.ts";
import type { Refusal } from "../core/sync/types.ts";
import { toJson } from "../core/text/json.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate, parkedText, writeStdout } from "./output.ts";
import { progressBar } from "./progress-bar.ts";

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

/** What is not carried over: `parked` counts keys. */
function tellRest(refused: readonly Refusal[], parked: number): void {
  for (const { message, examples } of refused) narrate(`refused: ${sanitise(message)} (${examples.map(sanitise).join(", ")})`);
  if (parked > 0) narrate(parkedText(parked));
}

/** Stays until it is interrupted; with --json one line for each batch. */
async function watch({ flags, output, signal, withSession }: Context): Promise<number> {
  if (flags.has("full")) throw new InputError("usage", "--watch and --full exclude each other", "run `jeseci sync --full` first, then `jeseci sync --watch`");
  if (flags.has("output") || flags.has("limit") || flags.has("no-header") || !["table", "tsv", "json", "ndjson"].includes(output.format)) throw new InputError("usage", "--watch prints a line for each batch as it comes: of the flags for rows it takes --json alone", "leave --output, --format, --limit and --no-header out, or redirect standard output");
  const lines = output.format === "json" || output.format === "ndjson";
  const tellState = (state: FollowState): void => {
    switch (state.kind) {
      case "standby":
        return narrate(`another relay is at work (${sanitise(state.owner)}): standing by`);
      case "following":
        return narrate("following: changes are carried over as they come; ctrl-c ends");
      case "trouble":
        return narrate(`${sanitise(state.error.message)}; trying again in ${state.retryMs / 1000} s`);
      case "carried": {
        const counts = Object.fromEntries(state.result.entities.filter(({ upserted, deleted }) => upserted + deleted > 0).map(({ entity, upserted, deleted }) => [entity, { upserted, deleted }]));
        tellRest(state.result.refused, state.result.parked);
        const told = Object.entries(counts).map(([entity, { upserted, deleted }]) => `${entity}: ${upserted} written${deleted > 0 ? `, ${deleted} deleted` : ""}`);
        const line = lines ? toJson({ schema: 1, at: new Date().toISOString(), entities: counts, parked: state.result.parked, ms: Math.round(state.ms) }) : `${new Date().toISOString()}  ${told.join(" · ") || "nothing to write"}  ${Math.round(state.ms)} ms`;
        void writeStdout(`${line}\n`);
      }
    }
  };
  let last = "";
  await withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, ({ databases }) =>
    follow(databases, {
      signal,
      onState: (state) => {
        // Standing by is told once, not every second.
        if (state.kind === "standby" && last === state.owner) return;
        last = state.kind === "standby" ? state.owner : "";
        tellState(state);
      },
    }),
  );
  throw new DatabaseError("cancelled", "graph", "interrupted: every change up to here that was seen is carried over, the marks of the rest stay");
}
