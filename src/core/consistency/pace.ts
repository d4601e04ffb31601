import type { Databases, ReadOptions } from "../../databases/types.ts";

/** Keys a second while others write. Where both servers, the check and a writer share two cores, the writer loses less than a tenth (see `bench/`). */
export const consideratePerSecond = 10_000;
/** So many may be read before anything is known of others: a small database is compared by then. */
const freeKeys = 5_000;
/** Rows that others change in a second, from which on they are spared. */
const busyRows = 100;
/** PostgreSQL's backends publish what they have changed once a second. */
const lookMs = 1_000;
/** How long after the last change that was seen others count as writing. */
const busyForMs = 3_000;
/** Shorter waits would be later than they should be. */
const shortestWaitMs = 20;

export interface PaceOptions {
  /** Keys a second, whatever others do. */
  maxRate?: number;
  /** How many rows have been changed so far, by anybody. Without it nobody is spared. */
  changes?: () => Promise<number>;
  /** Milliseconds, of any origin. */
  now?: () => number;
}

/** How fast a check reads: as it is told; or else as fast as it can, but slowly while others write. */
export class Pace {
  readonly #maxRate: number | undefined;
  readonly #changes: (() => Promise<number>) | undefined;
  readonly #now: () => number;
  /** What was read since the pace last changed, and since when. */
  #keys = -freeKeys;
  #since: number;
  #last: { at: number; changes: number } | undefined;
  #lookedAt: number;
  /** Until when others count as writing; nothing is known before two looks. */
  #busyUntil = Infinity;

  constructor({ maxRate, changes, now = () => performance.now() }: PaceOptions) {
    this.#maxRate = maxRate;
    this.#changes = maxRate === undefined ? changes : undefined;
    this.#now = now;
    this.#since = now();
    this.#lookedAt = this.#since;
    if (maxRate !== undefined) this.#keys = 0;
    void this.#look();
  }

  /** Others write, and are known to. */
  get sparesOthers(): boolean {
    return this.#changes !== undefined && this.#busyUntil !== Infinity && this.#now() < this.#busyUntil;
  }

  /** Tells of keys that were read; gives how many milliseconds to wait before more are, 0 for none. */
  waitAfter(keys: number): number {
    const now = this.#now();
    if (this.#changes !== undefined && now - this.#lookedAt >= lookMs) void this.#look();
    const rate = this.#maxRate ?? (this.#changes !== undefined && now < this.#busyUntil ? consideratePerSecond : undefined);
    if (rate === undefined) {
      [this.#keys, this.#since] = [0, now];
      return 0;
    }
    this.#keys += keys;
    const ahead = (this.#keys / rate) * 1_000 - (now - this.#since);
    return ahead < shortestWaitMs ? 0 : ahead;
  }

  async #look(): Promise<void> {
    if (this.#changes === undefined) return;
    this.#lookedAt = this.#now();
    // A check must not fail for its manners: what can't be told is taken for nobody.
    const changes = await this.#changes().catch(() => this.#last?.changes ?? 0);
    const at = this.#now();
    const perSecond = this.#last === undefined ? 0 : ((changes - this.#last.changes) / (at - this.#last.at)) * 1_000;
    if (perSecond >= busyRows) {
      // What was not yet read of the free keys would be a burst.
      if (!this.sparesOthers) [this.#keys, this.#since] = [0, at];
      this.#busyUntil = at + busyForMs;
    } else if (this.#last !== undefined && this.#busyUntil === Infinity) this.#busyUntil = at;
    this.#last = { at, changes };
  }
}

/** The pace of a check of these databases. An embedded pair belongs to one process: there is nobody to spare. */
export function paceOf({ sql, profile }: Databases, maxRate: number | undefined, options: ReadOptions): Pace {
  const changes = async (): Promise<number> => Number((await sql.query("SELECT tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = current_database()", [], options)).rows[0]?.[0] ?? 0);
  return new Pace({ ...(maxRate === undefined ? {} : { maxRate }), ...(profile === "embedded" ? {} : { changes }) });
}
