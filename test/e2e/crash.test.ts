import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../../scripts/servers/start.ts";
import { openDatabases, type OpenOptions } from "../../src/databases/open.ts";
import type { Databases } from "../../src/databases/types.ts";
import { packageRoot } from "../../src/package-root.ts";
import { createHome, jeseci, type Home } from "../support/program.ts";
import { allPairs, describeOn, environmentOf, openOptions, startPair } from "../support/servers.ts";

/** What the operating system says of a process: `T` if it is stopped. */
function stateOf(pid: number | undefined): string {
  return spawnSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" }).stdout;
}

/** Kills the real program at each point of the protocol's table, and looks at what the next start makes of it. */
function crashStories(at: () => { home: Home; open: OpenOptions }): void {
  const run = (...argv: string[]): ReturnType<typeof jeseci> => jeseci(at().home, argv);
  const crash = (point: string, ...argv: string[]): ReturnType<typeof jeseci> => jeseci({ ...at().home, environment: { ...at().home.environment, JESECI_TEST_FAILPOINT: point } }, argv);
  const inside = async <T>(work: (databases: Databases) => Promise<T>): Promise<T> => {
    const databases = await openDatabases(at().open);
    try {
      return await work(databases);
    } finally {
      await databases.close();
    }
  };
  const change = (): Promise<unknown> =>
    inside(({ sql }) =>
      sql.write(async (transaction) => {
        await transaction.query("UPDATE users SET last_name = last_name || 'x'");
        await transaction.query("DELETE FROM user_concept_progress WHERE id = (SELECT max(id) FROM user_concept_progress)");
        await transaction.query("INSERT INTO concepts (concept_id, name, difficulty_level) SELECT 'crash' || n, 'crash ' || n, 'Beginner' FROM (SELECT count(*) AS n FROM concepts) AS c");
      }),
    );
  /** Ten seconds later: a dead relay's heartbeat has aged. */
  const later = (): Promise<unknown> => inside(({ sql }) => sql.write((transaction) => transaction.query("UPDATE jeseci.sync_lane SET heartbeat = heartbeat - interval '1 minute'")));
  const agree = async (): Promise<void> => {
    expect(await run("sync")).toMatchObject({ code: 0 });
    expect((await run("check", "--json")).stdout).toContain('"in_sync":true');
    expect(JSON.parse((await run("status", "--json")).stdout)).toMatchObject({ pending_marks: 0, parked_marks: 0, lag_seconds: 0 });
  };

  test.each(["relay-epoch-raised", "relay-bumped", "relay-fenced", "relay-read", "relay-applied", "relay-committed", "relay-marks-deleted"])("the relay dies at %s", async (point) => {
    await change();
    expect(await crash(point, "sync")).toMatchObject({ code: null, stdout: "" });
    await later();
    await agree();
  });

  test.each([
    ["dual-laned", false],
    ["dual-written", false],
    ["dual-applied", false],
    ["dual-sql-committed", true],
    ["dual-graph-committed", true],
    ["dual-marks-deleted", true],
  ])("a write dies at %s: both or neither, and the next write works straight away", async (point, kept) => {
    expect(await crash(point, "user", "create", `dies at ${point}`)).toMatchObject({ code: null, stdout: "" });
    await later();
    expect(await run("user", "create", `after ${point}`)).toMatchObject({ code: 0 });
    await agree();
    const { stdout } = await run("users", "--format", "tsv");
    expect([stdout.includes(`dies at ${point}`), stdout.includes(`after ${point}`)]).toEqual([kept, true]);
  });

  test.each(["repair-marked", "relay-fenced", "relay-applied", "relay-committed", "relay-marks-deleted", "repair-synced"])("a repair dies at %s: each key is mended or as it was, and the next sync does the rest", async (point) => {
    await inside(({ graph }) =>
      graph.write(async (transaction) => {
        await transaction.query("MATCH (n:Concept) SET n.category = 'edited' RETURN count(n) AS n");
        await transaction.query("MATCH ()-[r:CONTAINS]->() DELETE r RETURN count(r) AS n");
      }),
    );
    const before = Number(JSON.parse((await run("check", "--json")).stdout).findings_total);
    expect(before).toBeGreaterThan(10);
    expect(await crash(point, "repair", "--apply")).toMatchObject({ code: null, stdout: "" });
    await later();
    // What the crash left is no worse than it was: the keys that are still wrong are marked.
    expect(Number(JSON.parse((await run("check", "--json")).stdout).findings_total)).toBeLessThanOrEqual(before);
    await agree();
  });

  test("ctrl-c ends a sync after the running batch; the next one goes on", async () => {
    await inside(({ sql }) => sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) SELECT 'c' || n, 'c' || n FROM generate_series(1, 2500) AS n")));
    // Stopped as soon as it has begun its first batch, so that the signal comes in the middle.
    const child = spawn(process.execPath, [join(packageRoot(), "dist/main.js"), "sync"], { env: { ...at().home.environment, JESECI_TEST_FAILPOINT: "relay-fenced:stop" }, cwd: join(at().home.folder, "work"), stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = once(child, "close");
    await expect.poll(() => stateOf(child.pid)).toMatch(/^T/);
    child.kill("SIGINT");
    child.kill("SIGCONT");
    expect(await ended).toEqual([130, null]);
    expect(said).toBe("error: interrupted: what was carried over is right, the rest goes on with the next `jeseci sync`\n");
    expect(JSON.parse((await run("status", "--json")).stdout)).toMatchObject({ pending_marks: 1500 });
    await agree();
  });

  test("a full sync dies in the middle, and the next one goes on", async () => {
    await inside(({ graph }) => graph.write((transaction) => transaction.query("MATCH (u:User)-[r:HAS_PROGRESS]->(c:Concept) DELETE r")));
    expect(await crash("reconcile-carried", "sync", "--full")).toMatchObject({ code: null });
    await later();
    await agree();
  });
}

describe("on the embedded pair", () => {
  let home: Home;
  beforeAll(async () => {
    home = createHome();
    expect((await jeseci(home, ["seed"])).code).toBe(0);
  });
  afterAll(() => home.remove());
  crashStories(() => ({ home, open: { profile: "embedded", dataDir: join(home.folder, "data/jeseci"), timeZone: "UTC", statementTimeoutMs: 0 } }));
});

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `on ${pair.name}`, () => {
  let servers: [Server, Server];
  let home: Home;
  beforeAll(async () => {
    servers = await startPair(pair);
    home = createHome({ ...environmentOf(servers), JESECI_PROFILE: "servers" });
    expect((await jeseci(home, ["seed"])).code).toBe(0);
  }, 240_000);
  afterAll(async () => {
    home.remove();
    await Promise.all(servers.map((server) => server.stop()));
  });
  crashStories(() => ({ home, open: openOptions(servers) }));

  test("a relay is killed in mid-batch, and the one that is started at once waits, takes over and finishes", async () => {
    const databases = await openDatabases(openOptions(servers));
    try {
      await databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) SELECT 'k' || n, 'k' || n FROM generate_series(1, 2500) AS n"));
      expect(await jeseci({ ...home, environment: { ...home.environment, JESECI_TEST_FAILPOINT: "relay-applied" } }, ["sync"])).toMatchObject({ code: null });
      // However long it took to die, its heart has only just stopped.
      await databases.sql.write((transaction) => transaction.query("UPDATE jeseci.sync_lane SET heartbeat = clock_timestamp()"));
      const finished = await jeseci(home, ["sync"]);
      expect(finished.stderr).toMatch(/another relay is at work/);
      expect(finished.code).toBe(0);
      expect((await databases.graph.query("MATCH (u:User) WHERE u.username STARTS WITH 'k' RETURN count(u) > 2499 AS all")).rows).toEqual([[true]]);
      expect(JSON.parse((await jeseci(home, ["status", "--json"])).stdout)).toMatchObject({ pending_marks: 0, parked_marks: 0 });
      expect((await jeseci(home, ["check"])).code).toBe(0);
    } finally {
      await databases.close();
    }
  });

  test("a relay that is stopped over a take-over writes nothing when it wakes", async () => {
    const databases = await openDatabases(openOptions(servers));
    try {
      await databases.sql.write((transaction) => transaction.query("UPDATE users SET first_name = 'before' WHERE username = 'cavin_admin'"));
      const zombie = spawn(process.execPath, [join(packageRoot(), "dist/main.js"), "sync", "--watch"], { env: { ...home.environment, JESECI_TEST_FAILPOINT: "relay-read:stop" }, cwd: join(home.folder, "work"), stdio: "ignore" });
      const ended = once(zombie, "exit");
      // It has read the row and sleeps, with the lane locked; the row changes, and another relay carries that over.
      await expect.poll(async () => (await databases.graph.query("SHOW TRANSACTIONS YIELD metaData, status WHERE metaData.app = 'jeseci' AND status STARTS WITH 'Running' RETURN count(*) AS n")).rows[0]?.[0]).toBeGreaterThan(1);
      await databases.sql.write((transaction) => transaction.query("UPDATE users SET first_name = 'after' WHERE username = 'cavin_admin'"));
      expect(await jeseci(home, ["sync"])).toMatchObject({ code: 0 });
      zombie.kill("SIGCONT");
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      zombie.kill("SIGINT");
      await ended;
      expect((await databases.graph.query("MATCH (u:User {username: 'cavin_admin'}) RETURN u.first_name AS name")).rows).toEqual([["after"]]);
      expect((await jeseci(home, ["check"])).code).toBe(0);
    } finally {
      await databases.close();
    }
  }, 180_000);
});
