import type { Host } from "./screen.ts";
import { ConceptScreen } from "./screens/concept/screen.ts";

/** More than anybody walks into; the oldest step is forgotten. */
const deepest = 50;

/** The views of concepts that were walked into from a tab, one from the other. */
export class Walk {
  readonly #host: Host;
  readonly #views: ConceptScreen[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  /** The one in sight; undefined while the tab itself is. */
  get current(): ConceptScreen | undefined {
    return this.#views.at(-1);
  }

  get views(): readonly ConceptScreen[] {
    return this.#views;
  }

  /** Puts a concept in sight. */
  into(concept: string): void {
    if (this.#views.length === deepest) this.#views.shift();
    const view = new ConceptScreen(this.#host, concept);
    this.#views.push(view);
    view.enter();
  }

  /** One step out; what is left behind ends its loads. */
  out(): void {
    this.#views.pop()?.leave();
  }

  /** All the way out. */
  end(): void {
    for (const view of this.#views.splice(0)) view.leave();
  }

  /** A concept has another name now, or is gone. */
  renamed(concept: string, to: string | undefined): void {
    for (const [index, view] of [...this.#views.entries()].reverse()) {
      if (view.concept !== concept) continue;
      view.leave();
      this.#views.splice(index, 1, ...(to === undefined ? [] : [new ConceptScreen(this.#host, to)]));
    }
  }
}
