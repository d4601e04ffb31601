import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { check } from "../../src/core/consistency/check.ts";
import { loadBacklog } from "../../src/core/sync/outbox.ts";
import { WriteForm } from "../../src/tui/write-form.ts";
import { operationOf, writeOperations } from "../../src/core/writes/operations.ts";
import { connected, openExplorer, type Opened } from "../support/explorer.ts";
import { openDemo, type TemporarySession } from "../support/seeded.ts";

let demo: TemporarySession;
let at: Opened;
beforeAll(async () => void (demo = await openDemo()));
afterAll(() => demo.close());
afterEach(() => at.own.end(0));

const concepts = async (): Promise<unknown[]> => (await demo.databases.sql.query('SELECT name FROM concepts ORDER BY name COLLATE "C"')).rows.map(([name]) => name);
const inSync = async (): Promise<void> => expect((await check(demo.session)).findings).toEqual([]);
/** Letters one by one, as they are typed. */
const type = (text: string): void => at.press(...text);
/** The form of an operation, by its summary in the list of writes. */
const openForm = async (summary: string): Promise<void> => {
  at.press("W");
  type(summary);
  await at.sees(summary);
  at.press("enter");
  await at.sees("⏎ preview");
};

describe("an explorer that only reads", () => {
  beforeEach(async () => {
    const opened = openExplorer(demo, { screen: "dashboard", user: "cavin_admin" });
    at = await connected(demo, { screen: "dashboard", user: "cavin_admin", settings: { ...opened.own.options.settings, readOnly: true } });
  });

  test("says what it needs to write, and offers no write", async () => {
    at.press("W");
    expect(at.frame()).toContain("read-only: start with --write to add, change or delete something");
    expect(at.own.overlay).toBeUndefined();
    at.press(":");
    type("delete a concept");
    expect(at.frame()).toMatch(/Delete a concept +needs --write/);
    at.press("enter");
    expect(at.own.overlay?.title).toBe("Commands");
  });

  test("carries nothing over, and shows how far the graph is behind", async () => {
    await demo.databases.sql.write((transaction) => transaction.query("UPDATE users SET last_name = 'later' WHERE username = 'cavin_admin'"));
    at.press("r");
    await at.sees("in sync");
    await at.sees(/▲ 1 pending · lag \d+ s/);
    // Also in a narrow window, which has room for little else.
    expect(at.frame(80, 24).split("\n")[0]).toMatch(/● SQL {3}● graph {3}. (?:in sync|differs) {3}▲ 1 pending · lag \d+ s/);
    expect(at.own.sync.relay).toEqual({ kind: "off" });
    expect((await loadBacklog(demo.databases))?.pending).toBe(1);
    at.own.end(0);
    // One that may write carries it over by itself.
    at = await connected(demo, { screen: "dashboard" });
    await at.sees(/(?<!pending · )lag 0 s/);
    expect((await loadBacklog(demo.databases))?.pending).toBe(0);
    await inSync();
  });

  test("names keys that were parked", async () => {
    await demo.databases.sql.write((transaction) => transaction.query("INSERT INTO jeseci.sync_dead (entity, k1, k2, code, message) VALUES ('user', 'x', '', 'constraint', 'no')"));
    at.press("r");
    await at.sees("✖ 1 parked");
    await demo.databases.sql.write((transaction) => transaction.query("DELETE FROM jeseci.sync_dead"));
  });
});

