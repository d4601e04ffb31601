import type { Database, Databases, Transaction } from "../../src/databases/types.ts";

/** The process that used these databases is gone: nothing of it reaches them any more. */
export class Crashed extends Error {}

/** A step of a transaction: not yet asked for, begun, all its statements done, and committed with the answer not yet heard. */
export interface Moment {
  database: "sql" | "graph";
  mode: "read" | "write";
  place: "before" | "begun" | "done" | "after";
}

type Work<P> = (transaction: Transaction<P>, ...opened: unknown[]) => Promise<unknown>;

/**
 * A real pair at whose every step something may happen: `onMoment` is called, may do something of its own, and what it
 * throws befalls the caller as an error of the database would. `crash` ends whoever uses the pair: what was not committed
 * is rolled back by the databases themselves, and every later call is refused.
 */
export class Disturbed {
  readonly databases: Databases;
  readonly #onMoment: (moment: Moment) => Promise<void> | undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #held = { sql: { read: 0, write: 0 }, graph: { read: 0, write: 0 } };
  #dead = false;
  #died: () => void = () => undefined;
  readonly #death = new Promise<void>((resolve) => (this.#died = resolve));
  /** What to do once the transaction of the graph has really been committed. */
  readonly #afterCommit = new WeakMap<object, (() => void)[]>();

  constructor({ sql, graph, ...rest }: Databases, onMoment: (moment: Moment) => Promise<void> | undefined) {
    this.#onMoment = onMoment;
    this.databases = { ...rest, sql: this.#wrap("sql", sql), graph: this.#wrap("graph", graph) };
  }

  /** How many transactions are open. */
  get held(): Readonly<Record<"sql" | "graph", Readonly<Record<"read" | "write", number>>>> {
    return this.#held;
  }

  get dead(): boolean {
    return this.#dead;
  }

  crash(): Crashed {
    this.#dead = true;
    this.#died();
    return new Crashed("crashed");
  }

  /** Runs `work` until it ends or the crash; then waits until the databases have ended what was open. */
  async run<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    try {
      return await Promise.race([
        work,
        this.#death.then(async () => {
          while (this.#running.size > 0) await Promise.allSettled(this.#running);
          throw new Crashed("crashed");
        }),
      ]);
    } finally {
      if (this.#dead) await Promise.allSettled(this.#running);
    }
  }

  /** Remembers what is to be done if this transaction of the graph is committed. */
  whenCommitted(transaction: Transaction<never>, act: () => void): void {
    this.#afterCommit.get(transaction)?.push(act);
  }

  async #moment(moment: Moment): Promise<void> {
    this.#refuseIfDead();
    await this.#onMoment(moment);
    this.#refuseIfDead();
  }

  #refuseIfDead(): void {
    if (this.#dead) throw new Crashed("crashed");
  }

  #wrap<P, D extends Database<P>>(name: "sql" | "graph", target: D): D {
    return new Proxy(target, {
      get: (_target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (property === "read" || property === "write") return (work: Work<P>, options?: object) => this.#transact(name, property, target, work, options);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]): unknown => (this.#dead ? Promise.reject(new Crashed("crashed")) : (value as (...parameters: unknown[]) => unknown).apply(target, parameters));
      },
    });
  }

  async #transact<P>(database: "sql" | "graph", mode: "read" | "write", target: Database<P>, work: Work<P>, options?: object): Promise<unknown> {
    await this.#moment({ database, mode, place: "before" });
    const acts: (() => void)[] = [];
    let open = false;
    const running = target[mode](async (transaction: Transaction<P>, ...opened: unknown[]) => {
      if (!open) this.#held[database][mode] += 1;
      open = true;
      const guarded: Transaction<P> = {
        query: async (...parameters) => {
          this.#refuseIfDead();
          return transaction.query(...parameters);
        },
      };
      this.#afterCommit.set(guarded, acts);
      await this.#moment({ database, mode, place: "begun" });
      const result = await work(guarded, ...opened);
      await this.#moment({ database, mode, place: "done" });
      return result;
    }, options);
    this.#running.add(running);
    const ended = (): void => {
      if (open) this.#held[database][mode] -= 1;
      this.#running.delete(running);
    };
    const result = await running.finally(ended);
    for (const act of acts) act();
    await this.#moment({ database, mode, place: "after" });
    return result;
  }
}
