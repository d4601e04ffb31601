import { hostname, userInfo } from "node:os";
import { InputError } from "../errors.ts";
import { compareText, isStorable, type Key } from "../projection/compare.ts";
import { declarationOf, declarations } from "../projection/declarations.ts";
import { keyRows, slices } from "../projection/read.ts";
import { heldNodes } from "../projection/statements.ts";
import { entityNames, type EntityName, type NodeDeclaration, type RelationshipDeclaration } from "../projection/types.ts";
import type { LoadOptions, Session } from "../session.ts";
import { defaultDeleteCap } from "../sync/delete-cap.ts";
import { failpoint } from "../sync/failpoint.ts";
import { readPair } from "../sync/lane.ts";
import { isWhole, markKeys, requireOutbox } from "../sync/outbox.ts";
import { parkedAmong } from "../sync/parked.ts";
import { sync } from "../sync/project.ts";
import { describe, fieldText } from "./findings.ts";
import { beginRepair, endRepair } from "./repair-log.ts";
import { findingKinds, type CheckReport, type Finding, type FindingKind } from "./types.ts";

/** One thing that a repair does. `before` and `after` describe the graph's state; null where there is nothing. */
export interface PlannedRepair {
  entity: EntityName;
  key: string;
  ids: string[];
  action: "create" | "update" | "delete" | "replace";
  before: string | null;
  after: string | null;
}

export interface RepairRefusal {
  reason: "delete_cap" | "sql_empty" | "graph_empty" | "graph_owned_relationships" | "duplicate_node" | "not_a_pair" | "unmarkable_key";
  entity: EntityName | null;
  count: number;
  message: string;
  examples: string[];
}

/** What a repair would do, and what it won't. */
export interface RepairPlan {
  planned: PlannedRepair[];
  refused: RepairRefusal[];
}

/** What is to be repaired; everything if empty. */
export interface Only {
  kind?: FindingKind;
  entity?: EntityName;
  /** The id, or both ids with a colon between them. An id may hold colons itself. */
  key?: string;
}

export interface PlanOptions extends LoadOptions {
  only?: Only;
  /** Most deletions of an entity; the larger of 10 and 1 % of it, at most 100, unless told. */
  maxDeletes?: number;
}

/** Findings that a repair looks at; a larger difference is no repair but a projection. */
export const repairLimit = 100_000;
const shown = 5;
const relationships = declarations.filter((declaration): declaration is RelationshipDeclaration => declaration.kind === "relationship");

/** Reads KIND, ENTITY, ENTITY:ID or ENTITY:ID:ID. Throws `InputError` (`usage`). */
export function parseOnly(text: string): Only {
  const kind = findingKinds.find((known) => known === text);
  if (kind !== undefined) return { kind };
  const [, name = "", key] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const entity = entityNames.find((known) => known === name);
  if (entity === undefined) throw new InputError("usage", `--only knows no “${text}”`, `a kind: ${findingKinds.join(", ")}; an entity: ${entityNames.join(", ")}; or an entity with its ids, such as concept:ID or progress:ID:ID`);
  const node = declarationOf(entity).kind === "node";
  if (key !== undefined && !(node ? /^.+$/s : /^.+:.+$/s).test(key)) throw new InputError("usage", `--only ${text}: ${entity} is named by ${node ? "one id" : "two ids"}`, `such as ${entity}:${node ? "ID" : "ID:ID"}; \`jeseci check --json\` shows the ids`);
  return { entity, ...(key === undefined ? {} : { key }) };
}

