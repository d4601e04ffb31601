import type { ParameterForm } from "./parameter-form.ts";
import type { KeyPress } from "./keys.ts";
import { copyRow, type Copyable, type Pane } from "./pane.ts";
import type { Theme } from "./theme.ts";

/** A form as a part of a screen: while it has the focus, letters are text. */
export class FormPane implements Pane {
  readonly name: string;
  readonly #choicesOf: (form: ParameterForm) => readonly string[] | undefined;
  form: ParameterForm | undefined;

  constructor(name: string, choicesOf: (form: ParameterForm) => readonly string[] | undefined) {
    this.name = name;
    this.#choicesOf = choicesOf;
  }

  get filtering(): boolean {
    return this.form !== undefined;
  }

  get atFirst(): boolean {
    return this.form === undefined || this.form.active === 0;
  }

  get atLast(): boolean {
    return this.form === undefined || this.form.active === this.form.fields.length - 1;
  }

  set(form: ParameterForm): void {
    this.form = form;
    form.active = Math.max(0, form.missing);
  }

  act(): boolean {
    return false;
  }

  type(press: KeyPress): void {
    const { form } = this;
    if (form !== undefined) form.press(press, this.#choicesOf(form));
  }

  clearFilter(): boolean {
    return false;
  }

  copyable(): Copyable | undefined {
    const text = this.form?.fields[this.form.active]?.text;
    return text === undefined || text === "" ? undefined : copyRow(text);
  }

  render(theme: Theme, cells: number, focused: boolean): string[] {
    const { form } = this;
    return form === undefined ? [] : form.render(theme, cells, focused, focused ? this.#choicesOf(form) : undefined);
  }
}
