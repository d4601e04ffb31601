import fc from "fast-check";
import type pg from "pg";
import { expect } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { InputError } from "../../../src/core/errors.ts";
import type { EntityName } from "../../../src/core/projection/types.ts";
import type { Session } from "../../../src/core/session.ts";
import { releaseLane, Superseded, takeLane, type Lease } from "../../../src/core/sync/lane.ts";
import { loadParked, retryParked } from "../../../src/core/sync/parked.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { Relay } from "../../../src/core/sync/relay.ts";
import { dualWrite, type WriteResult } from "../../../src/core/writes/dual-write.ts";
import { DatabaseError } from "../../../src/databases/errors.ts";
import type { Databases, GraphParameters, SqlParameters, Transaction } from "../../../src/databases/types.ts";
import { Crashed, Disturbed, type Moment } from "../../support/disturbed.ts";
import { apply, changes, firstRows, ids, isTruncate, keyOf, toggles, type Change, type Run } from "./changes.ts";
import { graphState, missingRows, outboxState, parts, rowState, unlike } from "./state.ts";

/*
 * Random sequences of what may happen to a pair of databases: writers, relays, crashes at any step of a transaction,
 * take-overs, edits of what is the graph's own. After every step the protocol's invariant is held against it: a key
 * without a mark is in the graph as its row says. See the sync protocol, sections 1 and 9.
 */

/** What befalls somebody at a moment of his transactions: the one with the number `at`, of all or of those of one kind. */
interface Disturbance {
  at: number;
  kind: string;
  act:
    /** The process ends. */
    | { kind: "crash" }
    /** The connection goes: afterwards nobody knows whether a commit took effect. */
    | { kind: "lost" }
    /** The database fails in a way that passes. */
    | { kind: "busy"; code: "conflict" | "timeout" }
    /** Meanwhile another program writes rows, or somebody both, or another relay takes the lane. */
    | { kind: "sql"; change: Change }
    | { kind: "dual"; change: Change }
    | { kind: "takeover" };
}

interface Edge {
  type: "PREREQUISITE" | "RELATED_TO";
  from: string;
  to: string;
}

const firstEdges: readonly Edge[] = [
  { type: "PREREQUISITE", from: "c1", to: "c2" },
  { type: "RELATED_TO", from: "😀", to: "c1" },
  { type: "PREREQUISITE", from: "ﬀ", to: "é" },
];

export type Step =
  | { do: "sql"; writer: number; changes: Change[]; end: "open" | "commit" | "rollback" }
  | { do: "end"; writer: number; end: "commit" | "rollback" }
  | { do: "dual"; changes: Change[]; cascade: boolean; dryRun: boolean; disturbances: Disturbance[] }
  | { do: "edge"; edge: Edge; how: "add" | "remove"; byHand: boolean; disturbances: Disturbance[] }
  | { do: "drain"; how: "sync" | "full" | "retry" | "pass" | "lease"; disturbances: Disturbance[] }
  | { do: "zombie"; change: Change; abandon: boolean }
  | { do: "restart" };

/** Where sequences run. */
export interface Stage {
  session(): Session;
  /** Connections of other programs; none on the embedded pair, which has no other programs. */
  writers: readonly pg.Client[];
  /** Closes the databases and opens them again, where that costs little. */
  restart?(): Promise<void>;
}

const smallerTries = 100;
/** Nobody waits for a transaction that its own sequence keeps open. */
const shortLocks = "SET LOCAL lock_timeout = '30ms'";
/** A step that takes so long will never end. */
const hungMs = 180_000;

