import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadConcept } from "../../src/core/concepts/concepts.ts";
import { loadDashboard } from "../../src/core/dashboard/dashboard.ts";
import { listPaths, loadPath } from "../../src/core/paths/paths.ts";
import { loadRecommendations } from "../../src/core/recommendations/recommend.ts";
import { loadShared } from "../../src/core/shared-concepts/shared-concepts.ts";
import { calendar } from "../../src/tui/screens/dashboard/calendar.ts";
import type { DashboardScreen } from "../../src/tui/screens/dashboard/screen.ts";
import type { ConceptScreen } from "../../src/tui/screens/concept/screen.ts";
import type { PathsScreen } from "../../src/tui/screens/paths/screen.ts";
import type { RecommendationsScreen } from "../../src/tui/screens/recommendations/screen.ts";
import type { SharedScreen } from "../../src/tui/screens/shared/screen.ts";
import { connected, type Opened } from "../support/explorer.ts";
import { loadGraph, type LearningGraph } from "../support/random-graph.ts";
import { openDemo, openSession, type TemporarySession } from "../support/seeded.ts";

let demo: TemporarySession;
let at: Opened;
beforeAll(async () => void (demo = await openDemo()));
afterAll(() => demo.close());
afterEach(() => at.own.end(0));

const open = async (screen: string, user = "cavin_admin", temporary = demo): Promise<Opened> => (at = await connected(temporary, { screen, user }));
const concept = (): ConceptScreen => at.own.screen as ConceptScreen;
/** The line of the frame that holds a text. */
const line = (text: string, frame = at.frame()): string => frame.split("\n").find((candidate) => candidate.includes(text)) ?? "";

describe("Dashboard", () => {
  test("⏎ on progress opens the concept, on a path the path", async () => {
    await open("dashboard");
    await at.sees("deep_learning");
    at.press("tab", "enter");
    expect(at.own.way()).toEqual(["Dashboard", "machine_learning"]);
    await at.sees("needs before it");
    at.press("escape");
    expect(at.own.way()).toEqual(["Dashboard"]);
    at.press("right");
    const title = at.tab<DashboardScreen>(1).paths.selected?.path;
    at.press("enter");
    expect(at.own.way()).toEqual(["Paths"]);
    await expect.poll(() => at.tab<PathsScreen>(2).paths.selected?.path).toBe(title);
  });

  test("each number tells its definition, the rows behind it and the statement", async () => {
    await open("dashboard");
    await at.sees("2 of 9");
    at.press("G", "enter");
    const frame = at.frame();
    expect(frame).toMatch(/2 of 9 +SQL[\s\S]*Rows behind it[\s\S]*machine_learning +100 %[\s\S]*data_structures +75 %[\s\S]*Statement +sql\/dashboard-stats[\s\S]*SELECT/i);
    expect(frame).not.toContain("web_development   ");
    at.press("escape");
    expect(at.own.overlay).toBeUndefined();
  });

  test("another user's lists begin at their first", async () => {
    await open("dashboard");
    await at.sees("deep_learning");
    at.press("tab", "G");
    expect(at.tab<DashboardScreen>(1).progress.selected?.concept).toBe("web_development");
    at.own.setUser("dilnoza_k");
    await at.sees(/Welcome back, Dilnoza/);
    expect(at.tab<DashboardScreen>(1).progress.cursor.index).toBe(0);
  });
});

