import type { KeyPress } from "./keys.ts";
import { fitHeight, paintLine } from "./lines.ts";
import type { Overlay } from "./overlay.ts";
import { TextField } from "./text-field.ts";
import type { Theme } from "./theme.ts";

/** One line to type. `check` gives what is wrong with a text, which stays until it is mended. */
export class InputOverlay implements Overlay {
  readonly title: string;
  readonly keys = "type  ⏎ done  esc leave it";
  readonly #prompt: string;
  readonly #field: TextField;
  readonly #check: (text: string) => string | undefined;
  readonly #done: (text: string) => void;
  #fault: string | undefined;

  constructor(title: string, prompt: string, text: string, check: (text: string) => string | undefined, done: (text: string) => void) {
    this.title = title;
    this.#prompt = prompt;
    this.#field = new TextField(text);
    this.#check = check;
    this.#done = done;
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    if (press === "escape") return "close";
    if (press === "ctrl-c") return "left";
    if (press === "enter") {
      this.#fault = this.#check(this.#field.text);
      if (this.#fault !== undefined) return "taken";
      this.#done(this.#field.text);
      return "close";
    }
    if (this.#field.press(press)) this.#fault = undefined;
    return "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    const [before, under, after] = this.#field.parts;
    const lines = [paintLine(theme, [["dim", this.#prompt]], cells), paintLine(theme, [["accent", `${theme.symbols.pointer} `], before, ["inverse", under], after], cells)];
    if (this.#fault !== undefined) lines.push(paintLine(theme, [["danger", `${theme.symbols.bad} ${this.#fault}`]], cells));
    return fitHeight(lines, height, cells);
  }
}
