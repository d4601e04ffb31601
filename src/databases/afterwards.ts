/** Work that goes on behind an answer, one after the other. It may fail without anybody hearing of it: nothing must hang on it. */
export class Afterwards {
  #last: Promise<unknown> = Promise.resolve();

  add(work: () => Promise<unknown>): void {
    this.#last = this.#last.then(work).catch(() => undefined);
  }

  /** Resolves once all that was added has ended, well or not. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
