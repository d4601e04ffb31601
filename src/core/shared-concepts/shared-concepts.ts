import { named } from "../../databases/types.ts";
import { runQuery } from "../catalogue/run.ts";
import type { LoadOptions, Session, Trace } from "../session.ts";

/** The contract's `shared`. */
export interface SharedConcepts {
  concepts: { concept: string; paths: string[]; path_count: number }[];
  /** Every two paths that share a concept, `path` before `other` by code point; `jaccard` has three decimals. */
  pairs: { path: string; other: string; shared: number; jaccard: number }[];
  trace: Trace;
}

/** Concepts that at least `minPaths` paths share, and how much pairs of paths overlap. Throws `InputError` below 1. */
export async function loadShared(session: Session, { minPaths = 2 }: { minPaths?: number } = {}, options: LoadOptions = {}): Promise<SharedConcepts> {
  const trace: Trace = [];
  const [concepts, pairs] = await Promise.all([
    runQuery(session, "graph/shared-concepts", { min_paths: minPaths }, { ...options, trace }),
    runQuery(session, "screens/shared/pairs", {}, { ...options, trace }),
  ]);
  return { concepts: named(concepts) as unknown as SharedConcepts["concepts"], pairs: named(pairs) as unknown as SharedConcepts["pairs"], trace };
}
