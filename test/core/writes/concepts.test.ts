import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { contents, Writer } from "../../support/written.ts";

let writer: Writer;
beforeAll(async () => {
  writer = await Writer.open();
});
afterAll(() => writer.close());

const node = "MATCH (n:Concept {name: $name}) RETURN n.concept_id AS id, n.display_name AS display_name, n.difficulty AS difficulty, n.category AS category, n.domain AS domain";

describe("concept create", () => {
  test("a row and a node, under the id that seeding would give; the difficulty in whatever case", async () => {
    const report = await writer.write("concept create", { name: "graph_theory", "display-name": "Graph Theory", difficulty: "aDVANCED", domain: "Mathematics", category: "" });
    expect(report).toEqual({
      outcome: "both",
      counts: [{ entity: "concept", upserted: 1, deleted: 0 }],
      warnings: [],
      plan: [{ action: "create", thing: "concept graph_theory", before: null, after: "display name Graph Theory; difficulty Advanced; domain Mathematics" }],
    });
    const id = idOf("concept", "graph_theory");
    expect(await writer.sql("SELECT concept_id, display_name, difficulty_level, category, domain, description, key_terms FROM concepts WHERE name = 'graph_theory'")).toEqual([[id, "Graph Theory", "Advanced", null, "Mathematics", null, []]]);
    expect(await writer.graph(node, { name: "graph_theory" })).toEqual([[id, "Graph Theory", "Advanced", null, "Mathematics"]]);
  });

  test("a name that was given up is free again, its id is not", async () => {
    await writer.write("concept create", { name: "first", "display-name": "First", difficulty: "Beginner" });
    await writer.write("concept update", { concept: "first", name: "renamed" });
    await writer.write("concept create", { name: "first", "display-name": "First again", difficulty: "Beginner" });
    const [[first], [renamed]] = [(await writer.sql("SELECT concept_id FROM concepts WHERE name = 'first'"))[0] ?? [], (await writer.sql("SELECT concept_id FROM concepts WHERE name = 'renamed'"))[0] ?? []];
    expect(renamed).toBe(idOf("concept", "first"));
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(first).not.toBe(renamed);
  });

  test.each(["グラフ理論", "🧠🕸", "O'Brien \"quoted\" \\ $1 {x} --", " leading and trailing ", "a".repeat(255), "🧠".repeat(255), "a,b;c"])("the name %j", async (name) => {
    await writer.write("concept create", { name, "display-name": name, difficulty: "Beginner", description: `line 1\nline 2\t${name}` });
    expect(await writer.sql("SELECT name, display_name, description FROM concepts WHERE name = $1", name)).toEqual([[name, name, `line 1\nline 2\t${name}`]]);
    expect((await writer.graph(node, { name })).length).toBe(1);
    await writer.write("concept update", { concept: name, description: "" });
    await writer.write("concept delete", { concept: name });
    expect(await writer.graph(node, { name })).toEqual([]);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ name: "" }, /name must not be empty/],
    [{ name: "a\nb" }, /name must not contain control or bidirectional characters/],
    [{ name: "a\u202eb" }, /name must not contain control or bidirectional characters/],
    [{ name: "a\0b" }, /name contains the character NUL/],
    [{ name: "a\ud800b" }, /name contains half of a character/],
    [{ name: "a".repeat(256) }, /name must have at most 255 characters/],
    [{ name: "x", "display-name": "a".repeat(300) }, /display name must have at most 255 characters/],
    [{ name: "x", "display-name": "" }, /display name must not be empty/],
    [{ name: "x", description: "a\0b" }, /description contains the character NUL/],
    [{ name: "x", category: "\udc00" }, /category contains half of a character/],
    [{ name: "x", difficulty: "Expert" }, /difficulty must be one of Beginner, Intermediate, Advanced, not “Expert”/],
    [{ name: "", difficulty: "Expert", domain: "a".repeat(256) }, /name must not be empty.*; difficulty must be one of.*; domain must have at most 255 characters/],
  ])("%j is refused", async (values, message) => {
    expect(await writer.refused("concept create", { "display-name": "T", difficulty: "Beginner", ...values })).toMatchObject({ code: "bad-input", message: expect.stringMatching(message) as string, hint: "`jeseci concept create --help` shows how" });
  });

  test("what is missing is said, and what exists", async () => {
    expect((await writer.refused("concept create", { name: "x" })).message).toBe("display name is missing; difficulty is missing");
    expect(await writer.refused("concept create", { name: "algorithms", "display-name": "T", difficulty: "Beginner" })).toMatchObject({ code: "bad-input", message: "there is a concept “algorithms” already" });
  });

  test("a dry run writes nothing, and its plan is that of the run", async () => {
    const before = await contents(writer.databases);
    const values = { name: "dry", "display-name": "Dry", difficulty: "Beginner" };
    const dry = await writer.write("concept create", values, { dryRun: true });
    expect(dry.outcome).toBe("neither");
    expect(await contents(writer.databases)).toBe(before);
    expect(await writer.write("concept create", values)).toEqual({ ...dry, outcome: "both" });
  });
});

