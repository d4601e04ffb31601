/**
 * Data that comes from a database, as a screen holds it. Written here rather than taken from a library: the ones for
 * React cache by key and refetch by focus and network, which a terminal has none of, and none cancels the statement on
 * the server when a newer load begins. This is all of it.
 */
export class Resource<T> {
  data: T | undefined;
  error: unknown;
  /** When the data arrived, in ms since 1970. */
  loadedAt: number | undefined;
  /** When the running load began; undefined when none runs. */
  loadingSince: number | undefined;
  #controller: AbortController | undefined;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get loading(): boolean {
    return this.loadingSince !== undefined;
  }

  /** Starts a load. It supersedes a running one; the old data stay until the new ones are there. */
  load(work: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#controller?.abort("superseded");
    const controller = new AbortController();
    this.#controller = controller;
    this.loadingSince = Date.now();
    this.#changed();
    return work(controller.signal).then(
      (data) => this.#finish(controller, () => ((this.data = data), (this.error = undefined), (this.loadedAt = Date.now()))),
      (error: unknown) => this.#finish(controller, () => (this.error = error)),
    );
  }

  /** Ends a running load on the server. True if there was one. */
  cancel(): boolean {
    if (this.#controller === undefined) return false;
    this.#controller.abort("cancelled");
    this.#controller = undefined;
    this.loadingSince = undefined;
    this.#changed();
    return true;
  }

  /** Forgets everything, as for another user. */
  reset(): void {
    this.cancel();
    this.data = undefined;
    this.error = undefined;
    this.loadedAt = undefined;
  }

  #finish(controller: AbortController, settle: () => void): void {
    // A load that was superseded or cancelled has nothing to say any more.
    if (this.#controller !== controller) return;
    this.#controller = undefined;
    this.loadingSince = undefined;
    settle();
    this.#changed();
  }
}
