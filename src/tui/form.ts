import type { Query } from "../core/catalogue/types.ts";
import { InputError } from "../core/errors.ts";
import { displayValue } from "../core/output/display.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { width } from "../core/text/width.ts";
import { fuzzy } from "./fuzzy.ts";
import type { KeyPress } from "./keys.ts";
import { paintLine, type Spans } from "./lines.ts";
import type { Backend } from "./screen.ts";
import { TextField } from "./text-field.ts";
import type { Theme } from "./theme.ts";

/** The parameters of a query as a form made from its header. */
export class ParameterForm {
  readonly query: Query;
  readonly fields: TextField[];
  active = 0;
  /** What is wrong with a field, by its place. */
  readonly faults = new Map<number, string>();
  #suggestion = -1;
  #typed: string | undefined;

  constructor(query: Query, values: Readonly<Record<string, string>>) {
    this.query = query;
    this.fields = query.parameters.map((parameter) => new TextField(values[parameter.name] ?? displayValue(parameter.default)));
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

  /** Checks every field; the first that does not fit becomes the active one. */
  check(backend: Backend): boolean {
    this.faults.clear();
    const { texts } = this;
    this.query.parameters.forEach((parameter, index) => {
      const text = texts[parameter.name];
      if (text === undefined) return;
      try {
        backend.parseParameter(parameter, text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        this.faults.set(index, error.message);
      }
    });
    const [first] = [...this.faults.keys()].sort((a, b) => a - b);
    if (first !== undefined) this.active = first;
    return first === undefined;
  }

  /** Takes a key: moving between fields, or editing the active one. */
  press(press: KeyPress, choices: readonly string[] | undefined): void {
    if (press === "up" || press === "shift-tab") this.active = Math.max(0, this.active - 1);
    else if (press === "down" || press === "tab") this.active = Math.min(this.fields.length - 1, this.active + 1);
    else if (press === "ctrl-n" || press === "ctrl-p") this.#suggest(press === "ctrl-n" ? 1 : -1, choices ?? []);
    else if (this.fields[this.active]?.press(press) === true) {
      this.faults.delete(this.active);
      this.#typed = undefined;
      this.#suggestion = -1;
    }
    if (press !== "ctrl-n" && press !== "ctrl-p") this.#typed = undefined;
  }

  /** Walks through the choices that match what was typed. */
  #suggest(step: number, choices: readonly string[]): void {
    const field = this.fields[this.active];
    if (field === undefined) return;
    this.#typed ??= field.text;
    const typed = this.#typed;
    const matching = choices.filter((choice) => choices.includes(typed) || fuzzy(typed, choice) !== null);
    if (matching.length === 0) return;
    const from = this.#suggestion === -1 ? matching.indexOf(typed) : this.#suggestion;
    this.#suggestion = (from + step + matching.length) % matching.length;
    field.text = matching[this.#suggestion] ?? typed;
  }

  /** A line a field; the active one shows its cursor, and what can be chosen. */
  render(theme: Theme, cells: number, focused: boolean, choices: readonly string[] | undefined): string[] {
    const names = Math.min(24, Math.max(...this.query.parameters.map(({ name }) => width(name))));
    return this.query.parameters.flatMap((parameter, index) => {
      const field = this.fields[index];
      if (field === undefined) return [];
      const active = focused && index === this.active;
      const [before, under, after] = field.parts.map(sanitise) as [string, string, string];
      const value: Spans = active ? [before, ["inverse", under], after] : field.text === "" ? [["dim", parameter.optional ? "any" : "needed"]] : [["accent", sanitise(field.text)]];
      const label = `${active ? theme.symbols.pointer : " "} ${parameter.name.padEnd(names)} `;
      const lines = [paintLine(theme, [[active ? ["accent", "bold"] : ["plain"], label], ...value, ["dim", `   ${parameter.type}${parameter.optional ? "?" : ""}  ${parameter.description}`]], cells)];
      const fault = this.faults.get(index);
      if (fault !== undefined) lines.push(paintLine(theme, ["    ", ["danger", `${theme.symbols.bad} ${fault}`]], cells));
      else if (active && choices !== undefined && choices.length > 0) {
        const near = choices.filter((choice) => field.text === "" || choices.includes(field.text) || fuzzy(field.text, choice) !== null);
        lines.push(paintLine(theme, ["    ", ["dim", `ctrl-n ${theme.symbols.arrow} ${near.slice(0, 12).map(sanitise).join("  ")}`]], cells));
      }
      return lines;
    });
  }
}
