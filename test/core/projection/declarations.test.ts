import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalDifficulty, declarations, difficulties } from "../../../src/core/projection/declarations.ts";
import { entityNames } from "../../../src/core/projection/types.ts";

test("the declarations are the contract's, nodes before what hangs on them", () => {
  expect(declarations.map(({ entity }) => entity)).toEqual(entityNames);
  const seen = new Set<object>();
  for (const declaration of declarations) {
    if (declaration.kind === "relationship") expect([seen.has(declaration.from.node), seen.has(declaration.to.node)]).toEqual([true, true]);
    seen.add(declaration);
  }
  expect(Object.fromEntries(declarations.map(({ entity, properties }) => [entity, properties.map(({ property }) => property)]))).toEqual({
    concept: ["name", "display_name", "category", "domain", "difficulty"],
    user: ["username", "first_name", "last_name"],
    learning_path: ["title", "difficulty", "category", "estimated_hours"],
    path_concept: ["sequence_order"],
    progress: ["status", "progress_percent"],
  });
});

test("a difficulty in any case is the graph's word; every other text stands as it is", () => {
  const cased = fc.constantFrom(...difficulties).chain((word) => fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }).map((upper) => [word, [...word].map((letter, index) => (upper[index] === true ? letter.toUpperCase() : letter.toLowerCase())).join("")] as const));
  fc.assert(
    fc.property(cased, ([word, text]) => {
      expect(canonicalDifficulty(text)).toBe(word);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), (value) => {
      const converted = canonicalDifficulty(value);
      if (!difficulties.some((word) => word === converted)) expect(converted).toBe(value);
      // Twice is once.
      expect(canonicalDifficulty(converted)).toBe(converted);
    }),
  );
});
