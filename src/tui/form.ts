import { sanitise } from "../core/text/sanitise.ts";
import { width } from "../core/text/width.ts";
import { fuzzy } from "./fuzzy.ts";
import type { KeyPress } from "./keys.ts";
import { paintLine, type Spans } from "./lines.ts";
import type { Backend } from "./screen.ts";
import { TextField } from "./text-field.ts";
import type { Theme } from "./theme.ts";

/** What a form says of one of its fields. */
export interface FormField {
  label: string;
  /** Behind the value, dimmed. */
  note: string;
  /** A query that lists what can be chosen, or the words themselves; undefined if any text will do. */
  choices?: { query: string } | readonly string[];
}

/** Fields to fill in, one a line. */
export abstract class Form {
  readonly fields: readonly TextField[];
  active = 0;
  /** What is wrong with a field, by its place. */
  readonly faults = new Map<number, string>();
  readonly #described: readonly FormField[];
  #suggestion = -1;
  #typed: string | undefined;

  protected constructor(described: readonly FormField[], texts: readonly string[]) {
    this.#described = described;
    this.fields = described.map((_field, index) => new TextField(texts[index] ?? ""));
  }

  /** Checks every field; the first that does not fit becomes the active one. */
  check(backend: Backend): boolean {
    this.faults.clear();
    for (const [index, reason] of this.faultsOf(backend)) this.faults.set(index, reason);
    const [first] = [...this.faults.keys()].sort((a, b) => a - b);
    if (first !== undefined) this.active = first;
    return first === undefined;
  }

  /** What can be chosen for the active field. */
  get choices(): FormField["choices"] {
    return this.#described[this.active]?.choices;
  }

  /** What is wrong, by place. */
  protected abstract faultsOf(backend: Backend): Iterable<readonly [number, string]>;

  /** What stands in an empty field. */
  protected abstract emptyHint(index: number): string;

  /** What is taken as it is, and what is being typed behind it: a list is completed name by name. */
  protected typing(_index: number, text: string): [kept: string, typed: string] {
    return ["", text];
  }

  /** A choice as it is written into the field. */
  protected written(_index: number, choice: string): string {
    return choice;
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
    const [kept, text] = this.typing(this.active, field.text);
    this.#typed ??= text;
    const typed = this.#typed;
    const matching = choices.filter((choice) => choices.includes(typed) || fuzzy(typed, choice) !== null);
    if (matching.length === 0) return;
    const from = this.#suggestion === -1 ? matching.indexOf(typed) : this.#suggestion;
    this.#suggestion = (from + step + matching.length) % matching.length;
    field.text = kept + this.written(this.active, matching[this.#suggestion] ?? typed);
    this.faults.delete(this.active);
  }

  /** A line a field; the active one shows its cursor, and what can be chosen. */
  render(theme: Theme, cells: number, focused: boolean, choices: readonly string[] | undefined): string[] {
    const names = Math.min(24, Math.max(...this.#described.map(({ label }) => width(label))));
    return this.#described.flatMap(({ label: name, note }, index) => {
      const field = this.fields[index];
      if (field === undefined) return [];
      const active = focused && index === this.active;
      const [before, under, after] = field.parts.map(sanitise) as [string, string, string];
      const value: Spans = active ? [before, ["inverse", under], after] : field.text === "" ? [["dim", this.emptyHint(index)]] : [["accent", sanitise(field.text)]];
      const label = `${active ? theme.symbols.pointer : " "} ${name.padEnd(names)} `;
      const lines = [paintLine(theme, [[active ? ["accent", "bold"] : ["plain"], label], ...value, ["dim", `   ${note}`]], cells)];
      const fault = this.faults.get(index);
      if (fault !== undefined) lines.push(paintLine(theme, ["    ", ["danger", `${theme.symbols.bad} ${fault}`]], cells));
      else if (active && choices !== undefined && choices.length > 0) {
        const [, typed] = this.typing(index, field.text);
        const near = choices.filter((choice) => typed === "" || choices.includes(typed) || fuzzy(typed, choice) !== null);
        lines.push(paintLine(theme, ["    ", ["dim", `ctrl-n ${theme.symbols.arrow} ${near.slice(0, 12).map(sanitise).join("  ")}`]], cells));
      }
      return lines;
    });
  }
}
