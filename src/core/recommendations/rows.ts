import type { Value } from "../../databases/values.ts";
import type { Item, Strategy } from "./types.ts";
import { termNames } from "./weights.ts";

/** Recommendations as rows, for every format but JSON. The terms' columns hold what each adds to the score. */
export const rowsOf: Readonly<Record<Strategy, { columns: readonly string[]; row: (item: Item) => Value[] }>> = {
  next: { columns: ["item", "score", "hours", ...termNames, "because"], row: ({ item, score, hours, terms, because }) => [item, rounded(score), hours, ...terms.map(({ contribution }) => rounded(contribution)), because] },
  paths: { columns: ["item", "score", "hours", "shared", "missing"], row: ({ item, score, hours, shared, missing }) => [item, score, hours, shared, missing] },
  route: { columns: ["step", "item", "hours", "because"], row: ({ item, step, hours, because }) => [step, item, hours, because] },
};

/** For people; JSON has every digit. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
