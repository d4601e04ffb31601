import { DatabaseError } from "../../databases/errors.ts";
import type { Databases } from "../../databases/types.ts";
import type { OnProgress } from "../progress.ts";
import type { Key } from "../projection/compare.ts";
import { declarations } from "../projection/declarations.ts";
import { differences, merge } from "../projection/merge.ts";
import { graphRows, projectedRows, type Keyed } from "../projection/read.ts";
import type { Declaration, EntityName } from "../projection/types.ts";
import { applyNodeDeletes, applyRelationshipDeletes, applyUpserts, batchRows } from "./apply.ts";
import { defaultDeleteCap } from "./delete-cap.ts";

export interface SyncEntity {
  entity: EntityName;
  /** Rows in PostgreSQL. */
  rows: number;
  upserted: number;
  deleted: number;
  unchanged: number;
}

export interface Refusal {
  entity: EntityName;
  reason: "delete_cap" | "sql_empty" | "graph_owned_relationships";
  count: number;
  message: string;
  /** Some of the keys. */
  examples: string[];
}

export interface SyncResult {
  entities: SyncEntity[];
  refused: Refusal[];
}

export interface ProjectOptions {
  entities?: readonly EntityName[];
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** What one entity's pass found to delete; only as many keys are kept as could be deleted at all. */
interface Pending {
  declaration: Declaration;
  counts: SyncEntity;
  graphCount: number;
  extra: Key[];
  extraCount: number;
}

const keptKeys = 101;

/**
 * Brings the graph up to the rows: what is missing or differs is written, what is only in the graph is deleted, within
 * the cap and never where relationships between concepts would go with it. Run twice, the second run writes nothing.
 * Interrupted, everything written so far is right, and the next run does the rest. Throws `DatabaseError`, `ApplyError`.
 */
export async function projectAll(databases: Databases, options: ProjectOptions = {}): Promise<SyncResult> {
  const chosen = declarations.filter(({ entity }) => options.entities?.includes(entity) ?? true);
  const pending: Pending[] = [];
  // Nodes first: a relationship needs both its ends.
  for (const declaration of chosen) pending.push(await upsertEntity(databases, declaration, options));
  const refused: Refusal[] = [];
  // Relationships first: a node goes only when nothing hangs on it any more.
  for (const entity of pending.toReversed()) await deleteExtra(databases, entity, refused, options);
  return { entities: pending.map(({ counts }) => counts), refused };
}

async function upsertEntity(databases: Databases, declaration: Declaration, { onProgress, signal }: ProjectOptions): Promise<Pending> {
  const counts: SyncEntity = { entity: declaration.entity, rows: 0, upserted: 0, deleted: 0, unchanged: 0 };
  const pending: Pending = { declaration, counts, graphCount: 0, extra: [], extraCount: 0 };
  let batch: Keyed[] = [];
  let repeated: Key[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const [rows, duplicates] = [batch, repeated];
    batch = [];
    repeated = [];
    await databases.graph.write(async (transaction) => {
      // Parallel relationships of one key go all, and the right one is written anew.
      if (declaration.kind === "relationship") await applyRelationshipDeletes(transaction, declaration, duplicates);
      await applyUpserts(transaction, declaration, rows);
    });
    counts.upserted += rows.length;
  };
  const read = { timeoutMs: 0, ...(signal === undefined ? {} : { signal }) };
  for await (const pair of merge(projectedRows(databases, declaration, read), graphRows(databases, declaration, read))) {
    pending.graphCount += pair.graph.length;
    if (pair.sql === null) {
      pending.extraCount += 1;
      if (pending.extra.length < keptKeys) pending.extra.push({ k1: pair.k1, k2: pair.k2 });
      continue;
    }
    counts.rows += 1;
    const [stored] = pair.graph;
    if (stored !== undefined && pair.graph.length === 1 && differences(pair.sql, stored).length === 0) counts.unchanged += 1;
    else {
      if (pair.graph.length > 1) repeated.push(pair);
      batch.push(pair.sql);
      if (batch.length >= batchRows) await flush();
    }
    if (counts.rows % batchRows === 0) {
      onProgress?.({ step: declaration.entity, done: counts.rows, total: null });
      if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted: what was written so far is right, run it again for the rest");
    }
  }
  await flush();
  onProgress?.({ step: declaration.entity, done: counts.rows, total: counts.rows });
  return pending;
}

async function deleteExtra(databases: Databases, { declaration, counts, graphCount, extra, extraCount }: Pending, refused: Refusal[], { signal }: ProjectOptions): Promise<void> {
  if (extraCount === 0) return;
  const { entity } = declaration;
  const examples = extra.slice(0, 5).map(({ k1, k2 }) => (k2 === "" ? k1 : `${k1} → ${k2}`));
  const cap = defaultDeleteCap(graphCount);
  if (counts.rows === 0) {
    refused.push({ entity, reason: "sql_empty", count: extraCount, examples, message: `PostgreSQL holds no ${entity} at all, the graph ${extraCount}: nothing was deleted. If these two databases belong together, seed or restore PostgreSQL first` });
    return;
  }
  if (extraCount > cap) {
    refused.push({ entity, reason: "delete_cap", count: extraCount, examples, message: `${extraCount} of ${entity} are only in the graph, more than the ${cap} that may be deleted at once: nothing was deleted` });
    return;
  }
  if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted: what was written so far is right, run it again for the rest");
  const left = await databases.graph.write(async (transaction) => {
    if (declaration.kind === "node") return applyNodeDeletes(transaction, declaration, extra);
    await applyRelationshipDeletes(transaction, declaration, extra);
    return [];
  });
  counts.deleted += extra.length - left.length;
  if (left.length > 0) {
    refused.push({ entity, reason: "graph_owned_relationships", count: left.length, examples: left.slice(0, 5), message: `${left.length} of ${entity} have no row any more but still carry relationships that are the graph's own: they stay until a person decides` });
  }
}
