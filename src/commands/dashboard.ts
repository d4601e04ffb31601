import { loadDashboard } from "../core/dashboard/dashboard.ts";
import { InputError } from "../core/errors.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

export const run: Run = async ({ flags, settings, output, signal, withSession }) => {
  const username = flags.text("user") ?? settings.user;
  if (username === undefined) throw new InputError("usage", "dashboard needs --user NAME", "`jeseci users` lists them");
  const { missing: _missing, ...dashboard } = await withSession({ seedIfEmpty: true }, (session) => loadDashboard(session, { username }, { signal }));
  await output.print({
    json: dashboard,
    columns: ["concept", "status", "progress_percent", "minutes", "last_accessed"],
    rows: dashboard.progress.map((row) => [row.concept, row.status, row.progress_percent, row.minutes, row.last_accessed]),
  });
  return exit.fine;
};
