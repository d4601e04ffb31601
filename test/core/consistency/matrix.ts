import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { applyRepair, planRepair } from "../../../src/core/consistency/repair.ts";
import type { CheckReport } from "../../../src/core/consistency/types.ts";
import type { Session } from "../../../src/core/session.ts";
import { projectAll } from "../../../src/core/sync/project.ts";
import type { Value } from "../../../src/databases/values.ts";

/*
 * Every entity × every field × every way to differ, one at a time: what a check reports is what was made, and nothing else;
 * a repair of it brings the two in step. Entities and fields are spelt out: the product's declarations are what is tested.
 */

/** One row of each entity, of which every field says something, and one that says as little as it may. */
const rows = [
  "TRUNCATE users, concepts, learning_paths CASCADE",
  "INSERT INTO concepts (concept_id, name, display_name, category, domain, difficulty_level) VALUES ('c', 'full é 中文 😀', 'algorithms', 'C', 'D', 'Beginner'), ('c-other', 'other', 'Other', 'C', 'D', 'Advanced')",
  "INSERT INTO concepts (concept_id, name, difficulty_level) VALUES ('c-bare', 'bare', 'Beginner')",
  "INSERT INTO users (user_id, username, first_name, last_name) VALUES ('u', 'full', 'F', 'L'), ('u-other', 'other', 'F', 'L')",
  "INSERT INTO users (user_id, username) VALUES ('u-bare', 'bare')",
  "INSERT INTO learning_paths (path_id, name, difficulty_level, category, estimated_duration) VALUES ('p', 'full', 'Advanced', 'C', 8), ('p-other', 'other', 'Advanced', 'C', 8)",
  "INSERT INTO learning_paths (path_id, name, difficulty_level) VALUES ('p-bare', 'bare', 'Beginner')",
  "INSERT INTO learning_path_concepts (path_id, concept_id, sequence_order) VALUES ('p', 'c', 3)",
  "INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) VALUES ('u', 'c', 'in_progress', 40)",
];

interface Thing {
  /** Finds the full row's counterpart, the bare row's, and what could be taken for another's. */
  full: string;
  bare?: string;
  key: string;
  texts: readonly string[];
  numbers: readonly string[];
  /** Those that the bare row leaves NULL. */
  optional?: readonly string[];
}

const nodes: Readonly<Record<string, Thing & { label: string; id: string; idProperty: string }>> = {
  concept: { label: "Concept", id: "c", idProperty: "concept_id", full: "MATCH (x:Concept {concept_id: 'c'})", bare: "MATCH (x:Concept {concept_id: 'c-bare'})", key: "full é 中文 😀", texts: ["name", "display_name", "category", "domain", "difficulty"], numbers: [], optional: ["display_name", "category", "domain"] },
  user: { label: "User", id: "u", idProperty: "user_id", full: "MATCH (x:User {user_id: 'u'})", bare: "MATCH (x:User {user_id: 'u-bare'})", key: "full", texts: ["username", "first_name", "last_name"], numbers: [], optional: ["first_name", "last_name"] },
  learning_path: { label: "LearningPath", id: "p", idProperty: "path_id", full: "MATCH (x:LearningPath {path_id: 'p'})", bare: "MATCH (x:LearningPath {path_id: 'p-bare'})", key: "full", texts: ["title", "difficulty", "category"], numbers: ["estimated_hours"], optional: ["category", "estimated_hours"] },
};

const links: Readonly<Record<string, Thing & { type: string; from: string; to: string; moved: string; movedKey: string }>> = {
  path_concept: { type: "CONTAINS", from: "(a:LearningPath {path_id: 'p'})", to: "(b:Concept {concept_id: 'c'})", moved: "(m:LearningPath {path_id: 'p-other'})", movedKey: "other → full é 中文 😀", full: "MATCH (:LearningPath {path_id: 'p'})-[x:CONTAINS]->(:Concept {concept_id: 'c'})", key: "full → full é 中文 😀", texts: [], numbers: ["sequence_order"] },
  progress: { type: "HAS_PROGRESS", from: "(a:User {user_id: 'u'})", to: "(b:Concept {concept_id: 'c'})", moved: "(m:User {user_id: 'u-other'})", movedKey: "other → full é 中文 😀", full: "MATCH (:User {user_id: 'u'})-[x:HAS_PROGRESS]->(:Concept {concept_id: 'c'})", key: "full → full é 中文 😀", texts: ["status"], numbers: ["progress_percent"] },
};

/** What every field may be made: for any, for texts, for numbers. */
const changes: Record<"any" | "text" | "number", readonly (readonly [string, Value])[]> = {
  any: [["removed", null], ["past 2^53", 9007199254740993n], ["a list", ["x"]], ["a list past 2^53", [9007199254740993n, 2]], ["true", true]],
  text: [["another text", "other"], ["with a blank behind", "algorithms "], ["with a blank before", " Beginner"], ["empty", ""], ["composed", "\u00e9"], ["decomposed", "e\u0301"], ["a number", 7]],
  number: [["another number", 57], ["the number as a text", "40"], ["a fraction", 0.5]],
};