describe("an explorer that may write", () => {
  beforeEach(async () => void (at = await connected(demo, { screen: "dashboard", user: "cavin_admin" })));

  test("offers every operation of the command line", () => {
    at.press("W");
    for (const { summary } of writeOperations) expect(at.frame()).toContain(summary.slice(1));
  });

  test("a write is found by the name of its command too", async () => {
    at.press("W");
    type("progress rec");
    expect(at.frame()).toContain("Record what a user has learned of a concept");
    expect(at.frame()).not.toContain("Add a concept");
    at.press("enter");
    await at.sees("⏎ preview");
  });

  test("writes only after the plan was seen", async () => {
    await openForm("Add a concept");
    type("graph_theory");
    at.press("tab");
    type("Graph Theory");
    at.press("tab");
    type("adv");
    at.press("ctrl-n", "enter");
    await at.sees(/create concept graph_theory[\s\S]*display name Graph Theory; difficulty Advanced[\s\S]*in the graph: 1 concept written/);
    expect(await concepts()).not.toContain("graph_theory");
    at.press("escape");
    await at.sees("⏎ preview");
    at.press("enter");
    await at.sees("⏎ write it");
    at.press("enter");
    await at.sees("written in both databases");
    expect(await concepts()).toContain("graph_theory");
    await inSync();
  });

  test("a field that does not fit is told below it, and keeps the cursor", async () => {
    await openForm("Add a concept");
    at.press("enter");
    expect(at.frame()).toMatch(/▸ name[^\n]*\n[^\n]*✖ is missing/);
    type("x");
    at.press("tab", "tab");
    type("hard");
    at.press("enter");
    expect(at.frame()).toContain("✖ must be one of Beginner, Intermediate, Advanced, not “hard”");
  });

  test("what only the databases can refuse stands above the form, which stays", async () => {
    await openForm("Add a concept");
    type("databases");
    at.press("tab");
    type("D");
    at.press("tab");
    type("Beginner");
    at.press("enter");
    await at.sees("there is a concept “databases” already");
    expect(at.frame()).toMatch(/name +databases/);
  });

  test("a form that was left is there again", async () => {
    await openForm("Add a user");
    type("half typ");
    at.press("escape");
    expect(at.own.overlay).toBeUndefined();
    await openForm("Add a user");
    expect(at.frame()).toMatch(/username +half typ/);
  });

  test("what is changed stands in the form; only the changes are given, and an emptied field is cleared", async () => {
    at.press("2");
    await at.sees("waits for");
    await openForm("Change a learning path");
    const title = (at.tab(2) as unknown as { paths: { selected: { path: string } } }).paths.selected.path;
    await at.sees(/hours +60/);
    expect(at.frame()).toContain(title);
    at.press("down", "ctrl-u", "down", "ctrl-u", ..."61", "enter");
    await at.sees(new RegExp(`update path ${title}, category +Data Science → nothing[\\s\\S]*update path ${title}, hours +60 → 61`));
    expect(at.frame().match(/update path/g)).toHaveLength(2);
    at.press("escape", "escape");
  });

  test("a list is completed name by name", async () => {
    await openForm("Add a learning path");
    at.press("tab", "tab", "tab", "tab", "tab");
    await at.sees("▸ concepts");
    await at.sees("ctrl-n → algorithms");
    type("alg");
    at.press("ctrl-n");
    type(",deep");
    at.press("ctrl-n");
    expect(at.frame()).toContain("algorithms,deep_learning");
  });

  test("what hangs on a concept is told, and goes only with cascade", async () => {
    at.own.openConcept("statistics");
    await at.sees("Learners");
    await openForm("Delete a concept");
    expect(at.frame()).toMatch(/concept +statistics/);
    at.press("enter");
    await at.sees(/“statistics” holds 4 relationships[\s\S]*“cascade” deletes all of that too/);
    at.press("down", "ctrl-n", "enter");
    await at.sees(/delete 4 relationships of statistics[\s\S]*delete concept statistics/);
    at.press("enter");
    await at.sees("written in both databases");
    // The view of what is gone is left.
    expect(at.own.way()).toEqual(["Dashboard"]);
    expect(await concepts()).not.toContain("statistics");
    await inSync();
  });

  test("the view of a concept follows its new name", async () => {
    at.own.openConcept("databases");
    await at.sees("Learners");
    await openForm("Change a concept");
    await at.sees(/name +databases/);
    at.press(...Array.from({ length: 6 }, () => "down"), "ctrl-u", ..."database_systems", "enter");
    await at.sees(/name +databases → database_systems/);
    at.press("enter");
    await at.sees("written in both databases");
    expect(at.own.way()).toEqual(["Dashboard", "database_systems"]);
    await at.sees("Learners");
    await inSync();
  });

  test("nothing to do is said, and nothing is written", async () => {
    await openForm("Relate two concepts");
    type("machine_learning");
    at.press("tab", ..."PREREQUISITE", "tab", ..."deep_learning", "enter");
    await at.sees("nothing to do: it is so already");
    at.press("enter");
    expect(at.own.overlay).toBeUndefined();
  });

  test("a cycle of prerequisites is refused and printed", async () => {
    await openForm("Relate two concepts");
    type("deep_learning");
    at.press("tab", ..."PREREQUISITE", "tab", ..."machine_learning", "enter");
    await at.sees(/cycle[\s\S]*machine_learning/);
  });

  test("leaving waits for a write that runs", async () => {
    await openForm("Add a user");
    type("last_minute");
    at.press("enter");
    await at.sees("⏎ write it");
    at.press("enter", "ctrl-c");
    expect(at.ended).toEqual([130]);
    await at.own.close();
    expect((await demo.databases.sql.query("SELECT count(*) FROM users WHERE username = 'last_minute'")).rows).toEqual([[1]]);
    await inSync();
  });
});

test("on a profile that is marked production the form says so", async () => {
  const opened = openExplorer(demo);
  at = await connected(demo, { profile: "live", settings: { ...opened.own.options.settings, production: true } });
  await openForm("Add a user");
  expect(at.frame()).toContain("this writes to live, which is PRODUCTION");
});

describe("the values of a form", () => {
  test("of something new are what was typed", () => {
    const form = new WriteForm(operationOf("user create"), {});
    form.fields.forEach((field, index) => (field.text = ["ada", "", "Ada", ""][index] ?? ""));
    expect(form.values).toEqual({ username: "ada", "first-name": "Ada" });
  });

  test("of something that is changed are the changes, also if its values come late", () => {
    const form = new WriteForm(operationOf("concept update"), { concept: "statistics" });
    const [, display, difficulty, category] = form.fields;
    if (difficulty !== undefined) difficulty.text = "Advanced";
    form.begin({ "display-name": "Statistics", difficulty: "Intermediate", category: "Mathematics", name: "statistics" });
    expect([display?.text, difficulty?.text]).toEqual(["Statistics", "Advanced"]);
    if (category !== undefined) category.text = "";
    expect(form.values).toEqual({ concept: "statistics", difficulty: "Advanced", category: "" });
    // Another concept: what was not touched is that one's.
    form.begin({ "display-name": "Programming", difficulty: "Beginner", category: "Computing", name: "programming" });
    expect(form.values).toEqual({ concept: "statistics", difficulty: "Advanced", category: "" });
    expect(display?.text).toBe("Programming");
  });
});
