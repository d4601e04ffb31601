import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { width } from "../../src/core/text/width.ts";
import { ListView, type ListOptions, type ListOrder } from "../../src/tui/list-view.ts";
import { copyRow } from "../../src/tui/pane.ts";
import { lit } from "../../src/tui/overlay.ts";
import { createTheme } from "../../src/tui/theme.ts";
import { stripSgr } from "../support/explorer.ts";
import { wildTexts } from "../support/wild.ts";

interface Thing {
  name: string;
  size: number;
}

const theme = createTheme({ color: true, ascii: false }, { TERM: "xterm", LANG: "C.UTF-8" });
const frame = { title: "Things", none: "no things", focused: true };

function list(items: readonly Thing[], more: Partial<ListOptions<Thing>> = {}): ListView<Thing> {
  const view = new ListView<Thing>({
    name: "things",
    identity: ({ name }) => name,
    text: ({ name }) => name,
    orders: [
      { name: "name", compare: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) },
      { name: "size", compare: (a, b) => a.size - b.size },
    ],
    copy: ({ name, size }) => copyRow(name, size),
    ...more,
  });
  view.set(items);
  return view;
}

const things = (...names: string[]): Thing[] => names.map((name, index) => ({ name, size: (index * 7) % 5 }));
/** Names as they stand on the screen, the selected one marked. */
const drawn = (view: ListView<Thing>, height = 20): string[] => view.render(theme, 40, height, frame, ({ name }, positions) => lit(name, positions)).slice(1).map((line) => stripSgr(line).trim()).filter((line) => line !== "");
const type = (view: ListView<Thing>, text: string): void => [...text].forEach((letter) => view.type(letter));

describe("the selection follows its item", () => {
  test("when the list is loaded again, in whatever order", () => {
    const view = list(things("a", "b", "c", "d"));
    view.act("down", 10);
    view.act("down", 10);
    expect(view.selected?.name).toBe("c");
    view.set(things("x", "d", "c", "b", "a"));
    expect([view.selected?.name, view.cursor.index]).toEqual(["c", 2]);
    // Where it is gone, what stands in its place now is selected; when it comes back, so does the selection.
    view.set(things("x", "d"));
    expect(view.selected?.name).toBe("d");
    view.set(things("c", "x", "d"));
    expect(view.selected?.name).toBe("c");
  });

  test("through every order and its reverse", () => {
    const view = list(things("d", "a", "c", "b"));
    view.act("down", 10);
    for (const action of ["sort", "reverse", "sort", "reverse", "sort", "reverse"]) {
      view.act(action, 10);
      expect([action, view.selected?.name]).toEqual([action, "a"]);
    }
    expect(drawn(view)).toEqual(["b", "c", "▸ a", "d"]);
  });

  test("when a filter goes: what it found stays selected", () => {
    const view = list(things("apple", "banana", "cherry", "plum"));
    view.act("filter", 10);
    type(view, "che");
    expect(view.selected?.name).toBe("cherry");
    view.type("escape");
    expect([view.filtering, view.length, view.selected?.name]).toEqual([false, 4, "cherry"]);
  });

  test("from the first one on, without a key ever pressed", () => {
    const view = list(things("b", "c"));
    expect(view.selected?.name).toBe("b");
    view.set(things("a", "b", "c"));
    expect(view.selected?.name).toBe("b");
    view.act("reverse", 10);
    expect(view.selected?.name).toBe("b");
  });

  test("to one that is asked for by name, for which a filter that hides it goes", () => {
    const view = list(things("apple", "banana", "cherry"));
    view.act("filter", 10);
    type(view, "app");
    expect(view.select("nothing")).toBe(false);
    expect(view.select("cherry")).toBe(true);
    expect([view.selected?.name, view.length]).toEqual(["cherry", 3]);
  });
});