describe("Paths", () => {
  test("the marks of the concepts, and what each waits for, on the path or not", async () => {
    await open("paths");
    at.own.openPath("Data Science Track");
    await at.sees(/Data Science Track[\s\S]*deep_learning/);
    await at.sees("(not on this path)");
    expect(line("data_structures")).toMatch(/1 ● data_structures +75 % +mastered/);
    expect(line("machine_learning")).toMatch(/3 ✔ machine_learning +100 % +(waits for: statistics|completed)/);
    expect(line("statistics")).toMatch(/2 ▲ statistics +– +waits for: programming \(not on this path\)/);
    expect(line("deep_learning")).toMatch(/4 ○ deep_learning +– +ready: machine_learning ✔/);
    at.own.openPath("Programming Essentials");
    await at.sees(/1 ○ programming +– +ready/);
    expect(line("algorithms")).toMatch(/3 ▲ algorithms +– +waits for: programming(?! \(not)/);
  });

  test("⏎ goes to the concepts, ⏎ again into one, and esc back to where one was", async () => {
    await open("paths");
    await at.sees("Data Science Track");
    at.press("/", ..."Data Sci", "enter", "enter");
    await at.sees("statistics");
    at.press("down", "enter");
    expect(concept().concept).toBe("statistics");
    expect(at.own.way()).toEqual(["Paths", "statistics"]);
    await at.sees("needs before it");
    at.press("escape");
    expect([at.own.way(), at.tab<PathsScreen>(2).concepts.selected?.concept]).toEqual([["Paths"], "statistics"]);
  });

  test("an order survives in the state, and the selection the order", async () => {
    await open("paths");
    await at.sees("Data Science Track");
    const { paths } = at.tab<PathsScreen>(2);
    const selected = paths.selected?.path;
    at.press("o", "O");
    expect(paths.selected?.path).toBe(selected);
    expect(at.own.state.orders?.["paths"]).toEqual({ order: 1, reversed: true });
    expect(at.frame()).toContain("by hours ↓");
  });
});

describe("Concept", () => {
  test("groups by relationship and direction, with counts", async () => {
    await open("paths");
    at.own.openConcept("machine_learning");
    const frame = await at.sees("is built upon by");
    expect(frame).toMatch(/needs before it +PREREQUISITE +2[\s\S]*▸ ● data_structures +75 % mastered[\s\S]*▸ · statistics[\s\S]*opens +PREREQUISITE +1[\s\S]*deep_learning[\s\S]*builds upon +BUILDS_UPON +1[\s\S]*is built upon by +BUILDS_UPON +1[\s\S]*has as its parts +PART_OF +1/);
    expect(frame).toMatch(/Taught on +SQL/);
    expect(frame).toMatch(/Learners +SQL/);
  });

  test("→ unfolds, ↺ marks what is already on the way, ← folds again", async () => {
    await open("paths");
    at.own.openConcept("machine_learning");
    await at.sees("needs before it");
    at.press("down", "right");
    await at.sees("↺");
    expect(line("↺")).toMatch(/↺ . machine_learning +already on the way/);
    const before = at.frame();
    expect(before).toContain("▾ ● data_structures");
    // What is already there unfolds no further.
    while (concept().tree.selected?.kind !== "concept" || !(concept().tree.selected as { repeated: boolean }).repeated) at.press("down");
    at.press("right");
    expect(at.frame()).not.toContain("▾ ✔ machine_learning");
    concept().focus(concept().tree);
    at.press("g", "down", "left");
    expect(at.frame()).not.toContain("▾");
  });

  test("breadcrumbs tell the way, and esc walks back along it", async () => {
    await open("shared");
    for (const name of ["programming", "statistics", "machine_learning"]) at.own.openConcept(name);
    await at.sees("Shared concepts › programming › statistics › machine_learning");
    for (const way of [["Shared concepts", "programming", "statistics"], ["Shared concepts", "programming"], ["Shared concepts"]]) {
      at.press("escape");
      if (at.own.way().length > way.length) at.press("escape"); // the first ended a load
      expect(at.own.way()).toEqual(way);
    }
  });

  test("a hub of forty neighbours is capped, and ⏎ shows the rest", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `spoke ${String(index).padStart(2, "0")}`);
    const graph: LearningGraph = {
      concepts: ["hub", ...names].map((name, index) => ({ id: `c${index}`, name, display_name: null, category: null, difficulty: "Beginner" })),
      users: [{ id: "u", username: "somebody", first_name: null, last_name: null }],
      paths: [],
      contains: [],
      progress: [],
      edges: names.map((name) => ({ from: "hub", type: "PREREQUISITE", to: name })),
    };
    const own = await openSession();
    try {
      await loadGraph(own.databases, graph);
      await open("paths", "somebody", own);
      at.own.openConcept("hub");
      const frame = await at.sees("+31 more  ⏎ shows them");
      expect(frame).toMatch(/opens +PREREQUISITE +40/);
      expect(frame).not.toContain("spoke 09");
      at.press("G");
      expect(concept().tree.selected?.kind).toBe("more");
      at.press("enter");
      expect(at.frame(120, 60)).toContain("spoke 39");
      expect(at.frame(120, 60)).not.toContain("more  ⏎");
      at.own.end(0);
    } finally {
      await own.close();
    }
  });
});