/** What would mend a check's findings, and what is not mended and why. Writes nothing. Throws `DatabaseError`. */
export async function planRepair(session: Session, report: CheckReport, { only = {}, maxDeletes, ...load }: PlanOptions = {}): Promise<RepairPlan> {
  const chosen = report.findings.filter((finding) => isChosen(finding, only));
  const refused: RepairRefusal[] = [];
  const pair = await readPair(session.databases, load);
  if (chosen.length > 0 && pair.sql !== null && pair.graph !== null && pair.sql !== pair.graph) {
    refused.push({ reason: "not_a_pair", entity: null, count: chosen.length, examples: namesOf(chosen), message: "these two databases do not belong together: the graph was projected from another PostgreSQL; `jeseci sync install --apply` pairs them anew if they do" });
    return { planned: [], refused };
  }
  if (chosen.length > 0 && report.entities.every(({ graph_rows }) => graph_rows === 0)) {
    refused.push({ reason: "graph_empty", entity: null, count: chosen.length, examples: namesOf(chosen), message: "the graph holds nothing of these tables: that is no repair; `jeseci sync --full` projects everything" });
    return { planned: [], refused };
  }
  const { mends, deletes } = sortOut(report, chosen, refused);
  const allowed = await allowedDeletes(session, report, deletes, maxDeletes, refused, load);
  const planned = [...mends.map((finding) => plannedOf(finding, false)), ...allowed.map((finding) => plannedOf(finding, true))];
  const place = ({ entity }: PlannedRepair): number => entityNames.indexOf(entity);
  planned.sort((a, b) => place(a) - place(b) || compareText(a.key, b.key) || compareText(a.ids.join(), b.ids.join()));
  return { planned, refused };
}

/** What is to be written and what is to be deleted, one finding a key; what can be neither is refused. */
function sortOut(report: CheckReport, chosen: readonly Finding[], refused: RepairRefusal[]): { mends: Finding[]; deletes: Finding[] } {
  const [mends, deletes]: [Finding[], Finding[]] = [[], []];
  for (const entity of entityNames) {
    const gone = new Set(report.findings.filter((finding) => finding.entity === entity && finding.kind === "missing_in_sql").map(idText));
    // Whatever was chosen of it.
    const twice = new Set(report.findings.filter((finding) => finding.entity === entity && finding.kind === "duplicate_in_graph").map(idText));
    const [doubled, unmarkable]: [Finding[], Finding[]] = [[], []];
    for (const findings of Map.groupBy(chosen.filter((finding) => finding.entity === entity), idText).values()) {
      // Of a key that stands there twice, that tells the most: what else is found of it is mended along with it.
      const finding = findings.find(({ kind }) => kind === "duplicate_in_graph") ?? findings[0];
      if (finding === undefined) continue;
      if (!isMarkable(finding)) unmarkable.push(finding);
      else if (twice.has(idText(finding)) && declarationOf(entity).kind === "node") doubled.push(finding);
      else (gone.has(idText(finding)) ? deletes : mends).push(finding);
    }
    const refuse = (reason: RepairRefusal["reason"], findings: readonly Finding[], message: string): void => void (findings.length > 0 && refused.push({ reason, entity, count: findings.length, examples: namesOf(findings), message }));
    refuse("duplicate_node", doubled, `${doubled.length} of ${entity} stand in the graph more than once: which node's relationships are right needs a person`);
    refuse("unmarkable_key", unmarkable, `the ids of ${unmarkable.length} of ${entity} can't be marked one by one: an id with a NUL can't be in PostgreSQL, and “*” would mark all; \`jeseci sync --full\` compares everything and mends these too`);
  }
  return { mends, deletes };
}

/** A mark of that key means that key and no more. */
function isMarkable(finding: Finding): boolean {
  return isStorable(keyOf(finding)) && !isWhole(keyOf(finding));
}

/**
 * The deletions that are made, with those of the relationships that go because their node does: they count towards the cap
 * of their own entity, and where that one's may not go, the node stays.
 */
