import { definitions } from "../core/definitions.ts";
import { formulaLines } from "../core/recommendations/weights.ts";
import { bindings, labelOf, scopeTitle, type Scope } from "./keymap.ts";
import { wrap, type Spans } from "./lines.ts";
import { TextOverlay } from "./overlay.ts";
import { ScrollText } from "./scroll-text.ts";
import type { Theme } from "./theme.ts";

/** All keys, those of the scopes in use first. */
export function helpOverlay(theme: Theme, inUse: readonly Scope[]): TextOverlay {
  const scopes = new Set<Scope>([...inUse, "list", "global", ...bindings.map(({ scope }) => scope)]);
  const lines = [...scopes].flatMap((scope): Spans[] => {
    const own = bindings.filter((binding) => binding.scope === scope);
    return own.length === 0 ? [] : [[["bold", scopeTitle(scope)]], ...own.map((binding): Spans => ["  ", ["accent", labelOf(binding, theme.ascii).padEnd(12)], " ", binding.description]), []];
  });
  const meanings = [`mastered: ${definitions.mastered}`, `ready: ${definitions.ready}`, `average completion: ${definitions.averageCompletion}`, `time spent: ${definitions.timeSpent}`, `streak: ${definitions.streak}`, ...formulaLines()];
  const words = meanings.flatMap((line) => wrap(line, 96).map((part, index): Spans => [index === 0 ? "  " : "    ", part]));
  return new TextOverlay("Keys", new ScrollText([...lines, [["bold", "What the numbers mean"]], ...words]));
}
