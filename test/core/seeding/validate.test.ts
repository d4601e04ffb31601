import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findCycle } from "../../../src/core/projection/cycle.ts";
import { readElements } from "../../../src/core/seeding/json-rows.ts";
import { jsonSchemaOf, seedFileNames } from "../../../src/core/seeding/schemas.ts";
import { demoFolder } from "../../../src/core/seeding/seed.ts";
import { faultLine, validateFolder } from "../../../src/core/seeding/validate.ts";
import { packageRoot } from "../../../src/package-root.ts";

describe("a seed folder", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "jeseci-seed-"));
    cpSync(demoFolder(), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  type Row = Record<string, unknown>;
  const edit = (file: string, change: (rows: Row[]) => unknown): void => {
    const rows = JSON.parse(readFileSync(join(folder, file), "utf8")) as Row[];
    writeFileSync(join(folder, file), JSON.stringify(change(rows) ?? rows));
  };
  const put = (file: string, row: number, values: Row): void => edit(file, (rows) => Object.assign(rows[row] ?? {}, values) && rows);

  test("the demo fits", async () => {
    const report = await validateFolder(folder);
    expect(report).toMatchObject({ faults: [], faultsTotal: 0, warnings: [] });
    expect(report.counts).toMatchObject({ "concepts.json": 9, "learning-paths.json": 4, "progress.json": 23 });
  });

  test.each<[string, () => void, RegExp]>([
    ["a missing file", () => rmSync(join(folder, "users.json")), /^users\.json: is missing$/m],
    ["an unknown concept", () => put("progress.json", 2, { concept: "web_developmen" }), /^progress\.json row 3, field concept: unknown concept “web_developmen”; did you mean web_development\?$/m],
    ["an unknown user", () => put("sessions.json", 0, { username: "cavin" }), /^sessions\.json row 1, field username: unknown user “cavin”/m],
    ["a duplicate name", () => put("concepts.json", 1, { name: "programming" }), /^concepts\.json row 2, field name: duplicate of row 1: “programming”$/m],
    ["a duplicate e-mail", () => put("users.json", 1, { email: "cavin_admin@example.org" }), /^users\.json row 2, field email: duplicate of row 1/m],
    ["a duplicate title", () => put("learning-paths.json", 1, { title: "Programming Essentials" }), /^learning-paths\.json row 3, field title: duplicate of row 2/m],
    ["a second progress row", () => edit("progress.json", (rows) => [...rows, rows[0]]), /^progress\.json row 24: a second row of cavin_admin and machine_learning$/m],
    ["a second relationship", () => edit("relationships.json", (rows) => [...rows, rows[0]]), /^relationships\.json row 18: a second PREREQUISITE from programming to data_structures$/m],
    ["a concept twice in a path", () => put("learning-paths.json", 0, { concepts: ["programming", "programming"] }), /^learning-paths\.json row 1, field concepts\.1: programming stands twice in the path$/m],
    ["a cycle, printed", () => edit("relationships.json", (rows) => [...rows, { from: "deep_learning", type: "PREREQUISITE", to: "data_structures" }]), /the prerequisites form a cycle: .*data_structures.* → .*deep_learning/m],
    ["a relationship to itself", () => put("relationships.json", 0, { to: "programming" }), /^relationships\.json row 1: PREREQUISITE from programming to itself$/m],
    ["a number out of range", () => put("progress.json", 0, { progress_percent: 101 }), /^progress\.json row 1, field progress_percent: must be <=100 \(it is 101\)$/m],
    ["a fraction", () => put("progress.json", 0, { progress_percent: 1.5 }), /^progress\.json row 1, field progress_percent: expected int/m],
    ["a negative number", () => put("progress.json", 0, { days_ago: -1 }), /^progress\.json row 1, field days_ago: must be >=0 \(it is -1\)$/m],
    ["a wrong type", () => put("users.json", 0, { is_active: "yes" }), /^users\.json row 1, field is_active: expected boolean \(it is “yes”\)$/m],
    ["an unknown word", () => put("concepts.json", 0, { difficulty: "beginner" }), /^concepts\.json row 1, field difficulty: .*Beginner.*“beginner”/m],
    ["a missing field", () => put("concepts.json", 0, { difficulty: undefined }), /^concepts\.json row 1, field difficulty: is missing$/m],
    ["an empty name", () => put("concepts.json", 8, { name: "" }), /^concepts\.json row 9, field name: must not be empty/m],
    ["a name that is too long", () => put("concepts.json", 8, { name: "x".repeat(256) }), /^concepts\.json row 9, field name: must have at most 255 characters/m],
    ["control characters in a name", () => put("users.json", 0, { username: "a\u001b[31mb" }), /^users\.json row 1, field username: must not contain control or bidirectional characters/m],
    ["bidi characters in a title", () => put("learning-paths.json", 0, { title: "a\u202eb" }), /^learning-paths\.json row 1, field title: must not contain/m],
    ["NUL anywhere", () => put("concepts.json", 0, { key_terms: ["a\0b"] }), /^concepts\.json row 1, field key_terms\.0: contains the character NUL$/m],
    ["half a character", () => writeFileSync(join(folder, "users.json"), readFileSync(join(folder, "users.json"), "utf8").replace('"Cavin"', '"\\ud800"')), /^users\.json row 1, field first_name: contains half of a character/m],
    ["an object for a list", () => writeFileSync(join(folder, "users.json"), "{}"), /^users\.json: must hold a list/m],
    ["a row that is no object", () => writeFileSync(join(folder, "quizzes.json"), "[1]"), /^quizzes\.json row 1: expected object \(it is 1\)$/m],
    ["broken JSON, with its line", () => writeFileSync(join(folder, "quizzes.json"), '[\n{"title": "a", "concept": "programming"},\n{"title" "b"}\n]'), /^quizzes\.json row 2: not JSON: .*line 3/m],
    ["a list that never ends", () => writeFileSync(join(folder, "quizzes.json"), '[{"title": "a", "concept": "programming"}'), /^quizzes\.json: not JSON: the list is never closed/m],
    ["an empty file", () => writeFileSync(join(folder, "quizzes.json"), ""), /^quizzes\.json: is empty/m],
    ["no UTF-8", () => writeFileSync(join(folder, "users.json"), Buffer.from([0x5b, 0xff, 0xfe, 0x5d])), /^users\.json: not UTF-8/m],
  ])("with %s is refused, with file, row, field and reason", async (_what, spoil, expected) => {
    spoil();
    const report = await validateFolder(folder);
    expect(report.faultsTotal).toBeGreaterThan(0);
    expect(report.faults.map(faultLine).join("\n")).toMatch(expected);
  });

  test("all faults come in one report; fifty are shown, the rest is counted", async () => {
    edit("progress.json", (rows) => Array.from({ length: 80 }, (_, index) => ({ ...rows[0], concept: `nothing${index}` })));
    put("users.json", 0, { is_active: "yes" });
    const report = await validateFolder(folder);
    // The user whose row is faulty is unknown to all rows that name it.
    expect(report.faultsTotal).toBeGreaterThanOrEqual(81);
    expect(report.faults).toHaveLength(50);
  });

  test("an unknown field is a warning with the nearest name", async () => {
    put("users.json", 0, { first_nam: "x" });
    writeFileSync(join(folder, "progess.json"), "[]");
    const report = await validateFolder(folder);
    expect(report.faultsTotal).toBe(0);
    expect(report.warnings.map(faultLine)).toEqual(["progess.json: is not read; did you mean progress.json?", "users.json row 1, field first_nam: unknown field, not read; did you mean first_name?"]);
  });

  test("RELATED_TO in both directions is one", async () => {
    edit("relationships.json", (rows) => [...rows, { from: "data_structures", type: "RELATED_TO", to: "databases" }]);
    expect((await validateFolder(folder)).faultsTotal).toBe(0);
  });
});

