import stringWidth from "string-width";

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
// Printable ASCII is one cell a character: no need to segment it.
const plain = /^[\x20-\x7e]*$/;

/** Lines are drawn again and again, mostly with the same texts; measuring one takes as long as drawing ten. */
const measured = new Map<string, number>();
const measuredTexts = 4_096;

/** Terminal cells that a text takes. */
export function width(text: string): number {
  if (plain.test(text)) return text.length;
  let cells = measured.get(text);
  if (cells === undefined) {
    cells = stringWidth(text);
    if (measured.size >= measuredTexts) measured.clear();
    // Long texts are rare, and would be kept for nothing.
    if (text.length <= 1_024) measured.set(text, cells);
  }
  return cells;
}

/** The text as people see its characters: a family emoji is one, and so is a letter with its accents. */
export function graphemes(text: string): string[] {
  return plain.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The text in at most so many cells; what is cut ends in `ellipsis`, and no grapheme is cut in two. */
export function cut(text: string, cells: number, ellipsis = "…"): string {
  if (plain.test(text)) return text.length <= cells ? text : cells <= 0 ? "" : text.slice(0, cells - ellipsis.length) + ellipsis;
  // Long texts are measured only as far as they can be shown.
  const shown = text.length > cells * 16 + 64 ? text.slice(0, cells * 16 + 64) : text;
  if (shown === text && width(text) <= cells) return text;
  const room = cells - width(ellipsis);
  if (room < 0) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of segmenter.segment(shown)) {
    const own = width(segment);
    if (used + own > room) break;
    kept += segment;
    used += own;
  }
  return kept + ellipsis;
}

/** The text in exactly so many cells: cut, or filled with blanks. */
export function pad(text: string, cells: number, align: "left" | "right" = "left"): string {
  const fitted = cut(text, cells);
  const blanks = " ".repeat(Math.max(0, cells - width(fitted)));
  return align === "left" ? fitted + blanks : blanks + fitted;
}
