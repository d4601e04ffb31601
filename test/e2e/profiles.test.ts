import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { App, createHome, jeseci, type Home } from "../support/program.ts";

let home: Home;
let app: App | undefined;
beforeAll(async () => {
  home = createHome();
  mkdirSync(join(home.folder, "config/jeseci"), { recursive: true });
  const live = join(home.folder, "live");
  const profiles = {
    live: { kind: "embedded", data_dir: live, production: true, user: "amina_diallo" },
    rehearsal: { kind: "embedded", data_dir: live, user: "amina_diallo" },
    nowhere: { kind: "servers", database_url: "postgresql://reader:s3cret@db.example:5432/x" },
  };
  writeFileSync(join(home.folder, "config/jeseci/config.json"), JSON.stringify({ profiles }));
  expect((await jeseci(home, ["status"])).code).toBe(0);
});
afterAll(() => home.remove());
afterEach(async () => {
  await app?.close();
  app = undefined;
});

test("a profile marked production is never written to unasked, and never seeded by itself", async () => {
  const refused = await jeseci(home, ["seed", "--profile", "live"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("seed writes, and the profile live is marked production");
  expect(refused.stderr).toContain("--write");
  // Reading opens it read-only, so that there is nothing yet.
  expect((await jeseci(home, ["users", "--profile", "live"])).code).not.toBe(0);
  expect((await jeseci(home, ["seed", "--profile", "live", "--write"])).code).toBe(0);
  expect((await jeseci(home, ["users", "--profile", "live"])).code).toBe(0);
  expect((await jeseci(home, ["sync", "--profile", "live"])).code).toBe(2);
  expect((await jeseci(home, ["sync", "--profile", "rehearsal"])).code).toBe(0);
});

test("it is red and named so in the explorer, and reads only", async () => {
  app = new App(home, ["explore", "dashboard", "--profile", "live"]);
  await app.sees("Welcome back, Amina");
  expect(app.lines[0]).toMatch(/jeseci {2}live PRODUCTION .*read-only/);
  expect(app.raw).toMatch(/\u001b\[[0-9;]*3[0-9;]*m[^\u001b]*live PRODUCTION/);
});

test("--write is what lets the explorer write, and the header says so", async () => {
  app = new App(home, ["explore", "dashboard", "--profile", "rehearsal", "--write"]);
  await app.sees("Welcome back, Amina");
  expect(app.lines[0]).toContain("writes");
});

test("another profile is picked while it runs, and the first is let go", async () => {
  app = new App(home, ["explore", "dashboard", "--user", "cavin_admin"], { columns: 120, rows: 30 });
  await app.sees("Welcome back, Cavin");
  app.press("P");
  await app.sees(/Profile[\s\S]*embedded +open now/);
  await app.sees(/live ▲ PRODUCTION/);
  await app.sees(/nowhere +no address of Neo4j is known/);
  expect(app.screen).not.toContain("s3cret");
  app.press("live", "enter");
  await app.sees("Welcome back, Amina");
  expect(app.lines[0]).toContain("live PRODUCTION");
  // The folder of the first profile is free again.
  expect((await jeseci(home, ["users"])).code).toBe(0);
  app.press("P", "embed", "enter");
  await app.sees("Welcome back, Cavin");
  app.press("q");
  expect(await app.ends()).toBe(0);
  expect(app.alternate).toBe(false);
});

test("a profile that can't be opened leaves the choice of another one", async () => {
  const other = createHome({ XDG_CONFIG_HOME: join(home.folder, "config"), XDG_DATA_HOME: join(home.folder, "data") });
  app = new App(other, ["explore", "dashboard", "--profile", "nowhere"]);
  await app.sees("no address of Neo4j is known");
  app.press("P", "rehears", "enter");
  await app.sees("Welcome back, Amina");
  app.press("q");
  expect(await app.ends()).toBe(0);
  other.remove();
});
