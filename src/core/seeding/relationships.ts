import { join } from "node:path";
import { DatabaseError } from "../../databases/errors.ts";
import type { Databases, GraphParameters, Transaction } from "../../databases/types.ts";
import { InputError } from "../errors.ts";
import type { OnProgress } from "../progress.ts";
import { findCycle } from "../projection/cycle.ts";
import { lockLane } from "../sync/lane.ts";
import { readElements } from "./json-rows.ts";
import type { SeedRow } from "./schemas.ts";
import { conceptIds, countRelationships, mergeRelationships, readPrerequisites } from "./statements.ts";

/* Relationships between concepts: the graph's own, written under the lane like everything else. */

interface Edge {
  from: string;
  to: string;
}

type Graph = Pick<Transaction<GraphParameters>, "query">;

const batchRows = 2_000;

/** Refuses prerequisites of a folder that would make a cycle with those of the graph. Throws `InputError` (`bad-input`). */
export async function requireNoCycle({ graph }: Pick<Databases, "graph">, folder: string): Promise<void> {
  const edges: Edge[] = [];
  for await (const { value } of readElements(join(folder, "relationships.json"))) {
    const { from, type, to } = value as SeedRow<"relationships.json">;
    if (type === "PREREQUISITE") edges.push({ from, to });
  }
  if (edges.length > 0) refuseCycle(await graph.read(prerequisitesOf, { timeoutMs: 0 }), edges);
}

/** Adds what is missing of a folder's relationships. Gives how many were. */
export async function writeRelationships(databases: Databases, folder: string, { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal }): Promise<{ added: number; unchanged: number }> {
  const ids = new Map((await databases.sql.query(conceptIds)).rows.map(([name, id]) => [String(name), String(id)]));
  const before = await count(databases);
  const batches = new Map<string, Edge[]>();
  // The same pair the other way round is the same relationship; one statement would not see what it has just made.
  const pairs = new Set<string>();
  let known: Edge[] | undefined;
  let total = 0;
  const flush = async (type: string): Promise<void> => {
    const edges = batches.get(type) ?? [];
    if (edges.length === 0) return;
    batches.set(type, []);
    await databases.graph.write(async (transaction) => {
      await lockLane(transaction);
      // Somebody may have related them since the folder was looked through.
      if (type === "PREREQUISITE") refuseCycle((known ??= await prerequisitesOf(transaction)), edges);
      await transaction.query(mergeRelationships(type), { rows: edges.map(({ from, to }) => ({ k1: ids.get(from) ?? "", k2: ids.get(to) ?? "" })) });
    });
    if (type === "PREREQUISITE") known?.push(...edges);
  };
  for await (const { row, value } of readElements(join(folder, "relationships.json"))) {
    const { from, type, to } = value as SeedRow<"relationships.json">;
    total = row;
    if (type === "RELATED_TO") {
      const pair = JSON.stringify([from, to].sort());
      if (pairs.has(pair)) continue;
      pairs.add(pair);
    }
    const edges = batches.get(type) ?? [];
    batches.set(type, edges);
    edges.push({ from, to });
    if (edges.length < batchRows) continue;
    await flush(type);
    onProgress?.({ step: "writing relationships.json", done: row, total: null });
    if (signal?.aborted) throw new DatabaseError("cancelled", "graph", "interrupted");
  }
  for (const type of batches.keys()) await flush(type);
  const added = (await count(databases)) - before;
  return { added, unchanged: total - added };
}

async function prerequisitesOf(graph: Graph): Promise<Edge[]> {
  const { rows } = await graph.query(readPrerequisites, {}, { timeoutMs: 0 });
  return rows.map(([from, to]) => ({ from: String(from), to: String(to) }));
}

/** A cycle that the graph has already is not theirs to mend; one that needs any of the new ones is refused. */
function refuseCycle(known: readonly Edge[], edges: readonly Edge[]): void {
  const cycle = findCycle(byStart([...known, ...edges]));
  if (cycle === null || findCycle(byStart(known)) !== null) return;
  throw new InputError("bad-input", `with the prerequisites that the graph has already, those of relationships.json make a cycle: ${cycle.join(" → ")}`, "leave one of them out, or take one out of the graph with `jeseci relationship remove`");
}

function byStart(edges: readonly Edge[]): Map<string, string[]> {
  return new Map([...Map.groupBy(edges, ({ from }) => from)].map(([from, own]) => [from, own.map(({ to }) => to)]));
}

async function count(databases: Databases): Promise<number> {
  return Number((await databases.graph.query(countRelationships, {}, { timeoutMs: 0 })).rows[0]?.[0] ?? 0);
}