async function allowedDeletes(session: Session, report: CheckReport, deletes: readonly Finding[], maxDeletes: number | undefined, refused: RepairRefusal[], load: LoadOptions): Promise<Finding[]> {
  const countsOf = (entity: EntityName): { sql: number; cap: number } => {
    const counts = report.entities.find((count) => count.entity === entity);
    return { sql: counts?.sql_rows ?? 0, cap: maxDeletes ?? defaultDeleteCap(counts?.graph_rows ?? 0) };
  };
  const of = (entity: EntityName): Finding[] => deletes.filter((finding) => finding.entity === entity);
  let nodes: Finding[] = [];
  for (const entity of entityNames.filter((name) => declarationOf(name).kind === "node")) nodes.push(...(await refuseDeletes(session, entity, of(entity), countsOf(entity), refused, load)));
  const links: Finding[] = [];
  for (const { entity } of relationships) {
    const chosen = new Set(of(entity).map(idText));
    const hangs = hangingOn(nodes);
    const along = report.findings.filter((finding) => finding.entity === entity && finding.kind === "missing_in_sql" && !chosen.has(idText(finding)) && hangs(finding));
    const unmarkable = along.filter((finding) => !isMarkable(finding));
    const all = [...of(entity), ...along.filter(isMarkable)];
    const allowed = await refuseDeletes(session, entity, all, countsOf(entity), refused, load);
    const reason = refused.at(-1)?.reason ?? "delete_cap";
    const stay = (ends: ReadonlySet<string>, why: RepairRefusal["reason"]): void => {
      const kept = nodes.filter((node) => ends.has(nodeText(node)));
      nodes = nodes.filter((node) => !ends.has(nodeText(node)));
      for (const [name, these] of Map.groupBy(kept, (node) => node.entity)) refused.push({ reason: why, entity: name, count: these.length, examples: namesOf(these), message: `relationships of ${entity} hang on ${these.length} of ${name}, and would go along though they may not: these stay too` });
    };
    if (allowed.length === 0 && all.length > 0) stay(endsOf(all), reason);
    else links.push(...allowed);
    if (unmarkable.length > 0) stay(endsOf(unmarkable), "unmarkable_key");
  }
  // What would only have gone along stays with a node that does.
  const asked = new Set(deletes);
  const hangs = hangingOn(nodes);
  return [...nodes, ...links.filter((link) => asked.has(link) || hangs(link))];
}

/** Whether one of these nodes is an end of a relationship. */
function hangingOn(nodes: readonly Finding[]): (link: Finding) => boolean {
  const known = new Set(nodes.map(nodeText));
  return (link) => [...endsOf([link])].some((end) => known.has(end));
}

/** Both ends of each, as `nodeText` names nodes. */
function endsOf(links: readonly Finding[]): Set<string> {
  return new Set(links.flatMap(({ entity, ids: [from = "", to = ""] }) => relationships.flatMap((link) => (link.entity === entity ? [`${link.from.node.entity} ${from}`, `${link.to.node.entity} ${to}`] : []))));
}

function nodeText({ entity, ids }: Finding): string {
  return `${entity} ${ids[0] ?? ""}`;
}

async function refuseDeletes({ databases }: Session, entity: EntityName, deletes: readonly Finding[], { sql, cap }: { sql: number; cap: number }, refused: RepairRefusal[], load: LoadOptions): Promise<readonly Finding[]> {
  if (deletes.length === 0) return [];
  const refuse = (reason: RepairRefusal["reason"], findings: readonly Finding[], message: string): void => void refused.push({ reason, entity, count: findings.length, message, examples: namesOf(findings) });
  if (sql === 0) {
    refuse("sql_empty", deletes, `PostgreSQL holds no ${entity} at all, the graph ${deletes.length}: nothing of it is deleted. If these two databases belong together, seed or restore PostgreSQL first`);
    return [];
  }
  const declaration = declarationOf(entity);
  const held = declaration.kind === "node" ? await heldAmong(databases, declaration, deletes, load) : new Set<string>();
  const keep = deletes.filter(({ ids }) => held.has(ids[0] ?? ""));
  if (keep.length > 0) refuse("graph_owned_relationships", keep, `relationships hang on ${keep.length} of ${entity} that no repair takes away${entity === "concept" ? ": `jeseci concept delete NAME --cascade` does" : ": delete them in the graph first, if they may go"}`);
  const free = deletes.filter(({ ids }) => !held.has(ids[0] ?? ""));
  if (free.length <= cap) return free;
  refuse("delete_cap", free, `${free.length} of ${entity} are only in the graph, more than the ${cap} that may be deleted at once: nothing of it is deleted; --max-deletes ${free.length} allows it`);
  return [];
}

