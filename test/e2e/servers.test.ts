import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCatalogue } from "../../src/core/catalogue/load.ts";
import type { Server } from "../../scripts/servers/start.ts";
import { notAtMidnight } from "../support/midnight.ts";
import { App, createHome, jeseci, type Home } from "../support/program.ts";
import { screenStories } from "./screens.ts";
import { explorerStories } from "./stories.ts";
import { writeStories } from "./writes.ts";
import { allPairs, describeOn, environmentOf, startPair } from "../support/servers.ts";

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `the profile servers, on ${pair.name}`, () => {
  let servers: [Server, Server];
  let home: Home;
  let embedded: Home;
  beforeAll(async () => {
    servers = await startPair(pair);
    home = createHome();
    // The guide's own .env, as it is.
    writeFileSync(join(home.folder, "work/.env"), Object.entries(environmentOf(servers)).map(([name, value]) => `${name}=${value}\n`).join(""));
  }, 240_000);
  notAtMidnight();
  beforeAll(async () => {
    embedded = createHome();
    await jeseci(embedded, ["status"]);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    home.remove();
    embedded.remove();
  });
  const run = (...argv: string[]): ReturnType<typeof jeseci> => jeseci(home, [...argv, "--profile", "servers"]);

  test("an empty server is never seeded unasked; the message names the command", async () => {
    const { code, stderr, stdout } = await run("users");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("jeseci seed");
  });

  test("seed makes the tables, fills both, and twice is once", async () => {
    expect((await run("seed")).code).toBe(0);
    const again = await run("seed", "--json");
    expect(again.code).toBe(0);
    expect((JSON.parse(again.stdout) as { counts: { added: number; updated: number }[] }).counts.every(({ added, updated }) => added === 0 && updated === 0)).toBe(true);
    expect(await run("check")).toMatchObject({ code: 0, stderr: expect.stringContaining("in sync") as string });
    const status = JSON.parse((await run("status", "--json")).stdout) as { sql: { engine: string }; graph: { engine: string; nodes: object } };
    expect(status).toMatchObject({ sql: { engine: "PostgreSQL" }, graph: { engine: "Neo4j", nodes: { Concept: 9, LearningPath: 4, User: 7 }, relationships: { CONTAINS: 15 } } });
  });

  test("every query of the catalogue gives the rows that the embedded pair gives", async () => {
    const values: Record<string, string> = { username: "amina_diallo", concept: "machine_learning", from: "programming", to: "deep_learning" };
    for (const query of (await loadCatalogue()).queries.filter(({ listed }) => listed)) {
      const argv = ["query", query.id, "--format", "ndjson", ...query.parameters.flatMap(({ name }) => (values[name] === undefined ? [] : ["--param", `${name}=${values[name]}`]))];
      const [ours, theirs] = await Promise.all([run(...argv), jeseci(embedded, argv)]);
      expect(ours.stdout, query.id).toBe(theirs.stdout);
      expect([ours.code, theirs.code]).toEqual([0, 0]);
    }
  }, 600_000);

  describe("the explorer", () => explorerStories(() => ({ ...environmentOf(servers), JESECI_PROFILE: "servers" })));
  describe("its screens", () => screenStories(() => ({ ...environmentOf(servers), JESECI_PROFILE: "servers" })));

  describe("what is written in it", () => writeStories(() => ({ ...environmentOf(servers), JESECI_PROFILE: "servers" })));

  test("an explorer that may write carries over what other programs write; one that reads shows what is pending", async () => {
    const [sql] = servers;
    const client = new pg.Client({ connectionString: sql.url });
    await client.connect();
    const apps = ["--read-only", "--write"].map((flag) => new App(home, ["explore", "dashboard", "--profile", "servers", "--user", "cavin_admin", flag]));
    const [reads, writes] = apps as [App, App];
    try {
      // The one that writes comes later: until then nobody carries anything over.
      await reads.sees("in sync");
      await client.query("UPDATE users SET last_name = 'Elsewhere' WHERE username = 'cavin_admin'");
      await writes.sees(/(?<!pending · )lag 0 s/);
      await expect.poll(async () => (JSON.parse((await run("status", "--json")).stdout) as { pending_marks: number }).pending_marks).toBe(0);
      expect((await run("check")).code).toBe(0);
      await client.query("UPDATE users SET last_name = 'Otieno' WHERE username = 'cavin_admin'");
      await expect.poll(async () => (JSON.parse((await run("status", "--json")).stdout) as { pending_marks: number }).pending_marks).toBe(0);
      expect((await run("check")).code).toBe(0);
      writes.press("q");
      expect(await writes.ends()).toBe(0);
      await client.query("UPDATE users SET last_name = 'Nobody' WHERE username = 'cavin_admin'");
      reads.press("r");
      await reads.sees(/1 pending · lag \d+ s/);
      expect((await run("sync")).code).toBe(0);
      reads.press("r");
      await reads.seesNo("pending");
    } finally {
      await client.query("UPDATE users SET last_name = 'Otieno' WHERE username = 'cavin_admin'");
      await client.end();
      for (const app of apps) await app.close();
      await run("sync");
    }
  });

  test("the explorer names both engines", async () => {
    const app = new App(home, ["explore", "dashboard", "--profile", "servers", "--user", "cavin_admin"]);
    await app.sees("Welcome back, Cavin!");
    await app.sees(/PostgreSQL \d+[\s\S]*Neo4j \d+/);
    await app.sees("in sync");
    app.press("q");
    expect(await app.ends()).toBe(0);
    await app.close();
  });

  test("no password is ever printed, whatever goes wrong", async () => {
    const [sql, graph] = servers;
    const wrong = createHome({ DATABASE_URL: sql.url.replace(sql.password, "wr0ng-pass"), NEO4J_URI: graph.url, NEO4J_USER: graph.username, NEO4J_PASSWORD: "wr0ng-pass" });
    for (const argv of [["config"], ["users"], ["query", "graph/health"], ["status", "--json"], ["users", "--debug"]]) {
      const { stdout, stderr } = await jeseci(wrong, [...argv, "--profile", "servers"]);
      expect(stdout + stderr).not.toMatch(/wr0ng-pass/);
    }
    expect((await jeseci(wrong, ["users", "--profile", "servers"])).code).toBe(3);
    expect((await jeseci(wrong, ["query", "graph/health", "--profile", "servers"])).code).toBe(3);
    wrong.remove();
  });

  test("with one side dead, status tells of the other and exits 3", async () => {
    const [sql] = servers;
    const half = createHome({ DATABASE_URL: sql.url, NEO4J_URI: "bolt://127.0.0.1:1", NEO4J_USER: "neo4j", NEO4J_PASSWORD: "x" });
    const { code, stdout, stderr } = await jeseci(half, ["status", "--json", "--profile", "servers", "--timeout", "20"]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ sql: { engine: "PostgreSQL" }, graph: null });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "cannot-connect" } });
    half.remove();
  });
});
