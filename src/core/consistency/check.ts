import type { Value } from "../../databases/values.ts";
import type { OnProgress } from "../progress.ts";
import { compareText, sameValue } from "../projection/compare.ts";
import { declarations } from "../projection/declarations.ts";
import { differences, merge, type Pair } from "../projection/merge.ts";
import { graphRows, projectedRows } from "../projection/read.ts";
import { sumGraph, sumRows } from "../projection/statements.ts";
import { entityNames, type Declaration, type NodeDeclaration } from "../projection/types.ts";
import type { LoadOptions, Session } from "../session.ts";
import { resolveNames } from "./names.ts";
import type { CheckReport, EntityCheck, Finding, FindingKind } from "./types.ts";
import { loadWarnings } from "./warnings.ts";

export interface CheckOptions extends LoadOptions {
  /** `deep` compares every projected field of every key; `fast` only counts and sums. */
  mode?: "deep" | "fast";
  /** How many findings are kept; all are counted. */
  limit?: number;
  onProgress?: OnProgress;
}

/** A finding before its names are known. */
type Found = Omit<Finding, "key">;

const defaultLimit = 1_000;

/**
 * Compares the graph with the projection of the rows, at rest: nobody else should be writing. Memory is flat; both
 * sides are read once, in key order. Throws `DatabaseError` if either side is unreachable.
 */
export async function check(session: Session, options: CheckOptions = {}): Promise<CheckReport> {
  const { mode = "deep", limit = defaultLimit } = options;
  const started_at = new Date().toISOString();
  const found: Found[] = [];
  let total = 0;
  const entities: EntityCheck[] = [];
  const keep = (finding: Found): void => {
    total += 1;
    if (found.length < limit) found.push(finding);
  };
  let agree = true;
  const load = { ...(options.signal === undefined ? {} : { signal: options.signal }), timeoutMs: options.timeoutMs ?? 0 };
  for (const declaration of declarations) {
    if (mode === "fast") {
      const { entity, same } = await compareSums(session, declaration, load);
      entities.push(entity);
      agree &&= same;
    } else entities.push(await compareRows(session, declaration, keep, options, load));
  }
  const warnings = await loadWarnings(session, load);
  if (mode === "fast") {
    warnings.unshift({ code: "fast_check", level: "info", message: "only counts and sums of numbers were compared; a changed text, or changes that cancel out, can't be seen: `jeseci check --deep` sees them", examples: [] });
  }
  return {
    in_sync: agree && total === 0,
    mode,
    started_at,
    finished_at: new Date().toISOString(),
    entities,
    findings: await named(session, found),
    findings_total: total,
    truncated: total > found.length,
    warnings,
  };
}

async function compareSums(session: Session, declaration: Declaration, load: LoadOptions): Promise<{ entity: EntityCheck; same: boolean }> {
  const [sql, graph] = await Promise.all([session.databases.sql.query(sumRows(declaration), [], load), session.databases.graph.query(sumGraph(declaration), {}, load)]);
  const [left, right] = [sql.rows[0] ?? [], graph.rows[0] ?? []];
  const same = left.every((value, index) => sameValue(value, right[index]));
  return { same, entity: { entity: declaration.entity, sql_rows: Number(left[0]), graph_rows: Number(right[0]), missing_in_graph: null, missing_in_sql: null, differing: null, in_flight: null } };
}

async function compareRows(session: Session, declaration: Declaration, keep: (finding: Found) => void, { onProgress }: CheckOptions, load: LoadOptions): Promise<EntityCheck> {
  const { databases } = session;
  const entity: EntityCheck = { entity: declaration.entity, sql_rows: 0, graph_rows: 0, missing_in_graph: 0, missing_in_sql: 0, differing: 0, in_flight: 0 };
  const counts = { missing_in_graph: 0, missing_in_sql: 0, differing: 0 };
  let seen = 0;
  for await (const pair of merge(projectedRows(databases, declaration, load), graphRows(databases, declaration, load))) {
    seen += 1;
    if (seen % 5_000 === 0) onProgress?.({ step: declaration.entity, done: seen, total: null });
    if (pair.sql !== null) entity.sql_rows += 1;
    entity.graph_rows += pair.graph.length;
    for (const kind of kindsOf(pair)) {
      if (kind !== "duplicate_in_graph") counts[kind] += 1;
      keep(findingOf(declaration, pair, kind));
    }
  }
  return { ...entity, ...counts };
}

