import type { Databases, ReadOptions } from "../../databases/types.ts";
import type { Row } from "../../databases/values.ts";
import { sameValue } from "../projection/compare.ts";
import { countAll, countByEnd, countKeyed, sumAll, sumGraph, sumRows, sumsOf } from "../projection/statements.ts";
import type { Declaration, RelationshipDeclaration } from "../projection/types.ts";
import { countMarked, loadBookmarks } from "../sync/outbox.ts";
import { atLeast, attempts, firstWaitMs, pause, settleMs, type Ground } from "./confirm.ts";
import type { SumCheck } from "./types.ts";

/** What both sides said at one look. */
interface Look {
  sql: Row;
  graph: Row;
  /** Keys of the entity with a mark, in the snapshot of the rows; null where that can't be told. */
  marked: number | null;
}

/**
 * Counts and sums of an entity. What differs is asked for again until it stays as it is with no mark of the entity open, or
 * else differs by more than marks can explain; what can't be told after five attempts is left open. Throws `DatabaseError`.
 */
export async function confirmSums(databases: Databases, declaration: Declaration, ground: Ground, options: ReadOptions = {}): Promise<SumCheck[]> {
  let last = await lookAt(databases, declaration, ground, options);
  const looks = [last];
  let atRest = false;
  const unwatched = ground.unwatched.has(declaration.table);
  while (!agrees(last) && !atRest && looks.length <= attempts) {
    await pause(ground.marks && !unwatched ? firstWaitMs * 2 ** (looks.length - 1) : settleMs, options.signal);
    const before = last;
    last = await lookAt(databases, declaration, ground, options);
    looks.push(last);
    atRest = isStill(before, last) && (!ground.marks || (before.marked === 0 && last.marked === 0));
  }
  return sumsOf(declaration).map((sum, index) => {
    const [sql, graph] = [last.sql[index] ?? null, last.graph[index] ?? null];
    const verdict = sameValue(sql, graph) ? "same" : atRest || (sum.of !== "sum" && exceedsMarks(looks, index)) ? "differs" : "open";
    return { entity: declaration.entity, ...sum, sql, graph, marked: last.marked, verdict };
  });
}

/** Marks and rows in one snapshot, and beside it the graph, at least as it was when the last mark went that is gone. */
async function lookAt(databases: Databases, declaration: Declaration, { marks }: Ground, options: ReadOptions): Promise<Look> {
  const bookmarks = marks ? await databases.sql.read(loadBookmarks, options) : [];
  const ofRows = databases.sql.read(async (transaction) => ({ sql: (await transaction.query(sumRows(declaration), [], options)).rows[0] ?? [], marked: marks ? await countMarked(transaction, declaration.entity) : null }), options);
  const [rows, graph] = await Promise.all([ofRows, atLeast(bookmarks, (after) => graphSums(databases, declaration, { ...options, after }))]);
  return { ...rows, graph };
}

function agrees({ sql, graph }: Look): boolean {
  return sql.every((value, index) => sameValue(value, graph[index]));
}

function isStill(before: Look, after: Look): boolean {
  return [...before.sql, ...before.graph].every((value, index) => sameValue(value, [...after.sql, ...after.graph][index]));
}

/**
 * Whether two counts were apart all the time by more than the keys with a mark, each of which is one at the most, and what
 * the counts themselves moved between the first look and the last: one side may be read a moment after the other. That
 * holds as well where changes leave no mark: none of them is on its way.
 */
function exceedsMarks(looks: readonly Look[], index: number): boolean {
  const marked = looks.map((look) => look.marked ?? Infinity);
  const [sql, graph] = [looks.map((look) => Number(look.sql[index])), looks.map((look) => Number(look.graph[index]))];
  const spread = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts);
  const gaps = sql.map((count, look) => Math.abs(count - (graph[look] ?? count)));
  return Math.min(...gaps) > Math.max(...marked) + spread(sql) + spread(graph);
}

/** Counts and sums of what the graph holds with a key. */
async function graphSums({ graph, profile }: Databases, declaration: Declaration, options: ReadOptions): Promise<Row> {
  const ask = async (statement: string): Promise<Row> => (await graph.query(statement, {}, options)).rows[0] ?? [];
  // Grafeo keeps no counts that would save looking at each.
  if (declaration.kind === "node" || profile === "embedded") return ask(sumGraph(declaration));
  const plain = await ask(sumAll(declaration));
  return (await areAllKeyed(async (statement) => Number((await ask(statement))[0]), declaration, Number(plain[0]))) ? plain : ask(sumGraph(declaration));
}

/** Whether all relationships of a type run between nodes of the right labels, and none of these lacks its key. */
async function areAllKeyed(count: (statement: string) => Promise<number>, declaration: RelationshipDeclaration, all: number): Promise<boolean> {
  const nodes = [declaration.from.node, declaration.to.node];
  const counted = (statements: readonly string[]): Promise<number[]> => Promise.all(statements.map(count));
  const [byEnd, labelled, keyed] = await Promise.all([counted(countByEnd(declaration)), counted(nodes.map((node) => countAll(node))), counted(nodes.map(countKeyed))]);
  return byEnd.every((n) => n === all) && labelled.every((n, index) => n === keyed[index]);
}
