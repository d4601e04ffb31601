import { MASTERED_PERCENT } from "../core/definitions.ts";
import type { ConceptState } from "../core/paths/paths.ts";
import type { Span } from "./lines.ts";
import type { Style, Theme } from "./theme.ts";

/** The mark of where a user stands with a concept: never by colour alone. */
export function standingMark(theme: Theme, state: ConceptState | null): Span {
  const { done, alive, open, warning, none } = theme.symbols;
  const marks: Readonly<Record<ConceptState, readonly [Style, string]>> = { completed: ["ok", done], mastered: ["ok", alive], started: ["accent", alive], ready: ["accent", open], waiting: ["dim", warning] };
  return state === null ? ["dim", none] : marks[state];
}

/** The same in a word. */
export function standingWord(status: string | null, percent: number | null): string {
  if (status === "completed") return "completed";
  if ((percent ?? 0) >= MASTERED_PERCENT) return "mastered";
  return status === "in_progress" || (percent ?? 0) > 0 ? "in progress" : "not started";
}
