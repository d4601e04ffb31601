import { loadStatus } from "../core/status/status.ts";
import type { Row } from "../databases/values.ts";
import type { Run } from "./context.ts";
import { errorText, exit, tell } from "./exit.ts";
import { narrate } from "./output.ts";

export const run: Run = async ({ output, signal, withSession }) => {
  const { status, errors, gaps } = await withSession({ seedIfEmpty: true }, (session) => loadStatus(session, { signal }));
  const { sql, graph } = status;
  const counts = (database: string, kind: string, values: Record<string, number | null> | undefined): Row[] => Object.entries(values ?? {}).map(([name, count]) => [database, kind, name, count]);
  await output.print({
    json: status,
    columns: ["database", "kind", "name", "count"],
    rows: [...counts("sql", "table", sql?.tables), ...counts("graph", "node", graph?.nodes), ...counts("graph", "relationship", graph?.relationships)],
  });
  if (gaps !== null) narrate(`warning: ${gaps}: what needs them can't be shown`);
  const dead = [errors.sql, errors.graph].filter((error) => error !== undefined);
  for (const error of dead) process.stderr.write(errorText(tell(error), output.format === "json"));
  return dead.length > 0 ? exit.unreachable : exit.fine;
};
