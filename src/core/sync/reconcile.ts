import { DatabaseError } from "../../databases/errors.ts";
import type { Databases } from "../../databases/types.ts";
import type { OnProgress } from "../progress.ts";
import type { Key } from "../projection/compare.ts";
import { declarationOf, declarations } from "../projection/declarations.ts";
import { agrees, merge } from "../projection/merge.ts";
import { graphRows, keyRows, pagedRows } from "../projection/read.ts";
import { anyInGraph, countAll, countTable, hangingOn } from "../projection/statements.ts";
import type { Declaration, EntityName, NodeDeclaration } from "../projection/types.ts";
import { defaultDeleteCap } from "./delete-cap.ts";
import type { Mark } from "./outbox.ts";
import type { Refusal } from "./types.ts";

/** What a comparison of one entity found. */
export interface Compared {
  entity: EntityName;
  rows: number;
  unchanged: number;
}

/** The door through which everything goes to the graph, under the lane. */
export interface Carrier {
  /** Keys that differ, read again. */
  keys(keys: readonly Mark[]): Promise<void>;
  /** The next rows in the order of the key's index, of an entity that the graph has nothing of. Gives their keys, none at the end. */
  rowsAfter(declaration: Declaration, after: Key | undefined): Promise<readonly Key[]>;
}

