import type { KeyPress } from "./keys.ts";

/** Where a key works. Inner scopes come first: what an overlay or an input takes, nothing else sees. */
export type Scope = "global" | "list" | "dashboard" | "paths" | "concept" | "shared" | "recommend" | "queries" | "consistency" | "result" | "form" | "input" | "statements";

export type Action =
  | "up" | "down" | "left" | "right" | "pageUp" | "pageDown" | "first" | "last"
  | "open" | "back" | "nextPane" | "previousPane" | "filter" | "sort" | "reverse"
  | "screen1" | "screen2" | "screen3" | "screen4" | "screen5" | "screen6"
  | "users" | "profiles" | "palette" | "statements" | "export" | "write" | "copyCell" | "copyRow" | "help" | "refresh" | "quit" | "interrupt"
  | "raiseLimit" | "plan" | "edit" | "scratch" | "keep" | "more" | "less" | "strategy" | "preview" | "repair" | "history" | "watch" | "profile" | "complete" | "completeBack" | "clear";

/** One key, declared once: the footer, the help, the command list, the README and the tests read it here. */
export interface Binding {
  action: Action;
  scope: Scope;
  keys: readonly KeyPress[];
  /** As it is shown. */
  label: string;
  description: string;
  /** Short text for the footer; none keeps it out. */
  footer?: string;
  /** It writes: the footer of an explorer that only reads leaves it out. */
  writes?: true;
}

export const bindings: readonly Binding[] = [
  { action: "up", scope: "list", keys: ["up", "k"], label: "↑ k", description: "up" },
  { action: "down", scope: "list", keys: ["down", "j"], label: "↓ j", description: "down", footer: "move" },
  { action: "left", scope: "list", keys: ["left", "h"], label: "← h", description: "left; out of a pane" },
  { action: "right", scope: "list", keys: ["right", "l"], label: "→ l", description: "right; into the pane beside" },
  { action: "pageUp", scope: "list", keys: ["pageup", "ctrl-u"], label: "page up", description: "a page up" },
  { action: "pageDown", scope: "list", keys: ["pagedown", "ctrl-d"], label: "page down", description: "a page down" },
  { action: "first", scope: "list", keys: ["g", "home"], label: "g", description: "to the first" },
  { action: "last", scope: "list", keys: ["G", "end"], label: "G", description: "to the last" },
  { action: "open", scope: "list", keys: ["enter"], label: "⏎", description: "go in: run, open, choose", footer: "open" },
  { action: "sort", scope: "list", keys: ["o"], label: "o", description: "sort by the next column", footer: "sort" },
  { action: "reverse", scope: "list", keys: ["O"], label: "O", description: "reverse the order" },
  { action: "copyCell", scope: "list", keys: ["y"], label: "y", description: "copy the cell, or the name of what is selected", footer: "copy" },
  { action: "copyRow", scope: "list", keys: ["Y"], label: "Y", description: "copy the row" },
  { action: "export", scope: "list", keys: ["e"], label: "e", description: "write what is shown to a file, or copy the command that prints it", footer: "export" },
  { action: "back", scope: "global", keys: ["escape", "backspace"], label: "esc", description: "cancel a load, close, clear the filter, go back", footer: "back" },
  { action: "nextPane", scope: "global", keys: ["tab"], label: "tab", description: "next pane" },
  { action: "previousPane", scope: "global", keys: ["shift-tab"], label: "shift-tab", description: "pane before" },
  { action: "filter", scope: "global", keys: ["/"], label: "/", description: "filter as you type; ⏎ keeps it, esc clears it", footer: "filter" },
  { action: "screen1", scope: "global", keys: ["1"], label: "1", description: "Dashboard" },
  { action: "screen2", scope: "global", keys: ["2"], label: "2", description: "Paths" },
  { action: "screen3", scope: "global", keys: ["3"], label: "3", description: "Shared concepts" },
  { action: "screen4", scope: "global", keys: ["4"], label: "4", description: "Recommendations" },
  { action: "screen5", scope: "global", keys: ["5"], label: "5", description: "Queries" },
  { action: "screen6", scope: "global", keys: ["6"], label: "6", description: "Consistency" },
  { action: "users", scope: "global", keys: ["u"], label: "u", description: "choose the user", footer: "user" },
  { action: "profiles", scope: "global", keys: ["P"], label: "P", description: "choose the profile: other databases" },
  { action: "palette", scope: "global", keys: [":"], label: ":", description: "everything that can be done here", footer: "commands" },
  { action: "write", scope: "global", keys: ["W"], label: "W", description: "add, change or delete something, in both databases; needs --write", footer: "write", writes: true },
  { action: "statements", scope: "global", keys: ["s"], label: "s", description: "the statements behind this screen", footer: "statements" },
  { action: "refresh", scope: "global", keys: ["r"], label: "r", description: "load again", footer: "refresh" },
  { action: "help", scope: "global", keys: ["?"], label: "?", description: "these keys", footer: "keys" },
  { action: "quit", scope: "global", keys: ["q"], label: "q", description: "quit", footer: "quit" },
  { action: "interrupt", scope: "global", keys: ["ctrl-c"], label: "ctrl-c", description: "quit at once" },
  { action: "more", scope: "shared", keys: ["+", "="], label: "+", description: "only concepts that more paths share", footer: "more paths" },
  { action: "less", scope: "shared", keys: ["-"], label: "-", description: "concepts that fewer paths share, too", footer: "fewer" },
  { action: "strategy", scope: "recommend", keys: ["t"], label: "t", description: "the next strategy: concepts, paths, route to a goal", footer: "strategy" },
  { action: "raiseLimit", scope: "result", keys: ["L"], label: "L", description: "ten times as many rows, to a million at most", footer: "more rows" },
  { action: "plan", scope: "queries", keys: ["x"], label: "x", description: "the plan of the statement", footer: "plan" },
  { action: "edit", scope: "queries", keys: ["E"], label: "E", description: "open the query's file in $EDITOR" },
  { action: "scratch", scope: "queries", keys: ["N"], label: "N", description: "a statement of your own, SQL or Cypher, in $EDITOR", footer: "new" },
  { action: "keep", scope: "queries", keys: ["K"], label: "K", description: "keep the statement of your own in your folder of queries" },
  { action: "preview", scope: "consistency", keys: ["p"], label: "p", description: "preview a repair: what it would do, and what it refuses", footer: "preview repair" },
  { action: "repair", scope: "consistency", keys: ["R"], label: "R", description: "repair: make the graph as the rows say; needs --write", footer: "repair", writes: true },
  { action: "history", scope: "consistency", keys: ["H"], label: "H", description: "past checks and repairs: what came and went, who mended it; ⏎ opens all that one found or did", footer: "history" },
  { action: "watch", scope: "consistency", keys: ["w"], label: "w", description: "watch: a deep check every 30 s while the screen is open", footer: "watch" },
  { action: "profile", scope: "statements", keys: ["p"], label: "p", description: "profile: run it once more and measure, after asking" },
  { action: "complete", scope: "form", keys: ["ctrl-n"], label: "ctrl-n", description: "next suggestion for the field", footer: "suggest" },
  { action: "completeBack", scope: "form", keys: ["ctrl-p"], label: "ctrl-p", description: "suggestion before" },
  { action: "clear", scope: "input", keys: ["ctrl-u"], label: "ctrl-u", description: "empty the input" },
];

