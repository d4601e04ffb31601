import { graphemes, width } from "../core/text/width.ts";
import { Cursor } from "./cursor.ts";
import { fuzzy, type Match } from "./fuzzy.ts";
import type { KeyPress } from "./keys.ts";
import { actionOf } from "./keymap.ts";
import { fitHeight, paintLine, type Span, type Spans } from "./lines.ts";
import type { ScrollText } from "./scroll-text.ts";
import { TextField } from "./text-field.ts";
import type { Theme } from "./theme.ts";

/** What lies over a screen and takes the keys first. */
export interface Overlay {
  readonly title: string;
  /** Keys worth showing in the footer while it is open. */
  readonly keys: string;
  /** Takes a key. `close` asks to be taken away. */
  press(press: KeyPress): "taken" | "close" | "left";
  /** Inner lines, each exactly `cells` wide. */
  render(theme: Theme, cells: number, height: number): string[];
}

/** Lines to read. */
export class TextOverlay implements Overlay {
  readonly title: string;
  readonly #text: ScrollText;
  readonly #extra: Readonly<Partial<Record<KeyPress, () => void>>>;
  readonly keys: string;
  readonly #closed: (() => void) | undefined;

  /** `extra`: keys of its own. `closed` is called when it goes, for showing what it was opened from. */
  constructor(title: string, text: ScrollText, keys = "↑↓ scroll  esc close", extra: Readonly<Partial<Record<KeyPress, () => void>>> = {}, closed?: () => void) {
    this.title = title;
    this.#closed = closed;
    this.#text = text;
    this.keys = keys;
    this.#extra = extra;
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    const own = this.#extra[press];
    if (own !== undefined) {
      own();
      return "taken";
    }
    const action = actionOf(press, ["list", "global"]);
    if (action === "back" || action === "quit" || action === "help" || action === "open") {
      this.#closed?.();
      return "close";
    }
    if (action !== undefined && this.#text.act(action)) return "taken";
    return action === "interrupt" ? "left" : "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    return this.#text.render(theme, cells, height);
  }
}

/** Something to choose from. */
export interface Choice {
  label: string;
  /** Shown dimmed at the end of its line. */
  note?: string;
  /** Why it can't be chosen now; it stays visible. */
  disabled?: string;
  /** Ranks before everything that matches merely better. */
  boost?: (query: string) => number;
  choose(): void;
}

/** A list that is narrowed by typing. */
export class ChoiceOverlay implements Overlay {
  readonly title: string;
  readonly keys = "type to narrow  ↑↓ move  ⏎ choose  esc close";
  #choices: readonly Choice[];
  readonly #field = new TextField();
  readonly #cursor = new Cursor();
  readonly #empty: string;
  #found: { choice: Choice; match: Match }[] = [];

