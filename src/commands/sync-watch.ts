import { InputError } from "../core/errors.ts";
import { follow, type FollowState } from "../core/sync/follow.ts";
import { toJson } from "../core/text/json.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { DatabaseError } from "../databases/errors.ts";
import type { Context } from "./context.ts";
import type { Flags } from "./flags.ts";
import { narrate, tellRest, writeStdout, type Output } from "./output.ts";
import { progressBar } from "./progress-bar.ts";

type Carried = Extract<FollowState, { kind: "carried" }>;

/** Stays until it is interrupted, with a line for each batch; with --json that line is an object. */
export async function watch({ flags, output, signal, withSession }: Context): Promise<number> {
  refuseRowFlags(flags, output);
  const json = output.format === "json" || output.format === "ndjson";
  const bar = progressBar();
  let standingBy = "";
  const onState = (state: FollowState): void => {
    bar.done();
    // Standing by is told once, not every second.
    if (state.kind === "standby" && standingBy === state.owner) return;
    standingBy = state.kind === "standby" ? state.owner : "";
    if (state.kind === "standby") narrate(`another relay is at work (${sanitise(state.owner)}): standing by`);
    else if (state.kind === "following") narrate("following: changes are carried over as they come; ctrl-c ends");
    else if (state.kind === "trouble") narrate(`${sanitise(state.error.message)}; trying again in ${state.retryMs / 1000} s`);
    else {
      tellRest(state.result.refused, state.result.parked);
      // Who can't be told of it is no reason to stop carrying over.
      void writeStdout(`${json ? jsonLine(state) : textLine(state)}\n`).catch((error: unknown) => narrate((error as Error).message));
    }
  };
  await withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, ({ databases }) => follow(databases, { signal, onState, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) })).finally(bar.done);
  throw new DatabaseError("cancelled", "graph", "interrupted: every change up to here that was seen is carried over, the marks of the rest stay");
}

function refuseRowFlags(flags: Flags, { format }: Output): void {
  if (flags.has("full")) throw new InputError("usage", "--watch and --full exclude each other", "run `jeseci sync --full` first, then `jeseci sync --watch`");
  const lines = ["table", "tsv", "json", "ndjson"].includes(format);
  if (!lines || ["output", "limit", "no-header"].some((name) => flags.has(name))) throw new InputError("usage", "--watch prints a line for each batch as it comes, and takes no other flag for rows than --json", "leave --output, --format, --limit and --no-header out, or redirect standard output");
}

function writtenIn({ result }: Carried): Record<string, { upserted: number; deleted: number }> {
  return Object.fromEntries(result.entities.filter(({ upserted, deleted }) => upserted + deleted > 0).map(({ entity, upserted, deleted }) => [entity, { upserted, deleted }]));
}

function jsonLine(state: Carried): string {
  const { result, ms, pending, lag_seconds } = state;
  return toJson({ schema: 1, at: new Date().toISOString(), entities: writtenIn(state), parked: result.parked, ms: Math.round(ms), pending, lag_seconds });
}

function textLine(state: Carried): string {
  const told = Object.entries(writtenIn(state)).map(([entity, { upserted, deleted }]) => `${entity}: ${upserted} written${deleted > 0 ? `, ${deleted} deleted` : ""}`);
  const behind = state.pending === null || state.pending === 0 ? "" : `  ${state.pending.toLocaleString("en")} pending, lag ${Math.round(state.lag_seconds ?? 0)} s`;
  return `${new Date().toISOString()}  ${told.join(" · ") || "nothing to write"}  ${Math.round(state.ms)} ms${behind}`;
}
