import type { Key } from "ink";
import { graphemes } from "../core/text/width.ts";

/** A key press by name: `up`, `enter`, `ctrl-c`, or the character itself. */
export type KeyPress = string;

const named: readonly (readonly [keyof Key, KeyPress])[] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["backspace", "backspace"],
  ["delete", "delete"],
];

/**
 * What Ink tells of a chunk of input as single presses in their order. Fast typing and pastes arrive as one chunk: it
 * is split by grapheme, so that nothing is lost and no emoji is torn apart.
 */
export function keyPresses(input: string, key: Key): KeyPress[] {
  if (key.escape) return ["escape"];
  // Typed fast, escape and the next key arrive together and look like alt with that key, which nothing here is bound to.
  const escaped = key.meta ? ["escape"] : [];
  if (key.tab) return [...escaped, key.shift ? "shift-tab" : "tab"];
  for (const [flag, name] of named) if (key[flag] === true) return [...escaped, name];
  if (key.ctrl) return input === "" ? [] : [...escaped, `ctrl-${input}`];
  return [...escaped, ...texts(input)];
}

function texts(input: string): KeyPress[] {
  return graphemes(input).flatMap((character) => {
    if (character === "\r" || character === "\n" || character === "\r\n") return ["enter"];
    if (character === "\t") return ["tab"];
    if (character === "\u007f" || character === "\b") return ["backspace"];
    if (character === "\u001b") return ["escape"];
    const code = character.codePointAt(0) ?? 0;
    return code < 32 ? [] : [character];
  });
}

/** Whether a press is text that belongs into an input. */
export function isText(press: KeyPress): boolean {
  return graphemes(press).length === 1;
}