/** The action of a key in the first of the scopes that knows it. */
export function actionOf(press: KeyPress, scopes: readonly Scope[]): Action | undefined {
  for (const scope of scopes) {
    const found = bindings.find((binding) => binding.scope === scope && binding.keys.includes(press));
    if (found !== undefined) return found.action;
  }
  return undefined;
}

/** Bindings that a person can use in these scopes, inner scopes first. */
export function bindingsIn(scopes: readonly Scope[]): Binding[] {
  return scopes.flatMap((scope) => bindings.filter((binding) => binding.scope === scope));
}

const scopeTitles: Readonly<Record<Scope, string>> = { global: "Everywhere", list: "Lists and panes", dashboard: "Dashboard", paths: "Paths", concept: "Concept", shared: "Shared concepts", recommend: "Recommendations", queries: "Queries", consistency: "Consistency", result: "Result table", form: "Form", input: "Text input", statements: "Statements" };

export function scopeTitle(scope: Scope): string {
  return scopeTitles[scope];
}

const words: Readonly<Record<string, string>> = { "⏎": "enter", "↑": "up", "↓": "down", "←": "left", "→": "right" };

/** A label, in words where the terminal has no arrows. */
export function labelOf({ label }: Pick<Binding, "label">, ascii: boolean): string {
  return ascii ? label.replace(/[⏎↑↓←→]/g, (symbol) => words[symbol] ?? symbol) : label;
}

/** The table of keys for the README. */
export function keyTable(): string {
  const rows = bindings.map(({ scope, label, description }) => `| ${scopeTitle(scope)} | \`${label}\` | ${description} |`);
  return ["| where | key | what it does |", "|---|---|---|", ...rows].join("\n");
}
