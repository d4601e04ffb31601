import { sanitise } from "../core/text/sanitise.ts";
import { cut, graphemes, width } from "../core/text/width.ts";
import type { Style, Theme } from "./theme.ts";

/** A piece of a line: text with a meaning. Texts from a database are sanitised before they come here, where their width matters to the caller. */
export type Span = string | readonly [Style, string] | readonly [readonly Style[], string];

/** A line before it is fitted and painted. */
export type Spans = readonly Span[];

/** Sanitised once more: every line of every screen passes here, so what somebody forgot, typed or pasted reaches no terminal. */
function parts(span: Span): readonly [readonly Style[], string] {
  if (typeof span === "string") return [[], sanitise(span)];
  const [style, text] = span;
  return [typeof style === "string" ? [style] : style, sanitise(text)];
}

/** Terminal cells that the spans take. */
export function spansWidth(spans: Spans): number {
  return spans.reduce((sum, span) => sum + width(parts(span)[1]), 0);
}

/**
 * A line of exactly so many cells, painted: cut with an ellipsis, or filled with blanks. `over` is laid over all of it,
 * for a selected row.
 */
export function paintLine(theme: Theme, spans: Spans, cells: number, over?: Style): string {
  const { ellipsis } = theme.symbols;
  let all = "";
  const pieces = spans.map(parts).map(([styles, given]) => {
    const plain = theme.ascii ? toAscii(given.replaceAll("⏎", "enter")) : given;
    const own = widthAfter(all, plain);
    all += plain;
    return { styles, plain, own };
  });
  const total = pieces.reduce((sum, { own }) => sum + own, 0);
  const room = total > cells ? cells - width(ellipsis) : cells;
  let text = "";
  let line = "";
  let used = 0;
  for (const { styles, plain, own } of pieces) {
    const whole = used + own <= room;
    const fitted = whole ? plain : cut(plain, room - used, "");
    const grown = whole ? own : widthAfter(line, fitted);
    if (used + grown > room) break;
    text += styles.reduce((inner, style) => theme.paint(style, inner), fitted);
    used += grown;
    line += fitted;
    if (!whole) break;
  }
  if (total > cells && cells > 0) {
    text += ellipsis;
    used += widthAfter(line, ellipsis);
    line += ellipsis;
  }
  // Even the first blank may meet what is before it.
  text += " ".repeat(Math.max(0, cells - used + 1 - widthAfter(line, " ")));
  return over === undefined ? text : theme.paint(over, text);
}

const segmenter = new Intl.Segmenter();
/** Latin, Greek, Cyrillic, kana, Han, and the rules, bars and arrows of a screen: none of them is one character with another. */
const loners = /^[\x20-\x7e\u00a1-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2190-\u2bff\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff]*$/;

/** Cells that a line grows by with a text. Where the two meet in one character, as a letter and its accent do, that is not what the text takes alone. */
function widthAfter(line: string, text: string): number {
  if (line === "" || text === "" || loners.test(line.slice(-1) + text.slice(0, 1))) return width(text);
  const apart = segmenter.segment(line + text).containing(line.length)?.index === line.length;
  return apart ? width(text) : width(line + text) - width(line);
}

const asciiFor: Readonly<Record<string, string>> = { "…": "~", "–": "-", "·": "-", "“": '"', "”": '"', "’": "'", "→": ">", "←": "<", "↑": "^", "↓": "v", "×": "x", "─": "-" };

/** What an ASCII terminal can show of a text, cell for cell. */
function toAscii(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : graphemes(text).map((character) => (/^[\x20-\x7e]$/.test(character) ? character : (asciiFor[character] ?? "?".repeat(width(character))))).join("");
}

/** Exactly so many lines: cut, or filled with empty ones. */
export function fitHeight(lines: readonly string[], height: number, cells: number): string[] {
  const fitted = lines.slice(0, Math.max(0, height));
  while (fitted.length < height) fitted.push(" ".repeat(cells));
  return fitted;
}

/** Two blocks of painted lines side by side. */
export function beside(left: readonly string[], right: readonly string[], separator: string): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => `${left[index] ?? ""}${separator}${right[index] ?? ""}`);
}

/** A text over several lines, broken at blanks where possible, none wider than so many cells. */
export function wrap(text: string, cells: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/(?<= )/)) {
      let rest = word;
      if (width(line + rest.trimEnd()) > cells && line !== "") {
        lines.push(line.trimEnd());
        line = "";
      }
      while (width(rest.trimEnd()) > cells) {
        const head = cut(rest, cells, "");
        if (head === "") break;
        lines.push(head);
        rest = rest.slice(head.length);
      }
      line += rest;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Cells of the longest of some names, at most so many; only the first thousand are measured. */
export function longest(names: readonly string[], most: number): number {
  let cells = 0;
  for (const name of names.slice(0, 1_000)) {
    cells = Math.max(cells, width(sanitise(name)));
    if (cells >= most) return most;
  }
  return cells;
}

/** A bar of so many cells, filled by eighths. */
export function bar(theme: Theme, share: number, cells: number): string {
  const { bar: full, empty, eighths } = theme.symbols;
  const filled = Math.max(0, Math.min(1, share)) * cells;
  const whole = Math.floor(filled + 1 / 16);
  const part = eighths[Math.round((filled - whole) * 8) - 1] ?? "";
  return full.repeat(whole) + part + empty.repeat(Math.max(0, cells - whole - width(part)));
}
