import { InputError } from "../core/errors.ts";
import type { Invocation } from "./parse.ts";

/** Typed look-ups of flags. Numbers are checked here, so that every command refuses the same things. */
export class Flags {
  readonly #values: Invocation["values"];

  constructor(invocation: Pick<Invocation, "values">) {
    this.#values = invocation.values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  all(name: string): string[] {
    return this.#values.get(name) ?? [];
  }

  /** A whole number of at least `min`. Throws `InputError`. */
  integer(name: string, min: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < min) throw new InputError("usage", `--${name} must be a whole number of ${min} or more, not “${text}”`);
    return number;
  }

  /** A number above 0 (of seconds). Throws `InputError`. */
  seconds(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(number > 0 && number <= 86_400 * 24)) throw new InputError("usage", `--${name} must be a number of seconds above 0, not “${text}”`);
    return number;
  }
}

/** `--param name=value …` by name. Throws `InputError` for a repeated name or one without `=`. */
export function parseParamFlags(texts: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (equals <= 0) throw new InputError("usage", `--param must be NAME=VALUE, not “${text}”`);
    const name = text.slice(0, equals);
    if (Object.hasOwn(result, name)) throw new InputError("usage", `--param ${name} stands twice`);
    result[name] = text.slice(equals + 1);
  }
  return result;
}