describe("concept update", () => {
  test("changes what is given, clears what is empty, keeps the rest and the relationships", async () => {
    const id = (await writer.sql("SELECT concept_id FROM concepts WHERE name = 'databases'"))[0]?.[0];
    const before = await writer.graph("MATCH (:Concept {name: 'databases'})-[r]-(o) RETURN count(r) AS n");
    const { plan } = await writer.write("concept update", { concept: "databases", name: "database_systems", difficulty: "advanced", category: "", domain: "Storage" });
    expect(plan.map(({ action, thing, after }) => [action, thing, after])).toEqual([
      ["update", "concept databases, name", "database_systems"],
      ["update", "concept databases, difficulty", "Advanced"],
      ["update", "concept databases, category", null],
      ["update", "concept databases, domain", "Storage"],
    ]);
    expect(await writer.graph(node, { name: "database_systems" })).toMatchObject([[id, expect.any(String), "Advanced", null, "Storage"]]);
    expect(await writer.graph("MATCH (:Concept {name: 'database_systems'})-[r]-(o) RETURN count(r) AS n")).toEqual(before);
    await writer.write("concept update", { concept: "database_systems", name: "databases" });
  });

  test("what is so already is not written", async () => {
    const updatedAt = "SELECT updated_at::text FROM concepts WHERE name = 'algorithms'";
    const before = await writer.sql(updatedAt);
    const difficulty = String((await writer.sql("SELECT difficulty_level FROM concepts WHERE name = 'algorithms'"))[0]?.[0]);
    expect(await writer.write("concept update", { concept: "algorithms", difficulty })).toEqual({ outcome: "both", counts: [], warnings: [], plan: [] });
    expect(await writer.sql(updatedAt)).toEqual(before);
  });

  test.each<[Record<string, string>, string, RegExp]>([
    [{ concept: "algorithms" }, "bad-input", /needs something to change/],
    [{ concept: "algoritms", domain: "x" }, "unknown-concept", /there is no concept “algoritms”.*did you mean algorithms/],
    [{ concept: "algorithms", name: "statistics" }, "bad-input", /there is a concept “statistics” already/],
    [{ concept: "algorithms", name: "" }, "bad-input", /name must not be empty/],
    [{ concept: "algorithms", difficulty: "" }, "bad-input", /difficulty must not be empty/],
    [{ concept: "", domain: "x" }, "bad-input", /concept must not be empty/],
    [{ concept: "a\0", domain: "x" }, "bad-input", /concept contains the character NUL/],
  ])("%j is refused", async (values, code, message) => {
    const error = await writer.refused("concept update", values);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(message);
  });
});

