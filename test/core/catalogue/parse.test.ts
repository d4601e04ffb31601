import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scan } from "../../../src/core/catalogue/lexer.ts";
import { loadCatalogue } from "../../../src/core/catalogue/load.ts";
import { parseParameter, parseParameters } from "../../../src/core/catalogue/parameters.ts";
import { parseQuery } from "../../../src/core/catalogue/parse.ts";
import { positional } from "../../../src/core/catalogue/sql-parameters.ts";
import type { Parameter } from "../../../src/core/catalogue/types.ts";

const good = `// title: Concepts
// description: Those of a path.
// source: guide, query 2
// param min_paths: integer min(1) = 2 -- smallest number
// param name: string? choices(usernames) -- whose
MATCH (c:Concept) WHERE c.name = $name OR $min_paths > 1
RETURN c.name AS concept;
`;

test("reads a header and its statement", () => {
  expect(parseQuery(good, "cypher")).toEqual({
    parsed: {
      title: "Concepts",
      description: "Those of a path.",
      source: "guide, query 2",
      parameters: [
        { name: "min_paths", type: "integer", optional: false, min: 1, default: 2, description: "smallest number" },
        { name: "name", type: "string", optional: true, choices: "choices/usernames", description: "whose" },
      ],
      statement: "MATCH (c:Concept) WHERE c.name = $name OR $min_paths > 1\nRETURN c.name AS concept",
      statementLine: 6,
    },
  });
});

test.each([
  ["an unknown key", "// titel: x\n// description: y\nRETURN 1 AS n", 1, "unknown key “titel”", "did you mean “title”?"],
  ["no title", "// description: y\nRETURN 1 AS n", 1, "no title", "add a line"],
  ["no description", "// title: y\nRETURN 1 AS n", 1, "no description", "add a line"],
  ["an unknown type", "// title: a\n// description: b\n// param x: interger\nRETURN $x AS n", 3, "unknown type “interger”", "did you mean “integer”?"],
  ["a default that does not fit", "// title: a\n// description: b\n// param x: integer = two\nRETURN $x AS n", 3, "the default does not fit", "write a default of type integer"],
  ["a default below its bound", "// title: a\n// description: b\n// param x: integer min(1) = 0\nRETURN $x AS n", 3, "the default does not fit", ""],
  ["a parameter twice", "// title: a\n// description: b\n// param x: integer\n// param x: string\nRETURN $x AS n", 4, "stands twice", "keep one"],
  ["a parameter that is not used", "// title: a\n// description: b\n// param x: integer\nRETURN 1 AS n", 3, "parameter x is not used", "use $x"],
  ["a parameter that is not declared", "// title: a\n// description: b\n\nRETURN 1 AS a,\n  $later AS n", 5, "$later is not declared", "// param later"],
  ["two statements", "// title: a\n// description: b\nRETURN 1 AS n;\nRETURN 2 AS n", 3, "more than one statement", "a file holds one"],
  ["no statement", "// title: a\n// description: b\n", 4, "no statement", "write one"],
  ["a string that never ends", "// title: a\n// description: b\nRETURN 'x AS n", 3, "never closed", "close it"],
  ["what it does not understand", "// title: a\n// description: b\n// param x: integer of course\nRETURN $x AS n", 3, "“of course” is not understood", ""],
  ["a title twice", "// title: a\n// title: c\n// description: b\nRETURN 1 AS n", 2, "title stands twice", ""],
])("refuses %s, with line and fix", (_what, text, line, message, fix) => {
  const result = parseQuery(text, "cypher");
  const faults = "faults" in result ? result.faults : [];
  const fault = faults.find((candidate) => candidate.message.includes(message));
  expect(fault, JSON.stringify(result)).toBeDefined();
  expect(fault?.line).toBe(line);
  expect(fault?.fix).toContain(fix);
});

test("never throws, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("cypher" as const, "sql" as const), (text, language) => {
      parseQuery(text, language);
      parseQuery(`// title: a\n// description: b\n// param ${text}\n${text}`, language);
    }),
  );
});

