import type { Value } from "../../databases/values.ts";
import { differences, type Pair } from "../projection/merge.ts";
import type { Declaration } from "../projection/types.ts";
import { toJson } from "../text/json.ts";
import type { Finding, FindingKind } from "./types.ts";

/** A finding before it is known what it is called, why it is there and since when. */
export type Found = Omit<Finding, "key" | "first_seen" | "last_seen">;

/** What is wrong with a key; nothing if both sides agree. */
export function kindsOf(pair: Pair): FindingKind[] {
  const [stored] = pair.graph;
  const kinds: FindingKind[] = [];
  if (pair.graph.length > 1) kinds.push("duplicate_in_graph");
  if (pair.sql === null) {
    if (stored !== undefined) kinds.push("missing_in_sql");
  } else if (stored === undefined) kinds.push("missing_in_graph");
  // Of duplicates, one that is as the row says is enough: the others are the fault.
  else if (pair.graph.every((candidate) => differences(pair.sql ?? candidate, candidate).length > 0)) kinds.push("differing");
  return kinds;
}

/** One fault of a key, of unknown cause as yet. */
export function foundOf(declaration: Declaration, pair: Pair, kind: FindingKind): Found {
  const [stored] = pair.graph;
  const row = pair.sql;
  const positions = kind === "differing" && row !== null && stored !== undefined ? differences(row, stored) : declaration.properties.map((_property, index) => index);
  const fields = positions.map((index) => ({ field: declaration.properties[index]?.property ?? "", sql: row?.values[index] ?? null, graph: stored?.values[index] ?? null }));
  const ids = declaration.kind === "node" ? [pair.k1] : [pair.k1, pair.k2];
  const [cause, evidence] = kind === "duplicate_in_graph" ? (["duplicate", `the graph holds ${pair.graph.length} of this key`] as const) : (["unknown", ""] as const);
  return { entity: declaration.entity, ids, kind, cause, evidence, fields, repair: repairOf(declaration, pair, kind, fields) };
}

function repairOf({ kind: shape }: Declaration, { graph }: Pair, kind: FindingKind, fields: Finding["fields"]): string {
  const thing = shape === "node" ? "node" : "relationship";
  switch (kind) {
    case "duplicate_in_graph":
      return shape === "node" ? "none by itself: which node's relationships are right needs a person" : `delete all ${graph.length} and write the row's one`;
    case "missing_in_graph":
      return `create the ${thing}: ${describe(fields, "sql")}`;
    case "missing_in_sql":
      return `delete the ${thing}${thing === "node" ? ", unless relationships of the graph's own hang on it" : ""}`;
    case "differing":
      return `set ${fields.map(({ field, sql, graph: held }) => `${field}: ${show(held)} → ${show(sql)}`).join(", ")}`;
  }
}

/** The fields of one side in one line; those that it lacks are left out. */
export function describe(fields: Finding["fields"], side: "sql" | "graph"): string {
  return fields
    .filter((field) => field[side] !== null)
    .map((field) => fieldText(field, side))
    .join(", ");
}

/** One field of one side: `status “completed”`, `difficulty (missing)`. */
export function fieldText(field: Finding["fields"][number], side: "sql" | "graph"): string {
  return `${field.field} ${show(field[side])}`;
}

/** A value so that a text is told from a number, also within a list. */
export function show(value: Value): string {
  if (value === null) return "(missing)";
  if (typeof value === "string") return `“${value}”`;
  return Array.isArray(value) ? `[${value.map(show).join(", ")}]` : typeof value === "object" ? toJson(value) : String(value);
}
