import fc from "fast-check";
import type pg from "pg";
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { applyRepair, planRepair } from "../../../src/core/consistency/repair.ts";
import type { CheckReport } from "../../../src/core/consistency/types.ts";
import type { Session } from "../../../src/core/session.ts";
import { follow } from "../../../src/core/sync/follow.ts";
import { projectAll, sync } from "../../../src/core/sync/project.ts";
import type { Databases } from "../../../src/databases/types.ts";
import type { Value } from "../../../src/databases/values.ts";

/*
 * Differences are made behind the product's back, in the graph, on things that nobody else touches, while others write:
 * what a check reports must be what was made, and nothing else; then it is repaired.
 */

export interface Place {
  session: Session;
  /** A second program of ours, which is the relay. The same where only one process may have the databases. */
  relay: Databases;
  /** Programs that know nothing of us. */
  writers: readonly pg.Client[];
}

/** Ids that JavaScript, PostgreSQL and Neo4j would sort differently; composed and decomposed ones are two. */
const ids = ["a", "A", "ä", "é", "e\u0301", "z ", "z", "Ω", "中文", "\uff5e", "\u{1f600}", "\u{10ffff}", "10", "9", "_", "*x"];
const [still, busy] = ["still ", "busy "];
/** Values that are none of those in the rows, of every type. */
const odd: readonly Value[] = ["other", "", "x ", "e\u0301", "7", 7, 0.5, 9007199254740993n, true, null, ["x"]];

type Kind = "missing_in_graph" | "missing_in_sql" | "differing" | "duplicate_in_graph";

/** The columns and properties of each entity, spelt out once more: the product's own declarations are what is tested. */
const nodes = {
  concept: { label: "Concept", key: "concept_id", properties: ["name", "display_name", "category", "domain", "difficulty"] },
  user: { label: "User", key: "user_id", properties: ["username", "first_name", "last_name"] },
  learning_path: { label: "LearningPath", key: "path_id", properties: ["title", "difficulty"] },
} as const;
const links = {
  path_concept: { type: "CONTAINS", from: nodes.learning_path, to: nodes.concept, properties: ["sequence_order"] },
  progress: { type: "HAS_PROGRESS", from: nodes.user, to: nodes.concept, properties: ["status", "progress_percent"] },
} as const;
type NodeName = keyof typeof nodes;
type LinkName = keyof typeof links;
const nodeNames = Object.keys(nodes) as NodeName[];
const linkNames = Object.keys(links) as LinkName[];
const endsOf: Record<LinkName, [NodeName, NodeName]> = { path_concept: ["learning_path", "concept"], progress: ["user", "concept"] };

const fill = [
  "TRUNCATE users, concepts, learning_paths CASCADE",
  "INSERT INTO concepts (concept_id, name, display_name, category, difficulty_level) SELECT p || i, p || i, 'Concept ' || i, 'C', 'Beginner' FROM unnest($1::text[]) AS i, unnest($2::text[]) AS p",
  "INSERT INTO users (user_id, username, first_name) SELECT p || i, p || i, 'First ' || i FROM unnest($1::text[]) AS i, unnest($2::text[]) AS p",
  "INSERT INTO learning_paths (path_id, name, difficulty_level) SELECT p || i, p || i, 'Advanced' FROM unnest($1::text[]) AS i, unnest($2::text[]) AS p",
  "INSERT INTO learning_path_concepts (path_id, concept_id, sequence_order) SELECT p || i, p || j, m FROM unnest($1::text[]) WITH ORDINALITY AS i(i, n), unnest($1::text[]) WITH ORDINALITY AS j(j, m), unnest($2::text[]) AS p WHERE (n + m) % 3 = 0",
  "INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) SELECT p || i, p || j, 'in_progress', m FROM unnest($1::text[]) WITH ORDINALITY AS i(i, n), unnest($1::text[]) WITH ORDINALITY AS j(j, m), unnest($2::text[]) AS p WHERE (n + m) % 2 = 0",
];

/** One difference, chosen by numbers that fast-check shrinks. */
interface Step {
  what: "node property" | "link property" | "link gone" | "link extra" | "link twice" | "link moved" | "node gone" | "node extra" | "node of another key";
  one: number;
  other: number;
  property: number;
  value: Value;
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step["what"]>("node property", "link property", "link gone", "link extra", "link twice", "link moved", "node gone", "node extra", "node of another key"),
    one: fc.nat(1_000),
    other: fc.nat(1_000),
    property: fc.nat(1_000),
    value: fc.constantFrom(...odd),
  }),
  { minLength: 0, maxLength: 6 },
);

