import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, isUnreachable, throwIfCancelled } from "../../databases/errors.ts";
import type { Databases, GraphParameters, SqlParameters, Transaction } from "../../databases/types.ts";
import { InputError } from "../errors.ts";
import { concept, declarationOf, declarations } from "../projection/declarations.ts";
import type { EntityName } from "../projection/types.ts";
import { carryNodes, carryOver, type Applied } from "../sync/apply.ts";
import { failpoint } from "../sync/failpoint.ts";
import { oneAtATime, lockLane, NeverPrepared, ownerName, Superseded, takeLane, whileBeating } from "../sync/lane.ts";
import { anyMark, beginMarked, dropMarks, markCascade, newestOf, ownMarks, requireOutbox, type Mark } from "../sync/outbox.ts";
import { settleParked } from "../sync/parked.ts";
import { isTransient, Relay } from "../sync/relay.ts";

/** What became of a write: in both databases, in neither, in PostgreSQL and on its way to the graph, or PostgreSQL didn't say. */
export type Outcome = "both" | "neither" | "pending" | "unknown";

export interface WriteCount {
  entity: EntityName | "relationship";
  upserted: number;
  deleted: number;
}

export interface WriteResult {
  outcome: Outcome;
  counts: WriteCount[];
  warnings: string[];
}

/** One action of a person, in both databases. None of its parts may use the databases themselves, only the transactions that are given. */
export interface DualWrite<T> {
  /** What it mostly writes to: those rows are read back together with their marks. */
  about?: EntityName;
  /** The statements on the rows; triggers mark what changed, and that is projected. Whatever it throws, nothing is written. */
  rows(transaction: Transaction<SqlParameters>): Promise<T>;
  /** Ids of concepts that must be in the graph before `graph` runs: their rows are carried over first. */
  needs?(value: T): readonly string[];
  /** More to do in the graph, under the lock that serialises all who write to it. */
  graph?(transaction: Transaction<GraphParameters>, value: T): Promise<WriteCount[]>;
  /** Ids of deleted concepts whose relationships between concepts go too, because a person said --cascade. */
  cascade?(value: T): readonly string[];
}

