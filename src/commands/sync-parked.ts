import { requireOutbox } from "../core/sync/outbox.ts";
import { loadParked } from "../core/sync/parked.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { carry } from "./sync.ts";

/** `sync parked` and `sync retry`. */
export const run: Run = (context) => (context.invocation.command.name === "sync retry" ? carry(context, true) : show(context));

async function show({ output, signal, withSession }: Context): Promise<number> {
  const parked = await withSession({ seedIfEmpty: false }, async ({ databases }) => {
    await requireOutbox(databases);
    return loadParked(databases, { signal });
  });
  await output.print({
    json: { rows: parked },
    columns: ["entity", "k1", "k2", "code", "message", "attempts", "first_at", "last_at"],
    rows: parked.map(({ entity, k1, k2, code, message, attempts, first_at, last_at }) => [entity, k1, k2, code, message, attempts, first_at, last_at]),
  });
  return exit.fine;
}
