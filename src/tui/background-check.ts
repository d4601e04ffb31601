import { isOpen } from "../core/consistency/sum-text.ts";
import type { CheckReport } from "../core/consistency/types.ts";
import type { Session } from "../core/session.ts";
import type { SyncWatch } from "./sync-watch.ts";
import type { Backend } from "./screen.ts";

export interface BackgroundHost {
  readonly session: Session | undefined;
  readonly backend: Backend | undefined;
  readonly sync: SyncWatch;
  changed(): void;
  noticed(error: Error): void;
  /** Both sides were compared. */
  compared(): void;
}

/** What the last comparison said, in the background or by a person's wish. */
export interface Checked {
  /** Milliseconds since 1970. */
  at: number;
  inSync: boolean;
  /** Counts or sums differ, and what is on its way to the graph may be all of the reason: whether it is, is not known. */
  open?: boolean;
  /** Of a deep check: how many keys differ. */
  differences?: number;
  error?: unknown;
}

const everyMs = 30_000;

/** Compares counts and sums at the start and, where that is quick, every half minute; for the header. */
export class BackgroundCheck {
  checked: Checked | undefined;
  /** The last one that only counted and summed. */
  fast: CheckReport | undefined;
  readonly #host: BackgroundHost;
  /** Differences that a deep check has found and none since has found gone. */
  #deep: Checked | undefined;
  #next: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(host: BackgroundHost) {
    this.#host = host;
  }

  /** Compares counts and sums; again in half a minute, if it took less than a second. How far the graph is behind is looked up each time. */
  async run(compare = true): Promise<void> {
    const { session, backend, sync } = this.#host;
    if (session === undefined || backend === undefined || this.#ended) return;
    clearTimeout(this.#next);
    const started = performance.now();
    if (!compare) await sync.look();
    else {
      try {
        const [report] = await Promise.all([backend.check(session, { mode: "fast" }), sync.look()]);
        this.fast = report;
        // Counts and sums that agree refute no difference that was found key by key.
        this.checked = report.in_sync && this.#deep !== undefined ? this.#deep : { at: Date.now(), inSync: report.in_sync, open: isOpen(report) };
        this.#host.compared();
      } catch (error) {
        this.checked = { at: Date.now(), inSync: false, error };
        this.#host.noticed(error as Error);
      }
      this.#host.changed();
    }
    if (this.#ended) return;
    const again = compare && performance.now() - started < 1_000;
    // Of several that ran at once only the last one goes on.
    clearTimeout(this.#next);
    this.#next = setTimeout(() => void this.run(again), everyMs);
  }

  /** A deep check knows better. */
  learn({ in_sync: inSync, findings_total: differences, finished_at }: CheckReport): void {
    this.checked = { at: Date.parse(finished_at), inSync, differences };
    this.#deep = inSync ? undefined : this.checked;
    this.#host.changed();
  }

  stop(): void {
    this.#ended = true;
    clearTimeout(this.#next);
  }
}
