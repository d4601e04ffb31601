import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvLine, tsvLine, uniqueNames } from "../../../src/core/output/delimited.ts";
import { displayNumber, displayValue } from "../../../src/core/output/display.ts";
import { formatRows } from "../../../src/core/output/format.ts";
import { toJson } from "../../../src/core/text/json.ts";
import { nearest } from "../../../src/core/text/nearest.ts";
import { controlOrBidi, sanitise } from "../../../src/core/text/sanitise.ts";
import { cut, graphemes, pad, width } from "../../../src/core/text/width.ts";
import { GraphNode, GraphPath, GraphRelationship, type Value } from "../../../src/databases/values.ts";

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.constantFrom("\u001b[31mred\u001b[0m", "a\u202eb", "\u001b]0;title\u0007", "e\u0301", "👨‍👩‍👧", "中文", "\u0085\u009b31m"));

describe("sanitise", () => {
  test("newline and tab become one blank, other control and bidi characters U+FFFD, and what followed an ESC stays", () => {
    expect(sanitise("a\nb\tc\r\nd")).toBe("a b c d");
    expect(sanitise("\u001b[31mred\u0007 \u202eevil\u009b")).toBe("\ufffd[31mred\ufffd \ufffdevil\ufffd");
    expect(sanitise("中 e\u0301 👨‍👩‍👧 עברית")).toBe("中 e\u0301 👨‍👩‍👧 עברית");
  });

  test("leaves nothing that a terminal would act on, twice is once", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const safe = sanitise(text);
        expect(controlOrBidi.test(safe)).toBe(false);
        expect(safe.isWellFormed()).toBe(true);
        expect(sanitise(safe)).toBe(safe);
      }),
    );
  });
});

describe("width", () => {
  test("a cut never exceeds its cells and never splits a grapheme", () => {
    fc.assert(
      fc.property(anyText.map(sanitise), fc.integer({ min: 1, max: 30 }), (text, cells) => {
        const short = cut(text, cells);
        expect(width(short)).toBeLessThanOrEqual(cells);
        if (short !== text) {
          expect(short.endsWith("…")).toBe(true);
          const kept = graphemes(short.slice(0, -1));
          expect(graphemes(text).slice(0, kept.length)).toEqual(kept);
        }
        expect(width(pad(text, cells))).toBe(cells);
      }),
    );
  });
});

describe("JSON", () => {
  test("parses back to the same value and holds no raw control or bidi character", () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, fc.oneof(anyText, fc.integer(), fc.constant(null))), (value) => {
        const text = toJson(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(controlOrBidi.test(text)).toBe(false);
      }),
    );
  });

  test("an integer past 2^53 is a string", () => expect(toJson({ n: 9007199254740993n })).toBe('{"n":"9007199254740993"}'));
});

describe("CSV and TSV", () => {
  test("CSV gives back exactly what went in", () => {
    const parse = (line: string): string[] => {
      const cells: string[] = [];
      let at = 0;
      while (at < line.length) {
        if (line[at] === '"') {
          let cell = "";
          for (at += 1; !(line[at] === '"' && line[at + 1] !== '"'); at += 1) {
            if (line[at] === '"') at += 1;
            cell += line[at];
          }
          cells.push(cell);
          at += 2;
        } else {
          const end = line.slice(at).search(/[,\n]/) + at;
          cells.push(line.slice(at, end));
          at = end + 1;
        }
      }
      return cells;
    };
    fc.assert(
      fc.property(fc.array(anyText.filter((text) => text !== ""), { minLength: 1, maxLength: 5 }), (cells) => {
        expect(parse(csvLine(cells))).toEqual(cells);
      }),
    );
  });

  test("a TSV record stays one line of as many cells", () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (cells) => {
        const line = tsvLine(cells);
        expect(line.slice(0, -1).split("\t")).toHaveLength(cells.length);
        expect(line.match(/\n/g)).toHaveLength(1);
      }),
    );
  });

  test("repeated names are told apart", () => expect(uniqueNames(["a", "a", "b", "a"])).toEqual(["a", "a_2", "b", "a_3"]));
});

test("values are shown readably", () => {
  const node = new GraphNode(["Concept"], { name: "a" });
  const edge = new GraphRelationship("PART_OF", {});
  const path = new GraphPath([node, node], [{ relationship: edge, forward: false }]);
  const cases: [Value, string][] = [
    [null, ""],
    [["a", "b"], "a, b"],
    [{ a: 1 }, '{"a":1}'],
    [node, '(:Concept {name: "a"})'],
    [edge, "[:PART_OF]"],
    [path, '(:Concept {name: "a"})<-[:PART_OF]-(:Concept {name: "a"})'],
    [true, "true"],
  ];
  for (const [value, text] of cases) expect(displayValue(value)).toBe(text);
  expect([displayNumber(1234567.891), displayNumber(-1234), displayNumber(12345678901234567890n)]).toEqual(["1,234,567.891", "-1,234", "12,345,678,901,234,567,890"]);
});

test("tables are aligned by cells, numbers to the right", () => {
  const rows: Value[][] = [["中文", 1234], ["a", 5], [null, null]];
  expect(formatRows("table", ["name", "n"], rows, { header: true, terminal: true, columns: 80 })).toBe("name      n\n────  ─────\n中文  1,234\na         5\n–         –\n");
  expect(formatRows("markdown", ["a|b"], [["x|y\nz"]], { header: true, terminal: false, columns: 80 })).toBe("| a\\|b |\n| --- |\n| x\\|y z |\n");
  const wide = formatRows("table", ["a", "b"], [["x".repeat(200), "y".repeat(200)]], { header: true, terminal: true, columns: 60 });
  for (const line of wide.split("\n")) expect(width(line)).toBeLessThanOrEqual(60);
});

test("the nearest names are those that were meant", () => {
  expect(nearest("shared", ["graph/shared-concepts", "graph/health"])).toEqual(["graph/shared-concepts"]);
  expect(nearest("cavin_admn", ["amina_diallo", "cavin_admin"])).toEqual(["cavin_admin"]);
  expect(nearest("xyzzy", ["programming"])).toEqual([]);
});
