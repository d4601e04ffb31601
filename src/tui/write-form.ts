import type { WriteField, WriteOperation, WriteValues } from "../core/writes/types.ts";
import { Form } from "./form.ts";
import type { Backend } from "./screen.ts";

const yesNo = ["no", "yes"] as const;

/** The values of a write operation as a form. What a thing holds already stands in it, and only what is changed is given. */
export class WriteForm extends Form {
  readonly operation: WriteOperation;
  /** The field that names what is changed; -1 where nothing is. */
  readonly #named: number;
  #before: WriteValues = {};

  constructor(operation: WriteOperation, values: WriteValues) {
    const { fields, cascade } = operation;
    super(
      [
        ...fields.map((field) => ({ label: field.label, note: noteOf(field), ...choicesOf(field) })),
        ...(cascade === undefined ? [] : [{ label: "cascade", note: cascade, choices: yesNo }]),
      ],
      [...fields.map(({ name }) => values[name] ?? ""), ...(cascade === undefined ? [] : [yesNo[0]])],
    );
    this.operation = operation;
    this.#named = operation.present === undefined ? -1 : 0;
    this.active = Math.max(0, this.fields.findIndex(({ text }) => text === ""));
  }

  /** What the operation takes: of a thing that is changed only the changes, an emptied field as an empty value. */
  get values(): WriteValues {
    return Object.fromEntries(
      this.operation.fields.flatMap(({ name }, index): [string, string][] => {
        const text = this.fields[index]?.text ?? "";
        return text === ((index === this.#named ? undefined : this.#before[name]) ?? "") ? [] : [[name, text]];
      }),
    );
  }

  get cascade(): boolean {
    return this.operation.cascade !== undefined && this.fields.at(-1)?.text.toLowerCase() === "yes";
  }

  /** The name of what is changed, once it is typed and the cursor stands elsewhere; undefined where nothing is changed. */
  get named(): string | undefined {
    return this.#named === -1 || this.active === this.#named ? undefined : this.fields[this.#named]?.text;
  }

  /** Shows what the named thing holds, in every field that was not touched. */
  begin(present: WriteValues): void {
    this.operation.fields.forEach(({ name }, index) => {
      const field = this.fields[index];
      if (index === this.#named || field === undefined) return;
      const untouched = field.text === (this.#before[name] ?? "");
      if (untouched) field.text = present[name] ?? "";
    });
    this.#before = present;
  }

  protected *faultsOf(backend: Backend): Generator<readonly [number, string]> {
    const { fields, cascade } = this.operation;
    for (const { field, reason } of backend.checkValues(this.operation, this.values)) yield [fields.findIndex(({ name }) => name === field), reason];
    const text = this.fields.at(-1)?.text.toLowerCase() ?? "";
    if (cascade !== undefined && !yesNo.some((word) => word === text)) yield [fields.length, `must be yes or no, not “${text}”`];
  }

  protected emptyHint(index: number): string {
    const field = this.operation.fields[index];
    if (field === undefined) return yesNo[0];
    if ((this.#before[field.name] ?? "") !== "") return "will be cleared";
    return field.required ? "needed" : "none";
  }

  protected override typing(index: number, text: string): [kept: string, typed: string] {
    if (this.operation.fields[index]?.type !== "words") return ["", text];
    const kept = /^(?:\\.|[^\\])*(?<!\\),/su.exec(text)?.[0] ?? "";
    return [kept, text.slice(kept.length).replace(/\\(.)/gsu, "$1")];
  }

  protected override written(index: number, choice: string): string {
    return this.operation.fields[index]?.type === "words" ? choice.replace(/[\\,]/g, "\\$&") : choice;
  }
}

function noteOf({ type, required, description }: WriteField): string {
  return `${type === "words" ? "list" : type}${required ? "" : "?"}  ${description}`;
}

function choicesOf({ choices, choicesOf: query }: WriteField): { choices?: { query: string } | readonly string[] } {
  if (choices !== undefined) return { choices };
  return query === undefined ? {} : { choices: { query: `choices/${query}` } };
}