function kindsOf(pair: Pair): FindingKind[] {
  const [stored] = pair.graph;
  const kinds: FindingKind[] = [];
  if (pair.graph.length > 1) kinds.push("duplicate_in_graph");
  if (pair.sql === null) kinds.push("missing_in_sql");
  else if (stored === undefined) kinds.push("missing_in_graph");
  // Of duplicates, one that is as the row says is enough: the others are the fault.
  else if (pair.graph.every((candidate) => differences(pair.sql ?? candidate, candidate).length > 0)) kinds.push("differing");
  return kinds;
}

function findingOf(declaration: Declaration, pair: Pair, kind: FindingKind): Found {
  const [stored] = pair.graph;
  const row = pair.sql;
  const positions = kind === "differing" && row !== null && stored !== undefined ? differences(row, stored) : declaration.properties.map((_property, index) => index);
  const fields = positions.map((index) => ({ field: declaration.properties[index]?.property ?? "", sql: row?.values[index] ?? null, graph: stored?.values[index] ?? null }));
  const thing = declaration.kind === "node" ? "node" : "relationship";
  const ids = declaration.kind === "node" ? [pair.k1] : [pair.k1, pair.k2];
  const base = { entity: declaration.entity, ids, kind, fields };
  switch (kind) {
    case "duplicate_in_graph":
      return { ...base, cause: "duplicate", evidence: `the graph holds ${pair.graph.length} of this key`, repair: declaration.kind === "node" ? "none by itself: which node's relationships are right needs a person" : `delete all ${pair.graph.length} and write the row's one` };
    case "missing_in_graph":
      return { ...base, cause: "unknown", evidence: `the row exists, the ${thing} does not`, repair: `create the ${thing}: ${describe(fields, "sql")}` };
    case "missing_in_sql":
      return { ...base, cause: "unknown", evidence: `the ${thing} exists, the row does not`, repair: `delete the ${thing}${thing === "node" ? ", unless relationships of the graph's own hang on it" : ""}` };
    case "differing":
      return { ...base, cause: "unknown", evidence: `the ${thing} differs from its row in ${fields.map(({ field }) => field).join(", ")}`, repair: `set ${fields.map(({ field, sql, graph }) => `${field}: ${show(graph)} → ${show(sql)}`).join(", ")}` };
  }
}

function describe(fields: Finding["fields"], side: "sql" | "graph"): string {
  return fields.map((field) => `${field.field} ${show(field[side])}`).join(", ");
}

function show(value: Value): string {
  return value === null ? "(missing)" : typeof value === "string" ? `“${value}”` : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Puts names in place of ids, and everything in the order of the contract. */
async function named(session: Session, found: readonly Found[]): Promise<Finding[]> {
  const wanted = new Map<NodeDeclaration, Set<string>>();
  const want = (node: NodeDeclaration, id: string | undefined): void => {
    if (id === undefined) return;
    const ids = wanted.get(node) ?? new Set();
    wanted.set(node, ids.add(id));
  };
  const endsOf = new Map(declarations.map((declaration) => [declaration.entity, declaration.kind === "node" ? [declaration] : [declaration.from.node, declaration.to.node]]));
  for (const { entity, ids } of found) endsOf.get(entity)?.forEach((node, index) => want(node, ids[index]));
  const nameOf = new Map<NodeDeclaration, (id: string) => string>();
  for (const [node, ids] of wanted) nameOf.set(node, await resolveNames(session.databases, node, ids));
  const findings = found.map(({ entity, ...rest }) => {
    const key = (endsOf.get(entity) ?? []).map((node, index) => nameOf.get(node)?.(rest.ids[index] ?? "") ?? "").join(" → ");
    return { entity, key, ...rest };
  });
  const place = (finding: Finding): number => entityNames.indexOf(finding.entity);
  return findings.sort((a, b) => place(a) - place(b) || compareText(a.key, b.key) || compareText(a.ids.join(), b.ids.join()) || compareText(a.kind, b.kind));
}
