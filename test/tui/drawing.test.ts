import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { controlOrBidi, sanitise } from "../../src/core/text/sanitise.ts";
import { width } from "../../src/core/text/width.ts";
import type { Row } from "../../src/databases/values.ts";
import { bar, paintLine, wrap, type Spans } from "../../src/tui/lines.ts";
import { Resource } from "../../src/tui/resource.ts";
import { calendar, dayIn } from "../../src/tui/screens/dashboard/calendar.ts";
import { TableView } from "../../src/tui/table-view.ts";
import { createTheme } from "../../src/tui/theme.ts";

const plain = createTheme({ color: false, ascii: false }, { TERM: "dumb" });
const colour = createTheme({ color: true, ascii: false }, { TERM: "xterm" });
const anyText = fc.string({ unit: "grapheme" }).map(sanitise);

describe("a line", () => {
  test("is exactly as wide as asked, whatever is in it", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, fc.tuple(fc.constantFrom("accent" as const, "dim" as const), anyText))), fc.integer({ min: 2, max: 60 }), (spans, cells) => {
        expect(width(paintLine(colour, spans, cells))).toBe(cells);
      }),
    );
  });

  test("holds no control or bidi character, whoever forgot to sanitise", () => {
    expect(paintLine(plain, ["a\u001b[2Jb", ["bold", "c\u202ed\n"]], 12)).toBe("a\ufffd[2Jbc\ufffdd   ");
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), fc.integer({ min: 2, max: 60 }), (spans, cells) => {
        const line = paintLine(plain, spans, cells);
        expect([width(line), controlOrBidi.test(line), line.isWellFormed()]).toEqual([cells, false, true]);
      }),
    );
  });

  test.each([
    ["a letter and a dot in front of it", ["xൎ", "a"]],
    ["a letter and a colour of skin", ["a", "\u{1f3fb}"]],
    ["a heart and what makes it an emoji", ["❤", "\ufe0f"]],
    ["a dot and the blanks behind it", ["xൎ"]],
  ] as [string, Spans][])("is as wide where spans meet in one character: %s", (_what, spans) => {
    for (const cells of [1, 2, 3, 10]) expect(width(paintLine(plain, spans, cells)), String(cells)).toBe(cells);
  });

  test("names its keys in ASCII, too", () => {
    const ascii = createTheme({ color: false, ascii: true }, {});
    expect(paintLine(ascii, ["⏎ run  ↑↓ field …"], 24)).toBe("enter run  ^v field ~   ");
  });

  test("wrapped text is never wider, and loses nothing but blanks", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 40 }), (text, cells) => {
        const lines = wrap(text, cells);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(cells);
        expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
    );
  });

  test("a bar is as long as asked", () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 2, noNaN: true }), fc.integer({ min: 1, max: 40 }), (share, cells) => {
        expect(width(bar(plain, share, cells))).toBe(cells);
      }),
    );
    expect(bar(plain, 1, 4)).toBe("████");
    expect(bar(plain, 0, 4)).toBe("░░░░");
    expect(bar(plain, 0.5, 4)).toBe("██░░");
  });
});

describe("the theme", () => {
  test("NO_COLOR takes colour away, not weight; ASCII needs nothing else", () => {
    const none = createTheme({ color: true, ascii: false }, { NO_COLOR: "1" });
    expect([none.paint("danger", "x"), none.paint("bold", "x")]).toEqual(["x", "\u001b[1mx\u001b[22m"]);
    const ascii = createTheme({ color: true, ascii: false }, { LANG: "C" });
    expect(JSON.stringify(ascii.symbols)).toMatch(/^[\x20-\x7e]*$/);
    expect(createTheme({ color: true, ascii: true }, { LANG: "C.UTF-8" }).symbols).toEqual(ascii.symbols);
  });
});

