import { distance } from "fastest-levenshtein";

/** The candidates most like a word that was not found, best first; empty if none is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>, count = 3): string[] {
  const wanted = word.toLowerCase();
  const ranked: { candidate: string; score: number }[] = [];
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    // A part of the name is as good a sign as a typing error: `shared` for `graph/shared-concepts`.
    const part = wanted.length >= 3 && (other.includes(wanted) || (other.length >= 3 && wanted.includes(other)));
    const score = part ? 1 : distance(wanted, other);
    if (score <= Math.max(2, Math.ceil(Math.max(wanted.length, 4) / 3))) ranked.push({ candidate, score });
  }
  ranked.sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1));
  return ranked.slice(0, count).map(({ candidate }) => candidate);
}

/** `did you mean a, b or c?`, or undefined. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = nearest(word, candidates);
  if (near.length === 0) return undefined;
  return `did you mean ${near.length === 1 ? near[0] : `${near.slice(0, -1).join(", ")} or ${near.at(-1)}`}?`;
}