describe("Shared concepts", () => {
  test("+ and - change how many paths must share, for the list and the matrix alike", async () => {
    await open("shared");
    await at.sees("Shared by 2 paths or more");
    const screen = at.tab<SharedScreen>(3);
    for (const [key, minPaths] of [["+", 3], ["+", 4], ["-", 3], ["-", 2], ["-", 1]] as const) {
      at.press(key);
      expect(screen.minPaths).toBe(minPaths);
      await expect.poll(() => screen.data.loading).toBe(false);
      const { concepts } = await loadShared(demo.session, { minPaths });
      expect(screen.concepts.items.map((row) => row.concept)).toEqual(concepts.map((row) => row.concept));
      for (const row of concepts) expect(row.path_count).toBeGreaterThanOrEqual(minPaths);
    }
    at.press("-");
    expect([screen.minPaths, at.own.message?.text]).toEqual([1, "these are all concepts that any path teaches"]);
  });

  test("the matrix marks what the list counts", async () => {
    await open("shared");
    await at.sees("Paths × concepts");
    const screen = at.tab<SharedScreen>(3);
    const text = screen.matrix.render(at.own.theme, 200, 20, false).map((row) => row.replace(/\u001b\[[\d;]*m/g, ""));
    const counts = text.find((row) => row.startsWith(" paths "))?.trim().split(/\s+/).slice(1).map(Number) ?? [];
    expect(counts).toEqual(screen.concepts.items.map((row) => row.path_count));
    const marks = text.join("").match(/●/g)?.length;
    expect(marks).toBe(counts.reduce((sum, count) => sum + count, 0));
    // Most shared first.
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  });

  test("⏎ in the matrix asks whether to go to the concept or the path", async () => {
    await open("shared");
    await at.sees("Paths × concepts");
    at.press("tab", "enter");
    const { path, concept: name } = at.tab<SharedScreen>(3).matrix;
    expect(at.frame()).toMatch(new RegExp(`Go to[\\s\\S]*${name} +concept[\\s\\S]*${path} +path`));
    at.press("down", "enter");
    expect(at.own.way()).toEqual(["Paths"]);
    await expect.poll(() => at.tab<PathsScreen>(2).paths.selected?.path).toBe(path);
  });
});

describe("Recommendations", () => {
  test("the terms of every score add up to it, as they stand on the screen", async () => {
    await open("recommend");
    await at.sees("Why ");
    const screen = at.tab<RecommendationsScreen>(4);
    expect(screen.items.items.length).toBeGreaterThan(0);
    for (const { score, terms } of screen.items.items) {
      expect(terms.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score ?? NaN, 10);
      for (const { value, weight, contribution } of terms) expect(value * weight).toBeCloseTo(contribution, 10);
    }
    const frame = at.frame(200, 50);
    const shown = [...frame.matchAll(/([\d.]+) × ([\d.]+) = ([\d.]+)/g)];
    expect(shown).toHaveLength(screen.items.selected?.terms.length ?? 0);
    expect(shown.reduce((sum, [, , , gain]) => sum + Number(gain), 0)).toBeCloseTo(screen.items.selected?.score ?? NaN, 3);
  });

  test("what was left out stands below, with its reason", async () => {
    await open("recommend");
    const frame = await at.sees("Not recommended");
    expect(frame).toMatch(/algorithms +– .*programming/);
    for (const { reason } of at.tab<RecommendationsScreen>(4).excluded.items) expect(reason).not.toBe("");
  });

  test("t goes through the three strategies; a route asks for its goal in the form", async () => {
    await open("recommend");
    await at.sees("Why ");
    const screen = at.tab<RecommendationsScreen>(4);
    at.press("t");
    await at.sees("Paths to go on with");
    expect(at.frame()).toMatch(/left +\d done +missing/);
    at.press("t");
    expect(at.frame()).toContain("name the concept to reach; ⏎ runs");
    expect([screen.strategy, screen.focused(screen.form), at.own.screen.capturing()]).toEqual(["route", true, true]);
    at.press(..."algorithms", "enter");
    await at.sees(/Route[\s\S]*1 +programming/);
    expect(screen.items.items.map(({ item, step }) => [step, item])).toEqual([[1, "programming"], [2, "algorithms"]]);
    expect(at.frame()).toMatch(/2 +algorithms .*after data_structures, programming/);
    at.press("t");
    await at.sees("Next concepts");
    expect(screen.strategy).toBe("next");
  });

  test("⏎ on what is recommended opens it; on a path its screen", async () => {
    await open("recommend");
    await at.sees("Why ");
    const { items } = at.tab<RecommendationsScreen>(4);
    const name = items.selected?.item;
    at.press("enter");
    expect(concept().concept).toBe(name);
    at.press("4", "t");
    await at.sees("Paths to go on with");
    await at.sees("done");
    const title = items.selected?.item;
    at.press("enter");
    await expect.poll(() => at.tab<PathsScreen>(2).paths.selected?.path).toBe(title);
  });
});

describe("Statements", () => {
  test("⏎ draws the plan of SQL as a tree; esc comes back to the list", async () => {
    await open("paths");
    await at.sees("Data Science Track");
    at.press("s");
    while (!at.frame().match(/▸ SQL/)) at.press("down");
    at.press("enter");
    expect(await at.sees("Plan of ")).toMatch(/operator +rows +cost/);
    at.press("escape");
    expect(at.frame()).toContain("Statements on this screen");
    at.press("escape");
    expect(at.own.overlay).toBeUndefined();
  });

  test("and that of a graph that tells its plan in the same way; one that has none says so", async () => {
    await open("shared");
    await at.sees("Paths × concepts");
    at.press("s", "enter");
    expect(await at.sees("Plan of graph/shared-concepts")).toMatch(/operator +rows +cost[\s\S]*NodeScan/);
    at.own.end(0);
    const { databases } = demo.session;
    const graph = new Proxy(databases.graph, {
      get: (target, name: keyof typeof databases.graph) => {
        const own = target[name];
        return name === "explain" ? () => Promise.resolve(null) : typeof own === "function" ? own.bind(target) : own;
      },
    });
    await open("shared", "cavin_admin", { ...demo, session: { ...demo.session, databases: { ...databases, graph } } });
    await at.sees("Paths × concepts");
    at.press("s", "enter");
    await at.sees("the embedded graph has no plans");
    expect(at.frame()).toContain("Statements on this screen");
  });

  test("y copies the statement as it can be pasted", async () => {
    await open("dashboard");
    await at.sees("deep_learning");
    at.press("s");
    while (!at.frame().match(/▸ SQL .*sql\/dashboard-stats/)) at.press("down");
    at.press("y");
    expect(at.copied()).toMatch(/^\\set username 'cavin_admin'\n[\s\S]*:'username'[\s\S]*;\n$/);
    at.press("G");
    while (!at.frame().match(/▸ graph/)) at.press("up");
    at.press("y");
    expect(at.copied()).toMatch(/^:param username => 'cavin_admin';\n[\s\S]*\$username[\s\S]*;\n$/);
  });

  test("p asks before it runs anything, and then measures", async () => {
    await open("paths");
    await at.sees("Data Science Track");
    at.press("s");
    while (!at.frame().match(/▸ SQL/)) at.press("down");
    at.press("p");
    expect(at.frame()).toMatch(/Profile .*\?[\s\S]*Run it once more and measure[\s\S]*Leave it/);
    at.press("down", "enter");
    expect(at.frame()).toContain("Statements on this screen");
    at.press("p", "enter");
    expect(await at.sees("Profile of ")).toMatch(/operator +rows +cost +real rows +time/);
  });
});

describe("the commands", () => {
  const first = (): string => at.frame().split("\n").find((candidate) => /^\W*│ +/.test(candidate) && /screen|concept|path|user/.test(candidate)) ?? "";
  const search = async (text: string): Promise<void> => {
    at.press(":");
    await at.sees("Commands");
    at.press(...text);
  };

  test.each([
    ["gatekeep", /Query graph\/gatekeepers/],
    ["web_dev", /web_development +concept/],
    ["Web Dev", /Web Development Bootcamp +path/],
    ["chen", /chen_wei +user/],
  ])("find %s by name", async (text, wanted) => {
    await open("dashboard");
    await search(text);
    await at.sees(wanted);
  });

  test("choosing a concept, a path or a user goes there", async () => {
    await open("dashboard");
    await search("web_development");
    await at.sees(/web_development +concept/);
    at.press("enter");
    expect(concept().concept).toBe("web_development");
    await search("Web Development Boot");
    await at.sees(/Web Development Bootcamp +path/);
    at.press("enter");
    expect(at.own.way()).toEqual(["Paths"]);
    await search("chen_wei");
    await at.sees(/chen_wei +user/);
    at.press("enter");
    expect(at.own.user).toBe("chen_wei");
  });

  test.each(["Dash", "pat", "Shared", "rec", "que", "Cons"])("the beginning of a screen's name, %s, ranks that screen first", async (text) => {
    await open("dashboard");
    await search(text);
    await at.sees(/web_development|screen/);
    expect(first()).toMatch(new RegExp(`│ +${text}\\w*.* screen +\\d`, "i"));
  });

  test("what can't be done now stays, with its reason, and ⏎ does nothing", async () => {
    await open("queries");
    await search("sort by");
    expect(at.frame()).toMatch(/Sort by the next column +the result of a query is sorted: run one first/);
    at.press("enter");
    expect(at.frame()).toContain("Commands");
  });
});

describe("what leaves the screen", () => {
  const before = process.cwd();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "jeseci-export-"));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Without what differs from run to run. */
  const timeless = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "trace" ? undefined : inner)));
  const user = { username: "cavin_admin" };
  const exports: [string, string, () => Promise<unknown>, string, string][] = [
    ["the dashboard", "dashboard", () => loadDashboard(demo.session, user), "dashboard-cavin_admin", "jeseci dashboard --user cavin_admin"],
    ["the paths", "paths", () => listPaths(demo.session, user), "paths", "jeseci paths --user cavin_admin"],
    ["the shared concepts", "shared", () => loadShared(demo.session), "shared-concepts", "jeseci shared --min-paths 2"],
    ["the recommendations", "recommend", () => loadRecommendations(demo.session, user), "recommend-next-cavin_admin", "jeseci recommend --user cavin_admin"],
  ];

  test.each(exports)("%s are exported as the command prints them", async (_what, screen, load, name, command) => {
    await open(screen);
    await expect.poll(() => at.own.screen.exportable()).toBeDefined();
    at.press("e", ..."json", "enter");
    await at.sees(`written to ${name}.json`);
    const { missing: _missing, missing_sides: _sides, ...wanted } = (await load()) as Record<string, unknown>;
    expect(timeless(JSON.parse(readFileSync(`${name}.json`, "utf8")))).toEqual(timeless({ schema: 1, ...wanted }));
    at.press("e", ..."copy the", "enter");
    expect(at.copied()).toBe(command);
  });

  test("one path and one concept, too", async () => {
    await open("paths");
    at.own.openPath("Data Science Track");
    await at.sees("deep_learning");
    at.press("e", ..."json", "enter");
    await at.sees("written to path-Data-Science-Track.json");
    const { missing: _missing, ...path } = await loadPath(demo.session, { title: "Data Science Track", ...user });
    expect(timeless(JSON.parse(readFileSync("path-Data-Science-Track.json", "utf8")))).toEqual(timeless({ schema: 1, ...path }));
    at.own.openConcept("statistics");
    await at.sees("needs before it");
    at.press("e", ..."json", "enter");
    await at.sees("written to concept-statistics.json");
    const { missing: _none, ...detail } = await loadConcept(demo.session, { name: "statistics" });
    expect(timeless(JSON.parse(readFileSync("concept-statistics.json", "utf8")))).toEqual(timeless({ schema: 1, ...detail }));
    at.press("e", ..."copy the", "enter");
    expect(at.copied()).toBe("jeseci concept statistics");
  });

  test("each format is there, and each strategy has the columns of its command", async () => {
    await open("recommend");
    await at.sees("Why ");
    at.press("e", ..."csv", "enter");
    await at.sees("written to recommend-next-cavin_admin.csv");
    expect(readFileSync("recommend-next-cavin_admin.csv", "utf8")).toMatch(/^item,score,hours,opens,/);
    at.press("t");
    await at.sees(/left +\d done/);
    at.press("e", ..."tsv", "enter");
    await at.sees("written to recommend-paths-cavin_admin.tsv");
    expect(readFileSync("recommend-paths-cavin_admin.tsv", "utf8")).toMatch(/^item\tscore\thours\tshared\tmissing\n/);
  });

  test("y copies the name of what is selected, Y its row, exactly", async () => {
    await open("paths");
    await at.sees("Data Science Track");
    const row = at.tab<PathsScreen>(2).paths.selected;
    at.press("y");
    expect(at.copied()).toBe(row?.path);
    at.press("Y");
    expect(at.copied()?.split("\t")).toEqual([row?.path, row?.difficulty, row?.category, row?.estimated_hours, row?.concepts, row?.completed, row?.order_faults].map(String));
    expect(at.own.message?.text).toBe("copied the row");
    at.press("1");
    await at.sees("2 of 9");
    at.press("y");
    expect(at.copied()).toBe("3");
  });
});