/** Runs the matrix on a pair that `open` gives, with nothing in it that is still needed. */
export function driftMatrix(name: string, open: () => Promise<{ session: Session; close(): Promise<void> }>, patienceMs: number): void {
  describe(`drift of every kind in every field, on ${name}`, () => {
    let session: Session;
    let close: () => Promise<void> = () => Promise.resolve();
    beforeAll(async () => {
      ({ session, close } = await open());
      for (const statement of rows) await session.databases.sql.write((transaction) => transaction.query(statement));
      await projectAll(session.databases);
      expect(await check(session)).toMatchObject({ in_sync: true, findings: [] });
    }, patienceMs);
    afterAll(() => close());

    const graph = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => session.databases.graph.write((transaction) => transaction.query(`${statement} RETURN 1 AS done`, parameters));
    const found = ({ findings }: CheckReport): string[] => findings.map(({ entity, key, kind, fields }) => [entity, key, kind, ...(kind === "differing" ? fields.map(({ field }) => field) : [])].join(" | ")).sort();
    /** What was made is reported and nothing else; and is gone once it is repaired. */
    const holds = async (expected: readonly string[]): Promise<void> => {
      const report = await check(session);
      expect(found(report)).toEqual([...expected].sort());
      const plan = await planRepair(session, report, { maxDeletes: 100 });
      expect(plan.refused).toEqual([]);
      await applyRepair(session, plan);
      expect(await check(session)).toMatchObject({ in_sync: true, findings: [] });
    };

    const all = [...Object.entries(nodes), ...Object.entries(links)];
    const fields = all.flatMap(([entity, { full, key, texts, numbers }]) =>
      [...texts.map((field) => [field, changes.text] as const), ...numbers.map((field) => [field, changes.number] as const)].flatMap(([field, own]) => [...changes.any, ...own].map(([what, value]) => ({ entity, field, what, value, full, key }))),
    );
    test.each(fields)("$field of $entity: $what", async ({ entity, field, value, full, key }) => {
      await graph(`${full} SET x.${field} = $value`, { value });
      await holds([`${entity} | ${key} | differing | ${field}`]);
    });

    test.each(Object.entries(nodes).flatMap(([entity, { bare = "", optional = [] }]) => optional.flatMap((field) => [["an empty text", ""], ["0", 0], ["false", false]].map(([what, value]) => ({ entity, field, what, value: value as Value, bare })))))(
      "$field of $entity is NULL, and $what in the graph",
      async ({ entity, field, value, bare }) => {
        await graph(`${bare} SET x.${field} = $value`, { value });
        await holds([`${entity} | bare | differing | ${field}`]);
      },
    );

    test.each(Object.entries(links))("%s missing, twice, extra, and of another end", async (entity, { type, from, to, moved, full, key, movedKey }) => {
      await graph(`${full} DELETE x`);
      await holds([`${entity} | ${key} | missing_in_graph`]);
      await graph(`${full} MATCH ${from} MATCH ${to} CREATE (a)-[d:${type}]->(b) SET d = properties(x)`);
      await holds([`${entity} | ${key} | duplicate_in_graph`]);
      await graph(`MATCH ${moved} MATCH ${to} CREATE (m)-[:${type}]->(b)`);
      await holds([`${entity} | ${movedKey} | missing_in_sql`]);
      await graph(`${full} MATCH ${moved} MATCH ${to} CREATE (m)-[d:${type}]->(b) SET d = properties(x) DELETE x`);
      await holds([`${entity} | ${key} | missing_in_graph`, `${entity} | ${movedKey} | missing_in_sql`]);
    });

    test.each(Object.entries(nodes))("%s missing, extra, and of another key", async (entity, { label, id, idProperty, full, key }) => {
      const hanging = Object.entries(links).filter(([, link]) => link.from.includes(`'${id}'`) || link.to.includes(`'${id}'`));
      const gone = [`${entity} | ${key} | missing_in_graph`, ...hanging.map(([name, link]) => `${name} | ${link.key} | missing_in_graph`)];
      await graph(`${full} DETACH DELETE x`);
      await holds(gone);
      await graph(`CREATE (x:${label} {${idProperty}: 'extra'})`);
      await holds([`${entity} | extra | missing_in_sql`]);
      await graph(`${full} SET x.${idProperty} = 'renamed'`);
      // It keeps the name that the graph knows it by.
      const end = (node: string, shown: string): string => (node.includes(`'${id}'`) ? key : shown);
      await holds([...gone, `${entity} | ${key} | missing_in_sql`, ...hanging.map(([name, link]) => `${name} | ${end(link.from, "full")} → ${end(link.to, "full é 中文 😀")} | missing_in_sql`)]);
    });

    test("all of it at once", async () => {
      await graph(`${nodes["user"]?.full ?? ""} SET x.first_name = 'f', x.last_name = null`);
      await graph(`${links["progress"]?.full ?? ""} SET x.progress_percent = 41, x.status = 'completed'`);
      await graph(`${links["path_concept"]?.full ?? ""} DELETE x`);
      await graph("MATCH (x:LearningPath {path_id: 'p-other'}) DETACH DELETE x");
      await graph("CREATE (x:Concept {concept_id: '\u{1f600}', name: 'extra'})");
      await holds(["user | full | differing | first_name | last_name", "progress | full → full é 中文 😀 | differing | status | progress_percent", "path_concept | full → full é 中文 😀 | missing_in_graph", "learning_path | other | missing_in_graph", "concept | extra | missing_in_sql"]);
    });
  });
}
