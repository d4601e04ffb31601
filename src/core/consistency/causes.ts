import type { SqlParameters, Transaction } from "../../databases/types.ts";
import { isStorable, keyText, type Key } from "../projection/compare.ts";
import { declarationOf } from "../projection/declarations.ts";
import { keyParameters, slices } from "../projection/read.ts";
import { anyNewerThan, anyWithProperty, readUntouchedOf } from "../projection/statements.ts";
import type { Declaration, EntityName } from "../projection/types.ts";
import type { LoadOptions, Session } from "../session.ts";
import { marksAmong, outboxState, type OutboxAccess } from "../sync/outbox.ts";
import { parkedAmong, type Parked } from "../sync/parked.ts";
import { passesSince, type PassesSince } from "../sync/passes.ts";
import type { Found } from "./findings.ts";
import type { Cause, CleanCheck, EntityCheck } from "./types.ts";

/*
 * Why a key differs. A cause is named only on evidence that is at hand now: what is parked, which triggers live, and
 * which transactions have touched a row since both sides were last seen to be the same. Else it is unknown, and the
 * evidence says what is known.
 */

type Sql = Transaction<SqlParameters>;

/** What is known of an entity's findings. */
interface Evidence {
  /** By `keyText`. */
  parked: ReadonlyMap<string, Parked>;
  /** Nobody would be told of a change. */
  triggersOff: boolean;
  /** Of the findings' keys those that have a mark, as `keyText`; null where the whole entity has one. None where marks can't be read. */
  marked: ReadonlySet<string> | null;
  /** Passes of relays since the clean check. */
  passes: PassesSince;
  /** Some row of the table was written after the clean check. */
  anyNewer: boolean;
  access: OutboxAccess;
  /** The last clean check, if it can still be compared with. */
  clean: CleanCheck | null;
  /** Rows that no transaction has touched since the clean check, as `keyText`. */
  untouched: ReadonlySet<string>;
  /** Properties that the whole graph lacks of this entity. */
  lacking: ReadonlySet<string>;
  counts: EntityCheck;
}

/** What PostgreSQL has seen now, to be kept should this check find both sides the same. Null on a server that can't tell. */
export async function loadSnapshot({ databases }: Session, options: LoadOptions): Promise<Pick<CleanCheck, "snapshot" | "cluster">> {
  return databases.sql.read(async (transaction) => ({ snapshot: await snapshotOf(transaction), cluster: await clusterOf(transaction) }), options);
}

/** What is asked once for all findings of a check: each may take reading a whole table, or change while a relay works. */
export interface Asked {
  /** Whether any row of an entity was written after the clean check. */
  newer: Map<EntityName, boolean>;
  /** Whether nothing of an entity carries a property, by `entity.property`. */
  lacking: Map<string, boolean>;
  passes: PassesSince | undefined;
}

/** Puts causes and evidence in place of those that are unknown. */
export async function explain(session: Session, found: readonly Found[], counts: readonly EntityCheck[], clean: CleanCheck | null, asked: Asked, options: LoadOptions): Promise<Found[]> {
  const explained: Found[] = [];
  for (const [entity, findings] of Map.groupBy(found, (finding) => finding.entity)) {
    const own = counts.find((count) => count.entity === entity);
    if (own === undefined) throw new RangeError(`no counts of ${entity}`);
    const evidence = await gather(session, declarationOf(entity), findings, own, clean, asked, options);
    for (const finding of findings) {
      const [cause, words] = finding.kind === "duplicate_in_graph" ? [finding.cause, finding.evidence] : causeOf(finding, evidence, declarationOf(entity));
      explained.push({ ...finding, cause, evidence: words });
    }
  }
  return explained;
}

async function gather({ databases }: Session, declaration: Declaration, findings: readonly Found[], counts: EntityCheck, clean: CleanCheck | null, asked: Asked, options: LoadOptions): Promise<Evidence> {
  // What PostgreSQL can't hold is neither parked there nor a row of it.
  const keys = findings.map(keyOf).filter(isStorable);
  const onlyInGraph = findings.some(({ kind }) => kind === "missing_in_sql");
  const anyNewer = async (transaction: Sql, snapshot: string): Promise<boolean> => {
    const known = asked.newer.get(declaration.entity) ?? (await transaction.query(anyNewerThan(declaration), [snapshot])).rows.length > 0;
    asked.newer.set(declaration.entity, known);
    return known;
  };
  const fromSql = await databases.sql.read(async (transaction) => {
    const { access, unwatched } = await outboxState(transaction);
    const comparable = clean !== null && (await isComparable(transaction, clean)) ? clean : null;
    return {
      parked: new Map((access === "open" ? await parkedAmong(transaction, declaration.entity, keys) : []).map((parked) => [keyText(parked), parked])),
      triggersOff: unwatched.includes(declaration.table),
      access,
      marked: access === "open" ? await marksAmong(transaction, declaration.entity, keys) : new Set<string>(),
      passes: access === "open" && comparable !== null ? (asked.passes ??= await passesSince(transaction, comparable.at)) : null,
      anyNewer: comparable === null || !onlyInGraph || (await anyNewer(transaction, comparable.snapshot)),
      clean: comparable,
      untouched: comparable === null ? new Set<string>() : await untouchedOf(transaction, declaration, keys, comparable.snapshot),
    };
  }, options);
  return { ...fromSql, lacking: await lackingIn(databases, declaration, findings, asked, options), counts };
}

function keyOf({ ids: [k1 = "", k2 = ""] }: Pick<Found, "ids">): Key {
  return { k1, k2 };
}

