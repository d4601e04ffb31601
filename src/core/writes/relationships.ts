import type { GraphParameters, Transaction } from "../../databases/types.ts";
import { InputError } from "../errors.ts";
import { mergeRelationships } from "../seeding/statements.ts";
import { knownConcepts, type Known } from "./places.ts";
import { writeBoth } from "./plan.ts";
import type { Action } from "./types.ts";
import type { Given } from "./values.ts";

type Graph = Transaction<GraphParameters>;

/** A relationship between two concepts. `type` is one of four words of ours, and may stand in a statement. */
export interface Edge {
  from: Known;
  type: string;
  to: Known;
}

/** Relates two concepts. What is there already is left as it is. */
export const addRelationship: Action = async (databases, given, options) => {
  const [from, type, to] = namesOf(given);
  if (from === to) throw new InputError("bad-input", `${type} from “${from}” to itself`, "a relationship goes from one concept to another");
  return writeBoth(databases, options, (plan) => ({
    rows: async (sql) => edgeOf(type, await knownConcepts(sql, [from, to])),
    needs: ({ from, to }) => [from.id, to.id],
    graph: async (graph, edge) => {
      if ((await countOf(graph, edge)) > 0) return [];
      if (type === "PREREQUISITE") await refuseCycle(graph, edge);
      await graph.query(mergeRelationships(type), { rows: [{ k1: edge.from.id, k2: edge.to.id }] });
      plan.push({ action: "create", thing: edgeText(edge), before: null, after: null });
      return [{ entity: "relationship", upserted: 1, deleted: 0 }];
    },
  }));
};

/** Takes a relationship away; RELATED_TO whichever way round it is stored. */
export const removeRelationship: Action = async (databases, given, options) => {
  const [from, type, to] = namesOf(given);
  if (from === to) throw new InputError("bad-input", `${type} from “${from}” to itself`, "a relationship goes from one concept to another");
  return writeBoth(databases, options, (plan) => ({
    rows: async (sql) => edgeOf(type, await knownConcepts(sql, [from, to])),
    graph: async (graph, edge) => {
      const deleted = await count(graph, edge, "DELETE r RETURN count(r) AS n");
      if (deleted === 0) throw new InputError("bad-input", `there is no ${edgeText(edge)}`, await othersBetween(graph, edge));
      plan.push({ action: "delete", thing: edgeText(edge), before: null, after: null });
      return [{ entity: "relationship", upserted: 0, deleted }];
    },
  }));
};

/** `(a)-[:PREREQUISITE]->(b)`; RELATED_TO, which reads both ways, without an arrow. */
export function edgeText({ from, type, to }: { from: Pick<Known, "concept">; type: string; to: Pick<Known, "concept"> }): string {
  return `(${from.concept})-[:${type}]-${type === "RELATED_TO" ? "" : ">"}(${to.concept})`;
}

function namesOf(given: Given): [from: string, type: string, to: string] {
  return [given.text("from"), given.text("type"), given.text("to")];
}

function edgeOf(type: string, [from, to]: readonly Known[]): Edge {
  if (from === undefined || to === undefined) throw new RangeError("a relationship has two ends");
  return { from, type, to };
}

function countOf(graph: Graph, edge: Edge): Promise<number> {
  return count(graph, edge, "RETURN count(r) AS n");
}

async function count(graph: Graph, { from, type, to }: Edge, end: string): Promise<number> {
  const arrow = type === "RELATED_TO" ? "-" : "->";
  const { rows } = await graph.query(`MATCH (a:Concept {concept_id: $from})-[r:${type}]${arrow}(b:Concept {concept_id: $to}) ${end}`, { from: from.id, to: to.id });
  return Number(rows[0]?.[0] ?? 0);
}

/** Nobody could ever begin a concept that, over others, has to be learned before itself. */
async function refuseCycle(graph: Graph, { from, to }: Edge): Promise<void> {
  const { rows } = await graph.query(
    "MATCH (a:Concept {concept_id: $to}) MATCH (b:Concept {concept_id: $from}) MATCH p = allShortestPaths((a)-[:PREREQUISITE*1..]->(b)) WITH [n IN nodes(p) | n.name] AS names ORDER BY names LIMIT 1 RETURN names AS names",
    { from: from.id, to: to.id },
  );
  const names = rows[0]?.[0];
  if (!Array.isArray(names)) return;
  throw new InputError("bad-input", `that would make a cycle of prerequisites: ${[from.concept, ...names.map(String)].join(" → ")}`, "remove one of these relationships first, or turn this one round");
}

/** What there is between the two instead. */
async function othersBetween(graph: Graph, { from, to }: Edge): Promise<string> {
  const { rows } = await graph.query("MATCH (a:Concept {concept_id: $from})-[r]-(b:Concept {concept_id: $to}) WITH DISTINCT r, a RETURN type(r) AS type, startNode(r) = a AS forward ORDER BY type, forward", { from: from.id, to: to.id });
  if (rows.length === 0) return `nothing relates “${from.concept}” and “${to.concept}”`;
  return `there is ${rows.map(([type, forward]) => edgeText(forward === true ? { from, type: String(type), to } : { from: to, type: String(type), to: from })).join(", ")}`;
}