describe("the calendar over a change of the clocks in Berlin", () => {
  const zone = "Europe/Berlin";
  const days = (from: string, count: number): { day: string; minutes: number }[] => Array.from({ length: count }, (_, index) => ({ day: new Date(Date.parse(from) + index * 86_400_000).toISOString().slice(0, 10), minutes: 10 * (index + 1) }));

  test.each([
    ["forward, Sunday has 23 hours", "2026-03-29", ["2026-03-28T23:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T21:59:59Z"]],
    ["back, Sunday has 25 hours", "2026-10-25", ["2026-10-24T22:30:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "2026-10-25T22:59:59Z"]],
  ])("%s: it is one day all through", (_what, sunday, instants) => {
    const week = days(new Date(Date.parse(sunday) - 6 * 86_400_000).toISOString(), 7);
    for (const instant of instants) {
      const lines = calendar(week, 1, new Date(instant), zone);
      expect([instant, lines.map((row) => row.days)]).toEqual([instant, [[1], [2], [2], [3], [3], [4], [4]].map(() => expect.any(Array) as unknown)]);
      // Seven days, none twice and none left out, and the Sunday is today.
      expect(lines.map((row) => row.days[0])).toEqual([10, 20, 30, 40, 50, 60, 70].map((minutes) => Math.ceil((minutes / 70) * 4)));
    }
  });

  test.each([
    ["2026-03-29", "2026-03-29T22:00:00Z"],
    ["2026-10-25", "2026-10-25T23:00:00Z"],
  ])("after %s comes Monday, at its midnight", (sunday, instant) => {
    const before = calendar([{ day: sunday, minutes: 10 }], 2, new Date(Date.parse(instant) - 1), zone);
    const after = calendar([{ day: sunday, minutes: 10 }], 2, new Date(instant), zone);
    expect([before[0]?.days, before[6]?.days]).toEqual([[0, 0], [0, 4]]);
    expect([after[0]?.days, after[6]?.days]).toEqual([[0, 0], [4, null]]);
  });
});
