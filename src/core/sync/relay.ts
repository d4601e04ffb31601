import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, throwIfCancelled } from "../../databases/errors.ts";
import type { Databases, GraphParameters, SqlParameters, Transaction } from "../../databases/types.ts";
import type { OnProgress } from "../progress.ts";
import { declarations } from "../projection/declarations.ts";
import { countAll } from "../projection/statements.ts";
import type { Declaration, EntityName, RelationshipDeclaration } from "../projection/types.ts";
import { keyText, type Key } from "../projection/compare.ts";
import { pageAfter } from "../projection/read.ts";
import { addApplied, ApplyError, applyRows, NotAbsent, nothingApplied, readRowsOfMarks, type Applied, type Rows } from "./apply.ts";
import { failpoint } from "./failpoint.ts";
import { fence, Superseded, type Lease } from "./lane.ts";
import { anyMark, countMarks, deleteMarks, isWhole, lane, mergedBookmarks, newestMark, oldestMark, readMarks, type Mark, type MarkFilter } from "./outbox.ts";
import { anyParked, park, restoreParked, settleParked, type Parked } from "./parked.ts";
import { recordPass, type Pass } from "./passes.ts";
import { markOf, reconcile } from "./reconcile.ts";
import type { Refusal, SyncEntity } from "./types.ts";

/** Keys in one statement; the next ones are read while the graph works on it. */
const batchKeys = 1_000;
/** A pass takes no further batch once it has held the lane for so long, so that others get their turn. */
const laneMs = 250;
/** The same while the first rows of an entity are projected: fewer and larger transactions, when there is nothing yet to look at. */
const projectionLaneMs = 400;
/** A transaction that was left open holds everybody up; the server ends it after so long. */
const passTimeoutMs = 30_000;
const attempts = 5;
const firstWaitMs = 100;

export interface DrainResult {
  entities: SyncEntity[];
  /** What was not deleted, and why. */
  refused: Refusal[];
  /** Keys that were set aside with their error. */
  parked: number;
}

export interface DrainOptions {
  onProgress?: OnProgress;
  /** Ends after the running batch. */
  signal?: AbortSignal;
  /** One pass over marks of keys; what is left of them stays, and those of whole entities, which may take very long. */
  once?: boolean;
}

type Sql = Transaction<SqlParameters>;
type Graph = Transaction<GraphParameters>;

/** Keys and what their rows are now. */
interface Batch {
  marks: readonly Mark[];
  rows: Rows;
}

/** An entity that the graph had nothing of when it began to be projected. */
interface Fresh {
  declaration: RelationshipDeclaration;
  /** As many were written by this relay, and by nobody else. */
  written: number;
}

/** Gives the next batch in a pass's snapshot, null when there is none left. Made anew for every pass, and when one is tried again. */
type Batches = (sql: Sql) => Promise<Batch | null>;

/** An error of the graph that comes again however often the same is tried: one of the keys is its reason. */
function isPoison(error: unknown): boolean {
  if (error instanceof ApplyError) return true;
  return error instanceof DatabaseError && error.database === "graph" && ["constraint", "failed", "syntax"].includes(error.code);
}

/** Worth trying again after a while. */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseError && ["cannot-connect", "conflict", "timeout", "cancelled"].includes(error.code);
}

/** Carries marks over while it holds the lane. */
export class Relay {
  readonly #databases: Databases;
  readonly #lease: Lease;
  readonly #result: DrainResult;
  /** Of the running drain: a pass begins no further batch once it aborts. */
  #signal: AbortSignal | undefined;
  #fresh: Fresh | undefined;
  /** What this relay parked no longer, since it looked as if it would go this time: should it not, it is parked as it was. */
  readonly #unparked: Parked[] = [];

  constructor(databases: Databases, lease: Lease) {
    this.#databases = databases;
    this.#lease = lease;
    this.#result = nothingDone();
  }