function causeOf(finding: Found, { parked, triggersOff, access, marked, passes, anyNewer, clean, untouched, lacking, counts }: Evidence, { kind: shape, table }: Declaration): [Cause, string] {
  const key = keyText(keyOf(finding));
  const thing = shape === "node" ? "node" : "relationship";
  const set = parked.get(key);
  if (set !== undefined) return ["parked", `parked since ${set.first_at} after ${set.attempts} ${set.attempts === 1 ? "attempt" : "attempts"}: ${set.code}: ${set.message}`];
  if (clean !== null && untouched.has(key)) {
    if (finding.kind === "differing") return ["edited_in_graph", `the row is unchanged since the clean check of ${clean.at}, the ${thing} is not`];
    return ["deleted_in_graph", `the row is unchanged since the clean check of ${clean.at}, which found the ${thing} in the graph`];
  }
  if (finding.kind === "differing" && finding.fields.every(({ field, graph }) => graph === null && lacking.has(field)) && counts.graph_rows > 1) {
    return ["old_projection", `nothing of its kind in the graph carries ${finding.fields.map(({ field }) => field).join(", ")}: it was projected before there was such a property`];
  }
  if (finding.kind === "missing_in_sql" && clean !== null && !anyNewer) {
    const moved = movedSince(clean, counts);
    if (moved !== null) return moved;
  }
  if (triggersOff) return ["triggers_off", access !== "absent" ? `the triggers on ${table} are missing or disabled: a change of its rows leaves no mark` : "PostgreSQL has no outbox: a change of its rows leaves no mark"];
  const known = clean === null ? "no clean check of this pair is known here to compare with" : finding.kind === "missing_in_sql" ? `the clean check of ${clean.at} cannot tell whether the row went or the ${thing} came` : `the row was changed after the clean check of ${clean.at}`;
  const marks = access === "open" ? (marked === null || marked.has(key) ? "a mark is open: it is on its way" : "no mark is open and nothing is parked") : access === "closed" ? "what is marked or parked is closed to this role" : "without an outbox nothing is marked or parked";
  return ["unknown", `${marks}; ${known}${passes === null ? "" : `; ${passesText(passes)}`}`];
}

/** What the history of passes says: a relay that was at work after the change believes that it has carried it over. */
function passesText({ count, last }: NonNullable<PassesSince>): string {
  return last === null ? "no relay has carried anything over since" : `${count.toLocaleString("en")} ${count === 1 ? "pass of a relay has" : "passes of relays have"} ended since, the last at ${last}`;
}

/**
 * Of a key that only the graph has: did the row go, or did the thing in the graph come? Told by the counts of both sides
 * at the clean check, and only where no row was written since (so that none came while another went), and where one side
 * has moved by just so much and the other one not at all.
 */
function movedSince({ at, rows }: CleanCheck, { entity, sql_rows, graph_rows, missing_in_sql, missing_in_graph }: EntityCheck): [Cause, string] | null {
  const then = rows[entity];
  if (then === undefined || missing_in_sql === null || missing_in_graph !== 0) return null;
  if (graph_rows === then && sql_rows === then - missing_in_sql) return ["deleted_in_sql", `since the clean check of ${at} PostgreSQL has lost ${missing_in_sql} of ${then}, the graph none, and no row was written`];
  if (sql_rows === then && graph_rows === then + missing_in_sql) return ["edited_in_graph", `since the clean check of ${at} the graph has gained ${missing_in_sql} over ${then}, PostgreSQL none, and no row was written`];
  return null;
}

/** The same server, and no older state of it: numbers of transactions that are used again would deceive. */
async function isComparable(transaction: Sql, { snapshot, cluster }: CleanCheck): Promise<boolean> {
  if ((await clusterOf(transaction)) !== cluster) return false;
  const { rows } = await transaction.query("SELECT pg_snapshot_xmax($1::pg_snapshot)::text::numeric <= pg_snapshot_xmax(pg_current_snapshot())::text::numeric", [snapshot]);
  return rows[0]?.[0] === true;
}

async function snapshotOf(transaction: Sql): Promise<string> {
  return String((await transaction.query("SELECT pg_current_snapshot()::text")).rows[0]?.[0]);
}

/** The system's identifier and its time line, which changes with every recovery to a point in time; null where this role may not ask. */
async function clusterOf(transaction: Sql): Promise<string | null> {
  const { rows } = await transaction.query("SELECT has_function_privilege('pg_control_system()', 'EXECUTE') AND has_function_privilege('pg_control_checkpoint()', 'EXECUTE')");
  if (rows[0]?.[0] !== true) return null;
  return String((await transaction.query("SELECT (SELECT system_identifier FROM pg_control_system())::text || ' ' || (SELECT timeline_id FROM pg_control_checkpoint())::text || ' ' || current_database()")).rows[0]?.[0]);
}

async function untouchedOf(transaction: Sql, declaration: Declaration, keys: readonly Key[], snapshot: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (const some of slices(keys)) {
    const { rows } = await transaction.query(readUntouchedOf(declaration), [...keyParameters(declaration, some), snapshot]);
    for (const [k1, k2] of rows) found.add(keyText({ k1: String(k1), k2: String(k2) }));
  }
  return found;
}

/** Of the properties that findings lack in the graph, those that nothing there carries. */
async function lackingIn({ graph }: Session["databases"], declaration: Declaration, findings: readonly Found[], asked: Asked, options: LoadOptions): Promise<Set<string>> {
  const absent = new Set(findings.filter(({ kind }) => kind === "differing").flatMap(({ fields }) => fields.filter((field) => field.graph === null).map(({ field }) => field)));
  const lacking = new Set<string>();
  for (const property of absent) {
    const name = `${declaration.entity}.${property}`;
    const none = asked.lacking.get(name) ?? (await graph.query(anyWithProperty(declaration, property), {}, options)).rows.length === 0;
    asked.lacking.set(name, none);
    if (none) lacking.add(property);
  }
  return lacking;
}
