/**
 * Between a driver that pushes records and a reader that pulls batches: collects rows into batches and tells the
 * driver to pause while more than `high` batches wait, so that memory stays flat however slow the reader is.
 */
export class BatchQueue<T> {
  /** Set by the producer; called when the queue is full, and when there is room again. */
  pause: () => void = () => undefined;
  resume: () => void = () => undefined;
  readonly #batches: T[][] = [];
  readonly #size: number;
  readonly #high: number;
  #open: T[] = [];
  #paused = false;
  #done = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(size: number, high: number) {
    this.#size = size;
    this.#high = high;
  }

  push(row: T): void {
    this.#open.push(row);
    if (this.#open.length < this.#size) return;
    this.#batches.push(this.#open);
    this.#open = [];
    if (!this.#paused && this.#batches.length >= this.#high) {
      this.#paused = true;
      this.pause();
    }
    this.#wake?.();
  }

  end(): void {
    if (this.#open.length > 0) this.#batches.push(this.#open);
    this.#open = [];
    this.#done = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    if (this.#done) return;
    this.#error = error;
    this.#done = true;
    this.#wake?.();
  }

  /** The batches in order; `end` runs when the reader leaves, for whatever reason. */
  async *iterate(end: () => Promise<void>): AsyncGenerator<T[]> {
    try {
      for (;;) {
        const batch = this.#batches.shift();
        if (batch !== undefined) {
          if (this.#paused && this.#batches.length <= this.#high / 2) {
            this.#paused = false;
            this.resume();
          }
          yield batch;
        } else if (this.#error !== undefined) throw this.#error;
        else if (this.#done) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve)).finally(() => (this.#wake = undefined));
      }
    } finally {
      await end();
    }
  }
}