describe("the filter", () => {
  test("is fuzzy, puts the best match first, and lights its letters", () => {
    const view = list(things("search-columns", "shared-concepts", "other"));
    view.act("filter", 10);
    type(view, "shco");
    expect(drawn(view)).toEqual(["/shco", "▸ shared-concepts", "search-columns"]);
    const line = view.render(theme, 40, 5, { ...frame, focused: false }, ({ name }, positions) => lit(name, positions))[2] ?? "";
    const letters = [...line.matchAll(/\u001b\[1m\u001b\[36m([^\u001b]*)/g)].map(([, text]) => text);
    expect(letters).toEqual(["sh", "co"]);
  });

  test("lights whole characters, however many units they are", () => {
    const view = list([{ name: "x👍🏽 e\u0301 👨‍👩‍👧", size: 0 }]);
    for (const letters of ["👍🏽", "e", "👨", "x👨", "👍"]) {
      view.clearFilter();
      view.act("filter", 10);
      type(view, letters);
      const [, , line = ""] = view.render(theme, 40, 5, frame, ({ name }, positions) => lit(name, positions));
      expect(stripSgr(line)).toContain("x👍🏽 e\u0301 👨‍👩‍👧");
      // No piece between two colours is a part of a character.
      expect(line.split(/\u001b\[[\d;]*m/).reduce((sum, piece) => sum + width(piece), 0)).toBe(40);
    }
  });

  test("keeps a chosen order; ⏎ keeps it, esc clears it", () => {
    const view = list(things("bob", "abbot", "cob"));
    view.act("sort", 10);
    view.act("filter", 10);
    type(view, "ob");
    view.type("enter");
    expect([view.filtering, drawn(view).slice(1)]).toEqual([false, ["▸ bob", "cob"].filter(Boolean)]);
    expect(drawn(view)[0]).toMatch(/^\/ob +esc clears$/);
    expect([view.clearFilter(), view.clearFilter(), view.length]).toEqual([true, false, 3]);
  });

  test("that finds nothing says so, and an empty list what would be there", () => {
    const view = list(things("a"));
    view.act("filter", 10);
    type(view, "zzz");
    expect(drawn(view)).toEqual(["/zzz", "nothing matches"]);
    expect([view.selected, view.copyable()]).toEqual([undefined, undefined]);
    expect(drawn(list([]))).toEqual(["no things"]);
  });
});

describe("a chosen order", () => {
  test("is remembered, and there at the next start; one that is gone is as good as none", () => {
    const remembered: ListOrder[] = [];
    const view = list(things("b", "a", "c"), { remember: (order) => remembered.push(order) });
    view.act("sort", 10);
    view.act("reverse", 10);
    expect(remembered).toEqual([{ order: 1, reversed: false }, { order: 1, reversed: true }]);
    expect(view.orderText(theme)).toBe("by name ↓");
    expect(drawn(list(things("b", "a", "c"), { remembered: { order: 1, reversed: true } }))).toEqual(["▸ c", "b", "a"]);
    expect(drawn(list(things("b", "a", "c"), { remembered: { order: 9, reversed: false } }))).toEqual(["▸ b", "a", "c"]);
  });

  test("goes round to the list's own; ties keep that", () => {
    const view = list([{ name: "b", size: 1 }, { name: "a", size: 1 }, { name: "c", size: 0 }]);
    view.act("sort", 10);
    view.act("sort", 10);
    expect(drawn(view).map((line) => line.replace("▸ ", ""))).toEqual(["c", "b", "a"]);
    view.act("sort", 10);
    expect([drawn(view), view.orderText(theme)]).toEqual([["▸ b", "a", "c"], ""]);
  });
});

test("of a million items only those in sight are drawn", () => {
  const view = list(Array.from({ length: 1_000_000 }, (_, index) => ({ name: `thing ${index}`, size: index })));
  let calls = 0;
  const draw = ({ name }: Thing): string[] => {
    calls += 1;
    return [name];
  };
  view.render(theme, 60, 30, frame, draw);
  expect(calls).toBe(29);
  view.act("last", 29);
  const lines = view.render(theme, 60, 30, frame, draw).map(stripSgr);
  expect([calls, lines.at(-1)?.trim()]).toEqual([58, "▸ thing 999999"]);
  expect(lines[0]).toContain("1,000,000 of 1,000,000");
});

test("whatever is done, the cursor is on an item and the lines fill their place exactly", () => {
  const anyName = fc.oneof(fc.constantFrom(...wildTexts), fc.string({ unit: "grapheme" }));
  const anyThings = fc.uniqueArray(fc.record({ name: anyName, size: fc.integer({ min: 0, max: 3 }) }), { selector: ({ name }) => name, maxLength: 30 });
  const step = fc.oneof(
    fc.record({ act: fc.constantFrom("up", "down", "pageUp", "pageDown", "first", "last", "sort", "reverse", "filter") }),
    fc.record({ type: fc.oneof(fc.constantFrom("enter", "escape", "backspace", "left", "right", "up", "down", "pageup", "pagedown", "ctrl-u", "a", " ", "👍🏽", "e\u0301"), fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 })) }),
    fc.record({ set: anyThings }),
    fc.record({ select: anyName }),
  );
  fc.assert(
    fc.property(anyThings, fc.array(fc.tuple(step, fc.integer({ min: 2, max: 90 }), fc.integer({ min: 0, max: 12 })), { maxLength: 40 }), (items, steps) => {
      const view = list(items);
      for (const [own, cells, height] of steps) {
        if ("act" in own) view.act(own.act, 5);
        else if ("type" in own) view.type(own.type);
        else if ("set" in own) view.set(own.set);
        else view.select(own.select);
        expect(view.cursor.index).toBeGreaterThanOrEqual(0);
        expect(view.cursor.index).toBeLessThan(Math.max(1, view.length));
        expect(view.selected === undefined).toBe(view.length === 0);
        const lines = view.render(theme, cells, height, frame, ({ name }, positions) => lit(name, positions));
        expect(lines).toHaveLength(height);
        for (const line of lines) expect(width(stripSgr(line))).toBe(cells);
      }
    }),
  );
}, 60_000);
