import type { Query } from "../core/catalogue/types.ts";
import { InputError } from "../core/errors.ts";
import { displayValue } from "../core/output/display.ts";
import { Form } from "./form.ts";
import type { Backend } from "./screen.ts";

/** The parameters of a query as a form made from its header. */
export class ParameterForm extends Form {
  readonly query: Query;

  constructor(query: Query, values: Readonly<Record<string, string>>) {
    super(
      query.parameters.map(({ name, type, optional, description, choices }) => ({ label: name, note: `${type}${optional ? "?" : ""}  ${description}`, ...(choices === undefined ? {} : { choices: { query: choices } }) })),
      query.parameters.map((parameter) => values[parameter.name] ?? displayValue(parameter.default)),
    );
    this.query = query;
  }

  /** The place of the first field that needs a value and has none; -1 if there is none. */
  get missing(): number {
    return this.query.parameters.findIndex((parameter, index) => !parameter.optional && parameter.default === undefined && this.fields[index]?.text === "");
  }

  /** The texts to bind. An empty field means its default, or nothing; only a needed text may be empty itself. */
  get texts(): Record<string, string> {
    const given = this.query.parameters.map((parameter, index) => [parameter, this.fields[index]?.text ?? ""] as const);
    return Object.fromEntries(given.filter(([parameter, text]) => text !== "" || (!parameter.optional && parameter.default === undefined)).map(([parameter, text]) => [parameter.name, text]));
  }

  /** Fills a field from outside, as for another user. */
  set(name: string, text: string): void {
    const index = this.query.parameters.findIndex((parameter) => parameter.name === name);
    const field = this.fields[index];
    if (field === undefined) return;
    field.text = text;
    this.faults.delete(index);
  }

  protected *faultsOf(backend: Backend): Generator<readonly [number, string]> {
    const { texts } = this;
    for (const [index, parameter] of this.query.parameters.entries()) {
      const text = texts[parameter.name];
      if (text === undefined) continue;
      try {
        backend.parseParameter(parameter, text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        yield [index, error.message];
      }
    }
  }

  protected emptyHint(index: number): string {
    return this.query.parameters[index]?.optional === true ? "any" : "needed";
  }
}
