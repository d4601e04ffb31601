import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import { joinWords } from "../../../src/core/writes/values.ts";
import { contents, Writer } from "../../support/written.ts";

let writer: Writer;
beforeAll(async () => {
  writer = await Writer.open();
});
afterAll(() => writer.close());

const inGraph = async (title: string): Promise<unknown[]> => (await writer.graph("MATCH (p:LearningPath {title: $title})-[r:CONTAINS]->(c:Concept) RETURN c.name AS concept, r.sequence_order AS place ORDER BY place", { title })).map(([concept]) => concept);

test("create, with concepts in order", async () => {
  const report = await writer.write("path create", { title: "Graphs", difficulty: "advanced", hours: "20", concepts: "programming,data_structures" });
  expect(report).toEqual({
    outcome: "both",
    counts: [{ entity: "learning_path", upserted: 1, deleted: 0 }, { entity: "path_concept", upserted: 2, deleted: 0 }],
    warnings: [],
    plan: [
      { action: "create", thing: "path Graphs", before: null, after: "difficulty Advanced; hours 20" },
      { action: "create", thing: "path Graphs → programming", before: null, after: "place 1" },
      { action: "create", thing: "path Graphs → data_structures", before: null, after: "place 2" },
    ],
  });
  expect(await writer.sql("SELECT path_id, estimated_duration FROM learning_paths WHERE name = 'Graphs'")).toEqual([[idOf("learning_path", "Graphs"), 20]]);
  expect(await writer.graph("MATCH (p:LearningPath {title: 'Graphs'}) RETURN p.difficulty AS difficulty, p.estimated_hours AS hours")).toEqual([["Advanced", 20]]);
  expect(await inGraph("Graphs")).toEqual(["programming", "data_structures"]);
});

test("update: fields, the title, the list of concepts, and clearing", async () => {
  const { plan } = await writer.write("path update", { path: "Graphs", title: "Graphs and Trees", hours: "", concepts: "algorithms,programming" });
  expect(plan).toEqual([
    { action: "update", thing: "path Graphs, title", before: "Graphs", after: "Graphs and Trees" },
    { action: "update", thing: "path Graphs, hours", before: "20", after: null },
    { action: "delete", thing: "path Graphs and Trees → data_structures", before: "place 2", after: null },
    { action: "create", thing: "path Graphs and Trees → algorithms", before: null, after: "place 1" },
    { action: "update", thing: "path Graphs and Trees → programming", before: "place 1", after: "place 2" },
  ]);
  expect(await inGraph("Graphs and Trees")).toEqual(["algorithms", "programming"]);
  await writer.write("path update", { path: "Graphs and Trees", concepts: "" });
  expect(await writer.path("Graphs and Trees")).toEqual([]);
});

test("add, move and remove keep the places 1 to n", async () => {
  const path = "Graphs and Trees";
  for (const concept of ["programming", "databases", "statistics"]) await writer.write("path add", { path, concept });
  await writer.write("path add", { path, concept: "algorithms", at: "2" });
  expect(await writer.path(path)).toEqual(["programming", "algorithms", "databases", "statistics"]);
  expect((await writer.write("path move", { path, concept: "statistics", to: "1" })).plan).toEqual([
    { action: "update", thing: `path ${path} → statistics`, before: "place 4", after: "place 1" },
    { action: "update", thing: `path ${path} → programming`, before: "place 1", after: "place 2" },
    { action: "update", thing: `path ${path} → algorithms`, before: "place 2", after: "place 3" },
    { action: "update", thing: `path ${path} → databases`, before: "place 3", after: "place 4" },
  ]);
  expect((await writer.write("path move", { path, concept: "statistics", to: "1" })).plan).toEqual([]);
  await writer.write("path move", { path, concept: "programming", to: "4" });
  await writer.write("path remove", { path, concept: "algorithms" });
  expect(await writer.path(path)).toEqual(["statistics", "databases", "programming"]);
  expect(await inGraph(path)).toEqual(["statistics", "databases", "programming"]);
});

test("an order with gaps and repeats, which another program left, is counted anew", async () => {
  await writer.write("path create", { title: "Gaps", difficulty: "Beginner", concepts: "programming,algorithms,statistics" });
  await writer.databases.sql.write((transaction) => transaction.query("UPDATE learning_path_concepts AS k SET sequence_order = CASE c.name WHEN 'programming' THEN 0 ELSE 7 END FROM concepts c WHERE c.concept_id = k.concept_id AND k.path_id = (SELECT path_id FROM learning_paths WHERE name = 'Gaps')"));
  await writer.write("path add", { path: "Gaps", concept: "databases" });
  expect(await writer.path("Gaps")).toEqual(["programming", "algorithms", "statistics", "databases"]);
});

test("whatever is added, moved and removed, the path is what a list would be", async () => {
  const all = ["programming", "data_structures", "algorithms", "databases", "statistics"];
  await writer.write("path create", { title: "List", difficulty: "Beginner" });
  const list: string[] = [];
  const steps = fc.sample(fc.tuple(fc.constantFrom(...all), fc.constantFrom("move", "remove", "add"), fc.nat()), { numRuns: 25, seed: 7 });
  for (const [concept, action, number] of steps) {
    const at = list.indexOf(concept);
    const place = 1 + (number % Math.max(1, action === "add" ? list.length + 1 : list.length));
    if (at < 0) {
      await writer.write("path add", { path: "List", concept, at: String(1 + (number % (list.length + 1))) });
      list.splice(number % (list.length + 1), 0, concept);
    } else if (action === "remove") {
      await writer.write("path remove", { path: "List", concept });
      list.splice(at, 1);
    } else {
      await writer.write("path move", { path: "List", concept, to: String(1 + (number % list.length)) });
      list.splice(at, 1);
      list.splice((number % (list.length + 1)), 0, concept);
    }
    expect(await writer.path("List"), JSON.stringify([concept, action, place])).toEqual(list);
  }
});

