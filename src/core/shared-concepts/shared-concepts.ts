import { named, type QueryResult } from "../../databases/types.ts";
import { Gathering, type Missing } from "../catalogue/gather.ts";
import type { LoadOptions, Session, Trace } from "../session.ts";

/** The contract's `shared`. */
export interface SharedConcepts {
  concepts: { concept: string; paths: string[]; path_count: number }[];
  /** Every two paths that share a concept, `path` before `other` by code point; `jaccard` has three decimals. */
  pairs: { path: string; other: string; shared: number; jaccard: number }[];
  trace: Trace;
}

/** What the screen shows besides: everything for the matrix. */
export interface SharedMatrix extends SharedConcepts {
  /** Every path, the one with most concepts first. */
  paths: { path: string; concepts: number }[];
  /** By concept; empty where PostgreSQL is missing. */
  learners: Map<string, number>;
  missing: Missing;
}

/** Concepts that at least `minPaths` paths share, and how much pairs of paths overlap. Throws `InputError` below 1. */
export async function loadShared(session: Session, { minPaths = 2 }: { minPaths?: number } = {}, options: LoadOptions = {}): Promise<SharedConcepts> {
  const gathering = new Gathering(session, options);
  const [concepts, pairs] = await gathering.all([gathering.run("graph/shared-concepts", { min_paths: minPaths }), gathering.run("screens/shared/pairs")]);
  return { ...sharedOf(concepts, pairs), trace: gathering.trace };
}

/** The same with the paths (graph) and the learners (SQL), asked side by side. */
export async function loadSharedMatrix(session: Session, { minPaths }: { minPaths: number }, options: LoadOptions = {}): Promise<SharedMatrix> {
  const gathering = new Gathering(session, options);
  const [concepts, pairs, paths, learners] = await gathering.all([
    gathering.run("graph/shared-concepts", { min_paths: minPaths }),
    gathering.run("screens/shared/pairs"),
    gathering.run("screens/shared/paths"),
    gathering.run("screens/shared/learners"),
  ]);
  const { trace, missing } = gathering;
  return {
    ...sharedOf(concepts, pairs),
    paths: named(paths) as unknown as SharedMatrix["paths"],
    learners: new Map(learners.rows.map(([concept, count]) => [String(concept), Number(count)])),
    trace,
    missing,
  };
}

function sharedOf(concepts: QueryResult, pairs: QueryResult): Pick<SharedConcepts, "concepts" | "pairs"> {
  return { concepts: named(concepts) as unknown as SharedConcepts["concepts"], pairs: named(pairs) as unknown as SharedConcepts["pairs"] };
}
