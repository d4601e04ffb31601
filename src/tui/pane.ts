import type { KeyPress } from "./keys.ts";

/** What `y` and `Y` put into the clipboard: one value, and the whole row with tabs between its values. Exact texts. */
export interface Copyable {
  cell: string;
  row: string;
}

/** A part of a screen that can have the focus. */
export interface Pane {
  readonly name: string;
  /** A filter is being typed: letters are text. */
  readonly filtering: boolean;
  /** Takes an action of the keymap; false if it means nothing here. */
  act(action: string, page: number): boolean;
  /** Keys while filtering. */
  type(press: KeyPress): void;
  /** Takes a filter away; false if there was none. */
  clearFilter(): boolean;
  copyable(): Copyable | undefined;
}

/** Values as one row for the clipboard. */
export function copyRow(...values: readonly (string | number | null | undefined)[]): Copyable {
  const texts = values.map((value) => (value === null || value === undefined ? "" : String(value)));
  return { cell: texts[0] ?? "", row: texts.join("\t") };
}
