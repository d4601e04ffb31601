import { controlOrBidi } from "./sanitise.ts";

const everyControlOrBidi = new RegExp(controlOrBidi.source, "g");

/**
 * JSON of the same value that is safe to print: control and bidi characters as `\uXXXX`, an integer past 2^53 as a
 * string. `indent` blanks a level; none gives one line.
 */
export function toJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner), indent) as string | undefined;
  // What is left of control characters by now is C1, bidi, and the newlines of the indentation.
  return (text ?? "null").replace(everyControlOrBidi, (character) => (character === "\n" ? "\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`));
}
