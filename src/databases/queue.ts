/** Runs pieces of work one after the other, in the order in which they came. A failed one doesn't stop the next. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves with what `work` gives. If the signal aborts before its turn, it rejects at once and never runs. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#last;
    let started = false;
    const result = turn.then(() => {
      if (signal?.aborted) throw new Superseded();
      started = true;
      return work();
    });
    this.#last = result.catch(() => undefined);
    if (signal === undefined) return result;
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => {
        if (!started) reject(new Superseded());
      };
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    });
  }
}

/** The signal aborted before the work began. */
export class Superseded extends Error {}
