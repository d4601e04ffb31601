import fc from "fast-check";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../src/package-root.ts";
import { operationOf, writeOperations } from "../../../src/core/writes/operations.ts";
import { checkValues, joinWords, readValues, splitWords } from "../../../src/core/writes/values.ts";

test("words split at commas; a backslash keeps what is behind it", () => {
  expect(splitWords("a,b,c")).toEqual(["a", "b", "c"]);
  expect(splitWords("a\\,b,c\\\\d")).toEqual(["a,b", "c\\d"]);
  expect(splitWords(" a, b ")).toEqual([" a", " b "]);
  expect(splitWords(",")).toEqual(["", ""]);
  expect(splitWords("a\\")).toEqual(["a\\"]);
  expect(splitWords("")).toEqual([]);
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary", minLength: 1 }), { minLength: 1 }), (words) => void expect(splitWords(joinWords(words))).toEqual(words)));
});

test("faults by field, for a form", () => {
  expect(checkValues(operationOf("path create"), { title: "", hours: "x", difficulty: "Beginner" })).toEqual([
    { field: "title", label: "title", reason: "must not be empty" },
    { field: "hours", label: "hours", reason: "must be a whole number, not “x”" },
  ]);
  expect(() => readValues(operationOf("path delete"), { titel: "x" })).toThrow(RangeError);
});

test("every field can be checked, and the lists of choices exist", () => {
  for (const { id, fields } of writeOperations) {
    expect(new Set(fields.map(({ name }) => name)).size, id).toBe(fields.length);
    for (const field of fields) {
      if (field.choicesOf !== undefined) expect(existsSync(join(packageRoot(), "queries/choices", `${field.choicesOf}.sql`)), `${id} ${field.choicesOf}`).toBe(true);
      expect(field.rule !== undefined || field.min !== undefined, `${id} ${field.name}`).toBe(true);
      for (const choice of field.choices ?? []) expect(checkValues({ fields: [field] }, { [field.name]: choice })).toEqual([]);
    }
  }
});