const acts: fc.Arbitrary<Disturbance["act"]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "crash" as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "lost" as const }, { kind: "busy" as const, code: "conflict" as const }, { kind: "busy" as const, code: "timeout" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("sql" as const), change: fc.oneof(changes, toggles) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("dual" as const), change: fc.oneof(toggles, changes) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "takeover" as const }) },
);
/** Where a crash tells most: around the commits, and where the rows have been read. */
const tellingMoments = ["graph write before", "graph write begun", "graph write done", "graph write done", "graph write after", "sql read begun", "sql read after", "sql write done", "sql write after"];
const disturbances = (moments: number): fc.Arbitrary<Disturbance[]> => {
  const moment = fc.oneof(fc.record({ at: fc.nat(moments), kind: fc.constant("any") }), fc.record({ at: fc.nat(2), kind: fc.constantFrom(...tellingMoments) }));
  return fc.oneof(fc.constant<Disturbance[]>([]), fc.array(fc.tuple(moment, acts).map(([where, act]) => ({ ...where, act })), { minLength: 1, maxLength: 2 }));
};
const someChanges = fc.array(changes, { minLength: 1, maxLength: 3 });
const writer = fc.nat(2);
const concept = fc.constantFrom(...ids.concept);
const edges = fc.record({ type: fc.constantFrom("PREREQUISITE" as const, "RELATED_TO" as const), from: concept, to: concept }).filter(({ from, to }) => from !== to);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("sql" as const), writer, changes: someChanges, end: fc.constantFrom("open" as const, "commit" as const, "commit" as const, "rollback" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("end" as const), writer, end: fc.constantFrom("commit" as const, "commit" as const, "rollback" as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("dual" as const), changes: someChanges, cascade: fc.boolean(), dryRun: fc.nat(9).map((n) => n === 0), disturbances: disturbances(40) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("edge" as const), edge: edges, how: fc.constantFrom("add" as const, "add" as const, "remove" as const), byHand: fc.boolean(), disturbances: disturbances(40) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("drain" as const), how: fc.constantFrom("lease" as const, "pass" as const), disturbances: disturbances(18) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("drain" as const), how: fc.constantFrom("sync" as const, "sync" as const, "full" as const, "retry" as const), disturbances: disturbances(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("zombie" as const), change: toggles, abandon: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
);

const untouched: Change = { entity: "concept", a: 0, b: 0, other: 0, how: "put", word: null, number: 0, again: false };

/** Sequences that once failed, made as small as they would be. */
const found: Step[][] = [
  // A relay that has carried a concept over settles after somebody else has deleted it, who parks its node: parked it stays.
  [
    { do: "sql", writer: 0, changes: [untouched, { ...untouched, entity: "progress", how: "rekey", again: true }], end: "commit" },
    ...[13, 14, 15, 16, 17].flatMap((at): Step[] => [
      { do: "sql", writer: 0, changes: [untouched], end: "commit" },
      { do: "drain", how: "lease", disturbances: [{ at, kind: "any", act: { kind: "dual", change: { ...untouched, how: "toggle" } } }] },
      { do: "drain", how: "lease", disturbances: [{ at, kind: "any", act: { kind: "dual", change: { ...untouched, how: "toggle" } } }] },
    ]),
  ],
  // The graph's answer is lost of a write that only emptied a table: PostgreSQL has it, and it is on its way.
  [{ do: "dual", changes: [{ ...untouched, entity: "progress", how: "truncate" }], cascade: false, dryRun: false, disturbances: [{ at: 0, kind: "graph write after", act: { kind: "lost" } }] }],
];

/** Runs so many random sequences. Says its seed first, which TEST_SEED takes to run the same ones again (with TEST_PATH only the failing one). */
export async function runSequences(name: string, stage: Stage, numRuns: number): Promise<void> {
  const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  const path = process.env["TEST_PATH"];
  process.stdout.write(`${name}: ${numRuns} sequences, seed ${seed}\n`);
  const tally = new Map<string, number>();
  let [failed, smaller] = [false, 0];
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 15 }), async (steps) => {
    // The smaller ones that are tried after a failure take as long as any: some must do.
    if (failed && (smaller += 1) > smallerTries) return;
    const sequence = new Sequence(stage, tally);
    try {
      await unlessHung("the beginning", sequence.begin());
      for (const [index, one] of steps.entries()) await unlessHung(`step ${index + 1}`, sequence.step(one));
      await unlessHung("the end", sequence.rest());
    } catch (error) {
      if (!failed) process.stdout.write(`${name}: failed with seed ${seed}, looking for a smaller sequence that fails: ${String(error)}\n`);
      failed = true;
      throw error;
    } finally {
      await sequence.end();
    }
  });
  await fc.assert(property, { seed, numRuns, examples: path === undefined ? found.map((steps): [Step[]] => [steps]) : [], ...(path === undefined ? {} : { path }) });
  process.stdout.write(`${name}: ${numRuns} sequences held, seed ${seed}: ${[...tally].sort().map(([what, count]) => `${count} ${what}`).join(", ")}\n`);
}

