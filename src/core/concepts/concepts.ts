import { named } from "../../databases/types.ts";
import type { NamedRow } from "../../databases/values.ts";
import { Gathering, type Missing } from "../catalogue/gather.ts";
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
  /** Null only where PostgreSQL is missing. */
  learners: { count: number; completed: number; avg_progress_percent: number | null } | null;
  trace: Trace;
  missing: Missing;
}

/** Somebody who learns a concept. */
export interface Learner {
  username: string;
  status: string;
  progress_percent: number;
  minutes: number;
  /** ISO 8601 */
  last_accessed: string | null;
}

/** All concepts, by name in code-point order. */
export async function listConcepts(session: Session, options: LoadOptions = {}): Promise<{ rows: ConceptRow[]; trace: Trace }> {
  const trace: Trace = [];
  const result = await runQuery(session, "screens/concepts/list", {}, { ...options, trace });
  return { rows: named(result) as unknown as ConceptRow[], trace };
}

/** One concept: its row, its paths and learners (SQL) and its relationships (graph), asked side by side. Throws `InputError` (`unknown-concept`). */
export async function loadConcept(session: Session, { name }: { name: string }, options: LoadOptions = {}): Promise<ConceptDetail> {
  const gathering = new Gathering(session, options);
  const { missing, trace } = gathering;
  const run = (id: string) => gathering.run(id, { concept: name });
  const [row, relationships, paths, learners] = await gathering.all([run("screens/concepts/row"), run("screens/concepts/relationships"), run("screens/concepts/paths"), run("screens/concepts/learners")]);
  const [concept] = named(missing.sql === undefined ? row : await run("screens/concepts/from-graph"));
  if (concept === undefined) throw await unknownConcept(session, name, options);
  const taught = missing.sql === undefined ? paths.rows : (await run("graph/paths-with-concept")).rows.filter(([, , exactly]) => exactly === name);
  return {
    concept,
    relationships: named(relationships) as unknown as ConceptDetail["relationships"],
    paths: taught.map(([title]) => String(title)),
    learners: (named(learners)[0] ?? null) as unknown as ConceptDetail["learners"],
    trace,
    missing,
  };
}

/** The relationships of a concept to others, for unfolding a tree. */
export async function loadRelationships(session: Session, { name }: { name: string }, options: LoadOptions = {}): Promise<Pick<ConceptDetail, "relationships" | "trace">> {
  const trace: Trace = [];
  const result = await runQuery(session, "screens/concepts/relationships", { concept: name }, { ...options, trace });
  return { relationships: named(result) as unknown as ConceptDetail["relationships"], trace };
}

/** Who learns a concept, the furthest first; at most `maxRows` of them. */
export async function loadLearners(session: Session, { name, maxRows }: { name: string; maxRows: number }, options: LoadOptions = {}): Promise<{ learners: Learner[]; truncated: boolean; trace: Trace }> {
  const trace: Trace = [];
  const result = await runQuery(session, "screens/concepts/learners-list", { concept: name }, { ...options, trace, maxRows });
  return { learners: named(result) as unknown as Learner[], truncated: result.truncated, trace };
}

/** The names of all concepts, ascending; from the graph where PostgreSQL can't be asked. */
export async function conceptNames(session: Session, options: LoadOptions = {}): Promise<string[]> {
  const gathering = new Gathering(session, { ...options, partial: true });
  const { rows } = await gathering.run("choices/concepts");
  return (gathering.missing.sql === undefined ? rows : (await runQuery(session, "screens/concepts/names-from-graph", {}, options)).rows).map(([name]) => String(name));
}

/** What to tell of a name that PostgreSQL doesn't know. */
export async function unknownConcept(session: Session, name: string, options: LoadOptions = {}): Promise<InputError> {
  const { rows } = await runQuery(session, "choices/concepts", {}, options);
  return noSuchConcept(name, rows.map(([known]) => String(known)));
}

/** The same, with the names that there are. */
export function noSuchConcept(name: string, known: readonly string[]): InputError {
  const hint = known.length === 0 ? "there are no concepts yet: `jeseci seed` makes some" : (didYouMean(name, known) ?? "`jeseci concepts` lists them");
  return new InputError("unknown-concept", `there is no concept “${name}”`, hint);
}
