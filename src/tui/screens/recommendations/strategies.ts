import type { Strategy } from "../../../core/recommendations/types.ts";

/** As they stand on the screen, in the order in which `t` visits them. */
export const strategyTitles: Readonly<Record<Strategy, string>> = { next: "Next concepts", paths: "Paths", route: "Route to a goal" };

/** The query file whose header says which parameters a strategy takes. */
export const strategyQueries: Readonly<Record<Strategy, string>> = { next: "screens/recommendations/concepts", paths: "graph/path-optimization", route: "screens/recommendations/goal" };
