import { cut, width } from "../core/text/width.ts";
import { Cursor } from "./cursor.ts";
import { fuzzy } from "./fuzzy.ts";
import type { KeyPress } from "./keys.ts";
import { fitHeight, paintLine, type Spans } from "./lines.ts";
import type { Copyable, Pane } from "./pane.ts";
import { TextField } from "./text-field.ts";
import type { Theme } from "./theme.ts";

/** An order that a list can be put into; its own comes first and needs no declaration. */
export interface Order<T> {
  name: string;
  /** Ascending; ties keep the list's own order. */
  compare(a: T, b: T): number;
}

export interface ListOptions<T> {
  name: string;
  /** What an item stays known by when the list is loaded again. */
  identity(item: T): string;
  /** What the filter looks at, sanitised. */
  text(item: T): string;
  orders?: readonly Order<T>[];
  /** What `y` and `Y` copy: the item's name and its row, exact. */
  copy(item: T): Copyable;
  /** The order that was chosen last, and where a new one is kept. */
  remembered?: ListOrder;
  remember?(order: ListOrder): void;
}

/** A chosen order: 0 is the list's own. */
export interface ListOrder {
  order: number;
  reversed: boolean;
}

/** A line of a list as it is to be drawn: `positions` are the letters of its text that the filter matched. */
export type DrawItem<T> = (item: T, positions: readonly number[]) => Spans;

export interface ListFrame {
  title: string;
  /** Where the data comes from, and what else belongs beside the title. */
  note?: string;
  /** Shown where there is nothing. */
  none: string;
  focused: boolean;
}

interface Shown<T> {
  item: T;
  positions: readonly number[];
}

/** A list of any length: only lines in sight are drawn. The selection follows the item through loading, sorting and filtering. */
export class ListView<T> implements Pane {
  readonly name: string;
  readonly cursor = new Cursor();
  readonly field = new TextField();
  filtering = false;
  readonly #options: ListOptions<T>;
  #items: readonly T[] = [];
  #shown: readonly Shown<T>[] = [];
  #selected: string | undefined;
  #order: ListOrder;