describe("concept delete", () => {
  test("says what would go, and takes it along only with --cascade; the paths close their gaps", async () => {
    const error = await writer.refused("concept delete", { concept: "machine_learning" });
    expect(error.code).toBe("write-refused");
    expect(error.message).toMatch(/^“machine_learning” holds \d relationships \(.* and \d more\); \d learners \(.*\); 2 places on a path \(Data Science Track, Mastering Computer Science\); \d+ sessions?; 1 quiz \(Learning Machines\)/);
    expect(error.hint).toContain("--cascade");

    const before = await contents(writer.databases);
    const dry = await writer.write("concept delete", { concept: "machine_learning" }, { cascade: true, dryRun: true });
    expect(await contents(writer.databases)).toBe(before);

    const report = await writer.write("concept delete", { concept: "machine_learning" }, { cascade: true });
    expect(report).toEqual({ ...dry, outcome: "both" });
    expect(report.plan.at(-1)).toMatchObject({ action: "delete", thing: "concept machine_learning" });
    expect(report.plan.map(({ action, thing }) => `${action} ${thing}`)).toEqual(expect.arrayContaining(["delete path Data Science Track → machine_learning", "update path Mastering Computer Science → programming", "delete 1 quiz of machine_learning"]));
    expect(report.counts).toEqual(expect.arrayContaining([expect.objectContaining({ entity: "relationship", upserted: 0 }), { entity: "concept", upserted: 0, deleted: 1 }]));
    expect(await writer.path("Data Science Track")).toEqual(["data_structures", "statistics", "deep_learning"]);
    expect(await writer.sql("SELECT count(*) FROM quizzes WHERE title = 'Learning Machines'")).toEqual([[0]]);
    expect(await writer.graph(node, { name: "machine_learning" })).toEqual([]);
  });

  test("a concept on which nothing hangs goes at once", async () => {
    await writer.write("concept create", { name: "bare", "display-name": "Bare", difficulty: "Beginner" });
    expect((await writer.write("concept delete", { concept: "bare" })).plan).toEqual([{ action: "delete", thing: "concept bare", before: "display name Bare; difficulty Beginner", after: null }]);
  });

  test("what hangs on it only in PostgreSQL, or only in the graph, is seen too", async () => {
    for (const name of ["only_rows", "only_graph"]) await writer.write("concept create", { name, "display-name": name, difficulty: "Beginner" });
    await writer.write("progress record", { user: "cavin_admin", concept: "only_rows" });
    await writer.write("relationship add", { from: "only_graph", type: "PART_OF", to: "only_rows" });
    expect((await writer.refused("concept delete", { concept: "only_graph" })).message).toBe("“only_graph” holds 1 relationship ((only_graph)-[:PART_OF]->(only_rows))");
    await writer.write("concept delete", { concept: "only_graph" }, { cascade: true });
    expect((await writer.refused("concept delete", { concept: "only_rows" })).message).toBe("“only_rows” holds 1 learner (cavin_admin)");
    await writer.write("concept delete", { concept: "only_rows" }, { cascade: true });
  });

  test("relationships that are not ours are never taken along", async () => {
    await writer.write("concept create", { name: "theirs", "display-name": "T", difficulty: "Beginner" });
    await writer.databases.graph.write((transaction) => transaction.query("MATCH (a:Concept {name: 'theirs'}) MATCH (b:Concept {name: 'algorithms'}) MERGE (a)-[r:SIMILAR_TO]->(b) RETURN count(r) AS n"));
    expect(await writer.refused("concept delete", { concept: "theirs" }, { cascade: true })).toMatchObject({ code: "write-refused", message: "the node of “theirs” holds relationships that are not jeseci's: (theirs)-[:SIMILAR_TO]->(algorithms)" });
  });

  test("a concept that outlived its row in the graph goes with --cascade", async () => {
    await writer.write("concept create", { name: "orphan", "display-name": "Orphan", difficulty: "Beginner" });
    await writer.write("relationship add", { from: "orphan", type: "BUILDS_UPON", to: "algorithms" });
    // As another program would: the relay then parks the key, since a person has to decide.
    await writer.databases.sql.write((transaction) => transaction.query("DELETE FROM concepts WHERE name = 'orphan'"));
    await sync(writer.databases);
    expect(await writer.sql("SELECT code FROM jeseci.sync_dead")).toEqual([["graph_owned_relationships"]]);
    expect((await writer.refused("concept delete", { concept: "orphan" })).message).toBe("“orphan” holds 1 relationship ((orphan)-[:BUILDS_UPON]->(algorithms))");
    const report = await writer.write("concept delete", { concept: "orphan" }, { cascade: true });
    expect(report.plan.at(-1)).toEqual({ action: "delete", thing: "concept orphan, in the graph only", before: null, after: null });
    expect(await writer.graph(node, { name: "orphan" })).toEqual([]);
    expect(await writer.sql("SELECT code FROM jeseci.sync_dead")).toEqual([]);
  });

  test("an unknown concept", async () => {
    expect(await writer.refused("concept delete", { concept: "statistic" })).toMatchObject({ code: "unknown-concept", hint: "did you mean statistics?" });
  });
});
