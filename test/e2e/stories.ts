import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { width } from "../../src/core/text/width.ts";
import { App, createHome, jeseci, type Home } from "../support/program.ts";

/** No line is wider than the window, and none is lost beyond it. */
export function fits(own: App): void {
  expect(own.alternate).toBe(true);
  for (const line of own.lines) expect(width(line)).toBeLessThanOrEqual(own.terminal.cols);
  expect(own.terminal.buffer.active.baseY).toBe(0);
  expect(own.lines[0]).toContain("jeseci");
  expect(own.lines.at(-1)).toMatch(/q quit|esc|tries/);
}

/**
 * What a person does in the explorer, on any profile. `environment` names the databases, which hold the demo and nothing
 * else; it is asked once the suite's own set-up has run.
 */
export function explorerStories(environment: () => Record<string, string>): void {
  let home: Home;
  let app: App | undefined;
  const open = (argv: string[] = [], size = { columns: 120, rows: 40 }, at: Home = home): App => (app = new App(at, argv, size));
  /** Another home on the same databases. */
  const beside = (more: Record<string, string> = {}): Home => createHome({ XDG_DATA_HOME: join(home.folder, "data"), ...environment(), ...more });

  beforeAll(async () => {
    home = createHome(environment());
    await jeseci(home, ["status"]);
  });
  afterAll(() => home.remove());
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  describe("the dashboard", () => {
    test.each([
      [80, 24],
      [120, 40],
      [200, 50],
    ])("at %i×%i", async (columns, rows) => {
      const own = open(["explore", "dashboard", "--user", "cavin_admin"], { columns, rows });
      await own.sees("Welcome back, Cavin!");
      await own.sees("deep_learning");
      const screen = await own.sees("in sync");
      for (const text of ["67 %", "4.5 h", "1 day", "2 of 9", "machine_learning", "deep_learning", "Data Science Track"]) expect(screen).toContain(text);
      fits(own);
    });

    test("a tile tells its definition, its rows and its statement", async () => {
      const own = open(["explore", "dashboard"]);
      await own.sees("Welcome back");
      own.press("right", "enter");
      await own.sees("mean progress over the user's progress rows");
      await own.sees("sql/dashboard-stats");
      own.press("escape");
      await own.seesNo("mean progress");
    });

    test("another user is picked by typing", async () => {
      const own = open(["explore", "dashboard", "--user", "cavin_admin"]);
      await own.sees("Welcome back, Cavin");
      own.press("u");
      await own.sees("amina_diallo");
      own.press("chen");
      await own.seesNo("amina_diallo");
      own.press("enter");
      await own.sees("Welcome back, 伟!");
      own.press("q");
      await own.ends();
      // And is there again at the next start.
      const again = open(["explore", "dashboard"]);
      await again.sees("Welcome back, 伟!");
    });

    test("an unknown user is told with the nearest names, beside the list", async () => {
      const own = open(["--user", "cavin"]);
      await own.sees("there is no user “cavin”; did you mean cavin_admin?");
      await own.sees("dilnoza_k");
    });

    test("the statements behind it, with their values", async () => {
      const own = open(["explore", "dashboard", "--user", "cavin_admin"]);
      await own.sees("Welcome back, Cavin");
      own.press("s");
      await own.sees("$username = cavin_admin");
      await own.sees(/8 statements/);
    });
  });

  describe("the queries", () => {
    beforeEach(async () => {
      open(["explore", "queries", "--user", "cavin_admin"]);
      await app?.sees("concept-difficulty");
    });

    test("a query without parameters runs at once", async () => {
      app?.press("/", "gatekeep", "enter", "enter");
      await app?.sees(/programming +5 +7/);
      await app?.sees("4 rows");
      if (app !== undefined) fits(app);
    });

    test("one that needs a value opens its form, and runs with it", async () => {
      app?.press("/", "prerequisites-of", "enter", "enter");
      await app?.sees(/▸ concept/);
      app?.press("machine_lear");
      await app?.sees(/ctrl-n → machine_learning$/m);
      app?.press("ctrl-n");
      await app?.sees("▸ concept machine_learning");
      app?.press("enter");
      await app?.sees(/statistics +Statistics +Intermediate +1/);
    });

    test("a value that does not fit is told in place", async () => {
      app?.press("/", "shared-concepts", "enter", "tab");
      app?.press("x", "enter");
      await app?.sees("min_paths must be a whole number");
    });

    test("username begins as the current user", async () => {
      app?.press("/", "learning-journey", "enter", "enter");
      await app?.sees(/cavin_admin +machine_learning +completed +100/);
    });

    test("sort, filter, the sheet of a row, and the plan", async () => {
      app?.press("/", "table-counts", "enter", "enter");
      await app?.sees("9 rows");
      app?.press("o", "o", "O");
      await app?.sees(/user_concept_progress +23[\s\S]*learning_sessions +17/);
      app?.press("/", "quiz");
      await app?.sees("2 of 9 rows");
      app?.press("enter", "enter");
      await app?.sees(/Row \d of 2/);
      app?.press("escape");
      await app?.seesNo("Row ");
      app?.press("x");
      await app?.sees("Plan of sql/table-counts");
    });

    test("the result is exported, and nothing is ever overwritten", async () => {
      const work = join(home.folder, "work");
      app?.press("/", "graph/health", "enter", "enter");
      await app?.sees("isolated_concepts");
      for (const file of ["graph-health.csv", "graph-health-2.csv"]) {
        app?.press("e");
        await app?.sees("Export the result");
        app?.press("csv", "enter");
        await app?.sees(`1 row written to ${file}`);
        expect(readFileSync(join(work, file), "utf8")).toBe("concepts,relationships,isolated_concepts\n9,17,1\n");
      }
    });

    test("a copy goes through the terminal (OSC 52)", async () => {
      app?.press("/", "graph/health", "enter", "enter");
      await app?.sees("1 row");
      app?.press("y");
      await app?.sees("copied the cell");
      expect(app?.raw).toContain(`\u001b]52;c;${Buffer.from("9").toString("base64")}\u0007`);
    });

    test("what was run last is on top at the next start", async () => {
      app?.press("/", "engagement", "enter", "enter");
      await app?.sees("active_users");
      app?.press("q");
      await app?.ends();
      const again = open([]);
      await again.sees(/recent[\s\S]*graph\/concept-engagement|recent[\s\S]*engagement/);
      expect(existsSync(join(home.folder, "state/jeseci/explorer.json"))).toBe(true);
    });
  });

  test("a query's file is edited and read again; what is wrong is told with its line", async () => {
    const editing = beside();
    const file = join(editing.folder, "queries/mine/one.sql");
    mkdirSync(join(editing.folder, "queries/mine"), { recursive: true });
    mkdirSync(join(editing.folder, "config/jeseci"), { recursive: true });
    writeFileSync(file, "-- title: Before\n-- description: Mine.\nSELECT 1 AS n\n");
    writeFileSync(join(editing.folder, "config/jeseci/config.json"), JSON.stringify({ queries: [join(editing.folder, "queries")] }));
    editing.environment["EDITOR"] = "sed -i -e s/Before/Afterwards/ -e s/Broken/title/ -e s/title:/Broken:/";
    const own = open(["explore", "queries", "--user", "cavin_admin"], undefined, editing);
    await own.sees("concept-difficulty");
    own.press("/", "mine/one", "enter");
    await own.sees("Before");
    own.press("E");
    await own.sees("line 1, column 1: no title; add a line");
    expect(own.alternate).toBe(true);
    writeFileSync(file, "-- title: Before\n-- description: Mine.\nSELECT 2 AS n\n");
    editing.environment["EDITOR"] = "true";
    own.press("q");
    await own.ends();
    editing.environment["EDITOR"] = "sed -i s/Before/Afterwards/";
    const again = open(["explore", "queries", "--user", "cavin_admin"], undefined, editing);
    await again.sees("concept-difficulty");
    again.press("/", "mine/one", "enter", "E");
    await again.sees("mine/one was read again");
    await again.sees("Afterwards");
    await again.close();
    editing.remove();
  });

  describe("everywhere", () => {
    test("the keys, the commands, and each screen by its number", async () => {
      const own = open(["explore", "dashboard"]);
      await own.sees("Welcome back");
      own.press("?");
      await own.sees("cancel a load, close, clear the filter, go back");
      own.press("escape");
      await own.seesNo("cancel a load");
      own.press("6");
      await own.sees(/in sync +deep check/);
      own.press(":");
      own.press("que");
      await own.sees(/Commands[\s\S]*Queries +screen {2}5/);
      own.press("enter");
      await own.sees("concept-difficulty");
    });

    test("two hundred keys in one go lose nothing and stay in order", async () => {
      const own = open(["explore", "queries", "--user", "cavin_admin"]);
      await own.sees("concept-difficulty");
      const text = Array.from({ length: 200 }, (_, index) => String.fromCharCode(97 + (index % 26))).join("");
      own.press("/", "paths-with-concept", "enter", "enter");
      await own.sees(/▸ concept/);
      own.press(text, "enter");
      await own.sees("no rows for these parameters");
      own.press("q");
      await own.ends();
      const state = readFileSync(join(home.folder, "state/jeseci/explorer.json"), "utf8");
      expect(state).toContain(text);
    });

    test.each([
      ["q", 0],
      ["ctrl-c", 130],
    ])("%s ends with %i and gives the terminal back", async (key, code) => {
      const own = open();
      await own.sees(/Welcome back|Queries/);
      own.press(key);
      expect(await own.ends()).toBe(code);
      expect(own.alternate).toBe(false);
      expect(own.raw.endsWith("\u001b[?25h") || own.raw.lastIndexOf("\u001b[?25h") > own.raw.lastIndexOf("\u001b[?25l")).toBe(true);
    });

    test.each([
      ["SIGTERM", 143],
      ["SIGHUP", 129],
      ["SIGINT", 130],
    ])("%s ends with %i and gives the terminal and the folder back", async (signal, code) => {
      const own = open();
      await own.sees(/Welcome back|Queries/);
      own.kill(signal);
      expect(await own.ends()).toBe(code);
      expect(own.alternate).toBe(false);
      expect((await jeseci(home, ["status"])).code).toBe(0);
    });

    test("resizing keeps every row in the window; too small says so", async () => {
      const own = open(["explore", "dashboard"]);
      await own.sees("Welcome back");
      for (const [columns, rows] of [[80, 24], [200, 50], [60, 16], [100, 30]] as const) {
        own.resize(columns, rows);
        // The emulator shows the old frame, wrapped, at first.
        await vi.waitFor(() => fits(own), { timeout: 20_000 });
        await own.sees("Welcome back");
      }
      own.resize(20, 5);
      await own.sees("jeseci needs");
      own.resize(120, 40);
      await own.sees("Welcome back");
    });

    test("NO_COLOR has no colour, ASCII nothing but ASCII", async () => {
      const bare = beside({ NO_COLOR: "1" });
      const own = open(["explore", "dashboard", "--ascii", "--user", "cavin_admin"], undefined, bare);
      await own.sees("Welcome back");
      await own.sees("in sync");
      expect(own.raw).not.toMatch(/\u001b\[[0-9;]*3[0-9]m/);
      expect(own.screen).toMatch(/^[\x20-\x7e\n]*$/);
      await own.close();
      bare.remove();
    });
  });

  test("a million rows scroll as a thousand do", async () => {
    const many = beside();
    mkdirSync(join(many.folder, "queries/mine"), { recursive: true });
    mkdirSync(join(many.folder, "config/jeseci"), { recursive: true });
    writeFileSync(join(many.folder, "queries/mine/rows.sql"), "-- title: Rows\n-- description: Many.\nSELECT n, 'row ' || n AS name FROM generate_series(1, 1000000) AS n ORDER BY n\n");
    writeFileSync(join(many.folder, "config/jeseci/config.json"), JSON.stringify({ queries: [join(many.folder, "queries")] }));
    const own = open(["explore", "queries", "--user", "cavin_admin", "--timeout", "600"], undefined, many);
    await own.sees("concept-difficulty");
    own.press("/", "mine/rows", "enter", "enter");
    await own.sees("first 1,000 of more");
    own.press("L");
    await own.sees("first 10,000 of more");
    own.press("L");
    await own.sees("first 100,000 of more");
    own.press("L");
    await own.sees("1,000,000 rows", 180_000);
    own.press("G");
    await own.sees("row 1000000");
    own.press("g");
    await own.sees(/▸ +1 +row 1\b/);
    await own.close();
    many.remove();
  }, 420_000);
}