  /**
   * Carries over until none of the marks is left that were there when it began; what comes after them is for the next one,
   * or it would never end while others write. Errors that pass are tried again a few times; interrupted at any point, what was
   * written is right and the marks of the rest stay. Throws `DatabaseError`, `Superseded`.
   */
  async drain({ onProgress, signal, once = false }: DrainOptions = {}): Promise<DrainResult> {
    // Counting a long queue takes its time: only where somebody looks.
    const total = onProgress === undefined ? 0 : await this.#databases.sql.read(countMarks);
    this.#signal = signal;
    const upTo = await this.#databases.sql.read(newestMark);
    let [done, after] = [0, "0"];
    for (;;) {
      if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted: what was carried over is right, the rest goes on with the next `jeseci sync`");
      const marks = await this.#again(() => this.#pass({ after, upTo, keys: once }), signal);
      const whole = marks.filter(isWhole);
      if (whole.length > 0) await this.#reconcile(whole, { ...(onProgress === undefined ? {} : { onProgress }), ...(signal === undefined ? {} : { signal }) });
      done += marks.length;
      if (onProgress !== undefined) onProgress({ step: "carrying over", done, total: Math.max(total, done), lagSeconds: await this.#databases.sql.read(oldestMark) });
      if (once) break;
      // Looking from where the last pass ended only saves time; the end is that there is none at all.
      if (marks.length > 0) after = marks.at(-1)?.id ?? "0";
      else if (after !== "0") after = "0";
      else break;
    }
    return this.#result;
  }

  /** One pass over the marks, if there are any: gives those that are done with, and those of whole entities. */
  async #pass({ after, upTo, keys }: Required<MarkFilter>): Promise<readonly Mark[]> {
    // The lane is not touched when there is nothing to do.
    if (!(await this.#databases.sql.read((transaction) => anyMark(transaction, { after, upTo, keys })))) return [];
    let last = after;
    return this.#carry(async (sql) => {
      const marks = await readMarks(sql, batchKeys, { after: last, keys });
      last = marks.at(-1)?.id ?? last;
      return marks.length === 0 ? null : { marks, rows: await readRowsOfMarks(sql, keysOnly(marks)) };
    });
  }

  /** Keys that a comparison found, in as many passes as they need. */
  async #keys(keys: readonly Mark[]): Promise<void> {
    for (let done = 0; done < keys.length; ) {
      let at = done;
      const carried = await this.#carry(async (sql) => {
        const marks = keys.slice(at, at + batchKeys);
        at += marks.length;
        return marks.length === 0 ? null : { marks, rows: await readRowsOfMarks(sql, marks) };
      });
      done += carried.length;
    }
  }

  /** Rows of an entity that the graph had nothing of, in one pass. */
  async #rowsAfter(declaration: Declaration, after: Key | undefined): Promise<readonly Mark[]> {
    // Neo4j keeps the count that shows whether somebody else has written; Grafeo would count all of them every time.
    if (after === undefined) this.#fresh = declaration.kind === "relationship" && this.#databases.profile === "servers" ? { declaration, written: 0 } : undefined;
    const carry = (): Promise<readonly Mark[]> => {
      let last = after;
      return this.#carry(
        async (sql) => {
          const rows = await pageAfter(sql, declaration, "index", last, batchKeys);
          last = rows.at(-1) ?? last;
          return rows.length === 0 ? null : { marks: rows.map((row) => markOf(declaration, row)), rows: { entities: new Map([[declaration, { rows, gone: [] }]]), cascade: new Set() } };
        },
        { projecting: true },
      );
    };
    return carry().catch((error: unknown) => {
      if (!(error instanceof NotAbsent)) throw error;
      this.#fresh = undefined;
      return carry();
    });
  }

  /**
   * Whether none of the relationships that come next is there yet: nobody else has had the lane since the first of them, and
   * there are as many as were written here. Once that is not so, it is never so again.
   */
  async #stillFresh(graph: Graph, undisturbed: boolean): Promise<boolean> {
    const fresh = this.#fresh;
    if (fresh === undefined) return false;
    const { rows } = undisturbed ? await graph.query(countAll(fresh.declaration)) : { rows: [] };
    if (Number(rows[0]?.[0] ?? -1) === fresh.written) return true;
    this.#fresh = undefined;
    return false;
  }

  /**
   * The pass: the lane, then PostgreSQL's marks and rows in one snapshot, then the graph; the marks go only once the
   * graph has committed. A pass that fails for good is halved until the key is alone that makes it fail.
   */
  async #carry(batches: Batches, { projecting = false }: { projecting?: boolean } = {}): Promise<readonly Mark[]> {
    const started = new Date();
    const marks: Mark[] = [];
    try {
      const applied = await this.#databases.graph.write(
        async (graph) => {
          const { undisturbed } = await fence(graph, this.#lease);
          failpoint("relay-fenced");
          const absent = projecting && (await this.#stillFresh(graph, undisturbed));
          const { done, parked } = await this.#databases.sql.read(
            async (sql) => ({ parked: await anyParked(sql), done: await applyBatches(graph, inTurn(sql), batches, marks, { absent, laneMs: projecting ? projectionLaneMs : laneMs, signal: this.#signal }) }),
            { timeoutMs: passTimeoutMs, lockTimeoutMs: 2_000 },
          );
          if (parked || done.left.length > 0) this.#unparked.push(...(await this.#databases.sql.write((sql) => settleParked(sql, keysOnly(marks), done.left), { lockTimeoutMs: 2_000 })));
          return done;
        },
        { timeoutMs: passTimeoutMs, once: true },
      );
      failpoint("relay-committed");
      await this.#finish(marks, applied, started);
      // Only now: a pass that is tried again, since PostgreSQL did not answer, finds more than were counted, and looks at what is there.
      if (projecting && this.#fresh !== undefined) this.#fresh.written += applied.counts[this.#fresh.declaration.entity].upserted;
      failpoint("relay-marks-deleted");
      this.#count(applied);
    } catch (error) {
      const keys = byKey(keysOnly(marks));
      if (!isPoison(error) && !(error instanceof DatabaseError && error.code === "timeout" && keys.length > 1)) throw error;
      if (error instanceof DatabaseError && error.code === "failed") await this.#requireGraph(error);
      if (keys.length > 1) {
        const half = Math.ceil(keys.length / 2);
        for (const some of [keys.slice(0, half), keys.slice(half)]) await this.#keys(some.flat());
      } else await this.#park(keys.flat(), error);
    }
    return marks;
  }

  /**
   * Whether the graph commits anything at all: one whose disk is full refuses every key alike, and none of them is to blame.
   * Throws `DatabaseError` (`cannot-connect`, which passes) where it does not.
   */
  async #requireGraph(error: DatabaseError): Promise<void> {
    await this.#databases.graph.write((graph) => fence(graph, this.#lease), { timeoutMs: passTimeoutMs, once: true }).catch((other: unknown) => {
      if (!(other instanceof DatabaseError)) throw other;
      throw new DatabaseError("cannot-connect", "graph", `it commits nothing at present (${error.message})`, { cause: error, hint: "see its log and its disk; no mark is lost, and the next `jeseci sync` goes on" });
    });
  }

  /** After the graph's commit: the marks that were carried over go, and what happened is kept. */
  async #finish(marks: readonly Mark[], applied: Applied, started: Date): Promise<void> {
    const keys = keysOnly(marks);
    const { graph, sql } = this.#databases;
    const bookmarks = await graph.bookmarks();
    await sql.write(
      async (transaction) => {
        await deleteMarks(transaction, keys);
        const drained = !(await anyMark(transaction, { after: keys.at(-1)?.id ?? "0" })) && !(await anyMark(transaction));
        const counts = Object.values(applied.counts);
        await this.#record(transaction, "pass", started, { marks: keys.length, upserted: sum(counts.map(({ upserted }) => upserted)), deleted: sum(counts.map(({ deleted }) => deleted)), parked: applied.left.length, refused: refusalsOf(applied), drained });
        await transaction.query(
          `UPDATE jeseci.sync_lane SET heartbeat = clock_timestamp(), ${mergedBookmarks(1)} WHERE lane = $2 AND epoch = $3`,
          [[...bookmarks], lane, this.#lease.epoch],
        );
        // PGlite has no vacuum of its own: a queue that was emptied begins with an empty table again.
        if (this.#databases.profile === "embedded" && keys.length >= batchKeys / 2 && drained) await transaction.query("TRUNCATE jeseci.sync_mark");
      },
      { lockTimeoutMs: 10_000 },
    );
  }

  /** Sets the one key aside that can't be carried over; its marks go in the same transaction. */
  async #park(keys: readonly Mark[], error: unknown): Promise<void> {
    const [key] = keys;
    if (key === undefined) throw error;
    const code = error instanceof DatabaseError ? error.code : "apply";
    const parked = await this.#databases.sql.write(async (transaction) => {
      // Whoever has taken all its marks away meanwhile has carried it over; of some he has not.
      const marked = keys.some(({ id }) => id !== null);
      if ((await deleteMarks(transaction, keys)) === 0 && marked) return false;
      await restoreParked(transaction, this.#unparked.filter(({ entity, k1, k2 }) => entity === key.entity && k1 === key.k1 && k2 === key.k2));
      await park(transaction, [key], code, error instanceof Error ? error.message : String(error));
      return true;
    });
    if (parked) this.#result.parked += 1;
  }

  async #reconcile(whole: readonly Mark[], options: DrainOptions): Promise<void> {
    const started = new Date();
    const entities = new Set(whole.map(({ entity }) => entity));
    const carrier = {
      keys: async (keys: readonly Mark[]) => {
        await this.#again(() => this.#keys(keys), undefined);
        failpoint("reconcile-carried");
      },
      rowsAfter: async (declaration: Declaration, after: Key | undefined) => {
        const keys = await this.#again(() => this.#rowsAfter(declaration, after), undefined);
        failpoint("reconcile-carried");
        return keys;
      },
    };
    const found = await reconcile(this.#databases, carrier, { ...options, entities: declarations.map(({ entity }) => entity).filter((entity) => entities.has(entity)) });
    for (const { entity, rows, unchanged } of found.entities) {
      const own = this.#of(entity);
      // What was carried over for a mark of its own, and found the same after that, is one row; what was parked is neither.
      own.rows = rows;
      own.unchanged = Math.min(unchanged, Math.max(0, rows - own.upserted));
    }
    this.#result.refused.push(...found.refused);
    await this.#databases.sql.write(async (transaction) => {
      await deleteMarks(transaction, whole);
      await this.#record(transaction, "reconcile", started, { marks: whole.length, upserted: 0, deleted: 0, parked: 0, refused: found.refused, drained: !(await anyMark(transaction)) });
    });
  }

  async #record(transaction: Sql, kind: Pass["kind"], started: Date, what: Omit<Pass, "owner" | "epoch" | "kind" | "started">): Promise<void> {
    await recordPass(transaction, { owner: this.#lease.owner, epoch: this.#lease.epoch, kind, started, ...what });
  }

  #count(applied: Applied): void {
    for (const [entity, { upserted, deleted }] of Object.entries(applied.counts) as [EntityName, Applied["counts"][EntityName]][]) {
      const own = this.#of(entity);
      own.rows += upserted;
      own.upserted += upserted;
      own.deleted += deleted;
    }
    this.#result.parked += applied.left.length;
    this.#result.refused.push(...refusalsOf(applied));
  }

  #of(entity: EntityName): SyncEntity {
    const own = this.#result.entities.find((candidate) => candidate.entity === entity);
    if (own === undefined) throw new RangeError(`no entity ${entity}`);
    return own;
  }

  /** Tries again what may well succeed the next time. */
  async #again<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Superseded || !isTransient(error) || attempt >= attempts) throw error;
        throwIfCancelled(signal, "graph");
        await sleep(firstWaitMs * 2 ** attempt * (0.5 + Math.random() / 2));
      }
    }
  }
}