  constructor(options: ListOptions<T>) {
    this.#options = options;
    this.name = options.name;
    const { order, reversed } = options.remembered ?? { order: 0, reversed: false };
    this.#order = { order: order <= (options.orders?.length ?? 0) ? order : 0, reversed };
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Items that the filter leaves. */
  get length(): number {
    return this.#shown.length;
  }

  get selected(): T | undefined {
    return this.#shown[this.cursor.index]?.item;
  }

  /** `by hours ↓`, or nothing while the list is in its own order. */
  orderText(theme: Theme): string {
    const { order, reversed } = this.#order;
    const name = order === 0 ? (reversed ? "reversed" : "") : `by ${this.#options.orders?.[order - 1]?.name ?? ""}`;
    return name === "" ? "" : `${name} ${reversed ? theme.symbols.down : theme.symbols.up}`;
  }

  set(items: readonly T[]): void {
    if (items === this.#items) return;
    this.#items = items;
    this.#arrange();
  }

  /** Forgets the items and which was selected, as for another user. The filter and the order stay. */
  reset(): void {
    this.#items = [];
    this.#shown = [];
    this.#selected = undefined;
    this.cursor.index = 0;
  }

  /** Puts the cursor on an item; false if it isn't there. A filter that hides it goes. */
  select(identity: string): boolean {
    const find = (): number => this.#shown.findIndex(({ item }) => this.#options.identity(item) === identity);
    this.#selected = identity;
    let place = find();
    if (place === -1 && this.field.text !== "") {
      this.field.text = "";
      this.#arrange();
      place = find();
    }
    if (place !== -1) this.cursor.index = place;
    return place !== -1;
  }

  act(action: string, page: number): boolean {
    if (this.cursor.move(action, this.#shown.length, page)) {
      this.#keep();
      return true;
    }
    const orders = this.#options.orders ?? [];
    if (action === "sort" && orders.length > 0) this.#setOrder({ order: (this.#order.order + 1) % (orders.length + 1), reversed: false });
    else if (action === "reverse") this.#setOrder({ ...this.#order, reversed: !this.#order.reversed });
    else if (action === "filter") this.filtering = true;
    else return false;
    return true;
  }

  type(press: KeyPress): void {
    if (press === "escape") this.clearFilter();
    else if (press === "enter" || press === "tab") this.filtering = false;
    else if (press === "up" || press === "down" || press === "pageup" || press === "pagedown") {
      this.act(press === "pageup" ? "pageUp" : press === "pagedown" ? "pageDown" : press, 10);
    } else if (this.field.press(press)) {
      this.#arrange();
      // The best match is what was looked for.
      this.cursor.index = 0;
      this.#keep();
    }
  }

  clearFilter(): boolean {
    const had = this.filtering || this.field.text !== "";
    this.filtering = false;
    if (this.field.text !== "") {
      this.field.text = "";
      this.#arrange();
    }
    return had;
  }

  copyable(): Copyable | undefined {
    const { selected } = this;
    return selected === undefined ? undefined : this.#options.copy(selected);
  }

  /** The title, the filter if there is one, and as many items as fit: exactly `height` lines of `cells`. */
  render(theme: Theme, cells: number, height: number, frame: ListFrame, draw: DrawItem<T>): string[] {
    if (height <= 0) return [];
    const lines = [this.#heading(theme, cells, height, frame)];
    const filter = this.filterLine(theme, cells);
    if (filter !== undefined) lines.push(filter);
    const room = height - lines.length;
    const top = this.cursor.window(this.#shown.length, room);
    for (let place = top; place < Math.min(this.#shown.length, top + room); place += 1) {
      const shown = this.#shown[place];
      if (shown === undefined) break;
      const selected = place === this.cursor.index;
      const pointer = selected ? ` ${theme.symbols.pointer} ` : "   ";
      lines.push(paintLine(theme, [selected && !frame.focused ? ["dim", pointer] : pointer, ...draw(shown.item, shown.positions)], cells, selected && frame.focused ? "inverse" : undefined));
    }
    if (this.#shown.length === 0 && lines.length < height) lines.push(paintLine(theme, ["   ", ["dim", this.#items.length > 0 ? "nothing matches" : frame.none]], cells));
    return fitHeight(lines, height, cells);
  }

  /** What is typed to filter, or was; undefined without a filter. */
  filterLine(theme: Theme, cells: number): string | undefined {
    if (!this.filtering && this.field.text === "") return undefined;
    const [before, under, after] = this.field.parts;
    return paintLine(theme, this.filtering ? [["accent", " /"], before, ["inverse", under], after] : [["accent", ` /${this.field.text}`], ["dim", "  esc clears"]], cells);
  }

  #heading(theme: Theme, cells: number, height: number, { title, note, focused }: ListFrame): string {
    const hidden = this.#shown.length > height - 1;
    const place = hidden ? `${(this.cursor.index + 1).toLocaleString("en")} of ${this.#shown.length.toLocaleString("en")}` : this.field.text === "" ? "" : `${this.#shown.length} of ${this.#items.length}`;
    const extra = [note ?? "", place, this.orderText(theme)].filter((part) => part !== "").join("  ");
    return paintLine(theme, [" ", [focused ? ["accent", "bold"] : ["bold"], cut(title, cells - 2)], ["dim", width(title) + 4 < cells && extra !== "" ? `  ${extra}` : ""]], cells);
  }

  #setOrder(order: ListOrder): void {
    this.#order = order;
    this.#options.remember?.(order);
    this.#arrange();
  }

  #keep(): void {
    const { selected } = this;
    this.#selected = selected === undefined ? undefined : this.#options.identity(selected);
  }

  /** Filters and sorts anew, and puts the cursor back on its item; where that is gone, on what is in its place now. */
  #arrange(): void {
    // Nobody moved yet: what stood first is what was looked at.
    if (this.#selected === undefined) this.#keep();
    const { text, identity, orders = [] } = this.#options;
    const query = this.field.text.trim();
    const { order, reversed } = this.#order;
    const compare = orders[order - 1]?.compare;
    let items = this.#items;
    if (compare !== undefined) items = items.toSorted(reversed ? (a, b) => compare(b, a) : compare);
    else if (reversed) items = items.toReversed();
    if (query === "") this.#shown = items.map((item) => ({ item, positions: [] }));
    else {
      const found = items.flatMap((item) => {
        const match = fuzzy(query, text(item));
        return match === null ? [] : [{ item, positions: match.positions, score: match.score }];
      });
      // A chosen order stays; else what matches best comes first.
      this.#shown = order === 0 && !reversed ? found.sort((a, b) => b.score - a.score) : found;
    }
    const place = this.#selected === undefined ? -1 : this.#shown.findIndex(({ item }) => identity(item) === this.#selected);
    if (place !== -1) this.cursor.index = place;
    this.cursor.index = Math.max(0, Math.min(this.cursor.index, this.#shown.length - 1));
  }
}