/** Runs so many rounds and prints the seed; `TEST_SEED` runs those of another one. */
export async function runRounds(name: string, place: Place, rounds: number): Promise<void> {
  const seed = Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${rounds} rounds of drift on the ${name}: TEST_SEED=${seed}`);
  const { databases } = place.session;
  for (const [index, statement] of fill.entries()) await databases.sql.write((transaction) => transaction.query(statement, index === 0 ? [] : [ids, [still, busy]]));
  await databases.graph.write((transaction) => transaction.query("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n"));
  await projectAll(databases);
  const over = new AbortController();
  const load = [relayOf(place, over.signal), ...place.writers.map((writer, index) => write((statement, values) => writer.query(statement, [...values]), index, 40, over.signal))];
  if (place.writers.length === 0) load.push(write((statement, values) => databases.sql.write((transaction) => transaction.query(statement, values)), 0, 25, over.signal));
  try {
    for (const [round, chosen] of fc.sample(steps, { seed, numRuns: rounds }).entries()) {
      // A soak of half an hour says how far it is, past the runner, which keeps what is printed until the end.
      if (round > 0 && round % 250 === 0) writeSync(2, `${round} of ${rounds} rounds held\n`);
      await runRound(place, chosen, `seed ${seed}, round ${round}`, round % 5 === 0);
    }
  } finally {
    over.abort();
    await Promise.all(load);
  }
  await sync(databases);
  expect(await check(place.session)).toMatchObject({ in_sync: true, findings: [] });
}

async function runRound(place: Place, chosen: readonly Step[], name: string, twice: boolean): Promise<void> {
  const { session } = place;
  const expected = new Set<string>();
  const taken = new Set<string>();
  for (const step of chosen) await make(session.databases, step, taken, expected);
  const reports = await Promise.all(twice ? [check(session), check(session)] : [check(session)]);
  for (const report of reports) expect(found(report), name).toEqual([...expected].sort());
  const [report] = reports;
  if (report === undefined || expected.size === 0) return;
  const plan = await planRepair(session, report, { maxDeletes: 1_000 });
  expect(plan.refused, name).toEqual([]);
  await applyRepair(session, plan);
  expect(found(await check(session)), `${name}, repaired`).toEqual([]);
}

function found({ findings }: CheckReport): string[] {
  return findings.map(({ entity, ids: [k1 = "", k2 = ""], kind }) => finding(entity, k1, k2, kind)).sort();
}

function finding(entity: string, k1: string, k2: string, kind: Kind): string {
  return JSON.stringify([entity, k1, k2, kind]);
}

/** Makes a difference, unless what it is about is taken already; notes what must be found of it. */
async function make({ sql, graph }: Databases, { what, one, other, property, value }: Step, taken: Set<string>, expected: Set<string>): Promise<void> {
  const run = (statement: string, parameters: Record<string, Value>): Promise<unknown> => graph.write((transaction) => transaction.query(statement, parameters));
  const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
  const take = (...names: string[]): boolean => {
    if (names.some((key) => taken.has(key))) return false;
    for (const key of names) taken.add(key);
    return true;
  };
  const [id, second] = [still + pick(ids, one), still + pick(ids, other)];
  if (what.startsWith("node")) {
    const entity = pick(nodeNames, property);
    const { label, key, properties } = nodes[entity];
    const match = `MATCH (n:${label} {${key}: $id})`;
    if (what === "node extra") {
      const extra = `${id} extra ${other}`;
      if (!take(`${entity} ${extra}`)) return;
      await run(`CREATE (n:${label} {${key}: $id}) SET n.${properties[0]} = 'extra'`, { id: extra });
      expected.add(finding(entity, extra, "", "missing_in_sql"));
      return;
    }
    if (what === "node property") {
      if (!take(`${entity} ${id}`)) return;
      const name = pick(properties, other);
      const { rows } = await graph.query(`${match} RETURN n.${name} AS held`, { id });
      await run(`${match} SET n.${name} = $value`, { id, value });
      if (rows[0]?.[0] !== value) expected.add(finding(entity, id, "", "differing"));
      return;
    }
    // What hangs on the node is lost, or goes by another id, with it: none of it may be taken.
    const hanging = linkNames.flatMap((link) => endsOf[link].flatMap((end, index) => (end === entity ? [{ link, index }] : [])));
    const pairs: [LinkName, string, string][] = [];
    for (const { link, index } of hanging) {
      const table = link === "progress" ? "SELECT user_id, concept_id FROM user_concept_progress" : "SELECT path_id, concept_id FROM learning_path_concepts";
      const { rows } = await sql.query(table);
      for (const [k1, k2] of rows) if ((index === 0 ? k1 : k2) === id) pairs.push([link, String(k1), String(k2)]);
    }
    const ends = pairs.flatMap(([link, k1, k2]) => endsOf[link].map((end, index) => `${end} ${index === 0 ? k1 : k2}`));
    if (!take(...new Set([`${entity} ${id}`, ...ends]))) return;
    const renamed = `${id} of another key`;
    await run(what === "node gone" ? `${match} DETACH DELETE n` : `${match} SET n.${key} = $renamed`, { id, renamed });
    expected.add(finding(entity, id, "", "missing_in_graph"));
    if (what !== "node gone") expected.add(finding(entity, renamed, "", "missing_in_sql"));
    for (const [link, k1, k2] of pairs) {
      expected.add(finding(link, k1, k2, "missing_in_graph"));
      if (what !== "node gone") expected.add(finding(link, k1 === id && endsOf[link][0] === entity ? renamed : k1, k2 === id && endsOf[link][1] === entity ? renamed : k2, "missing_in_sql"));
    }
    return;
  }
  const entity = pick(linkNames, property);
  const { type, from, to, properties } = links[entity];
  const [fromName, toName] = endsOf[entity];
  if (!take(`${fromName} ${id}`, `${toName} ${second}`)) return;
  const ends = `MATCH (a:${from.label} {${from.key}: $id}) MATCH (b:${to.label} {${to.key}: $second})`;
  const match = `${ends} MATCH (a)-[r:${type}]->(b)`;
  const { rows } = await graph.query(`${match} RETURN properties(r) AS held`, { id, second });
  const held = rows[0]?.[0] as Record<string, Value> | undefined;
  if (held === undefined) {
    // The two have nothing to do with each other: only an extra one can be made.
    await run(`${ends} CREATE (a)-[r:${type}]->(b) SET r.${properties[0]} = 'extra'`, { id, second });
    expected.add(finding(entity, id, second, "missing_in_sql"));
  } else if (what === "link property") {
    const name = pick(properties, one + other);
    await run(`${match} SET r.${name} = $value`, { id, second, value });
    if ((held[name] ?? null) !== value) expected.add(finding(entity, id, second, "differing"));
  } else if (what === "link twice") {
    await run(`${match} CREATE (a)-[s:${type}]->(b) SET s.${properties[0]} = $value`, { id, second, value });
    expected.add(finding(entity, id, second, "duplicate_in_graph"));
  } else {
    await run(`${match} DELETE r`, { id, second });
    expected.add(finding(entity, id, second, "missing_in_graph"));
    if (what !== "link moved") return;
    const moved = `${second} moved`;
    await run(`${ends.replace("MATCH (b", "MERGE (b")} CREATE (a)-[:${type}]->(b)`, { id, second: moved });
    expected.add(finding(entity, id, moved, "missing_in_sql"));
    expected.add(finding(toName, moved, "", "missing_in_sql"));
  }
}

/** Somebody else's changes, on things of his own. */
async function write(run: (statement: string, values: Value[]) => Promise<unknown>, place: number, pauseMs: number, signal: AbortSignal): Promise<void> {
  for (let count = place; !signal.aborted; count += 1) {
    const [user, concept] = [busy + (ids[count % ids.length] ?? ""), busy + (ids[(count * 7 + place) % ids.length] ?? "")];
    const changes: [string, Value[]][] = [
      ["UPDATE user_concept_progress SET progress_percent = (progress_percent + 1) % 100 WHERE user_id = $1", [user]],
      ["DELETE FROM user_concept_progress WHERE user_id = $1 AND concept_id = $2", [user, concept]],
      ["INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) VALUES ($1, $2, 'completed', 100) ON CONFLICT DO NOTHING", [user, concept]],
      ["UPDATE concepts SET category = $2 WHERE concept_id = $1", [concept, `C${count % 10}`]],
      ["UPDATE users SET last_name = CASE WHEN last_name IS NULL THEN 'L' END WHERE user_id = $1", [user]],
      ["INSERT INTO users (user_id, username) VALUES ($1, $1) ON CONFLICT DO NOTHING", [`${user} come and gone`]],
      ["DELETE FROM users WHERE user_id = $1", [`${user} come and gone`]],
    ];
    const [statement, values] = changes[count % changes.length] ?? ["SELECT 1", []];
    // Two of them may lock the same rows in opposite orders: the one that PostgreSQL ends has changed nothing.
    await run(statement, values).catch((error: unknown) => {
      if (!/deadlock/i.test(String(error))) throw error;
    });
    await sleep(pauseMs);
  }
}

async function relayOf({ session, relay }: Place, signal: AbortSignal): Promise<void> {
  if (relay !== session.databases) return follow(relay, { signal, onState: () => undefined }).catch(() => undefined);
  while (!signal.aborted) {
    await sync(relay);
    await sleep(20);
  }
}
