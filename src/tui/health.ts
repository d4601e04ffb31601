import { sanitise } from "../core/text/sanitise.ts";
import type { EngineVersion } from "../databases/types.ts";

export type SideName = "sql" | "graph";

/** What is known of a database. `retryAt`: milliseconds since 1970. */
export type Side = { kind: "unknown" } | { kind: "alive"; engine: string; version: string; ms: number } | { kind: "dead"; reason: string; hint?: string; retryAt: number };

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
const tickMs = 1_000;

/**
 * Whether each side answers. A dead one is asked again after one second, then two, four … at most half a minute; while
 * one is dead the header counts the seconds, and while both live nothing runs here at all.
 */
export class Health {
  sides: Record<SideName, Side> = { sql: { kind: "unknown" }, graph: { kind: "unknown" } };
  readonly #ask: (side: SideName) => Promise<EngineVersion>;
  readonly #changed: () => void;
  /** A dead side answers again. */
  readonly #recovered: (side: SideName) => void;
  readonly #waits: Record<SideName, number> = { sql: firstWaitMs, graph: firstWaitMs };
  readonly #asking = new Map<SideName, Promise<void>>();
  readonly #timers = new Map<SideName, NodeJS.Timeout>();
  #ticking: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ask: (side: SideName) => Promise<EngineVersion>, changed: () => void, recovered: (side: SideName) => void) {
    this.#ask = ask;
    this.#changed = changed;
    this.#recovered = recovered;
  }

  get dead(): SideName[] {
    return (["sql", "graph"] as const).filter((side) => this.sides[side].kind === "dead");
  }

  /** Asks both sides now. */
  async probe(): Promise<void> {
    await Promise.all([this.#probe("sql"), this.#probe("graph")]);
  }

  /** A load found out that a side can't be reached. */
  noticed(side: SideName, error: Error): void {
    if (this.sides[side].kind !== "dead") this.#died(side, error);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    clearInterval(this.#ticking);
  }

  /** Several askers at once share one answer. */
  #probe(side: SideName): Promise<void> {
    const running = this.#asking.get(side) ?? this.#askOnce(side).finally(() => this.#asking.delete(side));
    this.#asking.set(side, running);
    return running;
  }

  async #askOnce(side: SideName): Promise<void> {
    clearTimeout(this.#timers.get(side));
    const started = performance.now();
    try {
      const { engine, version } = await this.#ask(side);
      const before = this.sides[side];
      this.sides = { ...this.sides, [side]: { kind: "alive", engine, version, ms: performance.now() - started } };
      this.#waits[side] = firstWaitMs;
      // A load may have found it dead while it was asked.
      clearTimeout(this.#timers.get(side));
      this.#tick();
      if (before.kind === "dead" && !this.#stopped) this.#recovered(side);
    } catch (error) {
      if (!this.#stopped) this.#died(side, error as Error);
    }
    if (!this.#stopped) this.#changed();
  }

  #died(side: SideName, error: Error): void {
    if (this.#stopped) return;
    const wait = this.#waits[side];
    this.#waits[side] = Math.min(longestWaitMs, wait * 2);
    const hint = "hint" in error && typeof error.hint === "string" ? { hint: error.hint } : {};
    this.sides = { ...this.sides, [side]: { kind: "dead", reason: sanitise(error.message), ...hint, retryAt: Date.now() + wait } };
    clearTimeout(this.#timers.get(side));
    this.#timers.set(side, setTimeout(() => void this.#probe(side), wait));
    this.#tick();
    this.#changed();
  }

  /** Draws the seconds until the next try, as long as there are any. */
  #tick(): void {
    if (this.dead.length > 0) this.#ticking ??= setInterval(() => this.#changed(), tickMs);
    else {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
  }
}
