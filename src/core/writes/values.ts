import type { z } from "zod";
import { InputError } from "../errors.ts";
import { seedFiles, type SeedFile } from "../seeding/schemas.ts";
import { reasonOf, unstorable } from "../seeding/validate.ts";
import type { WriteField, WriteOperation, WriteValues } from "./types.ts";

/** What is wrong with one value of an operation. */
export interface FieldFault {
  field: string;
  label: string;
  reason: string;
}

type Read = string | number | readonly string[] | null;

/** Everything that is wrong with the values of an operation, as far as it can be told without the databases. */
export function checkValues({ fields }: Pick<WriteOperation, "fields">, values: WriteValues): FieldFault[] {
  return readAll(fields, values).faults;
}

/** The values of an operation, each checked by the rule of its field. Throws `InputError` with all faults in one go. */
export function readValues({ id, fields, someFlag }: Pick<WriteOperation, "id" | "fields" | "someFlag">, values: WriteValues): Given {
  const stranger = Object.keys(values).find((name) => !fields.some((field) => field.name === name));
  if (stranger !== undefined) throw new RangeError(`${id} has no field ${stranger}`);
  const { faults, read } = readAll(fields, values);
  if (faults.length > 0) throw new InputError("bad-input", faults.map(({ label, reason }) => `${label} ${reason}`).join("; "), `\`jeseci ${id} --help\` shows how`);
  const flags = fields.filter(({ argument }) => argument !== true).map(({ name }) => name);
  if (someFlag === true && !flags.some((name) => read.has(name))) throw new InputError("bad-input", `${id} needs something to change`, `give one or more of ${flags.map((name) => `--${name}`).join(", ")}`);
  return new Given(read);
}

/** Values that fit their fields. What was not given is absent; what was given empty, where it may be, is null. */
export class Given {
  readonly #read: ReadonlyMap<string, Read>;

  constructor(read: ReadonlyMap<string, Read>) {
    this.#read = read;
  }

  has(field: string): boolean {
    return this.#read.has(field);
  }

  /** What goes into a column: null where nothing was given. */
  value(field: string): string | number | null {
    const value = this.#read.get(field) ?? null;
    return typeof value === "string" || typeof value === "number" ? value : null;
  }

  /** The text of a required field. */
  text(field: string): string {
    return String(this.value(field) ?? "");
  }

  integer(field: string): number | undefined {
    const value = this.#read.get(field);
    return typeof value === "number" ? value : undefined;
  }

  words(field: string): readonly string[] {
    const value = this.#read.get(field);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }
}

function readAll(fields: readonly WriteField[], values: WriteValues): { faults: FieldFault[]; read: Map<string, Read> } {
  const faults: FieldFault[] = [];
  const read = new Map<string, Read>();
  for (const field of fields) {
    const text = values[field.name];
    const found = text === undefined ? (field.required ? { reason: "is missing" } : undefined) : readOne(field, text);
    if (found === undefined) continue;
    if ("reason" in found) faults.push({ field: field.name, label: field.label, reason: found.reason });
    else read.set(field.name, found.value);
  }
  return { faults, read };
}

function readOne(field: WriteField, text: string): { value: Read } | { reason: string } {
  const reason = unstorable(text);
  if (reason !== null) return { reason };
  const rule = ruleOf(field);
  if (text === "" && field.type !== "words") return !field.required && rule?.safeParse(null).success === true ? { value: null } : { reason: "must not be empty" };
  const value = valueOf(field, text);
  if (value === undefined) return { reason: field.type === "integer" ? `must be a whole number, not “${text}”` : `must be one of ${field.choices?.join(", ") ?? ""}, not “${text}”` };
  if (rule === undefined) return typeof value === "number" && field.min !== undefined && value < field.min ? { reason: `must be ${field.min} or more, not ${value}` } : { value };
  const [issue] = rule.safeParse(value).error?.issues ?? [];
  return issue === undefined ? { value } : { reason: reasonOf(issue, value) };
}

/** The value that a text stands for; undefined if it is none of the field's type and choices. */
function valueOf({ type, choices }: WriteField, text: string): Exclude<Read, null> | undefined {
  if (type === "words") return splitWords(text);
  if (type === "integer") return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
  return choices === undefined ? text : choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
}

/** The names in `a,b,c`. A backslash takes the character behind it as it is; nothing is trimmed. */
export function splitWords(text: string): string[] {
  if (text === "") return [];
  const words: string[] = [""];
  for (const [, escaped, comma, plain] of text.matchAll(/\\(.)|(,)|([^\\,]+|\\$)/gsu)) {
    if (comma !== undefined) words.push("");
    else words.push(`${words.pop() ?? ""}${escaped ?? plain ?? ""}`);
  }
  return words;
}

/** `splitWords` backwards. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => word.replace(/[\\,]/g, "\\$&")).join(",");
}

function ruleOf({ rule }: WriteField): z.ZodType | undefined {
  if (rule === undefined) return undefined;
  const slash = rule.indexOf("/");
  const shape: Readonly<Record<string, z.ZodType>> = seedFiles[rule.slice(0, slash) as SeedFile].shape;
  return shape[rule.slice(slash + 1)];
}
