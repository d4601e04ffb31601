import { InputError } from "../core/errors.ts";
import { pairAnew } from "../core/sync/lane.ts";
import { installScript, uninstallScript } from "../core/sync/install.ts";
import { loadBacklog } from "../core/sync/outbox.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate, writeStdout } from "./output.ts";

/** `sync install` and `sync uninstall`: shows the statements, runs them with --apply. */
export const run: Run = async ({ invocation, flags, withSession }) => {
  const what = invocation.command.name;
  const installs = what === "sync install";
  return withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, async ({ databases }) => {
    if (!installs && databases.profile === "embedded") throw new InputError("usage", "the embedded databases always carry their outbox; nothing was changed", "`sync uninstall` is for databases that jeseci did not make");
    const script = await (installs ? installScript(databases.sql) : uninstallScript(databases.sql));
    if (script === null) narrate(installs ? "the outbox and its triggers are there" : "there is nothing to take away");
    const lost = installs ? 0 : ((await loadBacklog(databases))?.pending ?? 0);
    if (lost > 0) narrate(`warning: ${lost} ${lost === 1 ? "change has" : "changes have"} not reached the graph yet, and their marks go too: \`jeseci sync\` carries them over`);
    if (!flags.has("apply")) {
      if (script === null) return exit.fine;
      await writeStdout(script);
      narrate(`nothing was changed: \`jeseci ${what} --apply\` runs this`);
      return exit.fine;
    }
    if (script !== null) await databases.sql.adopt(script);
    if (installs) {
      await pairAnew(databases);
      narrate("from now on every change is marked, and everything there is has been: `jeseci sync` carries it over");
    } else if (script !== null) narrate("the triggers and the schema jeseci are gone; the graph stays as it is");
    return exit.fine;
  });
};
