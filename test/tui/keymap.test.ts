import fc from "fast-check";
import type { Key } from "ink";
import { describe, expect, test } from "vitest";
import { actionOf, bindings, type Scope } from "../../src/tui/keymap.ts";
import { fuzzy } from "../../src/tui/fuzzy.ts";
import { keyPresses } from "../../src/tui/keys.ts";
import { TextField } from "../../src/tui/text-field.ts";
import { graphemes } from "../../src/core/text/width.ts";

const noKey = Object.fromEntries(["upArrow", "downArrow", "leftArrow", "rightArrow", "pageDown", "pageUp", "home", "end", "return", "escape", "ctrl", "shift", "tab", "backspace", "delete", "meta"].map((name) => [name, false])) as unknown as Key;

describe("the keymap", () => {
  /** Scopes that are looked up together, inner first. */
  const together: Scope[][] = [["list", "global"], ...(["dashboard", "paths", "concept", "shared", "recommend", "queries", "consistency", "statements"] as const).map((scope): Scope[] => [scope, "list", "global"]), ["result", "queries", "list", "global"]];

  test("no key means two things in a scope", () => {
    for (const scope of new Set(bindings.map((binding) => binding.scope))) {
      const keys = bindings.filter((binding) => binding.scope === scope).flatMap((binding) => binding.keys);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index), scope).toEqual([]);
    }
  });

  test("no key of an inner scope hides one of an outer scope", () => {
    for (const scopes of together) {
      const keys = bindings.filter((binding) => scopes.includes(binding.scope)).flatMap((binding) => binding.keys);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index), scopes.join()).toEqual([]);
    }
  });

  test("inner scopes come first", () => {
    expect(actionOf("j", ["list", "global"])).toBe("down");
    expect(actionOf("j", ["global"])).toBeUndefined();
    expect(actionOf("q", ["result", "global"])).toBe("quit");
  });
});

describe("input", () => {
  test("a burst is split by grapheme, in order", () => {
    expect(keyPresses("jjjk", noKey)).toEqual(["j", "j", "j", "k"]);
    expect(keyPresses("a👨‍👩‍👧e\u0301中", noKey)).toEqual(["a", "👨‍👩‍👧", "e\u0301", "中"]);
    expect(keyPresses("a\rb", noKey)).toEqual(["a", "enter", "b"]);
  });

  test("escape and a key that arrive together are both there", () => {
    expect(keyPresses("6", { ...noKey, meta: true })).toEqual(["escape", "6"]);
  });

  test("named keys", () => {
    expect(keyPresses("", { ...noKey, upArrow: true })).toEqual(["up"]);
    expect(keyPresses("c", { ...noKey, ctrl: true })).toEqual(["ctrl-c"]);
    expect(keyPresses("", { ...noKey, tab: true, shift: true })).toEqual(["shift-tab"]);
  });
});

describe("a text field", () => {
  test("holds what was typed, grapheme by grapheme", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const field = new TextField();
        const clean = graphemes(text).filter((character) => (character.codePointAt(0) ?? 0) >= 32);
        for (const character of clean) field.press(character);
        expect(field.text).toBe(clean.join(""));
        expect(field.parts.join("")).toBe(`${clean.join("")} `);
      }),
    );
  });

  test("edits in the middle", () => {
    const field = new TextField("a👍c");
    for (const press of ["left", "left", "x", "delete", "end", "backspace", "home", ">"]) field.press(press);
    expect(field.text).toBe(">ax");
    field.press("ctrl-u");
    expect(field.text).toBe("");
    expect(field.press("pageup")).toBe(false);
  });
});

test("fuzzy finds all letters in order, and prefers what is whole", () => {
  expect(fuzzy("shco", "graph/shared-concepts")?.positions).toHaveLength(4);
  expect(fuzzy("xyz", "graph/shared-concepts")).toBeNull();
  expect(fuzzy("SHARED", "graph/shared-concepts")?.score).toBeGreaterThan(fuzzy("shared", "s-h-a-r-e-d")?.score ?? 0);
  fc.assert(
    fc.property(fc.string(), fc.string(), (query, text) => {
      const match = fuzzy(query, text);
      if (match === null) return;
      expect(match.positions).toEqual([...match.positions].sort((a, b) => a - b));
    }),
  );
});