/** What a drain that found nothing to do tells. */
export function nothingDone(): DrainResult {
  return { entities: declarations.map(({ entity }) => ({ entity, rows: 0, upserted: 0, deleted: 0, unchanged: 0 })), refused: [], parked: 0 };
}

/** The nodes that had to stay, though their rows are gone. */
function refusalsOf({ left }: Applied): Refusal[] {
  return [...new Set(left.map(({ entity }) => entity))].map((entity) => {
    const keys = left.filter((key) => key.entity === entity).map(({ k1 }) => k1);
    const message = `${keys.length} of ${entity} ${keys.length === 1 ? "has" : "have"} no row any more but still ${keys.length === 1 ? "carries" : "carry"} relationships that are the graph's own: ${keys.length === 1 ? "it stays" : "they stay"} until a person decides`;
    return { entity, reason: "graph_owned_relationships", count: keys.length, examples: keys.slice(0, 5), message };
  });
}

/** Batch after batch in one snapshot, until there is none or the lane has been held for long enough. `marks` are those that were taken. */
async function applyBatches(graph: Graph, sql: Sql, batches: Batches, marks: Mark[], { absent, laneMs, signal }: { absent: boolean; laneMs: number; signal: AbortSignal | undefined }): Promise<Applied> {
  const until = performance.now() + laneMs;
  let applied = nothingApplied();
  let batch = await batches(sql);
  failpoint("relay-read");
  while (batch !== null) {
    marks.push(...batch.marks);
    // Both are waited for whatever becomes of either: the transactions must not end under a statement.
    const [done, next] = await Promise.allSettled([applyRows(graph, sql, batch.rows, { absent }), performance.now() < until && signal?.aborted !== true ? batches(sql) : null]);
    if (done.status === "rejected") throw done.reason;
    if (next.status === "rejected") throw next.reason;
    applied = addApplied(applied, done.value);
    batch = next.value;
  }
  failpoint("relay-applied");
  return applied;
}

/** One connection takes one statement at a time; here the next batch and the ends of a relationship may be asked for at once. */
function inTurn(sql: Sql): Sql {
  let last: Promise<unknown> = Promise.resolve();
  return {
    query: (statement, parameters, options) => {
      const result = last.then(() => sql.query(statement, parameters, options));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

function keysOnly(marks: readonly Mark[]): Mark[] {
  return marks.filter((mark) => !isWhole(mark));
}

/** The marks of each key together, in the order in which the keys first come. */
function byKey(marks: readonly Mark[]): Mark[][] {
  return [...Map.groupBy(marks, (mark) => `${mark.entity} ${keyText(mark)}`).values()];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