describe("the lexer", () => {
  test.each([
    ["sql", "SELECT '$a', \"$b\", $c, $$ $d $$, $tag$ $e $tag$ -- $f\n/* $g /* $h */ $i */ , $j::int, E'\\'$k', 'it''s $l'", ["c", "j"]],
    ["sql", "SELECT a$b, x1$y$ FROM t WHERE z = $z", ["z"]],
    ["cypher", "RETURN '$a', \"$b\\\"$c\", $d, `$e` // $f\n/* $g */ + $h", ["d", "h"]],
  ] as const)("finds the parameters of %s outside of strings and comments", (language, text, names) => {
    expect(scan(text, language).parameters.map(({ name }) => name)).toEqual(names);
  });

  test("positions are those of PostgreSQL, and everything else stays to the character", () => {
    expect(positional("SELECT $b, '$a', $a, $b::text -- $a")).toEqual({ text: "SELECT $1, '$a', $2, $1::text -- $a", names: ["b", "a"] });
  });

  test("a name put between quoted pieces is found, and only it", () => {
    const quoted = fc.string().map((text) => `'${text.replaceAll("'", "''").replaceAll("\\", "")}'`);
    const comment = fc.string().map((text) => `/*${text.replaceAll("*/", "").replaceAll("/*", "").replace(/[*/]/g, "")}*/`);
    fc.assert(
      fc.property(fc.array(fc.oneof(quoted, comment)), fc.array(fc.oneof(quoted, comment)), (before, after) => {
        const text = `${before.join(" ")} $wanted ${after.join(" ")}`;
        expect(scan(text, "sql").parameters.map(({ name }) => name)).toEqual(["wanted"]);
      }),
    );
  });
});

describe("parameters", () => {
  const of = (type: Parameter["type"], more: Partial<Parameter> = {}): Parameter => ({ name: "x", type, optional: false, description: "", ...more });
  test.each<[Parameter, string, unknown]>([
    [of("string"), "", ""],
    [of("string"), " a=b ", " a=b "],
    [of("integer"), "-7", -7],
    [of("integer"), "9007199254740993", 9007199254740993n],
    [of("number"), "0.7", 0.7],
    [of("number"), "1e3", 1000],
    [of("boolean"), "true", true],
    [of("date"), "2026-02-28", "2026-02-28"],
  ])("%o reads %j", (parameter, text, value) => expect(parseParameter(parameter, text)).toBe(value));

  test.each<[Parameter, string]>([
    [of("integer"), ""],
    [of("integer"), "1.5"],
    [of("integer"), "9223372036854775808"],
    [of("integer", { min: 1 }), "0"],
    [of("number"), "NaN"],
    [of("number"), "Infinity"],
    [of("number"), ""],
    [of("number", { max: 1 }), "1.1"],
    [of("boolean"), "yes"],
    [of("date"), "2026-02-30"],
    [of("date"), "tomorrow"],
  ])("%o refuses %j", (parameter, text) => expect(() => parseParameter(parameter, text)).toThrow(/x must be/));

  test("defaults, absent ones, and what is missing or unknown", async () => {
    const catalogue = await loadCatalogue();
    const query = catalogue.get("graph/path-optimization");
    if (query === undefined) throw new Error("the query is gone");
    expect(parseParameters(query, { username: "a" })).toEqual({ username: "a", min_completion_rate: 0.7, difficulty: null });
    expect(() => parseParameters(query, {})).toThrow("needs username");
    expect(() => parseParameters(query, { username: "a", usernam: "b" })).toThrow("no parameter usernam");
  });
});

describe("a user's own folder", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jeseci-queries-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (file: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const header = "-- title: a\n-- description: b\n";

  test("adds to the catalogue; a faulty file takes nothing with it but itself", async () => {
    put("mine/good.sql", `${header}SELECT 1 AS n`);
    put("mine/bad.sql", `${header}SELECT $x`);
    put("mine/latin.sql", Buffer.from([0x2d, 0x2d, 0xff]));
    put("loose.sql", `${header}SELECT 1`);
    put("mine/notes.txt", "x");
    const catalogue = await loadCatalogue({ userFolders: [folder] });
    expect(catalogue.get("mine/good")).toMatchObject({ origin: "user", listed: true, database: "sql" });
    expect(catalogue.get("graph/health")).toBeDefined();
    expect(catalogue.faults.map(({ file, message }) => [file.slice(folder.length + 1), message])).toEqual([
      ["loose.sql", "“loose” can't be an id"],
      ["mine/bad.sql", "$x is not declared"],
      ["mine/latin.sql", "not UTF-8"],
      ["mine/notes.txt", "neither .cypher nor .sql"],
    ]);
  });

  test("a clash names both files", async () => {
    put("graph/health.cypher", "// title: a\n// description: b\nRETURN 1 AS n");
    const { faults, get } = await loadCatalogue({ userFolders: [folder] });
    expect(faults).toHaveLength(1);
    expect(faults[0]?.file).toBe(join(folder, "graph/health.cypher"));
    expect(faults[0]?.message).toContain(get("graph/health")?.file ?? "nothing");
  });

  test("a folder that is not there is a fault, not an end", async () => {
    const { faults, queries } = await loadCatalogue({ userFolders: [join(folder, "none")] });
    expect(faults[0]?.message).toContain("can't read the folder");
    expect(queries.length).toBeGreaterThan(20);
  });
});
