import type { Spans } from "./lines.ts";
import type { Copyable, Pane } from "./pane.ts";
import { ScrollText } from "./scroll-text.ts";
import type { Theme } from "./theme.ts";

/** Lines to read, as a part of a screen. */
export class TextPane implements Pane {
  readonly name: string;
  readonly filtering = false;
  #text = new ScrollText([]);
  #copy: Copyable | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Other lines; where one had scrolled to stays. */
  set(lines: readonly Spans[], copy?: Copyable): void {
    this.#text = this.#text.with(lines);
    this.#copy = copy;
  }

  get place(): string {
    return this.#text.place;
  }

  act(action: string): boolean {
    return this.#text.act(action);
  }

  type(): void {
    // Nothing is typed here.
  }

  clearFilter(): boolean {
    return false;
  }

  copyable(): Copyable | undefined {
    return this.#copy;
  }

  render(theme: Theme, cells: number, height: number): string[] {
    return this.#text.render(theme, cells, height);
  }
}