export interface DualWriteOptions {
  /** Everything runs and is rolled back on both sides. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

const graphTimeoutMs = 5_000;
const lockTimeoutMs = 2_000;
/** Longer than the graph's transaction can keep PostgreSQL's waiting, and over before PostgreSQL is no longer asked. */
const idleMs = 12_000;
/** How long PostgreSQL is asked what became of a commit whose answer was lost. */
const askForMs = 10_000;

/**
 * Writes rows and their projection, both or neither: the lane, then PostgreSQL, then the graph; constraints of both sides
 * speak before either commits; PostgreSQL commits first. Should the graph not follow, the marks stay and the next relay
 * finishes it. See the sync protocol, section 5. Throws `InputError` and `DatabaseError` with nothing written.
 */
export async function dualWrite<T>(databases: Databases, write: DualWrite<T>, options: DualWriteOptions = {}): Promise<WriteResult & { value: T }> {
  const course = new Course<T>();
  const { dryRun = false, signal } = options;
  // Or the marks of the write before would look like those of a crash.
  await databases.afterwards.settled();
  throwIfCancelled(signal, "sql");
  try {
    // A dry run leaves also what others have marked to whoever really writes, and an unprepared graph as it is.
    await attempt(databases, write, course, { dryRun, signal, first: !dryRun }).catch(async (error: unknown) => {
      if (dryRun || !(error instanceof NeverPrepared || error instanceof Behind)) throw error;
      await relayOnce(databases);
      await attempt(databases, write, course, { dryRun, signal, first: false });
    });
  } catch (error) {
    if (error instanceof RolledBack) return course.result("neither");
    if (course.stage === "before") {
      if (error instanceof DatabaseError && error.database === "sql" && error.code === "syntax") await requireOutbox(databases);
      throw error;
    }
    if (course.stage === "asked") return settle(databases, course, error);
    return await finishLater(databases, course, error);
  }
  failpoint("dual-graph-committed");
  // Both have committed: what goes wrong from here on is no failure of the write.
  const unsaved = await databases.graph.checkpoint().then(
    () => [],
    (error: unknown) => [`both databases hold it, but the graph could not make it last through a power cut: ${error instanceof Error ? error.message : String(error)}`],
  );
  // Only saves the relay from doing it once more: nobody has to wait for it.
  databases.afterwards.add(async () => {
    await dropMarks(databases.sql, course.marks, await databases.graph.bookmarks());
    failpoint("dual-marks-deleted");
  });
  return course.result("both", ...unsaved);
}

/** What the person wants gone can't go: neither database is written to. */
function graphOwned({ left }: Applied): InputError {
  const [first] = left;
  const node = first === undefined ? undefined : declarationOf(first.entity);
  const look = node?.kind === "node" ? `: jeseci query --cypher 'MATCH (n:${node.label} {${node.key.property}: "${first?.k1 ?? ""}"})-[r]-(o) RETURN type(r), labels(o)' shows them` : "";
  return new InputError("write-refused", `in the graph relationships that are not jeseci's hang on ${left.map(({ entity, k1 }) => `${entity} ${k1}`).join(", ")}; nothing was written`, `delete them in the graph first, if they may go${look}`);
}

/**
 * The two transactions, one inside the other: when the inner one has committed, the outer one does. The first time marks
 * that are open throw `Behind` before anything is written.
 */
async function attempt<T>(databases: Databases, write: DualWrite<T>, course: Course<T>, { dryRun, signal, first }: { dryRun: boolean; signal: AbortSignal | undefined; first: boolean }): Promise<void> {
  await databases.graph.write(
    async (graph) => {
      // PostgreSQL's transaction begins while the lane is waited for; no row is read or written before both are there.
      const laned = lockLane(graph);
      const answered = laned.catch(() => undefined);
      try {
        await databases.sql.write(
          async (sql, opened) => {
            const since = newestOf(opened);
            // A queue is empty nearly always: what it holds is asked only where it isn't.
            if (first && since !== "0" && (await anyMark(sql, { keys: true }))) throw new Behind("marks are open");
            await laned;
            failpoint("dual-laned");
            throwIfCancelled(signal, "sql");
            const value = await write.rows(sql);
            // What is checked only at COMMIT speaks there, while the graph's transaction can still be taken back.
            if (dryRun) await sql.query("SET CONSTRAINTS ALL IMMEDIATE");
            const cascade = write.cascade?.(value) ?? [];
            if (cascade.length > 0) await markCascade(sql, since, cascade);
            const { xid, marks, whole, parked, found } = await ownMarks(sql, since, write.about === undefined ? undefined : declarationOf(write.about));
            [course.xid, course.marks, course.whole] = [xid, marks, whole];
            failpoint("dual-written");
            const applied = await carryOver(graph, sql, { marks, found });
            if (applied.left.length > 0) throw graphOwned(applied);
            await carryNodes(graph, sql, concept, write.needs?.(value) ?? []);
            course.wrote(value, applied, (await write.graph?.(graph, value)) ?? []);
            if (parked) await settleParked(sql, marks, []);
            failpoint("dual-applied");
            if (dryRun) throw new RolledBack();
            throwIfCancelled(signal, "sql");
            // From here on an error may mean that it was committed all the same.
            course.stage = "asked";
          },
          { timeoutMs: graphTimeoutMs, lockTimeoutMs, once: true, opening: beginMarked(databases.profile === "servers" ? idleMs : null) },
        );
      } finally {
        await answered; // the graph's transaction must not end under a statement
      }
      course.stage = "committed";
      failpoint("dual-sql-committed");
    },
    { timeoutMs: graphTimeoutMs, once: true },
  );
}

/** Marks of keys that a crash or another program left: one pass of them goes first, where no relay is at work. */
class Behind extends Error {}

async function relayOnce(databases: Databases): Promise<boolean> {
  return oneAtATime(databases, () => carryOnce(databases));
}

async function carryOnce(databases: Databases): Promise<boolean> {
  const lease = await takeLane(databases, ownerName());
  if (lease === null) return false;
  try {
    await whileBeating(databases, lease, () => new Relay(databases, lease).drain({ once: true }));
    return true;
  } catch (error) {
    if (error instanceof Superseded) return false;
    throw error;
  }
}

/** PostgreSQL holds it, the graph doesn't yet: tries at once what a relay would do. */
async function finishLater<T>(databases: Databases, course: Course<T>, error: unknown): Promise<WriteResult & { value: T }> {
  if (!(error instanceof DatabaseError)) throw error;
  // Only the graph was written to: either its answer was lost, or it refused.
  if (course.marks.length === 0 && !course.whole) {
    if (!isUnreachable(error)) throw error;
    return course.result("unknown", `the graph did not say whether it was committed (${error.message}): look, or do it again, which changes nothing twice`);
  }
  // That it was PostgreSQL's answer that was lost says nothing against the graph.
  if (isTransient(error) && (error.code !== "cannot-connect" || error.database === "sql")) {
    const done = await relayOnce(databases).catch(() => false);
    if (done && !course.whole && !(await databases.sql.read((transaction) => stillMarked(transaction, course.marks)))) return course.result("both");
  }
  return course.result("pending", `written in PostgreSQL, reaching the graph: ${error.message}`);
}

async function stillMarked(transaction: Transaction<SqlParameters>, marks: readonly Mark[]): Promise<boolean> {
  return (await transaction.query("SELECT 1 FROM jeseci.sync_mark WHERE id = ANY($1::bigint[]) LIMIT 1", [marks.flatMap(({ id }) => id ?? [])])).rows.length > 0;
}

/** The answer to COMMIT was lost: PostgreSQL itself knows what became of the transaction. */
async function settle<T>(databases: Databases, course: Course<T>, error: unknown): Promise<WriteResult & { value: T }> {
  const until = Date.now() + askForMs;
  for (let wait = 100; ; wait *= 2) {
    const status = await databases.sql.query("SELECT pg_xact_status($1::text::xid8)", [course.xid]).then(
      ({ rows }) => rows[0]?.[0],
      () => undefined,
    );
    if (status === "aborted") throw error;
    if (status === "committed") return finishLater(databases, course, error);
    if (Date.now() + wait > until) return course.result("unknown", `PostgreSQL did not say whether transaction ${course.xid} was committed: ask it with SELECT pg_xact_status('${course.xid}'); if it was, the graph follows by itself`);
    await sleep(wait);
  }
}

/** How far a write has come, and what it did. */
class Course<T> {
  stage: "before" | "asked" | "committed" = "before";
  xid = "";
  marks: readonly Mark[] = [];
  /** It marked a whole entity, which only a relay compares. */
  whole = false;
  #value: T | undefined;
  #counts: WriteCount[] = [];

  wrote(value: T, applied: Applied, more: readonly WriteCount[]): void {
    this.#value = value;
    const counts = declarations.map(({ entity }): WriteCount => ({ entity, ...applied.counts[entity] })).filter(({ upserted, deleted }) => upserted + deleted > 0);
    const cascaded: WriteCount[] = applied.cascaded > 0 ? [{ entity: "relationship", upserted: 0, deleted: applied.cascaded }] : [];
    this.#counts = [...counts, ...cascaded, ...more];
  }

  result(outcome: Outcome, ...warnings: string[]): WriteResult & { value: T } {
    return { outcome, counts: this.#counts, warnings, value: this.#value as T };
  }
}

/** A dry run: everything went well, and nothing of it stays. */
class RolledBack extends Error {}
