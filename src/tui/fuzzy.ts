/** Where the letters of a query were found in a text, and how well. */
export interface Match {
  /** Higher is better. */
  score: number;
  /** Offsets in UTF-16 units, ascending. */
  positions: number[];
}

/**
 * Fuzzy match without regard to case: all letters of the query, in order. Beginnings of words and unbroken runs score
 * higher, so that `shco` finds `shared-concepts` before `search-columns`. Null if a letter is missing.
 */
export function fuzzy(query: string, text: string): Match | null {
  if (query === "") return { score: 0, positions: [] };
  const wanted = query.toLowerCase();
  const within = lower(text);
  const direct = within.indexOf(wanted);
  if (direct !== -1) {
    const start = direct === 0 ? 60 : isBoundary(text, direct) ? 40 : 20;
    return { score: 100 + start - text.length / 100, positions: unitsOf(wanted, direct) };
  }
  const positions: number[] = [];
  let score = 0;
  let at = 0;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const found = within.indexOf(letter, at);
    if (found === -1) return null;
    if (positions.at(-1) === found - 1) score += 8;
    if (isBoundary(text, found)) score += 6;
    score += 1;
    positions.push(...unitsOf(letter, found));
    at = found + letter.length;
  }
  return { score: score - text.length / 100, positions };
}

/** In lower case, unit for unit: a letter that would become longer stays as it is, or positions would shift. */
function lower(text: string): string {
  const all = text.toLowerCase();
  return all.length === text.length ? all : Array.from(text, (letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter)).join("");
}

function unitsOf(found: string, at: number): number[] {
  return Array.from({ length: found.length }, (_, index) => at + index);
}

function isBoundary(text: string, index: number): boolean {
  return index === 0 || /[\s/_.:-]/.test(text[index - 1] ?? "");
}
