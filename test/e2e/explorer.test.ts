import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openDatabases } from "../../src/databases/open.ts";
import { App, createHome, jeseci, type Home } from "../support/program.ts";
import { explorerStories, fits } from "./stories.ts";
import { writeStories } from "./writes.ts";

let home: Home;
let app: App | undefined;
const open = (argv: string[] = [], size = { columns: 120, rows: 40 }, at: Home = home): App => (app = new App(at, argv, size));

beforeAll(async () => {
  home = createHome();
  await jeseci(home, ["status"]);
});
afterAll(() => home.remove());
afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe("on the embedded pair", () => {
  explorerStories(() => ({}));
  describe("what is written", () => writeStories(() => ({})));
});

describe("the first start", () => {
  test("a newcomer sees the demo, and is told where it went", async () => {
    const fresh = createHome();
    const own = open([], undefined, fresh);
    await own.sees("Welcome back, Cavin!", 60_000);
    await own.sees("seeded the demo data into");
    await own.sees("in sync");
    own.press("q");
    expect(await own.ends()).toBe(0);
    fresh.remove();
  });
});

test("a folder that another process holds is told; r tries again", async () => {
  const holder = await openDatabases({ profile: "embedded", dataDir: join(home.folder, "data/jeseci"), timeZone: "UTC", statementTimeoutMs: 0 });
  const own = open(["explore", "dashboard"]);
  await own.sees(`in use by process ${process.pid}`);
  await holder.close();
  own.press("r");
  await own.sees("Welcome back");
});

describe("wild data", () => {
  test("names with CJK, emoji, escape sequences and 300 characters never break a line", async () => {
    const wild = createHome();
    mkdirSync(join(wild.folder, "work/wild"));
    const write = (name: string, rows: object[]): void => writeFileSync(join(wild.folder, "work/wild", name), JSON.stringify(rows));
    const long = "長い名前と👨‍👩‍👧e\u0301".repeat(20).slice(0, 250);
    write("concepts.json", [{ name: long, display_name: "\u001b[2J\u202eevil", difficulty: "Beginner" }, { name: "مفهوم", difficulty: "Advanced" }]);
    write("relationships.json", []);
    write("learning-paths.json", [{ title: "道".repeat(120), difficulty: "Beginner", concepts: [long] }, { title: "empty path", difficulty: "Beginner", concepts: [] }]);
    write("users.json", [{ username: "ユーザー", first_name: "\u001b[31mred\u0007" }, { username: "idle" }]);
    write("progress.json", [{ username: "ユーザー", concept: long, status: "in_progress", progress_percent: 50, days_ago: 0 }]);
    expect((await jeseci(wild, ["seed", "--from", "wild"])).code).toBe(0);
    for (const size of [{ columns: 80, rows: 24 }, { columns: 120, rows: 40 }]) {
      const own = open(["explore", "dashboard", "--user", "ユーザー"], size, wild);
      await own.sees("Welcome back, \ufffd[31mred\ufffd!");
      fits(own);
      expect(own.raw).not.toContain("\u001b[31mred");
      own.press("5", "/", "learning-journey", "enter", "enter");
      await own.sees("1 row");
      fits(own);
      await own.close();
    }
    // A user without progress is nobody's fault.
    const own = open(["explore", "dashboard", "--user", "idle"], undefined, wild);
    await own.sees("nothing begun yet");
    await own.close();
    wild.remove();
  });
});
