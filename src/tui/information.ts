import { bindings, labelOf, scopeTitle, type Scope } from "./keymap.ts";
import type { Spans } from "./lines.ts";
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
  return new TextOverlay("Keys", new ScrollText(lines));
}
