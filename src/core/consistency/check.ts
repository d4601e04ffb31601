import { setTimeout as sleep } from "node:timers/promises";
import { throwIfCancelled } from "../../databases/errors.ts";
import type { OnProgress } from "../progress.ts";
import { compareKeys, compareText, type Key } from "../projection/compare.ts";
import { declarations } from "../projection/declarations.ts";
import { agrees, merge, type Pair } from "../projection/merge.ts";
import { graphRows, projectedRows } from "../projection/read.ts";
import { columnsOf, countTable } from "../projection/statements.ts";
import { entityNames, type Declaration, type EntityName, type NodeDeclaration } from "../projection/types.ts";
import { requireColumns } from "../schema/gaps.ts";
import type { LoadOptions, Session } from "../session.ts";
import { readPair } from "../sync/lane.ts";
import { explain, type Asked } from "./causes.ts";
import { confirm, groundOf, type Ground } from "./confirm.ts";
import { foundOf, kindsOf, type Found } from "./findings.ts";
import { resolveNames } from "./names.ts";
import { paceOf, type Pace } from "./pace.ts";
import { sumText } from "./sum-text.ts";
import { confirmSums } from "./sums.ts";
import type { CheckReport, EntityCheck, Finding, FindingKind, Past, SumCheck, Warning } from "./types.ts";
import { loadWarnings } from "./warnings.ts";

export interface CheckOptions extends LoadOptions {
  /** `deep` compares every projected field of every key; `fast` only counts and sums. */
  mode?: "deep" | "fast";
  /** How many findings are kept, the first by entity and ids; all are counted. */
  limit?: number;
  /** At most so many keys a second are read, whether or not others write. Without it they are spared while they do. */
  maxRate?: number;
  /** What earlier checks left behind, which is the evidence of most causes. */
  past?: Past;
  onProgress?: OnProgress;
}

const defaultLimit = 1_000;
/** Keys that are looked at again at once, which bounds the memory of a check where everything differs. */
const candidates = 10_000;
const progressRows = 5_000;
/** Findings whose evidence is gathered together. */
const explainedAtOnce = 2_000;

/**
 * Compares the graph with the projection of the rows, also while others write: every difference is looked at again until it
 * is at rest, and what is on its way is counted apart. Memory is flat; both sides are read once, in key order.
 * Throws `DatabaseError` if either side is unreachable, and `InputError` (`missing-schema`) if PostgreSQL lacks what is compared.
 */
export async function check(session: Session, options: CheckOptions = {}): Promise<CheckReport> {
  const { mode = "deep", limit = defaultLimit, past = nothingKnown } = options;
  const started_at = new Date().toISOString();
  const load = { ...(options.signal === undefined ? {} : { signal: options.signal }), timeoutMs: options.timeoutMs ?? 0 };
  await requireColumns(session.databases, declarations.map(columnsOf), load);
  const pair = await readPair(session.databases, load);
  const ground = await groundOf(session.databases, load);
  const { entities, sums, found, total, notes } = mode === "fast" ? await compareSums(session, ground, load) : await compareRows(session, ground, limit, options, load);
  const warnings = [...notes, ...groundWarnings(pair, ground, entities), ...(await loadWarnings(session, entities, load))].sort((a, b) => compareText(a.code, b.code));
  const explained: Found[] = [];
  const asked: Asked = { newer: new Map(), lacking: new Map(), passes: undefined };
  for (let from = 0; from < found.length; from += explainedAtOnce) explained.push(...(await explain(session, found.slice(from, from + explainedAtOnce), entities, past.clean, asked, load)));
  const finished_at = new Date().toISOString();
  return {
    in_sync: total === 0 && (sums ?? []).every(({ verdict }) => verdict !== "differs"),
    mode,
    started_at,
    finished_at,
    entities,
    sums,
    findings: (await named(session, explained)).map((finding) => ({ ...finding, first_seen: past.firstSeen(finding) ?? finished_at, last_seen: finished_at })),
    findings_total: total,
    truncated: total > found.length,
    warnings,
  };
}

const nothingKnown: Past = { clean: null, firstSeen: () => undefined };

/** What a comparison of all entities gives. */
interface Comparison {
  entities: EntityCheck[];
  sums: SumCheck[] | null;
  found: Found[];
  total: number;
  notes: Warning[];
}

async function compareRows(session: Session, ground: Ground, limit: number, options: CheckOptions, load: LoadOptions): Promise<Comparison> {
  const comparison: Comparison = { entities: [], sums: null, found: [], total: 0, notes: [] };
  const pace = paceOf(session.databases, options.maxRate, load);
  for (const declaration of declarations) {
    comparison.entities.push(
      await compareEntity(session, declaration, ground, options, load, pace, (pair, kind) => {
        comparison.total += 1;
        if (comparison.found.length < limit) comparison.found.push(foundOf(declaration, pair, kind));
      }),
    );
  }
  return comparison;
}

const nothingFound = { missing_in_graph: 0, missing_in_sql: 0, differing: 0, duplicate_in_graph: 0, in_flight: 0 };

