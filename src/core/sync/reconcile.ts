import { DatabaseError } from "../../databases/errors.ts";
import type { Databases } from "../../databases/types.ts";
import type { OnProgress } from "../progress.ts";
import type { Key } from "../projection/compare.ts";
import { declarationOf } from "../projection/declarations.ts";
import { differences, merge } from "../projection/merge.ts";
import { graphRows, pagedRows } from "../projection/read.ts";
import type { Declaration, EntityName } from "../projection/types.ts";
import { defaultDeleteCap } from "./delete-cap.ts";
import type { Mark } from "./outbox.ts";
import type { Refusal } from "./types.ts";

/** What a comparison of one entity found. */
export interface Compared {
  entity: EntityName;
  rows: number;
  unchanged: number;
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

const batchKeys = 1_000;
const keptKeys = 101;

/**
 * Compares whole entities and hands every key that differs to `carry`, which reads it again under the lane: what is
 * compared here may be stale by then. What is already the same is never written, so that a run that was stopped goes on
 * where it was. Keys that are only in the graph are counted first: past the cap, or with PostgreSQL empty, none of them
 * is handed on. Memory is flat.
 */
export async function reconcile(databases: Databases, carry: (keys: readonly Mark[]) => Promise<void>, options: ReconcileOptions): Promise<{ entities: Compared[]; refused: Refusal[] }> {
  const entities: Compared[] = [];
  const extras: Extra[] = [];
  for (const entity of options.entities) {
    const { compared, extra } = await compareEntity(databases, declarationOf(entity), carry, options);
    entities.push(compared);
    extras.push(extra);
  }
  const refused: Refusal[] = [];
  // Relationships first: a node goes only when nothing hangs on it any more.
  for (const extra of extras.toReversed()) {
    const refusal = refusalOf(extra);
    if (refusal !== null) refused.push(refusal);
    else if (extra.count > 0) await carry(extra.keys.map((key) => markOf(extra.declaration, key)));
  }
  return { entities, refused };
}

async function compareEntity(databases: Databases, declaration: Declaration, carry: (keys: readonly Mark[]) => Promise<void>, { onProgress, signal }: ReconcileOptions): Promise<{ compared: Compared; extra: Extra }> {
  const { entity } = declaration;
  const extra: Extra = { declaration, rows: 0, graphRows: 0, keys: [], count: 0 };
  let unchanged = 0;
  let batch: Mark[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await carry(batch);
    batch = [];
  };
  for await (const pair of merge(pagedRows(databases, declaration), graphRows(databases, declaration, { timeoutMs: 0 }))) {
    extra.graphRows += pair.graph.length;
    if (pair.sql === null) {
      extra.count += 1;
      if (extra.keys.length < keptKeys) extra.keys.push({ k1: pair.k1, k2: pair.k2 });
      continue;
    }
    extra.rows += 1;
    const [stored] = pair.graph;
    if (stored !== undefined && pair.graph.length === 1 && differences(pair.sql, stored).length === 0) unchanged += 1;
    else batch.push(markOf(declaration, pair));
    if (batch.length >= batchKeys) await flush();
    if (extra.rows % batchKeys === 0) {
      onProgress?.({ step: entity, done: extra.rows, total: null });
      if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted: what was written so far is right, run it again for the rest");
    }
  }
  await flush();
  onProgress?.({ step: entity, done: extra.rows, total: extra.rows });
  return { compared: { entity, rows: extra.rows, unchanged }, extra };
}

function refusalOf({ declaration: { entity }, rows, graphRows, keys, count }: Extra): Refusal | null {
  if (count === 0) return null;
  const examples = keys.slice(0, 5).map(({ k1, k2 }) => (k2 === "" ? k1 : `${k1} → ${k2}`));
  if (rows === 0) return { entity, reason: "sql_empty", count, examples, message: `PostgreSQL holds no ${entity} at all, the graph ${count}: nothing was deleted. If these two databases belong together, seed or restore PostgreSQL first` };
  const cap = defaultDeleteCap(graphRows);
  return count > cap ? { entity, reason: "delete_cap", count, examples, message: `${count} of ${entity} are only in the graph, more than the ${cap} that may be deleted at once: nothing was deleted` } : null;
}

function markOf({ entity }: Declaration, { k1, k2 }: Key): Mark {
  return { id: null, entity, k1, k2, cascade: false };
}
