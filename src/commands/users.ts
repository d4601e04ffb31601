import { listUsers } from "../core/users/users.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

export const run: Run = async ({ output, signal, withSession }) => {
  const list = await withSession({ seedIfEmpty: true }, (session) => listUsers(session, { signal }));
  await output.print({
    json: list,
    columns: ["username", "first_name", "last_name", "is_active", "concepts", "completed", "avg_progress_percent", "last_activity"],
    rows: list.rows.map((row) => [row.username, row.first_name, row.last_name, row.is_active, row.concepts, row.completed, row.avg_progress_percent, row.last_activity]),
  });
  return exit.fine;
};
