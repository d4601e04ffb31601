import type { Value } from "../../databases/values.ts";
import { InputError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import type { Parameter, Query } from "./types.ts";

/** A value from text, as a person types it: the command line, a form, a default in a header. Throws `InputError`. */
export function parseParameter(parameter: Parameter, text: string): Value {
  const wrong = (expected: string): never => {
    throw new InputError("bad-input", `${parameter.name} must be ${expected}, not ${text === "" ? "empty" : `“${text}”`}`, parameter.description === "" ? undefined : `${parameter.name}: ${parameter.description}`);
  };
  switch (parameter.type) {
    case "string":
      return text;
    case "integer": {
      if (!/^[+-]?\d+$/.test(text)) return wrong("a whole number");
      const big = BigInt(text);
      if (big > 2n ** 63n - 1n || big < -(2n ** 63n)) return wrong("a whole number of at most 64 bits");
      const number = Number(text);
      return inBounds(parameter, Number.isSafeInteger(number) ? number : big);
    }
    case "number": {
      if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(Number(text))) return wrong("a number");
      return inBounds(parameter, Number(text));
    }
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      return wrong("true or false");
    case "date": {
      const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
      if (date === null || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text)) return wrong("a date such as 2026-01-31");
      return text;
    }
  }
}

function inBounds(parameter: Parameter, value: number | bigint): Value {
  const { min, max, name } = parameter;
  if (min !== undefined && value < min) throw new InputError("bad-input", `${name} must be ${min} or more, not ${value}`);
  if (max !== undefined && value > max) throw new InputError("bad-input", `${name} must be ${max} or less, not ${value}`);
  return value;
}

/** All parameters of a query from the texts given. Throws `InputError` for an unknown, missing or unfit one. */
export function parseParameters(query: Query, raw: Readonly<Record<string, string>>): Record<string, Value> {
  const given: Record<string, Value> = {};
  for (const [name, text] of Object.entries(raw)) {
    const parameter = query.parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw unknownParameter(query, name);
    given[name] = parseParameter(parameter, text);
  }
  return completeParameters(query, given);
}

/**
 * The values to bind: those given, checked against their types, defaults for the others, null for absent optional ones.
 * Throws `InputError` for a required one without a value.
 */
export function completeParameters(query: Query, given: Readonly<Record<string, Value>>): Record<string, Value> {
  for (const name of Object.keys(given)) if (!query.parameters.some((parameter) => parameter.name === name)) throw unknownParameter(query, name);
  return Object.fromEntries(
    query.parameters.map((parameter) => {
      const value = given[parameter.name];
      if (value !== undefined && (value !== null || parameter.optional)) return [parameter.name, value === null ? null : checked(parameter, value)];
      if (parameter.default !== undefined) return [parameter.name, parameter.default];
      if (parameter.optional) return [parameter.name, null];
      throw new InputError("bad-input", `${query.id} needs ${parameter.name}${parameter.description === "" ? "" : ` (${parameter.description})`}`, `give it with --param ${parameter.name}=…`);
    }),
  );
}

function checked(parameter: Parameter, value: Value): Value {
  const fits =
    parameter.type === "integer"
      ? typeof value === "bigint" || Number.isSafeInteger(value)
      : parameter.type === "number"
        ? typeof value === "number" && Number.isFinite(value)
        : parameter.type === "boolean"
          ? typeof value === "boolean"
          : typeof value === "string";
  if (!fits) throw new InputError("bad-input", `${parameter.name} must be of type ${parameter.type}, not ${typeof value}`);
  return typeof value === "number" || typeof value === "bigint" ? inBounds(parameter, value) : value;
}

function unknownParameter(query: Query, name: string): InputError {
  const names = query.parameters.map((parameter) => parameter.name);
  const near = nearest(name, names, 1);
  const hint = names.length === 0 ? "it takes no parameters" : near.length > 0 ? `did you mean ${near[0]}? It takes ${names.join(", ")}` : `it takes ${names.join(", ")}`;
  return new InputError("bad-input", `${query.id} has no parameter ${name}`, hint);
}
