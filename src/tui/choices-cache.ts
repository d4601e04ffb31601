import { displayValue } from "../core/output/display.ts";
import type { Form } from "./form.ts";
import type { Host } from "./screen.ts";

/** What a form offers for its fields, asked for once. */
export class ChoicesCache {
  readonly #host: Host;
  readonly #known = new Map<string, readonly string[]>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** For the field that is being filled in; undefined if any text will do. */
  of({ choices }: Pick<Form, "choices">): readonly string[] | undefined {
    if (choices === undefined || !("query" in choices)) return choices;
    const id = choices.query;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    this.#known.set(id, []);
    const { session, backend } = this.#host;
    if (session !== undefined && backend !== undefined) {
      backend.runQuery(session, id, {}, { maxRows: 10_000 }).then(
        ({ rows }) => {
          this.#known.set(id, rows.map(([value]) => displayValue(value)));
          this.#host.changed();
        },
        () => this.#known.delete(id), // only suggestions: the field can be typed all the same
      );
    }
    return [];
  }
}
