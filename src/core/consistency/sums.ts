import type { Databases, ReadOptions } from "../../databases/types.ts";
import type { Row } from "../../databases/values.ts";
import { sameValue } from "../projection/compare.ts";
import { countAll, countByEnd, countKeyed, sumAll, sumGraph, sumRows } from "../projection/statements.ts";
import type { Declaration, RelationshipDeclaration } from "../projection/types.ts";
import { anyMark } from "../sync/outbox.ts";
import { attempts, firstWaitMs, pause, settleMs, type Ground } from "./confirm.ts";

/** Counts and sums of both sides, and whether they are the same, differ at rest, or move. */
export interface Sums {
  sums: { sql: Row; graph: Row };
  verdict: "same" | "differ" | "moving";
}

/** Counts and sums that differ are asked for again until they stay as they are, with no mark open. */
export async function confirmSums(databases: Databases, declaration: Declaration, ground: Ground, options: ReadOptions = {}): Promise<Sums> {
  const ask = async (): Promise<{ sql: Row; graph: Row; marked: boolean }> => {
    const ofRows = databases.sql.read(async (transaction) => ({ row: (await transaction.query(sumRows(declaration), [], options)).rows[0] ?? [], marked: ground.marks && (await anyMark(transaction)) }), options);
    const [{ row, marked }, graph] = await Promise.all([ofRows, graphSums(databases, declaration, options)]);
    return { sql: row, graph, marked };
  };
  const same = ({ sql, graph }: { sql: Row; graph: Row }): boolean => sql.every((value, index) => sameValue(value, graph[index]));
  let before = await ask();
  if (same(before)) return { sums: before, verdict: "same" };
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    await pause(ground.marks ? firstWaitMs * 2 ** (attempt - 1) : settleMs, options.signal);
    const after = await ask();
    if (same(after)) return { sums: after, verdict: "same" };
    const still = [...before.sql, ...before.graph].every((value, index) => sameValue(value, [...after.sql, ...after.graph][index]));
    if (still && !before.marked && !after.marked) return { sums: after, verdict: "differ" };
    before = after;
  }
  return { sums: before, verdict: "moving" };
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
