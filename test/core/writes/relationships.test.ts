import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runQuery } from "../../../src/core/catalogue/run.ts";
import { contents, Writer } from "../../support/written.ts";

let writer: Writer;
beforeAll(async () => {
  writer = await Writer.open();
});
afterAll(() => writer.close());

const between = (from: string, to: string): Promise<unknown[][]> => writer.graph("MATCH (a:Concept {name: $from})-[r]->(b:Concept {name: $to}) RETURN type(r) AS type ORDER BY type", { from, to });

describe("relationship add", () => {
  test("in the graph only; a dry run leaves it out", async () => {
    const values = { from: "algorithms", type: "prerequisite", to: "machine_learning" };
    const before = await contents(writer.databases);
    expect((await writer.write("relationship add", values, { dryRun: true })).outcome).toBe("neither");
    expect(await contents(writer.databases)).toBe(before);
    expect(await writer.write("relationship add", values)).toEqual({
      outcome: "both",
      counts: [{ entity: "relationship", upserted: 1, deleted: 0 }],
      warnings: [],
      plan: [{ action: "create", thing: "(algorithms)-[:PREREQUISITE]->(machine_learning)", before: null, after: null }],
    });
    expect(await between("algorithms", "machine_learning")).toEqual([["PREREQUISITE"]]);
  });

  test("what is there already is left as it is", async () => {
    expect(await writer.write("relationship add", { from: "algorithms", type: "PREREQUISITE", to: "machine_learning" })).toEqual({ outcome: "both", counts: [], warnings: [], plan: [] });
    expect(await between("algorithms", "machine_learning")).toEqual([["PREREQUISITE"]]);
  });

  test("RELATED_TO in both directions is one", async () => {
    expect((await writer.write("relationship add", { from: "data_structures", type: "RELATED_TO", to: "databases" })).plan).toEqual([]);
    expect(await between("data_structures", "databases")).toEqual([]);
    expect((await writer.write("relationship add", { from: "technical_writing", type: "RELATED_TO", to: "databases" })).plan).toMatchObject([{ thing: "(technical_writing)-[:RELATED_TO]-(databases)" }]);
  });

  test.each<[string, string, string]>([
    ["data_structures", "programming", "data_structures → programming → data_structures"],
    ["deep_learning", "programming", "deep_learning → programming → algorithms → machine_learning → deep_learning"],
    ["deep_learning", "machine_learning", "deep_learning → machine_learning → deep_learning"],
  ])("a cycle of prerequisites is refused and shown: %s before %s", async (from, to, cycle) => {
    expect(await writer.refused("relationship add", { from, type: "PREREQUISITE", to })).toMatchObject({ code: "bad-input", message: `that would make a cycle of prerequisites: ${cycle}` });
  });

  test("only prerequisites may not go in a circle", async () => {
    await writer.write("relationship add", { from: "programming", type: "PART_OF", to: "data_structures" });
    expect((await runQuery(writer.session, "graph/prerequisite-cycles", {})).rows).toEqual([]);
  });

  test("a concept whose node is missing in the graph gets it first", async () => {
    await writer.write("concept create", { name: "lost", "display-name": "Lost", difficulty: "Beginner" });
    await writer.databases.graph.write((transaction) => transaction.query("MATCH (c:Concept {name: 'lost'}) DELETE c RETURN 1 AS done"));
    await writer.write("relationship add", { from: "lost", type: "BUILDS_UPON", to: "programming" });
    expect(await between("lost", "programming")).toEqual([["BUILDS_UPON"]]);
  });

  test.each<[Record<string, string>, string, RegExp]>([
    [{ from: "algorithms", type: "PART_OF", to: "algorithms" }, "bad-input", /PART_OF from “algorithms” to itself/],
    [{ from: "algorithms", type: "CONTAINS", to: "databases" }, "bad-input", /type must be one of BUILDS_UPON, PART_OF, PREREQUISITE, RELATED_TO, not “CONTAINS”/],
    [{ from: "algorithms", type: "PART_OF]->() DELETE r //", to: "databases" }, "bad-input", /type must be one of/],
    [{ from: "algorithm", type: "PART_OF", to: "databases" }, "unknown-concept", /there is no concept “algorithm”.*algorithms/],
    [{ from: "algorithms", type: "PART_OF", to: "database" }, "unknown-concept", /there is no concept “database”.*databases/],
    [{ from: "algorithms", type: "PART_OF" }, "bad-input", /to is missing/],
  ])("%j is refused", async (values, code, message) => {
    const error = await writer.refused("relationship add", values);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(message);
  });
});

describe("relationship remove", () => {
  test("takes it away", async () => {
    expect(await writer.write("relationship remove", { from: "algorithms", type: "PREREQUISITE", to: "machine_learning" })).toMatchObject({ counts: [{ entity: "relationship", upserted: 0, deleted: 1 }], plan: [{ action: "delete", thing: "(algorithms)-[:PREREQUISITE]->(machine_learning)" }] });
    expect(await between("algorithms", "machine_learning")).toEqual([]);
  });

  test("RELATED_TO whichever way round", async () => {
    await writer.write("relationship remove", { from: "data_structures", type: "RELATED_TO", to: "databases" });
    expect(await between("databases", "data_structures")).toEqual([]);
  });

  test("what is not there is an error that says what is", async () => {
    expect(await writer.refused("relationship remove", { from: "machine_learning", type: "PREREQUISITE", to: "statistics" })).toMatchObject({
      code: "bad-input",
      message: "there is no (machine_learning)-[:PREREQUISITE]->(statistics)",
      hint: "there is (machine_learning)-[:BUILDS_UPON]->(statistics), (statistics)-[:PREREQUISITE]->(machine_learning)",
    });
    expect((await writer.refused("relationship remove", { from: "web_development", type: "PART_OF", to: "deep_learning" })).hint).toBe("nothing relates “web_development” and “deep_learning”");
  });
});
