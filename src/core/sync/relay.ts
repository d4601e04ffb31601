import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError } from "../../databases/errors.ts";
import type { Databases, SqlParameters, Transaction } from "../../databases/types.ts";
import type { OnProgress } from "../progress.ts";
import { declarations } from "../projection/declarations.ts";
import type { EntityName } from "../projection/types.ts";
import { ApplyError, carryOver, type Applied } from "./apply.ts";
import { failpoint } from "./failpoint.ts";
import { fence, Superseded, type Lease } from "./lane.ts";
import { anyMark, countMarks, deleteMarks, lane, park, readMarks, settleMarks, wholeEntity, type Mark } from "./outbox.ts";
import { reconcile } from "./reconcile.ts";
import type { Refusal, SyncEntity } from "./types.ts";

/** Marks in one graph transaction: the lane is held for about a tenth of a second. */
const batchMarks = 1_000;
/** A transaction that was left open holds everybody up; the server ends it after so long. */
const passTimeoutMs = 30_000;
const keptPasses = 10_000;
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
  /** At most so many batches; until no mark is left if absent. */
  passes?: number;
}

type Sql = Transaction<SqlParameters>;

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

  constructor(databases: Databases, lease: Lease) {
    this.#databases = databases;
    this.#lease = lease;
    this.#result = { entities: declarations.map(({ entity }) => ({ entity, rows: 0, upserted: 0, deleted: 0, unchanged: 0 })), refused: [], parked: 0 };
  }

  /**
   * Carries over until no mark is left. Errors that pass are tried again a few times; interrupted at any point, what was
   * written is right and the marks of the rest stay. Throws `DatabaseError`, `Superseded`.
   */
  async drain({ onProgress, signal, passes = Infinity }: DrainOptions = {}): Promise<DrainResult> {
    // Counting a long queue takes its time: only where somebody looks.
    const total = onProgress === undefined ? 0 : await this.#databases.sql.read(countMarks);
    let [done, after] = [0, "0"];
    for (let pass = 0; pass < passes; pass += 1) {
      if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted: what was carried over is right, the rest goes on with the next `jeseci sync`");
      const marks = await this.#again(() => this.#pass(after), signal);
      const whole = marks.filter(({ k1 }) => k1 === wholeEntity);
      if (whole.length > 0) await this.#reconcile(whole, { ...(onProgress === undefined ? {} : { onProgress }), ...(signal === undefined ? {} : { signal }) });
      done += marks.length;
      onProgress?.({ step: "carrying over", done, total: Math.max(total, done) });
      // Looking from where the last batch ended only saves time; the end is that there is none at all.
      if (marks.length === batchMarks) after = marks.at(-1)?.id ?? "0";
      else if (after !== "0") after = "0";
      else if (marks.length === 0) break;
    }
    return this.#result;
  }

  /** One batch of marks, if there are any: gives those that are done with, and those of whole entities. */
  async #pass(after: string): Promise<readonly Mark[]> {
    // The lane is not touched when there is nothing to do.
    if (!(await this.#databases.sql.read(anyMark))) return [];
    return this.#carry((transaction) => readMarks(transaction, batchMarks, after));
  }

  /** Keys that a comparison found, through the same door. */
  async carryKeys(keys: readonly Mark[]): Promise<void> {
    await this.#again(() => this.#carry(() => Promise.resolve(keys)), undefined);
    failpoint("reconcile-carried");
  }

  /**
   * The pass: the lane, then PostgreSQL's marks and rows in one snapshot, then the graph; the marks go only once the
   * graph has committed. A batch that fails for good is halved until the key is alone that makes it fail.
   */
  async #carry(find: (transaction: Sql) => Promise<readonly Mark[]>): Promise<readonly Mark[]> {
    const started = new Date();
    let marks: readonly Mark[] = [];
    try {
      const applied = await this.#databases.graph.write(
        async (graph) => {
          await fence(graph, this.#lease);
          failpoint("relay-fenced");
          return this.#databases.sql.read(
            async (sql) => {
              marks = await find(sql);
              failpoint("relay-read");
              const done = await carryOver(graph, sql, keysOnly(marks));
              failpoint("relay-applied");
              return done;
            },
            { timeoutMs: passTimeoutMs, lockTimeoutMs: 2_000 },
          );
        },
        { timeoutMs: passTimeoutMs, once: true },
      );
      failpoint("relay-committed");
      await this.#finish(marks, applied, started);
      failpoint("relay-marks-deleted");
      this.#count(applied);
    } catch (error) {
      const keys = keysOnly(marks);
      if (!isPoison(error) && !(error instanceof DatabaseError && error.code === "timeout" && keys.length > 1)) throw error;
      if (keys.length > 1) {
        const half = Math.ceil(keys.length / 2);
        for (const some of [keys.slice(0, half), keys.slice(half)]) await this.#carry(() => Promise.resolve(some));
      } else await this.#park(keys, error);
    }
    return marks;
  }

  /** After the graph's commit: the marks that were carried over go, and what happened is kept. */
  async #finish(marks: readonly Mark[], applied: Applied, started: Date): Promise<void> {
    const keys = keysOnly(marks);
    const { graph, sql } = this.#databases;
    const bookmarks = await graph.bookmarks();
    await sql.write(
      async (transaction) => {
        await settleMarks(transaction, keys, applied.left);
        const counts = Object.values(applied.counts);
        await this.#record(transaction, "pass", started, { marks: keys.length, upserted: sum(counts.map(({ upserted }) => upserted)), deleted: sum(counts.map(({ deleted }) => deleted)), parked: applied.left.length, refused: [], drained: marks.length < batchMarks && !(await anyMark(transaction)) });
        await transaction.query(
          "UPDATE jeseci.sync_lane SET heartbeat = clock_timestamp(), bookmarks = ARRAY(SELECT b FROM (SELECT b, min(place) AS place FROM unnest($1::text[] || bookmarks) WITH ORDINALITY AS u(b, place) GROUP BY b) AS known ORDER BY place LIMIT 16) WHERE lane = $2 AND epoch = $3",
          [[...bookmarks], lane, this.#lease.epoch],
        );
        // PGlite has no vacuum of its own: a queue that was emptied begins with an empty table again.
        if (this.#databases.profile === "embedded" && keys.length >= batchMarks / 2 && !(await anyMark(transaction))) await transaction.query("TRUNCATE jeseci.sync_mark");
      },
      { lockTimeoutMs: 10_000 },
    );
  }

  /** Sets the one key aside that can't be carried over; its marks go in the same transaction. */
  async #park(keys: readonly Mark[], error: unknown): Promise<void> {
    const [key] = keys;
    if (key === undefined) throw error;
    const code = error instanceof DatabaseError ? error.code : "apply";
    await this.#databases.sql.write(async (transaction) => {
      await park(transaction, [key], code, error instanceof Error ? error.message : String(error));
      await deleteMarks(transaction, keys);
    });
    this.#result.parked += 1;
  }

  async #reconcile(whole: readonly Mark[], options: DrainOptions): Promise<void> {
    const started = new Date();
    const entities = new Set(whole.map(({ entity }) => entity));
    const found = await reconcile(this.#databases, (keys) => this.carryKeys(keys), { ...options, entities: declarations.map(({ entity }) => entity).filter((entity) => entities.has(entity)) });
    for (const { entity, unchanged } of found.entities) {
      const own = this.#of(entity);
      own.rows += unchanged; // those that were carried over are counted there
      own.unchanged += unchanged;
    }
    this.#result.refused.push(...found.refused);
    await this.#databases.sql.write(async (transaction) => {
      await deleteMarks(transaction, whole);
      await this.#record(transaction, "reconcile", started, { marks: whole.length, upserted: 0, deleted: 0, parked: 0, refused: found.refused, drained: !(await anyMark(transaction)) });
    });
  }

  async #record(transaction: Sql, kind: "pass" | "reconcile", started: Date, what: { marks: number; upserted: number; deleted: number; parked: number; refused: Refusal[]; drained: boolean }): Promise<void> {
    const { rows } = await transaction.query(
      "INSERT INTO jeseci.sync_pass (owner, epoch, kind, started_at, marks, upserted, deleted, parked, drained, refused) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id::float8",
      [this.#lease.owner, this.#lease.epoch, kind, started.toISOString(), what.marks, what.upserted, what.deleted, what.parked, what.drained, JSON.stringify(what.refused)],
    );
    const id = Number(rows[0]?.[0] ?? 0);
    if (id % 100 === 0) await transaction.query("DELETE FROM jeseci.sync_pass WHERE id <= $1", [id - keptPasses]);
  }

  #count(applied: Applied): void {
    for (const [entity, { upserted, deleted }] of Object.entries(applied.counts) as [EntityName, Applied["counts"][EntityName]][]) {
      const own = this.#of(entity);
      own.rows += upserted;
      own.upserted += upserted;
      own.deleted += deleted;
    }
    this.#result.parked += applied.left.length;
    for (const entity of new Set(applied.left.map((left) => left.entity))) {
      const left = applied.left.filter((key) => key.entity === entity).map(({ k1 }) => k1);
      this.#result.refused.push({ entity, reason: "graph_owned_relationships", count: left.length, examples: left.slice(0, 5), message: `${left.length} of ${entity} have no row any more but still carry relationships that are the graph's own: they stay until a person decides` });
    }
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
        if (error instanceof Superseded || !isTransient(error) || attempt >= attempts || signal?.aborted) throw error;
        await sleep(firstWaitMs * 2 ** attempt * (0.5 + Math.random() / 2));
      }
    }
  }
}

function keysOnly(marks: readonly Mark[]): Mark[] {
  return marks.filter(({ k1 }) => k1 !== wholeEntity);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