describe("a table", () => {
  const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => [index % 7 === 0 ? null : (index * 7919) % 1000, `name ${index}`]);
  const settled = async (table: TableView): Promise<void> => {
    while (table.working) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test("draws only what fits, exactly as wide as asked", () => {
    const table = new TableView(["n", "name"], [...rows(1_000), [1, "中文 👨‍👩‍👧 e\u0301".repeat(40)]], () => undefined);
    for (const cells of [10, 30, 80]) {
      table.act("last", 10);
      const lines = table.render(plain, cells, 12, true);
      expect(lines).toHaveLength(12);
      for (const line of lines) expect(width(line)).toBe(cells);
    }
  });

  test("the selection follows its row through sorting and filtering", async () => {
    const table = new TableView(["n", "name"], rows(5_000), () => undefined);
    for (let index = 0; index < 41; index += 1) table.act("down", 10);
    const selected = table.selectedRow;
    table.act("sort", 10);
    await settled(table);
    expect(table.selectedRow).toBe(selected);
    table.act("reverse", 10);
    await settled(table);
    expect(table.selectedRow).toBe(selected);
    table.setFilter("name 41");
    await settled(table);
    expect(table.length).toBeLessThan(5_000);
    expect(table.selectedRow).toBe(selected);
    table.setFilter("");
    await settled(table);
    expect([table.length, table.selectedRow]).toEqual([5_000, selected]);
  });

  test("sorts by value, stably, nulls last", async () => {
    const data = rows(3_000);
    const table = new TableView(["n", "name"], data, () => undefined);
    table.act("sort", 10);
    await settled(table);
    table.act("first", 10);
    const order: Row[] = [];
    for (let index = 0; index < 3_000; index += 1) {
      order.push(table.selectedRow ?? []);
      table.act("down", 10);
    }
    const expected = data.map((row, place) => ({ row, place })).sort((a, b) => Number(a.row[0] === null) - Number(b.row[0] === null) || Number(a.row[0]) - Number(b.row[0]) || a.place - b.place);
    expect(order).toEqual(expected.map(({ row }) => row));
  });
});

describe("remote data", () => {
  const later = <T>(value: T, ms: number, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(value), ms);
      signal.addEventListener("abort", () => (clearTimeout(timer), reject(new Error("aborted"))));
    });

  test("a newer load supersedes an older one, and old data stay until it is there", async () => {
    const resource = new Resource<number>(() => undefined);
    await resource.load((signal) => later(1, 1, signal));
    const first = resource.load((signal) => later(2, 50, signal));
    const second = resource.load((signal) => later(3, 5, signal));
    expect([resource.data, resource.loading]).toEqual([1, true]);
    await Promise.all([first, second]);
    expect([resource.data, resource.loading, resource.error]).toEqual([3, false, undefined]);
  });

  test("an error keeps the data; a cancel keeps quiet", async () => {
    const resource = new Resource<number>(() => undefined);
    await resource.load((signal) => later(1, 1, signal));
    await resource.load(() => Promise.reject(new Error("gone")));
    expect([resource.data, (resource.error as Error).message]).toEqual([1, "gone"]);
    const running = resource.load((signal) => later(2, 1_000, signal));
    expect(resource.cancel()).toBe(true);
    await running;
    expect([resource.data, resource.loading, resource.cancel()]).toEqual([1, false, false]);
  });
});

describe("the calendar", () => {
  test("puts every day where it belongs, over a change of the clocks too", () => {
    // Sunday 29 March 2026 has 23 hours in Berlin.
    const now = new Date("2026-03-30T10:00:00Z");
    const lines = calendar([{ day: "2026-03-28", minutes: 10 }, { day: "2026-03-29", minutes: 20 }, { day: "2026-03-30", minutes: 40 }], 2, now, "Europe/Berlin");
    expect(lines.map(({ days }) => days)).toEqual([[0, 4], [0, null], [0, null], [0, null], [0, null], [1, null], [2, null]]);
  });

  test("today is the zone's today", () => {
    const now = new Date("2026-01-01T11:00:00Z");
    expect([dayIn(now, "Pacific/Kiritimati"), dayIn(now, "UTC"), dayIn(new Date("2026-01-01T03:00:00Z"), "America/New_York")]).toEqual(["2026-01-02", "2026-01-01", "2025-12-31"]);
  });
});