async function compareEntity({ databases }: Session, declaration: Declaration, ground: Ground, { onProgress }: CheckOptions, load: LoadOptions, pace: Pace, keep: (pair: Pair, kind: FindingKind) => void): Promise<EntityCheck> {
  const entity: EntityCheck = { entity: declaration.entity, sql_rows: 0, graph_rows: 0, ...nothingFound };
  const counts = { ...nothingFound };
  // Counting takes its time: only where somebody looks.
  const total = onProgress === undefined ? null : Number((await databases.sql.query(countTable(declaration.table), [], load)).rows[0]?.[0] ?? 0);
  // The first rows come only when all are sorted.
  if (total !== null && total >= progressRows) onProgress?.({ step: declaration.entity, done: 0, total });
  let open: Key[] = [];
  const settle = async (): Promise<void> => {
    const { pairs, inFlight } = await confirm(databases, declaration, open, ground, load);
    open = [];
    counts.in_flight += inFlight;
    // Some come to rest later than others. Where not all are kept, it is known up to which key they are.
    for (const pair of pairs.toSorted(compareKeys)) {
      for (const kind of kindsOf(pair)) {
        counts[kind] += 1;
        keep(pair, kind);
      }
    }
  };
  let seen = 0;
  for await (const pairs of merge(projectedRows(databases, declaration, load), graphRows(databases, declaration, load))) {
    for (const pair of pairs) {
      if (pair.sql !== null) entity.sql_rows += 1;
      entity.graph_rows += pair.graph.length;
      if (!agrees(pair)) open.push({ k1: pair.k1, k2: pair.k2 });
    }
    seen += pairs.length;
    // The last and shorter batch is told of below.
    if (seen % progressRows === 0) onProgress?.({ step: declaration.entity, done: seen, total: total === null ? null : Math.max(total, seen), ...(pace.sparesOthers ? { note: "sparing writers" } : {}) });
    const waitMs = pace.waitAfter(pairs.length);
    if (waitMs > 0) await sleep(waitMs, undefined, load.signal === undefined ? {} : { signal: load.signal }).catch(() => throwIfCancelled(load.signal, "sql"));
    // An embedded database answers nobody else while it is read from end to end, and holds no more than fits in memory.
    if (open.length >= candidates && databases.profile === "servers") await settle();
  }
  if (total !== null && total >= progressRows) onProgress?.({ step: declaration.entity, done: seen, total: seen });
  await settle();
  return { ...entity, ...counts };
}

async function compareSums({ databases }: Session, ground: Ground, load: LoadOptions): Promise<Comparison> {
  const [entities, sums]: [EntityCheck[], SumCheck[]] = [[], []];
  const unknown = { missing_in_graph: null, missing_in_sql: null, differing: null, duplicate_in_graph: null, in_flight: null };
  for (const declaration of declarations) {
    const own = await confirmSums(databases, declaration, ground, load);
    sums.push(...own);
    entities.push({ entity: declaration.entity, sql_rows: Number(own[0]?.sql), graph_rows: Number(own[0]?.graph), ...unknown });
  }
  return { entities, sums, found: [], total: 0, notes: notesOf(sums, ground) };
}

/** What a fast check can't see, and what it could not tell. */
function notesOf(sums: readonly SumCheck[], { unwatched }: Ground): Warning[] {
  const fast = "only counts and sums of numbers were compared. It can't see a changed text, changes that cancel out, or a difference that keys on their way to the graph may explain, which it takes to be in sync: `jeseci check --deep` sees them";
  const unmarked = declarations.filter(({ table }) => unwatched.has(table));
  const isUnmarked = ({ entity }: SumCheck): boolean => unmarked.some((declaration) => declaration.entity === entity);
  const undecided = sums.filter(({ verdict }) => verdict === "open");
  const [open, unseen] = [undecided.filter((sum) => !isUnmarked(sum)), undecided.filter(isUnmarked)];
  const notes: Warning[] = [{ code: "fast_check", level: "info", message: fast, examples: [] }];
  if (open.length > 0) notes.push({ code: "changes_in_flight", level: "info", message: "counts or sums differ by no more than changes on their way to the graph can explain: whether they do is not known", examples: open.map(sumText) });
  // Those don't come to rest by waiting: nothing carries them over.
  if (unseen.length > 0) notes.push({ code: "changes_unmarked", level: "warning", message: "counts or sums differ of tables whose changes leave no mark, since their triggers are missing or disabled: they changed while they were compared, so whether they differ for good is not known: `jeseci check --deep` tells", examples: unseen.map(sumText) });
  return notes;
}

/** The warnings of a check's own footing. */
function groundWarnings(pair: { sql: string | null; graph: string | null }, { standby }: Ground, entities: readonly EntityCheck[]): Warning[] {
  const warnings: Warning[] = [];
  const add = (code: string, message: string): void => void warnings.push({ code, level: "warning", message, examples: [] });
  const sum = (side: "sql_rows" | "graph_rows"): number => entities.reduce((all, entity) => all + entity[side], 0);
  if (pair.sql !== null && pair.graph !== null && pair.sql !== pair.graph) add("not_a_pair", "these two databases do not belong together: the graph was projected from another PostgreSQL; `jeseci config` shows both addresses");
  if (standby) add("unconfirmed", "PostgreSQL is a replica: what it lacks or holds otherwise may only not have arrived there yet; check against the primary");
  if (sum("sql_rows") > 0 && sum("graph_rows") === 0) add("graph_empty", "the graph holds nothing of these tables: `jeseci sync --full` projects them");
  if (sum("sql_rows") === 0 && sum("graph_rows") > 0) add("sql_empty", "PostgreSQL holds no rows, the graph does: is this the right PostgreSQL? `jeseci config` shows its address");
  if (sum("sql_rows") === 0 && sum("graph_rows") === 0) add("both_empty", "both databases are empty: `jeseci seed` loads the demo data or a folder of yours");
  return warnings;
}

/** Puts names in place of ids, and everything in the order of the contract. */
async function named(session: Session, found: readonly Found[]): Promise<Omit<Finding, "first_seen" | "last_seen">[]> {
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
  const place = (finding: { entity: EntityName }): number => entityNames.indexOf(finding.entity);
  return findings.sort((a, b) => place(a) - place(b) || compareText(a.key, b.key) || compareText(a.ids.join(), b.ids.join()) || compareText(a.kind, b.kind));
}