  constructor(title: string, choices: readonly Choice[], empty: string) {
    this.title = title;
    this.#choices = choices;
    this.#empty = empty;
    this.#search();
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    if (press === "escape") {
      if (this.#field.text === "") return "close";
      this.#field.text = "";
      this.#search();
      return "taken";
    }
    if (press === "ctrl-c") return "left";
    if (press === "enter") {
      const chosen = this.#found[this.#cursor.index]?.choice;
      if (chosen === undefined || chosen.disabled !== undefined) return "taken";
      chosen.choose();
      return "close";
    }
    const moves: Partial<Record<KeyPress, string>> = { up: "up", down: "down", pageup: "pageUp", pagedown: "pageDown", tab: "down", "shift-tab": "up", "ctrl-n": "down", "ctrl-p": "up" };
    const move = moves[press];
    if (move !== undefined) this.#cursor.move(move, this.#found.length, 10);
    else if (this.#field.press(press)) this.#search();
    return "taken";
  }

  /** Choices that took longer to find. What was typed and what is selected stay. */
  add(choices: readonly Choice[]): void {
    const selected = this.#found[this.#cursor.index]?.choice;
    this.#choices = [...this.#choices, ...choices];
    this.#search();
    const place = this.#found.findIndex(({ choice }) => choice === selected);
    if (place !== -1 && this.#field.text === "") this.#cursor.index = place;
  }

  render(theme: Theme, cells: number, height: number): string[] {
    const [before, under, after] = this.#field.parts;
    const lines = [paintLine(theme, [["accent", `${theme.symbols.pointer} `], before, ["inverse", under], after], cells), paintLine(theme, [["dim", theme.symbols.rule.repeat(cells)]], cells)];
    const room = height - lines.length;
    const top = this.#cursor.window(this.#found.length, room);
    this.#found.slice(top, top + room).forEach(({ choice, match }, index) => {
      const selected = top + index === this.#cursor.index;
      const note = choice.disabled ?? choice.note ?? "";
      const label = lit(choice.label, match.positions, choice.disabled !== undefined);
      const gap = Math.max(2, cells - width(choice.label) - width(note) - 3);
      lines.push(paintLine(theme, [" ", ...label, " ".repeat(gap), ["dim", note]], cells, selected ? "inverse" : undefined));
    });
    if (this.#found.length === 0) lines.push(paintLine(theme, [["dim", ` ${this.#choices.length === 0 ? this.#empty : "nothing matches"}`]], cells));
    return fitHeight(lines, height, cells);
  }

  #search(): void {
    const query = this.#field.text.trim();
    this.#found = this.#choices
      .flatMap((choice, place) => {
        const match = fuzzy(query, choice.label) ?? inNote(query, choice);
        return match === null ? [] : [{ choice, match, place, rank: match.score + (choice.boost?.(query) ?? 0) }];
      })
      .sort((a, b) => b.rank - a.rank || a.place - b.place);
    this.#cursor.index = 0;
  }
}

/** Behind all that is called so: what stands beside it, such as the command of a write or the name of a user. */
function inNote(query: string, { note = "" }: Choice): Match | null {
  return note.toLowerCase().includes(query.toLowerCase()) ? { score: -1_000, positions: [] } : null;
}

/** A text with the matched letters lit: whole characters, since no colour may begin within one. */
export function lit(text: string, positions: readonly number[], dim = false): Spans {
  if (positions.length === 0) return [dim ? ["dim", text] : text];
  const hit = new Set(positions);
  const pieces: { text: string; lit: boolean }[] = [];
  let at = 0;
  for (const character of graphemes(text)) {
    let own = false;
    for (const end = at + character.length; at < end; at += 1) own ||= hit.has(at);
    const last = pieces.at(-1);
    if (last?.lit === own) last.text += character;
    else pieces.push({ text: character, lit: own });
  }
  return pieces.map(({ text: piece, lit: own }): Span => (own ? [["accent", "bold"], piece] : dim ? ["dim", piece] : piece));
}

/** An overlay in its frame, over the middle of a body of so many lines. */
export function renderOverlay(theme: Theme, overlay: Overlay, body: readonly string[], cells: number): string[] {
  const { corners, rule } = theme.symbols;
  const inner = Math.max(10, Math.min(cells - 4, 110));
  const height = Math.max(1, body.length - 2);
  const content = fitHeight(overlay.render(theme, inner - 2, height), height, inner - 2);
  const title = ` ${overlay.title} `;
  const left = Math.floor((cells - inner - 2) / 2);
  const right = cells - inner - 2 - left;
  const row = (middle: string): string => " ".repeat(left) + middle + " ".repeat(right);
  const top = paintLine(theme, [["accent", `${corners.topLeft}${rule}`], [["accent", "bold"], title], ["accent", rule.repeat(Math.max(0, inner - width(title) - 1)) + corners.topRight]], inner + 2);
  const side = theme.paint("accent", corners.side);
  return [row(top), ...content.map((line) => row(`${side} ${line} ${side}`)), row(paintLine(theme, [["accent", corners.bottomLeft + rule.repeat(inner) + corners.bottomRight]], inner + 2))].slice(0, body.length);
}
