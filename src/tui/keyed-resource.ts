import { Resource } from "./resource.ts";

/** A moving selection asks for its data once it rests this long: holding a key down loads nothing on the way. */
const restMs = 60;
const kept = 50;

/**
 * Data that belongs to whatever is selected, such as the path under the cursor. What was shown before is shown again at
 * once and loaded anew behind it.
 */
export class KeyedResource<T> {
  readonly resource: Resource<T>;
  key: string | undefined;
  readonly #known = new Map<string, T>();
  #waiting: NodeJS.Timeout | undefined;

  constructor(changed: () => void) {
    this.resource = new Resource(changed);
  }

  /** Of the current key; undefined until it has come. */
  get data(): T | undefined {
    return this.key === undefined ? undefined : this.#known.get(this.key);
  }

  get error(): unknown {
    return this.resource.error;
  }

  /** Follows the selection to a key; the load begins once it rests there. */
  follow(key: string | undefined, work: (key: string, signal: AbortSignal) => Promise<T>): void {
    if (key === this.key) return;
    this.key = key;
    this.resource.cancel();
    this.resource.error = undefined;
    clearTimeout(this.#waiting);
    if (key !== undefined) this.#waiting = setTimeout(() => this.load(work), restMs);
  }

  /** Loads the data of the current key anew. */
  load(work: (key: string, signal: AbortSignal) => Promise<T>): void {
    clearTimeout(this.#waiting);
    const { key } = this;
    if (key === undefined) return;
    void this.resource.load(async (signal) => {
      const data = await work(key, signal);
      this.#known.delete(key);
      this.#known.set(key, data);
      const [oldest] = this.#known.keys();
      if (this.#known.size > kept && oldest !== undefined) this.#known.delete(oldest);
      return data;
    });
  }

  cancel(): boolean {
    clearTimeout(this.#waiting);
    return this.resource.cancel();
  }

  /** Forgets everything, as for another user. */
  reset(): void {
    clearTimeout(this.#waiting);
    this.#known.clear();
    this.key = undefined;
    this.resource.reset();
  }
}
