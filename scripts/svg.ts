// What a terminal shows, as text and as a picture: the cells of an emulator as runs that look alike. Whatever differs from
// one run of the program to the next – times, ages, versions, dates, the weekday – can be masked before.
import type { Terminal } from "@xterm/headless";
import { width } from "../src/core/text/width.ts";

/** One cell of the screen; a wide character has an empty one behind it. */
export interface Cell {
  text: string;
  /** Colour and weight, such as `cyan bold`; empty for plain text. */
  style: string;
}

interface Run {
  x: number;
  text: string;
  style: string;
}

const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** The screen as rows of cells, each row as long as the window is wide. */
export function cellsOf(terminal: Terminal): Cell[][] {
  const { active } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_row, y) => {
    const line = active.getLine(active.baseY + y);
    return Array.from({ length: terminal.cols }, (_cell, x): Cell => {
      const cell = line?.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) return { text: "", style: "" };
      const colour = (mode: { palette: boolean; rgb: boolean }, value: number): string => {
        if (mode.rgb) return `#${value.toString(16).padStart(6, "0")}`;
        if (!mode.palette) return "";
        return value < 8 ? (names[value] ?? "") : value < 16 ? `bright-${names[value - 8] ?? ""}` : `colour-${value}`;
      };
      const front = colour({ palette: cell.isFgPalette(), rgb: cell.isFgRGB() }, cell.getFgColor());
      const back = colour({ palette: cell.isBgPalette(), rgb: cell.isBgRGB() }, cell.getBgColor());
      const style = [front, back === "" ? "" : `on-${back}`, cell.isBold() ? "bold" : "", cell.isDim() ? "dim" : "", cell.isInverse() ? "inverse" : ""].filter((part) => part !== "").join(" ");
      return { text: cell.getChars() || " ", style };
    });
  });
}

const textOf = (row: readonly Cell[]): string => row.map(({ text }) => text).join("");

/** A stretch of a row written anew, in the looks of its first cell. */
function write(row: Cell[], from: number, to: number, text: string): void {
  const { style } = row[from] ?? { style: "" };
  const grown = text.length - (to - from);
  row.splice(from, to - from, ...Array.from(text, (character): Cell => ({ text: character, style })));
  // A right-aligned column takes the difference from the blanks before it; elsewhere what follows moves, up to the next wide gap.
  const before = textOf(row.slice(0, from));
  const end = from + text.length;
  const aligned = before.length - before.trimEnd().length > 2;
  const place = aligned ? from - Math.max(0, grown) : end + textOf(row.slice(end)).search(/ {4}|$/);
  if (grown > 0) row.splice(place, grown);
  else row.splice(place, 0, ...Array.from({ length: -grown }, (): Cell => ({ text: " ", style: "" })));
}

const ages = "(?:in sync|differs|not compared|\\d differences?) [·-] ";

/** What never is the same twice, and what stands in its place. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/(?<=(?:PGlite|PostgreSQL|Grafeo|Neo4j) )\d[\d.]*/g, "1.0"],
  [new RegExp(`(?<=${ages})\\d+ (?:s|min|h)`, "g"), "1 s"],
  [/deep check [·-] \d+ (?:s|min) ago [·-] took [\d.]+ m?s/g, "deep check · 1 s ago · took 30 ms"],
  [/(?<=first seen )\d+ (?:s|min) ago/g, "1 s ago"],
  [/(?<=\d{4}-\d\d-\d\d )\d\d:\d\d:\d\d/g, "12:00:00"],
  [new RegExp(`(?<!${ages})(?<!took )(?<!first seen )(?<!deep check [·-] )(?<![\\w.])\\d[\\d.]* m?s(?=[ ,]|$)`, "g"), "1.0 ms"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "2026-01-31T12:00:00.000Z"],
  [/(?<!\d)\d{4}-\d\d-\d\d(?![\dT])/g, "2026-01-31"],
];

/** The same rows with everything replaced that differs from one run to the next. */
export function masked(rows: readonly (readonly Cell[])[]): Cell[][] {
  const fresh = rows.map((cells) => {
    const row = [...cells];
    for (const [pattern, text] of varying) {
      pattern.lastIndex = 0;
      for (let match = pattern.exec(textOf(row)); match !== null; match = pattern.exec(textOf(row))) {
        write(row, cellAt(row, match.index), cellAt(row, match.index + match[0].length), text);
        pattern.lastIndex = match.index + text.length;
      }
    }
    return row.slice(0, cells.length);
  });
  alignCalendar(fresh);
  return fresh;
}