test("names with commas, quotes, CJK and emoji", async () => {
  const names = ["a,b", "c\\d", 'e"f', "グラフ", "🧠 graph"];
  for (const name of names) await writer.write("concept create", { name, "display-name": name, difficulty: "Beginner" });
  const title = "道 🛤 'x' \"y\" $1";
  await writer.write("path create", { title, difficulty: "Beginner", concepts: joinWords(names) });
  expect(await writer.path(title)).toEqual(names);
  expect(await inGraph(title)).toEqual(names);
  await writer.write("path delete", { path: title });
});

test("delete takes the list along and leaves the concepts", async () => {
  const before = await contents(writer.databases);
  const dry = await writer.write("path delete", { path: "Data Science Track" }, { dryRun: true });
  expect(await contents(writer.databases)).toBe(before);
  const report = await writer.write("path delete", { path: "Data Science Track" });
  expect(report).toEqual({ ...dry, outcome: "both" });
  expect(report.counts).toEqual([{ entity: "learning_path", upserted: 0, deleted: 1 }, { entity: "path_concept", upserted: 0, deleted: 4 }]);
  expect(report.plan.at(-1)).toMatchObject({ action: "delete", thing: "path Data Science Track", before: expect.stringContaining("difficulty Intermediate; category Data Science; hours 60") as string });
  expect(await writer.sql("SELECT count(*) FROM concepts WHERE name = 'statistics'")).toEqual([[1]]);
});

describe("refused, with nothing written", () => {
  test.each<[string, Record<string, string>, string, RegExp]>([
    ["path create", { title: "x" }, "bad-input", /difficulty is missing/],
    ["path create", { title: "Programming Essentials", difficulty: "Beginner" }, "bad-input", /there is a path “Programming Essentials” already/],
    ["path create", { title: "x\u0007", difficulty: "Beginner" }, "bad-input", /title must not contain control/],
    ["path create", { title: "x", difficulty: "Beginner", hours: "two" }, "bad-input", /hours must be a whole number, not “two”/],
    ["path create", { title: "x", difficulty: "Beginner", hours: "-1" }, "bad-input", /hours must be >=0/],
    ["path create", { title: "x", difficulty: "Beginner", hours: "2147483648" }, "bad-input", /hours must be <=2147483647/],
    ["path create", { title: "x", difficulty: "Beginner", hours: "1.5" }, "bad-input", /hours must be a whole number/],
    ["path create", { title: "x", difficulty: "Beginner", concepts: "algorithms,,databases" }, "bad-input", /concepts must not be empty/],
    ["path create", { title: "x", difficulty: "Beginner", concepts: "algorithms,databases,algorithms" }, "bad-input", /“algorithms” stands twice/],
    ["path create", { title: "x", difficulty: "Beginner", concepts: "algorithms,databses" }, "unknown-concept", /there is no concept “databses”.*did you mean databases/],
    ["path update", { path: "Programming Essentials" }, "bad-input", /needs something to change/],
    ["path update", { path: "Programming Essentials", title: "Web Development Bootcamp" }, "bad-input", /there is a path “Web Development Bootcamp” already/],
    ["path update", { path: "Programming Essential", hours: "3" }, "unknown-path", /there is no learning path “Programming Essential”.*did you mean Programming Essentials/],
    ["path delete", { path: "programming essentials" }, "unknown-path", /there is no learning path/],
    ["path add", { path: "Programming Essentials", concept: "algorithms" }, "bad-input", /“algorithms” is on “Programming Essentials” already, at place 3/],
    ["path add", { path: "Programming Essentials", concept: "databases", at: "5" }, "bad-input", /place 5 is beyond the end.*1 to 4/],
    ["path add", { path: "Programming Essentials", concept: "databases", at: "0" }, "bad-input", /place must be 1 or more, not 0/],
    ["path add", { path: "Programming Essentials", concept: "database" }, "unknown-concept", /did you mean databases/],
    ["path move", { path: "Programming Essentials", concept: "algorithms", to: "4" }, "bad-input", /place 4 is beyond the end.*1 to 3/],
    ["path move", { path: "Programming Essentials", concept: "algorithms" }, "bad-input", /place is missing/],
    ["path move", { path: "Programming Essentials", concept: "databases", to: "1" }, "bad-input", /“databases” is not on “Programming Essentials”.*programming, data_structures, algorithms/],
    ["path remove", { path: "Programming Essentials", concept: "nothing_like_it" }, "unknown-concept", /there is no concept/],
  ])("%s %j", async (id, values, code, message) => {
    const error = await writer.refused(id, values);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(message);
  });

  test("a title that two paths share", async () => {
    await writer.databases.sql.write((transaction) => transaction.query("INSERT INTO learning_paths (path_id, name, difficulty_level) VALUES ('one', 'Twins', 'Beginner'), ('two', 'Twins', 'Beginner')"));
    for (const [id, values] of [["path delete", {}], ["path update", { hours: "3" }], ["path add", { concept: "algorithms" }]] as const) {
      // The first attempt carries the marks of the other program's rows over, so what is compared begins after it.
      const error: unknown = await writer.write(id, { path: "Twins", ...values }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "bad-input", message: "2 paths are called “Twins”, and which one is meant can't be told", hint: expect.stringContaining("one, two") as string });
    }
    expect(await writer.refused("path create", { title: "Twins", difficulty: "Beginner" })).toMatchObject({ message: "there is a path “Twins” already" });
    await writer.agrees();
  });
});