test("the reader of rows gives what JSON.parse gives, however the chunks fall", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "jeseci-rows-")), "rows.json");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.nat(4), async (rows, indent) => {
      writeFileSync(file, JSON.stringify(rows, null, indent));
      const read: unknown[] = [];
      for await (const { value } of readElements(file)) read.push(value);
      expect(JSON.stringify(read)).toBe(JSON.stringify(rows));
    }),
    { numRuns: 150 },
  );
});

test("a cycle is found if and only if there is one", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 20 }), (pairs) => {
      const edges = new Map<string, string[]>();
      for (const [from, to] of pairs) edges.set(`n${from}`, [...(edges.get(`n${from}`) ?? []), `n${to}`]);
      const reaches = (from: string, goal: string, seen = new Set<string>()): boolean => (edges.get(from) ?? []).some((to) => to === goal || (!seen.has(to) && reaches(to, goal, seen.add(to))));
      const cyclic = [...edges.keys()].some((node) => reaches(node, node));
      const cycle = findCycle(edges);
      expect(cycle !== null).toBe(cyclic);
      if (cycle === null) return;
      expect(cycle.at(0)).toBe(cycle.at(-1));
      for (let index = 1; index < cycle.length; index += 1) expect(edges.get(cycle[index - 1] ?? "")).toContain(cycle[index]);
    }),
  );
});

test("the JSON Schema files for editors are those of the schemas", () => {
  for (const file of seedFileNames) {
    const committed = readFileSync(join(packageRoot(), "seeds", "schema", file.replace(".json", ".schema.json")), "utf8");
    expect(committed, `${file}: run npm run docs`).toBe(`${JSON.stringify(jsonSchemaOf(file), null, 2)}\n`);
  }
});