/** Where a place of the row's text stands: a wide character is one cell of text and an empty one. */
function cellAt(row: readonly Cell[], offset: number): number {
  let seen = 0;
  const found = row.findIndex(({ text }) => (seen += text.length) > offset);
  return found === -1 ? row.length : found;
}

/** Lays the calendar of activity out as if today were a Sunday: the same days in the same order, whatever the weekday is. */
function alignCalendar(rows: Cell[][]): void {
  const top = rows.findIndex((row) => /^ Activity {2}SQL/.test(textOf(row)));
  const weeks = Number(/(\d+) weeks/.exec(textOf(rows[top] ?? []))?.[1] ?? 0);
  if (top === -1) return;
  const days = rows.slice(top + 1, top + 8);
  if (days.length < 7 || weeks === 0) return;
  const places = Array.from({ length: weeks * 7 }, (_, day) => ({ row: days[day % 7] ?? [], x: 5 + 2 * Math.floor(day / 7) }));
  const shown = places.map(({ row, x }) => row[x] ?? { text: " ", style: "" }).filter(({ text }) => text !== " ");
  const first = shown[0] ?? { text: " ", style: "" };
  // Before the first day in sight nothing happened in the demo.
  const cells = [...Array.from({ length: places.length - shown.length }, () => first), ...shown];
  places.forEach(({ row, x }, day) => {
    row[x] = cells[day] ?? first;
  });
}

/** Runs of cells that look alike. Blanks look like anything, unless they are inverse. */
function runsOf(row: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  row.forEach(({ text, style }, x) => {
    const last = runs.at(-1);
    if (text === "" && last !== undefined) return;
    const blank = text === " " && !style.includes("inverse") && !style.includes("on-");
    if (last !== undefined && (last.style === style || (blank && !last.style.includes("inverse")))) last.text += text;
    else runs.push({ x, text, style: blank ? "" : style });
  });
  return runs.flatMap((run) => {
    if (run.style.includes("inverse")) return [run];
    const trimmed = run.text.trimEnd();
    // The blanks between two runs belong to neither.
    return trimmed === run.text ? [run] : [{ ...run, text: trimmed }, { x: run.x + width(trimmed), text: " ".repeat(width(run.text) - width(trimmed)), style: "" }];
  });
}

/** A screen as text, one line a row, its looks in brackets: `[cyan bold]text[/]`. */
export function toText(rows: readonly (readonly Cell[])[]): string {
  const line = (row: readonly Cell[]): string => runsOf(row).map(({ text, style }) => (style === "" || text === "" ? text : `[${style}]${text}[/]`)).join("");
  return `${rows.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

const [cellWidth, lineHeight] = [8.4, 18];
/** The colours of the picture's own terminal. */
const palette: Readonly<Record<string, string>> = { black: "#1d2129", red: "#e06c75", green: "#98c379", yellow: "#e5c07b", blue: "#61afef", magenta: "#c678dd", cyan: "#56b6c2", white: "#c8ccd4" };
const [background, foreground] = ["#1d2129", "#c8ccd4"];

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A screen as SVG: one text element for each run. */
export function toSvg(rows: readonly (readonly Cell[])[], title: string): string {
  const parts = rows.flatMap((row, y) =>
    runsOf(row).flatMap(({ x, text, style }) => {
      const words = style.split(" ");
      const inverse = words.includes("inverse");
      if (text.trim() === "" && !inverse) return [];
      const color = palette[words[0] ?? ""] ?? foreground;
      const left = (12 + x * cellWidth).toFixed(1);
      const length = (width(text) * cellWidth).toFixed(1);
      const looks = `${words.includes("bold") ? ' font-weight="bold"' : ""}${words.includes("dim") ? ' opacity="0.6"' : ""}`;
      return [
        ...(inverse ? [`<rect x="${left}" y="${12 + y * lineHeight}" width="${length}" height="${lineHeight}" fill="${color}"/>`] : []),
        `<text x="${left}" y="${25 + y * lineHeight}" textLength="${length}" fill="${inverse ? background : color}"${looks}>${escape(text)}</text>`,
      ];
    }),
  );
  const [across, down] = [Math.ceil((rows[0]?.length ?? 0) * cellWidth + 24), rows.length * lineHeight + 24];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${across} ${down}" role="img" aria-label="${escape(title)}"><rect width="100%" height="100%" rx="8" fill="${background}"/><g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" xml:space="preserve">${parts.join("\n")}</g></svg>\n`;
}