export interface ReconcileOptions {
  /** In the order of the contract: nodes before the relationships that need them. */
  entities: readonly EntityName[];
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** What is only in the graph; no more keys are kept than could be deleted at all. */
interface Extra {
  declaration: Declaration;
  rows: number;
  graphRows: number;
  keys: Key[];
  count: number;
}

/** Several batches of the carrier's, which reads the next one while the graph works on the last. */
const batchKeys = 4_000;
const keptKeys = 101;

/**
 * Compares whole entities and hands every key that differs to the carrier, which reads it again under the lane: what is
 * compared here may be stale by then. What is already the same is never written, so that a run that was stopped goes on
 * where it was. Keys that are only in the graph are counted first: past the cap, or with PostgreSQL empty, none of them
 * is handed on. Where the graph has nothing of an entity there is nothing to compare: its rows are read once. What other
 * writers do to it meanwhile they mark or carry over themselves. Memory is flat.
 */
export async function reconcile(databases: Databases, carrier: Carrier, options: ReconcileOptions): Promise<{ entities: Compared[]; refused: Refusal[] }> {
  const entities: Compared[] = [];
  const extras: Extra[] = [];
  for (const entity of options.entities) {
    const declaration = declarationOf(entity);
    // Counting takes its time: only where somebody looks.
    const total = options.onProgress === undefined ? null : Number((await databases.sql.query(countTable(declaration.table), [], { timeoutMs: 0 })).rows[0]?.[0] ?? 0);
    const tell = (done: number): void => {
      options.onProgress?.({ step: entity, done, total: total === null ? null : Math.max(total, done) });
      if (options.signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted: what was written so far is right, run it again for the rest");
    };
    const empty = (await databases.graph.query(anyInGraph(declaration), {}, { timeoutMs: 0 })).rows.length === 0;
    if (empty) entities.push({ entity, rows: await carryAll(declaration, carrier, tell), unchanged: 0 });
    else {
      const { compared, extra } = await compareEntity(databases, declaration, carrier, tell);
      entities.push(compared);
      extras.push(extra);
    }
  }
  const refused: Refusal[] = [];
  // Relationships first: a node goes only when nothing hangs on it any more.
  for (const extra of extras.toReversed()) {
    const refusal = refusalOf(extra);
    if (refusal !== null) refused.push(refusal);
    else if (extra.count > 0) {
      const { declaration } = extra;
      const stay = declaration.kind === "node" ? await refuseAlong(databases, declaration, extra.keys, refused) : new Set<string>();
      await carrier.keys(extra.keys.filter(({ k1 }) => !stay.has(k1)).map((key) => markOf(declaration, key)));
    }
  }
  return { entities, refused };
}

/**
 * Nodes that would take relationships along which may not go, though they hang on no row: those of an entity whose own
 * deletions were refused or are too many, or that PostgreSQL holds nothing of. Gives the ids of the nodes that stay for it.
 */
async function refuseAlong({ sql, graph }: Databases, node: NodeDeclaration, keys: readonly Key[], refused: Refusal[]): Promise<Set<string>> {
  const stay = new Set<string>();
  const read = { timeoutMs: 0 };
  for (const link of declarations) {
    if (link.kind === "node" || (link.from.node !== node && link.to.node !== node)) continue;
    const { rows } = await graph.query(hangingOn(node, link), { rows: keyRows(keys) }, read);
    const count = rows.reduce((sum, [, n]) => sum + Number(n), 0);
    if (count === 0) continue;
    const anyRow = (await sql.query(`SELECT 1 FROM ${link.table} LIMIT 1`, [], read)).rows.length > 0;
    const already = refused.find(({ entity, reason }) => entity === link.entity && reason !== "graph_owned_relationships");
    const tooMany = async (): Promise<boolean> => count > defaultDeleteCap(Number((await graph.query(countAll(link), {}, read)).rows[0]?.[0] ?? 0));
    if (already === undefined && anyRow && !(await tooMany())) continue;
    const ids = rows.map(([id]) => String(id));
    const message = `${count} relationships of ${link.entity} hang on ${ids.length} of ${node.entity} without rows and would go along though they may not: these stay`;
    refused.push({ entity: node.entity, reason: already?.reason ?? (anyRow ? "delete_cap" : "sql_empty"), count: ids.length, examples: ids.slice(0, 5), message });
    for (const id of ids) stay.add(id);
  }
  return stay;
}

async function carryAll(declaration: Declaration, carrier: Carrier, tell: (done: number) => void): Promise<number> {
  let [done, after]: [number, Key | undefined] = [0, undefined];
  for (;;) {
    tell(done);
    const keys: readonly Key[] = await carrier.rowsAfter(declaration, after);
    if (keys.length === 0) return done;
    done += keys.length;
    after = keys.at(-1);
  }
}

async function compareEntity(databases: Databases, declaration: Declaration, carrier: Carrier, tell: (done: number) => void): Promise<{ compared: Compared; extra: Extra }> {
  const { entity } = declaration;
  const extra: Extra = { declaration, rows: 0, graphRows: 0, keys: [], count: 0 };
  let unchanged = 0;
  let batch: Mark[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await carrier.keys(batch);
    batch = [];
  };
  for await (const pairs of merge(pagedRows(databases, declaration), graphRows(databases, declaration, { timeoutMs: 0 }))) {
    for (const pair of pairs) {
      extra.graphRows += pair.graph.length;
      if (pair.sql === null) {
        extra.count += 1;
        if (extra.keys.length < keptKeys) extra.keys.push({ k1: pair.k1, k2: pair.k2 });
        continue;
      }
      extra.rows += 1;
      if (agrees(pair)) unchanged += 1;
      else batch.push(markOf(declaration, pair));
      if (batch.length >= batchKeys) await flush();
    }
    tell(extra.rows);
  }
  await flush();
  tell(extra.rows);
  return { compared: { entity, rows: extra.rows, unchanged }, extra };
}

function refusalOf({ declaration: { entity }, rows, graphRows, keys, count }: Extra): Refusal | null {
  if (count === 0) return null;
  const examples = keys.slice(0, 5).map(({ k1, k2 }) => (k2 === "" ? k1 : `${k1} → ${k2}`));
  if (rows === 0) return { entity, reason: "sql_empty", count, examples, message: `PostgreSQL holds no ${entity} at all, the graph ${count}: nothing was deleted. If these two databases belong together, seed or restore PostgreSQL first` };
  const cap = defaultDeleteCap(graphRows);
  return count > cap ? { entity, reason: "delete_cap", count, examples, message: `${count} of ${entity} are only in the graph, more than the ${cap} that may be deleted at once: nothing was deleted` } : null;
}

export function markOf({ entity }: Declaration, { k1, k2 }: Key): Mark {
  return { id: null, entity, k1, k2, cascade: false };
}
