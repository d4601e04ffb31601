import { InputError } from "../core/errors.ts";
import { loadRecommendations } from "../core/recommendations/recommend.ts";
import { strategies, type Excluded, type Item } from "../core/recommendations/types.ts";
import { termNames } from "../core/recommendations/weights.ts";
import { sanitise } from "../core/text/sanitise.ts";
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
  if (output.format === "table") narrateExcluded(found.excluded);
  return exit.fine;
};

/** The terms' columns hold what each adds to the score. */
const rowsOf: Readonly<Record<(typeof strategies)[number], { columns: readonly string[]; row: (item: Item) => Value[] }>> = {
  next: { columns: ["item", "score", "hours", ...termNames, "because"], row: ({ item, score, hours, terms, because }) => [item, rounded(score), hours, ...terms.map(({ contribution }) => rounded(contribution)), because] },
  paths: { columns: ["item", "score", "hours", "shared", "missing"], row: ({ item, score, hours, shared, missing }) => [item, score, hours, shared, missing] },
  route: { columns: ["step", "item", "hours", "because"], row: ({ item, step, hours, because }) => [step, item, hours, because] },
};

/** In one line: there may be hundreds. A single one is most often the goal of a route, and its reason the answer. */
function narrateExcluded(excluded: readonly Excluded[]): void {
  const [first] = excluded;
  if (first === undefined) return;
  narrate(excluded.length === 1 ? sanitise(`left out: ${first.item}: ${first.reason}`) : `${excluded.length.toLocaleString("en")} left out; --json tells why`);
}

/** For people; JSON has every digit. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
