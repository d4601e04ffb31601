import { InputError } from "../core/errors.ts";
import { loadRecommendations } from "../core/recommendations/recommend.ts";
import { strategies, type Item } from "../core/recommendations/types.ts";
import { termNames } from "../core/recommendations/weights.ts";
import type { Value } from "../databases/values.ts";
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
  // What a route can't lead to is the answer itself; of the others there may be hundreds.
  if (strategy === "route") for (const { item, reason } of found.excluded) narrate(`left out: ${item}: ${reason}`);
  else if (found.excluded.length > 0) narrate(`${found.excluded.length.toLocaleString("en")} left out; --json tells why`);
  return exit.fine;
};

const rowsOf: Readonly<Record<(typeof strategies)[number], { columns: readonly string[]; row: (item: Item) => Value[] }>> = {
  next: { columns: ["concept", "score", ...termNames, "hours", "because"], row: ({ item, score, terms, hours, because }) => [item, rounded(score), ...terms.map(({ contribution }) => rounded(contribution)), hours, because] },
  paths: { columns: ["path", "path_completion", "hours_left", "shared", "missing"], row: ({ item, score, hours, shared, missing }) => [item, score, hours, shared, missing] },
  route: { columns: ["step", "concept", "hours", "because"], row: ({ item, step, hours, because }) => [step, item, hours, because] },
};

/** For people; JSON has every digit. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