async function heldAmong({ graph }: Session["databases"], declaration: NodeDeclaration, findings: readonly Finding[], load: LoadOptions): Promise<Set<string>> {
  const held = new Set<string>();
  for (const some of slices(findings.map(keyOf))) for (const [k1] of (await graph.query(heldNodes(declaration, relationships), { rows: keyRows(some) }, load)).rows) held.add(String(k1));
  return held;
}

/**
 * Carries a plan out by way of marks and the relay, the one path that writes. Whatever happens to it, each key is either
 * mended or as it was, and its mark stays until it is mended. What it did is kept in `jeseci.repair_run`. Gives how many keys
 * were carried over. Throws `InputError`, `DatabaseError`.
 */
export async function applyRepair({ databases }: Session, plan: RepairPlan, options: { signal?: AbortSignal } = {}): Promise<{ applied: number; parked: number }> {
  const { planned } = plan;
  await requireOutbox(databases);
  if (planned.length === 0) return { applied: 0, parked: 0 };
  // Marks and the record in one transaction: there is no repair that nobody knows of.
  const run = await databases.sql.write(async (transaction) => {
    await markKeys(transaction, planned.map((one) => ({ entity: one.entity, ...keyOf(one) })));
    return beginRepair(transaction, who(), plan);
  });
  failpoint("repair-marked");
  await sync(databases, options);
  failpoint("repair-synced");
  const parked = await countParkedOf(databases, planned);
  const applied = planned.length - parked;
  await databases.sql.write((transaction) => endRepair(transaction, run, applied));
  return { applied, parked };
}

/** How many of these keys are parked, whichever relay it was that took them up. */
async function countParkedOf({ sql }: Session["databases"], planned: readonly PlannedRepair[]): Promise<number> {
  return sql.read(async (transaction) => {
    let count = 0;
    for (const entity of entityNames) {
      const keys = planned.filter((one) => one.entity === entity).map(keyOf);
      if (keys.length > 0) count += (await parkedAmong(transaction, entity, keys)).length;
    }
    return count;
  });
}

/** The person, as far as the system knows. */
function who(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
}

function isChosen({ kind, entity, ids }: Finding, only: Only): boolean {
  return (only.kind === undefined || only.kind === kind) && (only.entity === undefined || only.entity === entity) && (only.key === undefined || only.key === ids.join(":"));
}

function plannedOf({ entity, key, ids, kind, fields }: Finding, gone: boolean): PlannedRepair {
  const side = (which: "sql" | "graph"): string => describe(fields, which) || "without properties";
  const base = { entity, key, ids };
  if (gone) return { ...base, action: "delete", before: side("graph"), after: null };
  if (kind === "missing_in_graph") return { ...base, action: "create", before: null, after: side("sql") };
  if (kind === "duplicate_in_graph") return { ...base, action: "replace", before: `several, one of them ${side("graph")}`, after: side("sql") };
  return { ...base, action: "update", before: fields.map((field) => fieldText(field, "graph")).join(", "), after: fields.map((field) => fieldText(field, "sql")).join(", ") };
}

function idText({ ids }: Pick<Finding, "ids">): string {
  return ids.join("\0");
}

function keyOf({ ids: [k1 = "", k2 = ""] }: Pick<Finding, "ids">): Key {
  return { k1, k2 };
}

function namesOf(findings: readonly Finding[]): string[] {
  return findings.slice(0, shown).map(({ key }) => key);
}