/** Says where an error came from, also that of a step that never ends. */
async function unlessHung(where: string, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Error("it hangs")), hungMs)));
  await Promise.race([work, hung])
    .catch((error: unknown) => Promise.reject(new Error(`${where}: ${String(error)}`, { cause: error })))
    .finally(() => clearTimeout(timer));
}

/** A rollback that was meant. */
class RolledBack extends Error {}

class Sequence {
  readonly #stage: Stage;
  readonly #tally: Map<string, number>;
  /** The relationships between concepts, as they must be. */
  readonly #edges = new Map<string, Edge>();
  /** Concepts that somebody deleted with --cascade: whether that was carried over yet, the marks know. */
  readonly #cascaded = new Set<string>();
  /** Keys without a row that a comparison refused to delete. */
  #excused = new Set<string>();
  #lastPass = 0;
  readonly #open = new Set<pg.Client>();
  /** The change before, for those that take its key. */
  #last: Change | undefined;

  constructor(stage: Stage, tally: Map<string, number>) {
    this.#stage = stage;
    this.#tally = tally;
  }

  get #databases(): Databases {
    return this.#stage.session().databases;
  }

  get #servers(): boolean {
    return this.#databases.profile === "servers";
  }

  async begin(): Promise<void> {
    const { sql, graph } = this.#databases;
    await sql.write(async (transaction) => {
      for (const statement of firstRows) await transaction.query(statement);
    });
    await graph.write((transaction) => transaction.query("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n"));
    await sync(this.#databases);
    await graph.write(async (transaction) => {
      for (const edge of firstEdges) await this.#addEdge(transaction, edge);
    });
    this.#lastPass = Number((await sql.query("SELECT coalesce(max(id), 0) FROM jeseci.sync_pass")).rows[0]?.[0]);
  }

  async step(step: Step): Promise<void> {
    this.#count(step.do);
    const drained = await this.#take(step);
    await this.#holds(drained);
  }

  /** Lets everything come to rest, and sees that the check says the same. */
  async rest(): Promise<void> {
    for (const client of this.#open) await client.query("COMMIT").catch(() => client.query("ROLLBACK"));
    this.#open.clear();
    await this.#age();
    await sync(this.#databases);
    await this.#holds(true);
  }

  async end(): Promise<void> {
    for (const client of this.#open) await client.query("ROLLBACK").catch(() => undefined);
    this.#open.clear();
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }

  /** True where no mark may be left afterwards. */
  async #take(step: Step): Promise<boolean> {
    switch (step.do) {
      case "sql":
        return this.#write(step).then(() => false);
      case "end":
        return this.#endOf(this.#stage.writers[step.writer % this.#stage.writers.length], step.end).then(() => false);
      case "dual":
        return this.#dual(step).then(() => false);
      case "edge":
        return this.#edge(step).then(() => false);
      case "drain":
        return this.#drain(step);
      case "zombie":
        return this.#zombie(step).then(() => false);
      case "restart":
        return (this.#stage.restart?.() ?? Promise.resolve()).then(() => false);
    }
  }

  /** A program of somebody else's; on servers its transaction may stay open while others work. */
  async #write({ writer, changes, end }: Extract<Step, { do: "sql" }>): Promise<void> {
    const client = this.#stage.writers[writer % this.#stage.writers.length];
    if (client === undefined) {
      const { sql } = this.#databases;
      let xid = "";
      await sql
        .write(async (transaction) => {
          await this.#apply(transaction, changes);
          xid = await xidOf(transaction);
          if (end === "rollback") throw new RolledBack();
        })
        .catch(async (error: unknown) => {
          if (!(error instanceof RolledBack) && !isRefusal(error)) throw error;
          await this.#nothingOf(xid);
        });
      return;
    }
    const run: Run = async (statement, parameters) => (await client.query<unknown[]>({ text: statement, values: parameters, rowMode: "array" })).rows;
    const aimed = changes.map((change) => this.#aimed(change));
    try {
      if (!this.#open.has(client)) await client.query(`BEGIN; ${shortLocks}`);
      this.#open.add(client);
      for (const change of aimed) await apply(run, change);
    } catch (error) {
      // Constraints, and locks of the other writers.
      if (!/^(23|55P03|40P01)/.test((error as { code?: string }).code ?? "")) throw error;
      return this.#endOf(client, "rollback");
    }
    // The lock of a TRUNCATE keeps even readers away.
    if (end !== "open" || aimed.some(isTruncate)) await this.#endOf(client, end === "rollback" ? end : "commit");
  }

  async #endOf(client: pg.Client | undefined, end: "commit" | "rollback"): Promise<void> {
    if (client === undefined || !this.#open.delete(client)) return;
    if (end === "commit") return void (await client.query("COMMIT"));
    const xid = await client.query<{ xid: string | null }>("SELECT pg_current_xact_id_if_assigned()::text AS xid").catch(() => undefined);
    await client.query("ROLLBACK");
    await this.#nothingOf(xid?.rows[0]?.xid ?? "");
  }

  /** Both databases or neither; whatever it says is held against what PostgreSQL knows. */
  async #dual({ changes, cascade, dryRun, disturbances }: Extract<Step, { do: "dual" }>): Promise<void> {
    await this.#disturbed(disturbances, async (databases) => {
      let [xid, marked] = ["", false];
      const outcome = await dualWrite(
        databases,
        {
          rows: async (transaction) => {
            const touched = await this.#apply(transaction, changes);
            xid = await xidOf(transaction);
            marked = (await transaction.query("SELECT FROM jeseci.sync_mark WHERE xid = $1::text::xid8 LIMIT 1", [xid])).rows.length > 0;
            const { rows } = await transaction.query("SELECT k FROM unnest($1::text[]) AS k WHERE k NOT IN (SELECT concept_id FROM concepts)", [touched.filter(({ entity }) => entity === "concept").map(({ k1 }) => k1)]);
            const gone = rows.map(([id]) => String(id));
            if (cascade) for (const id of gone) this.#cascaded.add(id);
            return gone;
          },
          cascade: (gone) => (cascade ? gone : []),
        },
        { dryRun },
      ).then(
        (result: WriteResult) => result.outcome,
        (error: unknown) => error,
      );
      if (outcome instanceof Error && (outcome instanceof Crashed || xid === "")) throw outcome;
      const status = (await this.#databases.sql.query("SELECT pg_xact_status($1::text::xid8)", [xid])).rows[0]?.[0];
      if (outcome === "both" || outcome === "pending") expect([outcome, status]).toEqual([outcome, "committed"]);
      else if (outcome === "neither") expect([dryRun, status]).toEqual([true, "aborted"]);
      // Of a write that changed nothing in PostgreSQL nobody can ask whether it was made.
      else if (marked) expect([outcome, status]).toEqual([expect.any(Error), "aborted"]);
      if (status === "aborted") await this.#nothingOf(xid);
      if (outcome instanceof Error) throw outcome;
    });
  }

  /** A relationship between two concepts, which is the graph's own: through the product, or by hand. */
  async #edge({ edge, how, byHand, disturbances }: Extract<Step, { do: "edge" }>): Promise<void> {
    if (byHand) return void (await this.#databases.graph.write((transaction) => (how === "add" ? this.#addEdge(transaction, edge) : this.#removeEdge(transaction, edge))));
    await this.#disturbed(disturbances, async (databases, disturbed) => {
      await dualWrite(databases, {
        rows: async (transaction) => {
          const { rows } = await transaction.query("SELECT FROM concepts WHERE concept_id = ANY($1::text[])", [[edge.from, edge.to]]);
          if (rows.length < 2) throw new InputError("bad-input", "no such concept");
        },
        needs: () => (how === "add" ? [edge.from, edge.to] : []),
        graph: async (transaction) => {
          await (how === "add" ? this.#addEdge(transaction, edge, disturbed) : this.#removeEdge(transaction, edge, disturbed));
          return [];
        },
      });
    });
  }

  async #addEdge(transaction: Transaction<GraphParameters>, edge: Edge, disturbed?: Disturbed): Promise<void> {
    const { rows } = await transaction.query(`MATCH (a:Concept {concept_id: $from}) MATCH (b:Concept {concept_id: $to}) MERGE (a)-[r:${edge.type}]->(b) RETURN count(r) AS n`, { from: edge.from, to: edge.to });
    const act = (): void => void (Number(rows[0]?.[0]) > 0 && this.#edges.set(textOf(edge), edge));
    if (disturbed === undefined) act();
    else disturbed.whenCommitted(transaction, act);
  }

  async #removeEdge(transaction: Transaction<GraphParameters>, edge: Edge, disturbed?: Disturbed): Promise<void> {
    await transaction.query(`MATCH (:Concept {concept_id: $from})-[r:${edge.type}]->(:Concept {concept_id: $to}) DELETE r RETURN count(r) AS n`, { from: edge.from, to: edge.to });
    const act = (): void => void this.#edges.delete(textOf(edge));
    if (disturbed === undefined) act();
    else disturbed.whenCommitted(transaction, act);
  }

  async #drain({ how, disturbances }: Extract<Step, { do: "drain" }>): Promise<boolean> {
    if (how === "retry") await retryParked(this.#databases);
    if (how === "lease" || how === "pass") {
      const lease = await this.#lease("first");
      await this.#disturbed(disturbances, (databases) => new Relay(databases, lease).drain({ once: how === "pass" }), lease);
      await releaseLane(this.#databases, lease);
    } else await this.#disturbed(disturbances, (databases) => sync(databases, { full: how === "full" }));
    // One pass leaves the marks of whole entities.
    return disturbances.length === 0 && how !== "pass";
  }

  /** Whoever lost the lane writes nothing, neither to the graph nor to the marks. */
  async #zombie({ change, abandon }: Extract<Step, { do: "zombie" }>): Promise<void> {
    const first = await this.#lease("first");
    await this.#age();
    const second = await this.#lease("second");
    expect(second.epoch).toBeGreaterThan(first.epoch);
    await this.#databases.sql.write((transaction) => this.#apply(transaction, [{ ...change, entity: "user", how: "put" }])).catch((error: unknown) => (isRefusal(error) ? undefined : Promise.reject(error as Error)));
    const before = [await graphState(this.#databases.graph), await outboxState(this.#databases.sql)];
    const outcome: unknown = await new Relay(this.#databases, first).drain().catch((error: unknown) => error);
    expect([await graphState(this.#databases.graph), await outboxState(this.#databases.sql)]).toEqual(before);
    if (before[1] !== undefined && (await outboxState(this.#databases.sql)).marks.size > 0) expect(outcome).toBeInstanceOf(Superseded);
    if (abandon) return this.#age();
    await new Relay(this.#databases, second).drain();
    await releaseLane(this.#databases, second);
  }

  /** Somebody works while this and that befalls him; afterwards nothing of him is under way, and his lane is free. */
  async #disturbed(disturbances: readonly Disturbance[], work: (databases: Databases, disturbed: Disturbed) => Promise<unknown>, lease?: Lease): Promise<void> {
    const meanwhile: Promise<unknown>[] = [];
    const injected = new Set<unknown>();
    const moments = new Map<string, number>();
    let superseded = false;
    const onMoment = (moment: Moment): Promise<void> | undefined => {
      const kinds = ["any", `${moment.database} ${moment.mode} ${moment.place}`];
      if (superseded && lease !== undefined && moment.database === "graph" && moment.mode === "write" && moment.place === "after") expect.unreachable("whoever lost the lane wrote to the graph");
      const acts = disturbances.filter(({ at, kind }) => kinds.includes(kind) && at === (moments.get(kind) ?? 0)).map(({ act }) => act);
      for (const kind of kinds) moments.set(kind, (moments.get(kind) ?? 0) + 1);
      if (acts.length === 0) return undefined;
      return (async () => {
        for (const act of acts) {
          this.#count(`at a step: ${act.kind}`);
          if (act.kind === "crash") throw disturbed.crash();
          if (act.kind === "lost" || act.kind === "busy") {
            const error = new DatabaseError(act.kind === "lost" || moment.place === "after" ? "cannot-connect" : act.code, moment.database, "as the test wants it");
            injected.add(error);
            throw error;
          }
          const { sql, graph } = disturbed.held;
          // What would wait for the one who waits for it can only begin now. The embedded PostgreSQL has one connection.
          const alone = !this.#servers && sql.read + sql.write > 0;
          const waits = act.kind === "sql" ? alone : alone || graph.write > 0 || sql.write > 0;
          const other = this.#meanwhile(act).then(() => (superseded ||= act.kind === "takeover" && !waits));
          meanwhile.push(other);
          other.catch(() => undefined);
          if (!waits) await other;
        }
      })();
    };
    const disturbed = new Disturbed(this.#databases, onMoment);
    const error: unknown = await disturbed.run(work(disturbed.databases, disturbed)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    for (const other of await Promise.allSettled(meanwhile)) if (other.status === "rejected") throw other.reason;
    if (disturbances.length > 0) await this.#age();
    const othersWork = disturbances.some(({ act }) => act.kind === "takeover" || act.kind === "dual");
    if (error === undefined || error instanceof Crashed || injected.has(error) || isRefusal(error) || (error instanceof Superseded && othersWork)) return;
    throw error;
  }

  async #meanwhile(act: Extract<Disturbance["act"], { kind: "sql" | "dual" | "takeover" }>): Promise<void> {
    if (act.kind === "takeover") {
      await this.#age();
      const lease = await takeLane(this.#databases, "third");
      if (lease === null) return;
      await new Relay(this.#databases, lease).drain().catch((error: unknown) => (error instanceof Superseded ? undefined : Promise.reject(error as Error)));
      return releaseLane(this.#databases, lease);
    }
    const rows = (transaction: Transaction<SqlParameters>): Promise<unknown> => this.#apply(transaction, [act.change]);
    const writing = act.kind === "sql" ? this.#databases.sql.write(rows) : dualWrite(this.#databases, { rows });
    await writing.catch((error: unknown) => (isRefusal(error) ? undefined : Promise.reject(error as Error)));
  }

  /** The lane, whoever had it. */
  async #lease(owner: string): Promise<Lease> {
    await this.#age();
    const lease = await takeLane(this.#databases, owner);
    if (lease === null) throw new Error("the lane is not free");
    return lease;
  }

  /** As if whoever holds the lane had not been heard of for a minute. */
  async #age(): Promise<void> {
    await this.#databases.sql.write((transaction) => transaction.query("UPDATE jeseci.sync_lane SET heartbeat = clock_timestamp() - interval '1 min' WHERE owner IS NOT NULL"));
  }

  async #apply(transaction: Transaction<SqlParameters>, changes: readonly Change[]): Promise<{ entity: EntityName; k1: string }[]> {
    const run: Run = async (statement, parameters) => (await transaction.query(statement, parameters)).rows;
    const touched: { entity: EntityName; k1: string }[] = [];
    if (this.#servers) await transaction.query(shortLocks);
    for (const change of changes) {
      const aimed = this.#aimed(change);
      await apply(run, aimed);
      touched.push({ entity: aimed.entity, ...keyOf(aimed) });
    }
    return touched;
  }

  #aimed(change: Change): Change {
    const { entity, a, b } = change.again ? (this.#last ?? change) : change;
    return (this.#last = { ...change, entity, a, b });
  }

  async #nothingOf(xid: string): Promise<void> {
    if (xid !== "") expect((await this.#databases.sql.query("SELECT entity, k1, k2 FROM jeseci.sync_mark WHERE xid = $1::text::xid8", [xid])).rows).toEqual([]);
  }

  /** What must be true at any quiet moment; `drained`: nobody has anything left to carry over. */
  async #holds(drained: boolean): Promise<void> {
    const { sql, graph } = this.#databases;
    const [rows, { nodes, edges }, { marks, cascades, parked, refused, lastPass }] = [await rowState(sql), await graphState(graph), await outboxState(sql, this.#lastPass)];
    this.#lastPass = lastPass;
    const drift = unlike(rows, nodes);
    const missing = missingRows(rows, nodes);
    for (const { entity, count } of refused) {
      const own = missing.filter((key) => parts(key)[0] === entity);
      for (const key of own) this.#excused.add(key);
      if (drained) expect([entity, own.length]).toEqual([entity, count]);
    }
    this.#excused = new Set(missing.filter((key) => this.#excused.has(key)));
    if (drained) {
      expect([...marks]).toEqual([]);
      // Parked is what stands in the graph without a row, and nothing else.
      for (const key of parked) expect(missing).toContain(key);
    }
    const unexplained = drift.filter((key) => !marks.has(key) && !marks.has(JSON.stringify([parts(key)[0], "*", ""])) && !parked.has(key) && !this.#excused.has(key));
    expect(unexplained).toEqual([]);
    this.#settleCascades(edges, cascades);
    expect(edges).toEqual([...this.#edges.keys()].sort());
    if (!drained) return;
    const { findings } = await check(this.#stage.session());
    expect(findings.map(({ entity, ids: [k1 = "", k2 = ""] }) => JSON.stringify([entity, k1, k2])).sort()).toEqual([...drift].sort());
    expect((await loadParked(this.#databases)).filter(({ code }) => code !== "graph_owned_relationships")).toEqual([]);
  }

  /** A deletion with --cascade takes all relationships of its concept or, until it is carried over, none. */
  #settleCascades(edges: readonly string[], pending: ReadonlySet<string>): void {
    for (const id of this.#cascaded) {
      const own = [...this.#edges].filter(([, { from, to }]) => from === id || to === id).map(([text]) => text);
      const kept = own.filter((text) => edges.includes(text));
      if (kept.length === 0) for (const text of own) this.#edges.delete(text);
      if (!pending.has(id)) this.#cascaded.delete(id);
    }
  }
}

function textOf({ type, from, to }: Edge): string {
  return `${from} ${type} ${to}`;
}

async function xidOf(transaction: Transaction<SqlParameters>): Promise<string> {
  return String((await transaction.query("SELECT pg_current_xact_id()::text")).rows[0]?.[0]);
}

/** What a writer has to live with: a constraint, a lock of another's, a concept that is gone. */
function isRefusal(error: unknown): boolean {
  return error instanceof InputError || (error instanceof DatabaseError && error.database === "sql" && ["constraint", "timeout", "conflict"].includes(error.code));
}
