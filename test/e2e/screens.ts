import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { App, createHome, jeseci, type Home } from "../support/program.ts";
import { explorer, type Story } from "../support/story.ts";

const wide = { columns: 200, rows: 50 };

/**
 * What each screen lets a person see and do, on any profile. `environment` names the databases, which hold the demo and
 * nothing else; it is asked once the suite's own set-up has run.
 */
export function screenStories(environment: () => Record<string, string>): void {
  let home: Home;
  const apps: App[] = [];
  const homes: Home[] = [];
  const stories: Story[] = [];

  /** A story about the program, started as Cavin unless told otherwise. */
  const tell = (size = wide, at: Home = home, argv: string[] = ["explore", "dashboard", "--user", "cavin_admin"]): Story => {
    const app = new App(at, argv, size);
    apps.push(app);
    const story = explorer(app);
    stories.push(story);
    return story;
  };
  /** Another home on the same databases, with a state and a configuration of its own. */
  const beside = (more: Record<string, string> = {}): Home => {
    const own = createHome({ XDG_DATA_HOME: join(home.folder, "data"), ...environment(), ...more });
    homes.push(own);
    return own;
  };

  beforeAll(async () => {
    home = createHome(environment());
    await jeseci(home, ["status"]);
  });
  afterAll(() => home.remove());
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    for (const own of homes.splice(0)) own.remove();
    // A story that nobody awaited would pass without having been told.
    expect(stories.splice(0).map(({ untold }) => untold).filter((steps) => steps > 0)).toEqual([]);
  });

  describe("consistency", () => {
    test("both databases are compared on entering, and the check is among the past ones", async () => {
      await tell()
        .consistency()
        .sees(/✔ in sync +deep check · \d+ s ago · took [\d.]+ m?s · 58 rows and 58 in the graph compared/, /all +58 +58 +· +· +· +·/, "no differences")
        .press("H")
        .sees(/deep +✔ in sync +[\d.]+ m?s +58 SQL · 58 graph/)
        .fits();
    });

    test("without --write a repair is disabled, with its reason", async () => {
      await tell().consistency().press("R").sees("read-only: start with --write to repair");
    });
  });

  describe("paths", () => {
    test("each has its difficulty, its hours, how far the user is, and the faults in its order", async () => {
      await tell()
        .paths()
        .sees(/Data Science Track +Intermediate +60 h .* 1 of 4 ▲2/, /Mastering Computer Science +Advanced +120 h .* 1 of 5 ▲2/, /Programming Essentials +Beginner +30 h .* 0 of 3(?! ▲)/, /Web Development Bootcamp +Beginner +40 h .* 0 of 3 ▲1/)
        .fits();
    });

    test("one stands in order, with what is done, what is ready and what it waits for", async () => {
      await tell()
        .paths()
        .select("Data Science Track")
        .sees(/Data Science Track +Intermediate · Data Science · 60 h · 4 concepts/)
        .sees(/1 ● data_structures +75 % +mastered/, /2 ▲ statistics +– +waits for: programming \(not on this path\)/, /3 ✔ machine_learning +100 % +completed/, /4 ○ deep_learning +– +ready: machine_learning ✔/)
        .sees("2 prerequisites come too late or not at all on this path");
    });

    test("another user's progress takes the place of the first one's", async () => {
      await tell().paths().select("Data Science Track").sees(/4 ○ deep_learning +– +ready/).user("amina_diallo").sees(/4 ● deep_learning +40 % +started/);
    });

    test("the faults of all paths are one command away", async () => {
      await tell().paths().command("Faults in the order").stands("path-order-faults").open().sees(/Data Science Track/);
    });

    test("the cursor stays on its path through sorting, filtering and loading again", async () => {
      await tell(wide, beside())
        .paths()
        .press("down", "down")
        .stands("Programming Essentials")
        .press("o")
        .sees("by hours ↑")
        .stands("Programming Essentials")
        .press("O", "r")
        .sees("by hours ↓")
        .stands("Programming Essentials")
        .select("Web Dev")
        .sees("1 of 4")
        .back()
        .seesNo("esc clears")
        .stands("Web Development Bootcamp");
    });

    test("a chosen order survives a restart", async () => {
      const own = beside();
      await tell(wide, own).paths().press("o", "o", "O").sees("by concepts ↓").quits();
      await tell(wide, own, []).sees(/Learning paths.*by concepts ↓/, /▸ Mastering Computer Science[\s\S]*Data Science Track[\s\S]*Programming Essentials/);
    });

    test("the export is what the command prints", async () => {
      const own = beside();
      await tell(wide, own).paths().press("e").sees("Export the result", "jeseci paths --user cavin_admin").press("csv").stands("CSV").press("enter").sees("4 rows written to paths.csv").quits();
      const printed = await jeseci(own, ["paths", "--user", "cavin_admin", "--format", "csv"]);
      expect(printed.code).toBe(0);
      expect(readFileSync(join(own.folder, "work/paths.csv"), "utf8")).toBe(printed.stdout);
    });

    test("a single path is exported as well, and the command that prints it is copied", async () => {
      const own = beside();
      await tell(wide, own).paths().select("Data Science Track").open().press("e", "command").stands("Copy the command").press("enter").copied("jeseci paths 'Data Science Track' --user cavin_admin").press("e", "csv", "enter").sees("4 rows written to path-Data-Science-Track.csv").quits();
      const printed = await jeseci(own, ["paths", "Data Science Track", "--user", "cavin_admin", "--format", "csv"]);
      expect(readFileSync(join(own.folder, "work/path-Data-Science-Track.csv"), "utf8")).toBe(printed.stdout);
    });
  });

  describe("a concept", () => {
    test("opens from a path, with its row, its relationships, its paths and its learners", async () => {
      await tell()
        .paths()
        .select("Data Science Track")
        .open("deep_learning")
        .sees("Paths › deep_learning", "Deep Learning", "Advanced · Artificial Intelligence", "1 learner, 0 completed it, 40 % on average", "Objectives", "Explain backpropagation")
        .sees(/needs before it +PREREQUISITE +1/, /✔ machine_learning +100 % completed/, /Taught on[\s\S]*Data Science Track/, /Learners[\s\S]*amina_diallo .* 40 % in progress/)
        .fits();
    });

    test("its neighbourhood unfolds step by step, and says where it would lead back", async () => {
      await tell()
        .command("deep_learning")
        .sees("Dashboard › deep_learning")
        .press("down")
        .stands("machine_learning")
        .press("right")
        .sees(/▾ ✔ machine_learning/, /↺ · deep_learning +already on the way/)
        .press("down", "down", "down")
        .stands("statistics")
        .press("right")
        .sees(/▾ · statistics[\s\S]*▸ · programming/, /↺ ✔ machine_learning +already on the way/)
        .press("left")
        .seesNo("programming")
        .press("left", "left")
        .stands("machine_learning")
        .press("left")
        .seesNo("already on the way");
    });

    test("walking on leaves breadcrumbs, and esc walks back over them", async () => {
      await tell()
        .paths()
        .select("Data Science Track")
        .open("deep_learning")
        .sees("Paths › deep_learning")
        .open("machine_learning")
        .sees("Paths › deep_learning › machine_learning")
        .open("statistics")
        .sees("Paths › deep_learning › machine_learning › statistics", /needs before it +PREREQUISITE +1/)
        .back()
        .sees(/Paths › deep_learning › machine_learning *$/m, "esc clears")
        .back()
        .seesNo("esc clears")
        .back()
        .sees(/Paths › deep_learning *$/m)
        .back()
        .back()
        .sees("Learning paths")
        .stands("deep_learning");
    });

    test("a path of it and a learner of it are gone to", async () => {
      await tell()
        .command("databases")
        .sees("Dashboard › databases")
        .tab(2)
        .stands("Mastering Computer Science")
        .open()
        .sees("Learning paths", /Mastering Computer Science +Advanced · Computer Science · 120 h · 5 concepts/)
        .command("machine_learning")
        .sees("Paths › machine_learning")
        .tab(3)
        .stands("amina_diallo")
        .open()
        .sees("the user is now amina_diallo", "user amina_diallo");
    });
  });

  describe("shared concepts", () => {
    test("a list, a matrix most shared first, and the pairs by how much they overlap", async () => {
      await tell()
        .shared()
        .sees("Shared by 2 paths or more", /data_structures +4 +Data Science Track, Mastering Comput/)
        .sees(/data_structures programming algorithms machine_learning/, /Data Science Track +● +· +· +●/, /paths +4 +3 +2 +2/, /learners \(SQL\) +4 +6 +2 +3/)
        .sees(/0\.600 +3 shared +Mastering Computer Science ∩ Programming Essentials[\s\S]*0\.500 +2 shared +Programming Essentials ∩ Web Development Bootcamp/)
        .fits();
    });

    test("+ and - change how many paths are asked for, in the list and in the matrix", async () => {
      await tell()
        .shared()
        .press("+")
        .sees("Shared by 3 paths or more", /data_structures programming *$/m)
        .press("+", "+")
        .sees("no concept is shared by so many paths: - asks for fewer")
        .press("-", "-", "-", "-")
        .sees("Concepts of any path", "deep_learning")
        .press("-")
        .sees("these are all concepts that any path teaches");
    });

    test("the way leads to the concept, and from the matrix and a pair to the path", async () => {
      await tell()
        .shared()
        .select("programming")
        .open()
        .sees("Shared concepts › programming")
        .back()
        .back()
        .tab()
        .press("down")
        .open()
        .sees(/Go to[\s\S]*data_structures +concept[\s\S]*Data Science Track +path/)
        .press("track")
        .stands("Data Science Track")
        .press("enter")
        .sees(/Data Science Track +Intermediate · Data Science · 60 h/)
        .shared()
        .tab()
        .stands("Mastering Computer Science ∩ Programming Essentials")
        .open()
        .press("ess")
        .stands("Programming Essentials")
        .press("enter")
        .sees(/Programming Essentials +Beginner · Computer Science · 30 h · 3 concepts/);
    });
  });

  describe("recommendations", () => {
    test("what to learn next, with every term in words and what is left out and why", async () => {
      await tell()
        .recommendations()
        .sees(/0\.63 +programming +opens 5 █+ +\+0\.30 +on 4 of 4 started paths █+ +\+0\.25 +4 of 6 finish it/, /0\.21 +deep_learning/, /0\.04 +technical_writing/)
        .sees("Why programming", /opens +1\.000 × 0\.30 = 0\.3000/, "programming ─PREREQUISITE→ algorithms")
        .sees(/Not recommended[\s\S]*algorithms +– waits for programming \(0 %\)[\s\S]*data_structures +– mastered \(75 %\)[\s\S]*machine_learning +– completed/)
        .press("down")
        .sees("Why deep_learning", "machine_learning ─PREREQUISITE→ deep_learning")
        .open()
        .sees("Recommendations › deep_learning")
        .fits();
    });

    test("how the score is made is one command away", async () => {
      await tell().recommendations().command("How the score is made").sees("score = 0.30 × opens + 0.25 × needed + 0.20 × finish");
    });

    test("paths to go on with, with what is shared, what is missing and the hours left", async () => {
      await tell()
        .recommendations()
        .press("t")
        .sees("Paths to go on with", /0\.25 .* Data Science Track +45\.0 h left +1 done +missing data_structures, deep_learning, statistics/, /0\.20 .* Mastering Computer Science +96\.0 h left/, /Programming Essentials +– shares nothing that is completed/)
        .open()
        .sees("Learning paths", /4 ○ deep_learning/);
    });

    test("the route to a goal is asked for in a form, and can be learned in its order", async () => {
      await tell()
        .recommendations()
        .press("t", "t")
        .sees("name the concept to reach; ⏎ runs", /▸ goal/)
        .press("machine_learn", "ctrl-n")
        .sees("▸ goal     machine_learning")
        .press("up", "ctrl-u", "bruno_costa", "enter")
        .sees(/Route +graph +hours: SQL +[\d.]+ h together/, /\d +machine_learning +[\d.]+ h +after data_structures, statistics/)
        .fits();
    });

    test("a goal that does not exist is told, with the nearest names", async () => {
      await tell().recommendations().press("t", "t", "deep_lerning", "enter").sees(/deep_lerning[\s\S]*deep_learning/);
    });

    test("another user is another question", async () => {
      await tell().recommendations().sees("Why programming").user("amina_diallo").sees(/username amina_diallo/).sees("Why deep_learning").seesNo("Why programming");
    });
  });

  describe("the dashboard", () => {
    test("⏎ goes into what has the focus: a concept begun, a path, a concept that is ready", async () => {
      await tell()
        .dashboard()
        .press("down", "down")
        .stands("data_structures")
        .open()
        .sees("Dashboard › data_structures")
        .back()
        .sees("Welcome back")
        .press("right")
        .stands("Data Science Track")
        .open()
        .sees(/Data Science Track +Intermediate · Data Science · 60 h/)
        .dashboard()
        .tab()
        .select("technical")
        .open()
        .sees("Dashboard › technical_writing", "no relationship to another concept")
        .back()
        .stands("technical_writing");
    });

    test("whoever was active last is shown where nobody was asked for", async () => {
      await tell(wide, beside(), []).sees("Welcome back, Cavin!", "user cavin_admin");
    });
  });

  describe("the statements behind a screen", () => {
    test("the plan of one, and back to the list", async () => {
      await tell()
        .dashboard()
        .press("s")
        .sees("Statements on this screen", /8 statements · .* together, .* the slowest/, /SQL .* 1 row +sql\/dashboard-stats +\$username = cavin_admin/)
        .moveTo("sql/dashboard-stats")
        .open()
        .sees("Plan of sql/dashboard-stats", /operator +rows +cost +details/, /└─ .*\d/)
        .fits()
        .back()
        .sees("Statements on this screen")
        .stands("sql/dashboard-stats")
        .back()
        .sees("Welcome back");
    });

    test("one is copied so that psql or a browser of the graph runs it as it is", async () => {
      const sql = readFileSync("queries/sql/activity-by-day.sql", "utf8").replace(/^--.*\n/gm, "").trim().replaceAll("$username", ":'username'").replaceAll("$days", ":days");
      await tell()
        .dashboard()
        .press("s")
        .moveTo("sql/activity-by-day")
        .press("y")
        .sees("copied the statement")
        .copied(`\\set username 'cavin_admin'\n\\set days 182\n${sql};\n`)
        .moveTo("screens/dashboard/ready")
        .press("y")
        .copied(/^:param username => 'cavin_admin';\n:param mastered => 75;\n[\s\S]*ORDER BY concept;\n$/);
    });

    test("measuring runs a statement once more, so it asks first", async () => {
      await tell()
        .dashboard()
        .press("s")
        .moveTo("sql/dashboard-stats")
        .press("p")
        .sees("Profile sql/dashboard-stats?", /Run it once more and measure +took/)
        .press("down", "enter")
        .sees("Statements on this screen")
        .press("p", "enter")
        .sees("Profile of sql/dashboard-stats", /real rows +time/)
        .back()
        .stands("sql/dashboard-stats");
    });

    test("every screen has them", async () => {
      await tell().paths().press("s").sees("Statements on this screen").back().shared().press("s").sees("Statements on this screen").back().recommendations().press("s").sees("screens/recommendations/outcomes").back().command("statistics").press("s").sees("$concept = statistics");
    });
  });

  describe("the command list", () => {
    test("finds a concept, a path and a user by name", async () => {
      await tell()
        .command("statistics")
        .sees("Dashboard › statistics")
        .command("Web Development Bootcamp")
        .sees(/Web Development Bootcamp +Beginner · Software Engineering · 40 h · 3 concepts/)
        .dashboard()
        .command("chen_wei")
        .sees("Welcome back, 伟!", "user chen_wei");
    });

    test("puts the screen whose name is typed first, and says why something can't be done", async () => {
      await tell()
        .press(":", "sha")
        .stands("Shared concepts")
        .press("enter")
        .sees("Shared by 2 paths or more")
        .press("-", "-")
        .press(":", "fewer")
        .sees("these are all concepts that any path teaches");
    });
  });

  describe("a statement of one's own", () => {
    test("is written in the editor, run, and kept in the folder that the configuration names", async () => {
      const own = beside();
      const folder = join(own.folder, "kept");
      const editor = join(own.folder, "editor");
      mkdirSync(join(own.folder, "config/jeseci"), { recursive: true });
      mkdirSync(folder);
      writeFileSync(join(own.folder, "config/jeseci/config.json"), JSON.stringify({ queries: [folder] }));
      writeFileSync(editor, `#!/bin/sh\nprintf '%s\\n' '// title: Advanced ones' '// description: Mine.' "MATCH (c:Concept {difficulty: 'Advanced'}) RETURN c.name AS name ORDER BY name" > "$1"\n`);
      chmodSync(editor, 0o755);
      own.environment["EDITOR"] = editor;
      await tell(wide, own)
        .queries()
        .press("N")
        .sees("A statement of your own", "the graph, read-only")
        .press("cyph")
        .stands("Cypher")
        .press("enter")
        .sees("Advanced ones", "deep_learning", "machine_learning", "2 rows")
        .back()
        .press("K")
        .sees("Keep the statement", folder)
        .press("no topic", "enter")
        .sees("a topic and a name, with a / between")
        .press("ctrl-u", "mine/advanced", "enter")
        .sees("kept as mine/advanced")
        .quits();
      expect(readFileSync(join(folder, "mine/advanced.cypher"), "utf8")).toContain("// title: Advanced ones");
      await tell(wide, own).queries().select("mine/advanced").sees("your own").open().sees("2 rows");
      expect(existsSync(join(own.folder, "state/jeseci/scratch/scratch/cypher.cypher"))).toBe(true);
    });

    test("can't write: it runs read-only", async () => {
      const own = beside();
      const editor = join(own.folder, "editor");
      writeFileSync(editor, `#!/bin/sh\nprintf '%s\\n' '-- title: Bad' '-- description: Mine.' "UPDATE users SET first_name = 'nobody'" > "$1"\n`);
      chmodSync(editor, 0o755);
      own.environment["EDITOR"] = editor;
      await tell(wide, own).queries().press("N").sees("A statement of your own").press("enter").sees(/read-only/).dashboard().sees("Welcome back, Cavin!");
    });
  });

  describe("two hundred keys a second", () => {
    const every5ms = async (app: App, keys: readonly string[]): Promise<void> => {
      for (const key of keys) {
        app.press(key);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };

    test("reach a filter whole and in order", async () => {
      const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
      // Typed, taken back, gone back into and filled up: another order of the same keys gives another text.
      const keys = Array.from({ length: 20 }, (_, round) => [...letters.slice(round % 7, (round % 7) + 6), "backspace", "backspace", "left", "left", "right"]).flat().slice(0, 200);
      const text: string[] = [];
      let at = 0;
      for (const key of keys) {
        if (key === "left") at = Math.max(0, at - 1);
        else if (key === "right") at = Math.min(text.length, at + 1);
        else if (key === "backspace") {
          if (at > 0) text.splice((at -= 1), 1);
        } else text.splice(at++, 0, key);
      }
      expect(keys).toHaveLength(200);
      await tell().paths().press("/").and((app) => every5ms(app, keys)).press("enter").sees(`/${text.join("")}  esc clears`, "nothing matches");
    });

    test("move through a list one by one, with loads on the way", async () => {
      let place = 0;
      let expected = "";
      await tell()
        .queries()
        .press("/", "enter", "g", "down")
        .and(async (app) => {
          const topics = new Set(["recent", "graph", "sql"]);
          const names = app.lines.slice(3, -2).map((line) => line.slice(0, 36).replace("▸", " ")).filter((line) => /^ {3}\S/.test(line) && !topics.has(line.trim())).map((line) => line.trim());
          place = names.findIndex((name) => app.lines.some((line) => line.startsWith(` ▸ ${name}`)));
          let chance = 1;
          const keys = Array.from({ length: 200 }, () => {
            chance = (chance * 48_271) % 2_147_483_647;
            // Never against the ends, where a lost key would not be missed.
            const down = place === 0 || (place < names.length - 1 && chance % 5 > 1);
            place += down ? 1 : -1;
            return ((down ? ["down", "j"] : ["up", "k"])[chance % 2]) ?? "down";
          });
          expected = names[place] ?? "";
          await every5ms(app, keys);
        })
        .and(async (app) => {
          expect(expected).not.toBe("");
          await explorer(app).stands(expected);
        })
        .quits();
      await tell().paths().and((app) => every5ms(app, Array.from({ length: 200 }, (_, index) => ["j", "down", "k", "j", "up"][index % 5] ?? "j"))).press("g", "j").stands("Mastering Computer Science").sees(/Mastering Computer Science +Advanced · Computer Science · 120 h/);
    });
  });
}
