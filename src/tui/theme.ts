/** Meanings, not colours: what a span says decides how it looks. */
export type Style = "accent" | "ok" | "warn" | "danger" | "dim" | "bold" | "inverse" | "plain";

/** Marks that carry meaning without colour, with stand-ins for terminals that know ASCII only. */
export interface Symbols {
  done: string;
  alive: string;
  open: string;
  bad: string;
  warning: string;
  pointer: string;
  ellipsis: string;
  rule: string;
  bar: string;
  empty: string;
  /** Eighths of a cell, from one to seven. */
  eighths: readonly string[];
  /** Activity of a day, from none to most. */
  shades: readonly string[];
  corners: { topLeft: string; topRight: string; bottomLeft: string; bottomRight: string; side: string };
  up: string;
  down: string;
  arrow: string;
  none: string;
  middot: string;
  /** Between two that belong together. */
  both: string;
  /** Between the steps of a walk. */
  crumb: string;
  folded: string;
  unfolded: string;
  /** Already on the way: unfolding would lead back. */
  repeated: string;
}

const unicode: Symbols = {
  done: "✔",
  alive: "●",
  open: "○",
  bad: "✖",
  warning: "▲",
  pointer: "▸",
  ellipsis: "…",
  rule: "─",
  bar: "█",
  empty: "░",
  eighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
  shades: ["·", "░", "▒", "▓", "█"],
  corners: { topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", side: "│" },
  up: "↑",
  down: "↓",
  arrow: "→",
  none: "–",
  middot: "·",
  both: "∩",
  crumb: "›",
  folded: "▸",
  unfolded: "▾",
  repeated: "↺",
};

const ascii: Symbols = {
  done: "v",
  alive: "*",
  open: "o",
  bad: "x",
  warning: "!",
  pointer: ">",
  ellipsis: "~",
  rule: "-",
  bar: "#",
  empty: ".",
  eighths: [],
  shades: [".", "-", "+", "x", "#"],
  corners: { topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", side: "|" },
  up: "^",
  down: "v",
  arrow: "->",
  none: "-",
  middot: "-",
  both: "&",
  crumb: ">",
  folded: "+",
  unfolded: "-",
  repeated: "@",
};

/** For a screen reader (INK_SCREEN_READER=true): no frames and no bars, which would be read aloud; activity as digits. */
const spoken: Symbols = { ...unicode, pointer: ">", rule: " ", bar: " ", empty: " ", eighths: [], shades: ["0", "1", "2", "3", "4"], corners: { topLeft: " ", topRight: " ", bottomLeft: " ", bottomRight: " ", side: " " } };

/** The sixteen colours of the terminal itself: readable on dark and light alike, since its owner chose them. */
const codes: Readonly<Record<Exclude<Style, "plain">, readonly [string, string]>> = {
  accent: ["\u001b[36m", "\u001b[39m"],
  ok: ["\u001b[32m", "\u001b[39m"],
  warn: ["\u001b[33m", "\u001b[39m"],
  danger: ["\u001b[31m", "\u001b[39m"],
  dim: ["\u001b[2m", "\u001b[22m"],
  bold: ["\u001b[1m", "\u001b[22m"],
  inverse: ["\u001b[7m", "\u001b[27m"],
};

/** Without colour, weight and inversion still help. */
const colourless: readonly Style[] = ["bold", "inverse", "dim"];

export interface Theme {
  symbols: Symbols;
  /** The terminal knows ASCII only. */
  ascii: boolean;
  paint(style: Style, text: string): string;
}

/** The theme of a terminal: NO_COLOR, `TERM=dumb` and --no-color take colour away, a locale without UTF-8 takes all but ASCII. */
export function createTheme(options: { color: boolean; ascii: boolean }, environment: Readonly<Record<string, string | undefined>>): Theme {
  const dumb = environment["TERM"] === "dumb";
  const color = options.color && !environment["NO_COLOR"] && !dumb;
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"];
  const asciiOnly = options.ascii || (locale !== undefined && locale !== "" && !/utf-?8/i.test(locale));
  return {
    symbols: asciiOnly ? ascii : environment["INK_SCREEN_READER"] === "true" ? spoken : unicode,
    ascii: asciiOnly,
    paint: (style, text) => {
      if (text === "" || style === "plain" || dumb || (!color && !colourless.includes(style))) return text;
      const [on, off] = codes[style];
      return `${on}${text}${off}`;
    },
  };
}
