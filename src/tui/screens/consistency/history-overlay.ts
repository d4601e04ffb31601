import { Cursor } from "../../cursor.ts";
import type { KeyPress } from "../../keys.ts";
import { actionOf } from "../../keymap.ts";
import { fitHeight, paintLine, type Spans } from "../../lines.ts";
import type { Overlay } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import type { Theme } from "../../theme.ts";

/** Something that happened, as the list shows it: a heading and what came of it, in a few lines. */
export interface PastEntry {
  /** Of the overlay that it opens to. */
  title: string;
  lines: readonly Spans[];
  /** All that is kept of it, for so many cells. */
  details(cells: number): Spans[];
}

/** Entries that `page down` passes by. */
const pageEntries = 5;

/** What happened, newest first: the cursor goes from one entry to the next. */
export class HistoryOverlay implements Overlay {
  readonly title = "Past checks and repairs, newest first";
  readonly keys = "↑↓ move  ⏎ what it found or did  esc close";
  readonly #host: Pick<Host, "show">;
  readonly #entries: readonly PastEntry[];
  readonly #cursor = new Cursor();
  /** The first line in sight. */
  #top = 0;

  constructor(host: Pick<Host, "show">, entries: readonly PastEntry[]) {
    this.#host = host;
    this.#entries = entries;
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    const action = actionOf(press, ["consistency", "list", "global"]);
    if (action === "interrupt") return "left";
    if (action === "back" || action === "quit" || action === "history") return "close";
    const selected = this.#entries[this.#cursor.index];
    if (action === "open" || action === "right") {
      if (selected !== undefined) this.#host.show(new PastOverlay(this.#host, selected, this));
    } else if (action !== undefined) this.#cursor.move(action, this.#entries.length, pageEntries);
    return "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    const room = Math.max(1, height - 1);
    const lines = this.#entries.flatMap((entry, index) => {
      const selected = index === this.#cursor.index;
      return entry.lines.map((line, place) => paintLine(theme, [place > 0 || !selected ? "  " : `${theme.symbols.pointer} `, ...line], cells, selected && place === 0 ? "inverse" : undefined));
    });
    const before = this.#entries.slice(0, this.#cursor.index).reduce((sum, entry) => sum + entry.lines.length, 0);
    const own = this.#entries[this.#cursor.index]?.lines.length ?? 0;
    // All of the selected entry is in sight, or as much as there is room for.
    this.#top = Math.min(before, Math.max(this.#top, before + own - room));
    const place = lines.length > room ? `${(this.#cursor.index + 1).toLocaleString("en")} of ${this.#entries.length.toLocaleString("en")}` : "";
    return [...fitHeight(lines.slice(this.#top, this.#top + room), room, cells), paintLine(theme, [["dim", place]], cells)];
  }
}

/** One entry with all that is kept of it; `esc` goes back to the list. */
class PastOverlay implements Overlay {
  readonly title: string;
  readonly keys = "↑↓ scroll  esc back";
  readonly #host: Pick<Host, "show">;
  readonly #entry: PastEntry;
  readonly #list: Overlay;
  #text = new ScrollText([]);

  constructor(host: Pick<Host, "show">, entry: PastEntry, list: Overlay) {
    this.title = entry.title;
    this.#host = host;
    this.#entry = entry;
    this.#list = list;
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    const action = actionOf(press, ["list", "global"]);
    if (action === "interrupt") return "left";
    if (action === "back" || action === "quit" || action === "open" || action === "left") this.#host.show(this.#list);
    else if (action !== undefined) this.#text.act(action);
    return "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    this.#text = this.#text.with(this.#entry.details(cells));
    return [...fitHeight(this.#text.render(theme, cells, Math.max(1, height - 1)), Math.max(1, height - 1), cells), paintLine(theme, [["dim", this.#text.place]], cells)];
  }
}
