import { loadStatus, type Status } from "../core/status/status.ts";
import { throwIfCancelled } from "../databases/errors.ts";
import type { Row } from "../databases/values.ts";
import type { Run } from "./context.ts";
import { errorText, exit, tell } from "./exit.ts";
import { narrate, parkedText } from "./output.ts";

export const run: Run = async ({ output, signal, withSession }) => {
  const { status, errors, gaps } = await withSession({ seedIfEmpty: true }, (session) => loadStatus(session, { signal }));
  throwIfCancelled(signal, "sql");
  const { sql, graph } = status;
  const counts = (database: string, kind: string, values: Record<string, number | null> | undefined): Row[] => Object.entries(values ?? {}).map(([name, count]) => [database, kind, name, count]);
  await output.print({
    json: status,
    columns: ["database", "kind", "name", "count"],
    rows: [...counts("sql", "table", sql?.tables), ...counts("graph", "node", graph?.nodes), ...counts("graph", "relationship", graph?.relationships)],
  });
  if (output.format !== "json") for (const line of linesOf(status)) narrate(line);
  if (gaps !== null) narrate(`warning: ${gaps}: what needs them can't be shown`);
  const dead = [errors.sql, errors.graph].filter((error) => error !== undefined);
  for (const error of dead) process.stderr.write(errorText(tell(error), output.format === "json"));
  return dead.length > 0 ? exit.unreachable : exit.fine;
};

/** What JSON has beside the counts: the engines, and how far the graph is behind. */
function linesOf({ sql, graph, pending_marks, parked_marks, lag_seconds, last_sync }: Status): string[] {
  const engines = [sql, graph].flatMap((side) => (side === null ? [] : `${side.engine} ${side.version}`)).join(" and ");
  if (sql === null) return [engines];
  if (pending_marks === null) return [engines, "nothing tells the graph of changes: `jeseci sync install` shows what is missing"];
  const pending = pending_marks === 0 ? "nothing pending" : `${pending_marks.toLocaleString("en")} pending, the oldest for ${Math.round(lag_seconds ?? 0).toLocaleString("en")} s`;
  return [engines, `sync: ${pending}; ${parked_marks === null || parked_marks === 0 ? "nothing parked" : parkedText(parked_marks)}; ${last_sync === null ? "never complete" : `last complete ${last_sync}`}`];
}
