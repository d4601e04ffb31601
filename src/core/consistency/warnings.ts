import { runQuery } from "../catalogue/run.ts";
import type { SqlParameters, Transaction } from "../../databases/types.ts";
import { findCycle } from "../projection/cycle.ts";
import { declarations } from "../projection/declarations.ts";
import { countAll } from "../projection/statements.ts";
import type { Declaration } from "../projection/types.ts";
import type { LoadOptions, Session } from "../session.ts";
import { outboxState, type OutboxState } from "../sync/outbox.ts";
import { countParked } from "../sync/parked.ts";
import type { EntityCheck, Warning } from "./types.ts";

const shown = 5;

/** What belongs to one side only, asked side by side. */
export async function loadWarnings(session: Session, entities: readonly EntityCheck[], options: LoadOptions): Promise<Warning[]> {
  const ask = async (id: string): Promise<Rows> => (await runQuery(session, `screens/consistency/${id}`, {}, options)).rows.map((row) => row.map((value) => (typeof value === "boolean" ? value : String(value ?? "")))) as Rows;
  const [cycles, privates, keyless, sequences, difficulties, constraints, strays, { access, unwatched, parked }] = await Promise.all([
    ask("cycles"),
    privateProperties(session, () => ask("private-properties"), options),
    uncompared(session, "node", entities, () => ask("without-key"), options),
    ask("sequence-faults"),
    ask("unknown-difficulties"),
    missingConstraints(session, options),
    uncompared(session, "relationship", entities, () => ask("wrong-ends"), options),
    session.databases.sql.read(outbox, options),
  ]);
  const warnings: Warning[] = [];
  const add = (code: string, examples: string[], message: (count: string) => string): void => {
    if (examples.length > 0) warnings.push({ code, level: "warning", message: message(examples.length >= 1_000 ? "1,000 or more" : String(examples.length)), examples: examples.slice(0, shown) });
  };
  const edges = new Map<string, string[]>();
  for (const [from, to] of cycles) edges.set(String(from), [...(edges.get(String(from)) ?? []), String(to)]);
  const cycle = findCycle(edges);
  if (cycle !== null) warnings.push({ code: "prerequisite_cycle", level: "warning", message: "prerequisites form a cycle: nobody could begin any of its concepts", examples: [cycle.join(" → ")] });
  const paths = (column: number): string[] => sequences.filter((row) => row[column] === true).map(([path]) => String(path));
  add("sequence_repeats", paths(1), (count) => `paths with two concepts in the same place: ${count}`);
  add("sequence_gaps", paths(2), (count) => `paths whose order has gaps: ${count}`);
  add("private_data_in_graph", privates.map(([username]) => String(username)), (count) => `users whose node carries an e-mail or a password hash: ${count}`);
  add("nodes_without_key", keyless.map(([label, name]) => `${String(label)} ${String(name)}`), (count) => `nodes that lack the text that identifies them, and were not compared: ${count}`);
  add("unknown_difficulty", difficulties.map(([name, word]) => `${String(name)}: ${String(word)}`), (count) => `rows whose difficulty is none of Beginner, Intermediate, Advanced; projected as they stand: ${count}`);
  add("missing_constraint", constraints, (count) => `uniqueness constraints that the graph lacks: ${count}`);
  add("wrong_ends", strays.map(([from, type, to]) => `(${String(from)})-[:${String(type)}]->(${String(to)})`), (count) => `relationships of our types whose ends are of other kinds or lack their id, and were not compared: ${count}`);
  if (access === "absent") warnings.push({ code: "no_outbox", level: "info", message: "PostgreSQL has no outbox: changes do not reach the graph by themselves; `jeseci sync install` shows what that takes", examples: [] });
  else add("triggers_off", unwatched, (count) => `tables whose triggers are missing or disabled, so that changes of their rows do not reach the graph: ${count}; \`jeseci sync install --apply\` puts them back`);
  if (access === "closed") warnings.push({ code: "outbox_closed", level: "info", message: "this role of PostgreSQL may not look into the schema jeseci: what is on its way to the graph or parked can't be told, and differences are confirmed by waiting", examples: [] });
  if (parked > 0) warnings.push({ code: "parked", level: "warning", message: `keys that could not be carried over: ${parked}; \`jeseci sync parked\` tells why`, examples: [] });
  return warnings;
}

async function outbox(transaction: Transaction<SqlParameters>): Promise<OutboxState & { parked: number }> {
  const state = await outboxState(transaction);
  return { ...state, parked: state.access === "open" ? await countParked(transaction) : 0 };
}

type Rows = (string | boolean)[][];

/** What was not compared, asked only where there is more than was read: counting a kind costs nothing, looking at each a lot. */
async function uncompared({ databases }: Session, kind: Declaration["kind"], entities: readonly EntityCheck[], ask: () => Promise<Rows>, options: LoadOptions): Promise<Rows> {
  const counts = await Promise.all(
    declarations.filter((declaration) => declaration.kind === kind).map(async (declaration) => {
      const { rows } = await databases.graph.query(countAll(declaration), {}, options);
      return Number(rows[0]?.[0] ?? 0) > (entities.find(({ entity }) => entity === declaration.entity)?.graph_rows ?? 0);
    }),
  );
  return counts.includes(true) ? ask() : [];
}

/** Asked only where anything in the graph ever had such a property. */
async function privateProperties({ databases }: Session, ask: () => Promise<Rows>, options: LoadOptions): Promise<Rows> {
  const { rows } = await databases.graph.query("CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey", {}, options);
  return rows.some(([key]) => key === "email" || key === "password_hash") ? ask() : [];
}

async function missingConstraints(session: Session, options: LoadOptions): Promise<string[]> {
  const { columns, rows } = await session.databases.graph.query("SHOW CONSTRAINTS", {}, options);
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(",") : String(value));
  const [labels, properties] = [columns.findIndex((name) => name === "label" || name === "labelsOrTypes"), columns.indexOf("properties")];
  const present = new Set(rows.map((row) => `${text(row[labels])}.${text(row[properties])}`));
  return declarations.flatMap((declaration) => (declaration.kind === "node" ? [`${declaration.label}.${declaration.key.property}`] : [])).filter((wanted) => !present.has(wanted));
}
