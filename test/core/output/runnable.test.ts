import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../../../scripts/servers/start.ts";
import { loadCatalogue } from "../../../src/core/catalogue/load.ts";
import { completeParameters } from "../../../src/core/catalogue/parameters.ts";
import { runnable } from "../../../src/core/output/runnable.ts";
import type { Value } from "../../../src/databases/values.ts";
import { packageRoot } from "../../../src/package-root.ts";
import { describeOn, postgres } from "../../support/servers.ts";

const sql = (statement: string, parameters: Record<string, Value>): string => runnable({ database: "sql", statement, parameters });
const cypher = (statement: string, parameters: Record<string, Value>): string => runnable({ database: "graph", statement, parameters });

describe("for Neo4j Browser and cypher-shell", () => {
  test.each<[string, Value, string]>([
    ["a text", "plain", "'plain'"],
    ["quotes", `it's "so"`, String.raw`'it\'s "so"'`],
    ["backslashes", String.raw`C:\new\'`, String.raw`'C:\\new\\\''`],
    ["line ends, since a :param stands on one line", "a\nb\r\nc", String.raw`'a\nb\r\nc'`],
    ["letters of any script", "伟 👨‍👩‍👧 e\u0301", "'伟 👨‍👩‍👧 e\u0301'"],
    ["a number", -2.5, "-2.5"],
    ["an integer past 2^53", 9_007_199_254_740_993n, "9007199254740993"],
    ["a boolean", true, "true"],
    ["null", null, "null"],
    ["a list", ["a'b", 1, null, [true]], String.raw`['a\'b', 1, null, [true]]`],
    ["a map", { name: "a'b", "odd `key": [1] }, "{`name`: 'a\\'b', `odd ``key`: [1]}"],
  ])("%s is a :param line", (_what, value, literal) => {
    expect(cypher("RETURN $value", { value })).toBe(`:param value => ${literal};\nRETURN $value;\n`);
  });

  test("each parameter has its line, and the statement stays as it is", () => {
    expect(cypher("MATCH (u:User {username: $username})\nRETURN u LIMIT $many", { username: "cavin_admin", many: 3 })).toBe(":param username => 'cavin_admin';\n:param many => 3;\nMATCH (u:User {username: $username})\nRETURN u LIMIT $many;\n");
  });
});

describe("for psql", () => {
  test.each<[string, Value, string, string]>([
    ["a text", "plain", "\\set value 'plain'\n", ":'value'"],
    ["quotes", `it's "so"`, String.raw`\set value 'it\'s "so"'` + "\n", ":'value'"],
    ["backslashes", String.raw`C:\new\'`, String.raw`\set value 'C:\\new\\\''` + "\n", ":'value'"],
    ["line ends, since a \\set stands on one line", "a\nb\r\nc", String.raw`\set value 'a\nb\r\nc'` + "\n", ":'value'"],
    ["an empty text", "", "\\set value ''\n", ":'value'"],
    ["a number", 2.5, "\\set value 2.5\n", ":value"],
    ["a negative number, which must not make a comment of a minus before it", -5, "\\set value -5\n", "(:value)"],
    ["an integer past 2^53", 9_007_199_254_740_993n, "\\set value 9007199254740993\n", ":value"],
    ["a boolean", false, "\\set value false\n", ":value"],
    ["null", null, "", "NULL"],
    ["a list", ["a'b", 1, null], "", `'["a''b",1,null]'`],
  ])("%s", (_what, value, set, place) => {
    expect(sql("SELECT $value::text", { value })).toBe(`${set}SELECT ${place}::text;\n`);
  });

  test("only parameters are replaced, as often as they stand there", () => {
    expect(sql("SELECT '$a', \"$a\", $a, /* $a */ $a -- $a\nFROM t", { a: 1 })).toBe("\\set a 1\nSELECT '$a', \"$a\", :a, /* $a */ :a -- $a\nFROM t;\n");
  });

  test("a comment at the end does not swallow the semicolon", () => {
    expect(sql("SELECT 1 -- one", {})).toBe("SELECT 1 -- one\n;\n");
    expect(cypher("RETURN 1 // one", {})).toBe("RETURN 1 // one\n;\n");
    expect(sql("SELECT '--'", {})).toBe("SELECT '--'\n;\n");
  });
});

const offer = postgres(15);
const psql = spawnSync("psql", ["--version"]).status === 0;

describeOn([psql ? offer : { ...offer, missing: offer.missing ?? "psql is not on this machine" }], `pasted into psql on ${offer.name}`, () => {
  let server: Server;
  const run = (input: string): { out: string; failed: string } => {
    const { stdout, stderr, status } = spawnSync("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", server.url], { input, encoding: "utf8" });
    return { out: stdout, failed: status === 0 ? "" : stderr };
  };
  beforeAll(async () => void (server = await offer.start()));
  afterAll(() => server.stop());

  test("every value arrives as it is", () => {
    const texts = ["plain", `it's "so"`, String.raw`C:\new\'\\`, "a\nb\r\nc\td", "", "伟 👨‍👩‍👧 e\u0301", ":'value' :value $1", "\u001b[31m", "\\", "'; DROP TABLE t; --", "`date`", "%d"];
    for (const value of texts) expect(run(sql("SELECT encode(convert_to($value::text, 'UTF8'), 'hex')", { value }))).toEqual({ out: `${Buffer.from(value).toString("hex")}\n`, failed: "" });
    expect(run(sql("SELECT 10 -$a, $b + 1, NOT $c, $d::text IS NULL, $e::jsonb ->> 0", { a: -5, b: 9_007_199_254_740_993n, c: false, d: null, e: ["a'b", 1] }))).toEqual({ out: "15|9007199254740994|t|t|a'b\n", failed: "" });
  });

  test("every query of the catalogue that asks PostgreSQL runs", async () => {
    const folder = join(packageRoot(), "migrations/sql");
    for (const file of readdirSync(folder).sort()) expect(spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.url, "-f", join(folder, file)], { encoding: "utf8" }).stderr.replace(/^.*NOTICE.*\n/gm, "")).toBe("");
    const { queries } = await loadCatalogue();
    const samples: Record<string, Value> = { string: "it's", integer: 1, number: 1.5, boolean: true, date: "2026-01-31" };
    const own = queries.filter(({ database }) => database === "sql");
    expect(own.length).toBeGreaterThan(10);
    for (const query of own) {
      for (const optional of [true, false]) {
        const given = Object.fromEntries(query.parameters.filter((parameter) => optional || (!parameter.optional && parameter.default === undefined)).map(({ name, type }) => [name, samples[type] ?? null]));
        expect([query.id, run(sql(query.statement, completeParameters(query, given))).failed]).toEqual([query.id, ""]);
      }
    }
  });
});
