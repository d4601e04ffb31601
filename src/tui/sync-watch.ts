import type { Session } from "../core/session.ts";
import type { FollowState } from "../core/sync/follow.ts";
import type { Backlog } from "../core/sync/outbox.ts";
import type { Backend } from "./screen.ts";

/** What the relay in here does: nothing where the explorer only reads. */
export type RelayState = { kind: "off" } | Exclude<FollowState, { kind: "carried" }> | { kind: "stopped"; error: Error };

export interface SyncHost {
  readonly session: Session | undefined;
  readonly backend: Backend | undefined;
  readonly readOnly: boolean;
  changed(): void;
  say(text: string, style: "warn" | "danger"): void;
  noticed(error: Error): void;
}

/** While changes are on their way, how many there are is looked up so often. */
const lookAgainMs = 2_000;

/**
 * How far the graph is behind the rows, for the header; and, in an explorer that may write, the relay that carries
 * changes over. In an embedded folder nobody else writes: there it works only when a mark is found.
 */
export class SyncWatch {
  relay: RelayState = { kind: "off" };
  /** Null where PostgreSQL has no outbox; undefined until it was looked up. `at`: milliseconds since 1970. */
  backlog: (Backlog & { at: number }) | null | undefined;
  readonly #host: SyncHost;
  readonly #ending = new AbortController();
  #following: Promise<void> | undefined;
  #carrying: Promise<void> | undefined;
  #lookAgain: NodeJS.Timeout | undefined;

  constructor(host: SyncHost) {
    this.#host = host;
  }

  /** Begins to carry changes over, where the explorer may write. */
  start(): void {
    const { session, backend, readOnly } = this.#host;
    if (readOnly || session === undefined || backend === undefined || session.databases.profile === "embedded" || this.#following !== undefined || this.#ending.signal.aborted) return;
    this.#following = backend
      .follow(session.databases, { signal: this.#ending.signal, onState: (state) => this.#follows(state) })
      .catch((error: unknown) => {
        // Once it is told and can be tried again: without an outbox, or beside databases that do not belong together, there is nothing to carry over.
        this.relay = { kind: "stopped", error: error as Error };
        this.#host.changed();
      })
      .finally(() => (this.#following = undefined));
  }

  /** Looks up how far the graph is behind. Where a side can't be asked, what was known stays. */
  async look(): Promise<void> {
    const { session, backend } = this.#host;
    if (session === undefined || backend === undefined || this.#ending.signal.aborted) return;
    clearTimeout(this.#lookAgain);
    try {
      const found = await backend.loadBacklog(session.databases);
      this.backlog = found === null ? null : { ...found, at: Date.now() };
    } catch (error) {
      this.#host.noticed(error as Error);
    }
    this.#host.changed();
    const pending = this.backlog?.pending ?? 0;
    if (pending > 0 && session.databases.profile === "embedded") this.#carryHere(session, backend);
    clearTimeout(this.#lookAgain);
    if (pending > 0 && !this.#ending.signal.aborted) this.#lookAgain = setTimeout(() => void this.look(), lookAgainMs);
  }

  /** Ends after the running batch. */
  async stop(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#lookAgain);
    await Promise.all([this.#following, this.#carrying]);
  }

  #follows(state: FollowState): void {
    if (state.kind === "carried") {
      this.relay = { kind: "following" };
      return void this.look();
    }
    if (state.kind !== this.relay.kind) {
      this.relay = state;
      this.#host.changed();
    }
  }

  #carryHere(session: Session, backend: Backend): void {
    if (this.#host.readOnly || this.#carrying !== undefined) return;
    this.#carrying = backend
      .sync(session.databases, { signal: this.#ending.signal })
      .then(
        () => (this.relay = { kind: "following" }),
        (error: unknown) => {
          if (!this.#ending.signal.aborted) this.relay = { kind: "stopped", error: error as Error };
        },
      )
      .then(() => {
        this.#carrying = undefined;
        if (this.relay.kind !== "stopped") void this.look();
      });
  }
}
