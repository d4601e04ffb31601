/** How many of an entity may be deleted at once: the larger of 10 and 1 % of it, at most 100. */
export function defaultDeleteCap(graphRows: number): number {
  return Math.min(100, Math.max(10, Math.floor(graphRows / 100)));
}
