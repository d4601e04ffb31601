import { InputError } from "../core/errors.ts";
import { loadRecommendations } from "../core/recommendations/recommend.ts";
import { rowsOf } from "../core/recommendations/rows.ts";
import { strategies, type Excluded } from "../core/recommendations/types.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate } from "./output.ts";

export const run: Run = async ({ flags, settings, output, signal, withSession }) => {
  const username = flags.text("user") ?? settings.user;
  if (username === undefined) throw new InputError("usage", "recommend needs --user NAME", "`jeseci users` lists them");
  const strategy = strategies.find((known) => known === flags.text("strategy")) ?? "next";
  const goal = flags.text("goal");
  const { missing_sides: _missing, ...found } = await withSession({ seedIfEmpty: true }, (session) => loadRecommendations(session, { username, strategy, ...(goal === undefined ? {} : { goal }) }, { signal }));
  const { columns, row } = rowsOf[strategy];
  await output.print({ json: found, columns, rows: found.items.map(row) });
  // Rows for a program say nothing of the rest, but for a route: without its reason an empty one would be a riddle.
  if (output.format === "table" || (strategy === "route" && output.format !== "json")) narrateExcluded(found.excluded);
  return exit.fine;
};

/** In one line: there may be hundreds. A single one is most often the goal of a route, and its reason the answer. */
function narrateExcluded(excluded: readonly Excluded[]): void {
  const [first] = excluded;
  if (first === undefined) return;
  narrate(excluded.length === 1 ? sanitise(`left out: ${first.item}: ${first.reason}`) : `${excluded.length.toLocaleString("en")} left out; --json tells why`);
}
