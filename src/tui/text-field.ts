import { graphemes } from "../core/text/width.ts";
import { isText, type KeyPress } from "./keys.ts";

/** A line of text that is being typed. The cursor stands between graphemes. */
export class TextField {
  #graphemes: string[];
  #cursor: number;

  constructor(text = "") {
    this.#graphemes = graphemes(text);
    this.#cursor = this.#graphemes.length;
  }

  get text(): string {
    return this.#graphemes.join("");
  }

  set text(text: string) {
    this.#graphemes = graphemes(text);
    this.#cursor = this.#graphemes.length;
  }

  /** What stands before the cursor, under it (a blank at the end), and after it. */
  get parts(): [before: string, under: string, after: string] {
    return [this.#graphemes.slice(0, this.#cursor).join(""), this.#graphemes[this.#cursor] ?? " ", this.#graphemes.slice(this.#cursor + 1).join("")];
  }

  /** Takes a key that edits; false leaves it to somebody else. */
  press(press: KeyPress): boolean {
    switch (press) {
      case "left":
        this.#cursor = Math.max(0, this.#cursor - 1);
        return true;
      case "right":
        this.#cursor = Math.min(this.#graphemes.length, this.#cursor + 1);
        return true;
      case "home":
      case "ctrl-a":
        this.#cursor = 0;
        return true;
      case "end":
      case "ctrl-e":
        this.#cursor = this.#graphemes.length;
        return true;
      case "backspace":
        if (this.#cursor > 0) this.#graphemes.splice((this.#cursor -= 1), 1);
        return true;
      case "delete":
        this.#graphemes.splice(this.#cursor, 1);
        return true;
      case "ctrl-u":
        this.text = "";
        return true;
      case "ctrl-w": {
        const kept = this.#graphemes.slice(0, this.#cursor).join("").replace(/\S+\s*$/, "");
        const rest = this.#graphemes.slice(this.#cursor);
        this.#graphemes = [...graphemes(kept), ...rest];
        this.#cursor = this.#graphemes.length - rest.length;
        return true;
      }
      default:
        if (!isText(press)) return false;
        // Joined again: a combining mark that arrives later belongs to the letter before it.
        const before = graphemes(this.#graphemes.slice(0, this.#cursor).join("") + press);
        this.#graphemes = [...before, ...this.#graphemes.slice(this.#cursor)];
        this.#cursor = before.length;
        return true;
    }
  }
}
