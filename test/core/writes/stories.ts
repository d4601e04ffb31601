import { expect, test } from "vitest";
import { contents, type Writer } from "../../support/written.ts";

/** What holds of every pair of databases: each operation once, and those that come at the same time. */
export function describeWrites(open: () => Writer): void {
  test("every operation, one after the other, both databases agreeing after each", async () => {
    const writer = open();
    for (const name of ["graphs", "木, 🌲 'n' \"y\" \\ $1"]) await writer.write("concept create", { name, "display-name": name, difficulty: "Advanced", description: "a\nb" });
    await writer.write("concept update", { concept: "graphs", name: "graph_theory", category: "Mathematics" });
    await writer.write("path create", { title: "Graphs", difficulty: "Advanced", hours: "20", concepts: "programming,graph_theory" });
    await writer.write("path add", { path: "Graphs", concept: "木, 🌲 'n' \"y\" \\ $1", at: "1" });
    await writer.write("path move", { path: "Graphs", concept: "programming", to: "3" });
    await writer.write("path update", { path: "Graphs", title: "Graphs and Trees", hours: "" });
    expect(await writer.path("Graphs and Trees")).toEqual(["木, 🌲 'n' \"y\" \\ $1", "graph_theory", "programming"]);
    await writer.write("user create", { username: "eva", email: "eva@example.org", "first-name": "Eva" });
    await writer.write("progress record", { user: "eva", concept: "graph_theory", percent: "30", minutes: "15" });
    await writer.write("progress record", { user: "eva", concept: "graph_theory", status: "completed" });
    await writer.write("relationship add", { from: "programming", type: "PREREQUISITE", to: "graph_theory" });
    await writer.write("relationship add", { from: "graph_theory", type: "RELATED_TO", to: "algorithms" });
    expect((await writer.write("relationship add", { from: "algorithms", type: "RELATED_TO", to: "graph_theory" })).plan).toEqual([]);
    expect((await writer.refused("relationship add", { from: "graph_theory", type: "PREREQUISITE", to: "programming" })).message).toContain("graph_theory → programming → graph_theory");
    expect((await writer.refused("relationship remove", { from: "graph_theory", type: "PREREQUISITE", to: "programming" })).hint).toContain("there is (programming)-[:PREREQUISITE]->(graph_theory)");
    await writer.write("relationship remove", { from: "algorithms", type: "RELATED_TO", to: "graph_theory" });
    await writer.write("path remove", { path: "Graphs and Trees", concept: "programming" });

    expect(await writer.refused("concept delete", { concept: "graph_theory" })).toMatchObject({ message: "“graph_theory” holds 1 relationship ((programming)-[:PREREQUISITE]->(graph_theory)); 1 learner (eva); 1 place on a path (Graphs and Trees); 1 session" });
    const before = await contents(writer.databases);
    const dry = await writer.write("concept delete", { concept: "graph_theory" }, { cascade: true, dryRun: true });
    expect(await contents(writer.databases)).toBe(before);
    expect(await writer.write("concept delete", { concept: "graph_theory" }, { cascade: true })).toEqual({ ...dry, outcome: "both" });
    await writer.write("path delete", { path: "Graphs and Trees" });
    await writer.write("concept delete", { concept: "木, 🌲 'n' \"y\" \\ $1" });
  });

  test("of two prerequisites that would close a cycle together, added at once, one is refused", async () => {
    const writer = open();
    for (const name of ["left", "right"]) await writer.write("concept create", { name, "display-name": name, difficulty: "Beginner" });
    const both = await Promise.allSettled([writer.run("relationship add", { from: "left", type: "PREREQUISITE", to: "right" }), writer.run("relationship add", { from: "right", type: "PREREQUISITE", to: "left" })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await writer.agrees();
  });

  test("concepts added to a path at once each get a place of their own", async () => {
    const writer = open();
    await writer.write("path create", { title: "Crowded", difficulty: "Beginner" });
    const all = ["programming", "algorithms", "databases", "statistics"];
    await Promise.all(all.map((concept) => writer.run("path add", { path: "Crowded", concept, at: "1" })));
    expect((await writer.path("Crowded")).sort()).toEqual(all.sort());
    await writer.agrees();
  });

  test("of two that make the same concept at once, one is refused", async () => {
    const writer = open();
    const values = { name: "twice", "display-name": "T", difficulty: "Beginner" };
    const both = await Promise.allSettled([writer.run("concept create", values), writer.run("concept create", values)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await writer.agrees();
  });

  test("a concept that is related while it is deleted is not lost by halves", async () => {
    const writer = open();
    await writer.write("concept create", { name: "fleeting", "display-name": "T", difficulty: "Beginner" });
    await Promise.allSettled([writer.run("relationship add", { from: "fleeting", type: "PART_OF", to: "programming" }), writer.run("concept delete", { concept: "fleeting" })]);
    const [[rows], [nodes]] = [(await writer.sql("SELECT count(*) FROM concepts WHERE name = 'fleeting'"))[0] ?? [], (await writer.graph("MATCH (c:Concept {name: 'fleeting'}) RETURN count(c) AS n"))[0] ?? []];
    expect(rows).toBe(nodes);
    await writer.agrees();
  });

  test("minutes recorded at once are all counted", async () => {
    const writer = open();
    await writer.write("user create", { username: "busy" });
    await Promise.all([1, 2, 3, 4].map((minutes) => writer.run("progress record", { user: "busy", concept: "programming", minutes: String(minutes) })));
    expect(await writer.sql("SELECT p.time_spent_minutes, (SELECT count(*) FROM learning_sessions s WHERE s.user_id = p.user_id) FROM user_concept_progress p JOIN users u USING (user_id) WHERE u.username = 'busy'")).toEqual([[10, 4]]);
    await writer.agrees();
  });
}
