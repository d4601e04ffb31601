import { Cursor } from "./cursor.ts";
import { paintLine, type Spans } from "./lines.ts";
import type { Theme } from "./theme.ts";

/** Lines that scroll, for overlays: help, a row, a plan. */
export class ScrollText {
  readonly lines: readonly Spans[];
  #top = 0;
  #height = 1;

  constructor(lines: readonly Spans[]) {
    this.lines = lines;
  }

  /** Other lines, scrolled to the same place. */
  with(lines: readonly Spans[]): ScrollText {
    const other = new ScrollText(lines);
    other.#top = this.#top;
    other.#height = this.#height;
    return other;
  }

  act(action: string): boolean {
    const cursor = new Cursor();
    cursor.index = this.#top;
    const last = Math.max(0, this.lines.length - this.#height);
    if (!cursor.move(action, last + 1, this.#height)) return false;
    this.#top = cursor.index;
    return true;
  }

  render(theme: Theme, cells: number, height: number): string[] {
    this.#height = height;
    this.#top = Math.max(0, Math.min(this.#top, this.lines.length - height));
    return this.lines.slice(this.#top, this.#top + height).map((line) => paintLine(theme, line, cells));
  }

  /** Where one is, if not everything is in sight. */
  get place(): string {
    return this.lines.length <= this.#height ? "" : `${this.#top + 1}–${Math.min(this.lines.length, this.#top + this.#height)} of ${this.lines.length}`;
  }
}
