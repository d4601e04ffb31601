import { named } from "../../databases/types.ts";
import type { NamedRow } from "../../databases/values.ts";
import { runQuery } from "../catalogue/run.ts";
import { InputError } from "../errors.ts";
import type { LoadOptions, Session, Trace } from "../session.ts";
import { didYouMean } from "../text/nearest.ts";

export interface ConceptRow {
  concept: string;
  display_name: string | null;
  category: string | null;
  domain: string | null;
  difficulty: string;
  paths: number;
  learners: number;
  completed: number;
  /** One decimal; null without learners. */
  avg_progress_percent: number | null;
}

/** The contract's `concept`. */
export interface ConceptDetail {
  /** Every column of its row. */
  concept: NamedRow;
  relationships: { direction: "in" | "out"; type: string; concept: string }[];
  paths: string[];
  learners: { count: number; completed: number; avg_progress_percent: number | null };
  trace: Trace;
}

/** All concepts, by name in code-point order. */
export async function listConcepts(session: Session, options: LoadOptions = {}): Promise<{ rows: ConceptRow[]; trace: Trace }> {
  const trace: Trace = [];
  const result = await runQuery(session, "screens/concepts/list", {}, { ...options, trace });
  return { rows: named(result) as unknown as ConceptRow[], trace };
}

/** One concept: its row, its paths and learners (SQL) and its relationships (graph), asked side by side. Throws `InputError` (`unknown-concept`). */
export async function loadConcept(session: Session, { name }: { name: string }, options: LoadOptions = {}): Promise<ConceptDetail> {
  const trace: Trace = [];
  const run = (id: string) => runQuery(session, id, { concept: name }, { ...options, trace });
  const [row, relationships, paths, learners] = await Promise.all([run("screens/concepts/row"), run("screens/concepts/relationships"), run("screens/concepts/paths"), run("screens/concepts/learners")]);
  const [concept] = named(row);
  if (concept === undefined) throw await unknownConcept(session, name, options);
  return {
    concept,
    relationships: named(relationships) as unknown as ConceptDetail["relationships"],
    paths: paths.rows.map(([title]) => String(title)),
    learners: named(learners)[0] as unknown as ConceptDetail["learners"],
    trace,
  };
}

/** What to tell of a name that PostgreSQL doesn't know. */
export async function unknownConcept(session: Session, name: string, options: LoadOptions = {}): Promise<InputError> {
  const { rows } = await runQuery(session, "choices/concepts", {}, options);
  const hint = rows.length === 0 ? "there are no concepts yet: `jeseci seed` makes some" : (didYouMean(name, rows.map(([known]) => String(known))) ?? "`jeseci concepts` lists them");
  return new InputError("unknown-concept", `there is no concept “${name}”`, hint);
}
