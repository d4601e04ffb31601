import { spawn } from "node:child_process";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../../scripts/servers/start.ts";
import { packageRoot } from "../../src/package-root.ts";
import { App, createHome, jeseci, type Home } from "../support/program.ts";
import { allPairs, describeOn, environmentOf, postgres, startPair } from "../support/servers.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { fits } from "./stories.ts";

const pair = allPairs().at(-1);
if (pair === undefined) throw new Error("there is no pair of servers to test on");

describeOn([pair.sql, pair.graph], `living with faults, on ${pair.name}`, () => {
  let servers: [Server, Server];
  let sql: TcpProxy;
  let graph: TcpProxy;
  let home: Home;
  let app: App | undefined;

  beforeAll(async () => {
    servers = await startPair({ sql: pair.sql, graph: { ...pair.graph, start: () => pair.graph.start({ transactionMemory: "16m" }) } });
    [sql, graph] = await Promise.all([TcpProxy.before(servers[0].url), TcpProxy.before(servers[1].url)]);
    const [direct, through] = [environmentOf(servers), environmentOf(servers)];
    through["DATABASE_URL"] = sql.through(direct["DATABASE_URL"] ?? "");
    through["NEO4J_URI"] = graph.through(direct["NEO4J_URI"] ?? "");
    home = createHome({ ...through, JESECI_PROFILE: "servers" });
    expect((await jeseci(home, ["seed"])).code).toBe(0);
  }, 240_000);
  afterAll(async () => {
    await Promise.all([sql.cut(), graph.cut(), ...servers.map((server) => server.stop())]);
    home.remove();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await Promise.all([sql.mend(), graph.mend()]);
  });
  const explore = (...argv: string[]): App => (app = new App(home, ["explore", ...argv], { columns: 140, rows: 40 }));
  const withEnvironment = async (change: Record<string, string>, argv: string[]): Promise<Awaited<ReturnType<typeof jeseci>>> => jeseci({ ...home, environment: { ...home.environment, ...change } }, argv);

  describe("the explorer goes on", () => {
    test("the graph is gone, and back: marked, the screens stay, and it recovers by itself", async () => {
      const own = explore("dashboard", "--user", "cavin_admin");
      await own.sees("Welcome back, Cavin!");
      await own.sees("in sync");
      await graph.cut();
      own.press("r");
      await own.sees(/○ graph unreachable: connection (refused|lost) · retrying/);
      await own.sees("the graph can't be reached; missing here: what is ready");
      expect(own.screen).toContain("67 %");
      fits(own);
      own.press("2");
      await own.sees("Data Science Track");
      await own.sees("Mastering Computer Science");
      await graph.mend();
      await own.sees(/● graph Neo4j/, 45_000);
      await own.seesNo("can't be reached");
      await own.sees("waits for");
    });

    test("PostgreSQL is gone: the graph's own paths, concepts and users are shown", async () => {
      const own = explore("dashboard", "--user", "cavin_admin");
      await own.sees("Welcome back, Cavin!");
      await sql.cut();
      own.press("r");
      await own.sees(/○ SQL unreachable: connection (refused|lost) · retrying/);
      await own.sees(/PostgreSQL can't be reached[\s\S]*Progress {2}graph[\s\S]*machine_learning +█+ 100 %/);
      await own.sees("deep_learning");
      own.press("2");
      await own.sees(/Data Science Track[\s\S]*deep_learning/);
      own.press("u");
      await own.sees("chen_wei");
      own.press("escape");
      await sql.mend();
      await own.sees(/● SQL PostgreSQL/, 45_000);
      // The screen in sight is whole again; the one that was left behind as it was must be so too, once it is gone back to.
      await own.seesNo("can't be reached");
      own.press("1");
      await own.sees("67 %");
    });

    test("both are down at the start: it opens, says so, and fills once they are there", async () => {
      await Promise.all([sql.cut(), graph.cut()]);
      const own = explore("dashboard", "--user", "cavin_admin");
      await own.sees(/○ SQL unreachable[\s\S]*○ graph unreachable/);
      await own.sees("r tries again");
      await Promise.all([sql.mend(), graph.mend()]);
      await own.sees("Welcome back, Cavin!", 45_000);
      await own.sees("in sync");
    });

    test("a server that hangs: keys go on, esc gives up, and the time limit tells", async () => {
      const own = explore("dashboard", "--user", "cavin_admin", "--timeout", "3");
      await own.sees("Welcome back, Cavin!");
      graph.hang();
      own.press("r");
      await own.sees("refreshing…");
      own.press("escape");
      await own.seesNo("refreshing…");
      own.press("2");
      await own.sees("6 Consistency");
      own.press("1", "r");
      await own.sees(/graph unreachable|the last load failed/, 30_000);
      await graph.mend();
      await own.sees(/● graph Neo4j/, 60_000);
    });
  });

  describe("a command ends with what to do", () => {
    const cases: [string, () => Record<string, string> | Promise<Record<string, string>>, string[], number, RegExp][] = [
      ["a wrong password of PostgreSQL", () => ({ DATABASE_URL: (home.environment["DATABASE_URL"] ?? "").replace(servers[0].password, "wr0ng-one") }), ["users"], 3, /password authentication failed[\s\S]*jeseci config/],
      ["a wrong password of Neo4j", () => ({ NEO4J_PASSWORD: "wr0ng-one" }), ["query", "graph/health"], 3, /unauthorized|authentication failure[\s\S]*NEO4J_PASSWORD/i],
      ["a database that is missing", () => ({ DATABASE_URL: (home.environment["DATABASE_URL"] ?? "").replace(/\/[^/]*$/, "/not_there") }), ["users"], 3, /"not_there" does not exist[\s\S]*psql --list/],
      ["a database of Neo4j that is missing", () => ({ NEO4J_DATABASE: "nothere" }), ["query", "graph/health"], 3, /nothere[\s\S]*SHOW DATABASES/],
      ["a host that nobody knows", () => ({ DATABASE_URL: "postgresql://a:b@nowhere.invalid/x" }), ["users"], 3, /ENOTFOUND|EAI_AGAIN/],
      ["TLS required of a server without it", () => ({ DATABASE_URL: `${home.environment["DATABASE_URL"] ?? ""}?sslmode=require` }), ["users"], 3, /does not support SSL/],
      [
        "no connection left",
        async () => {
          await asOwner("DO $$ BEGIN CREATE ROLE crowded LOGIN PASSWORD 'crowded' CONNECTION LIMIT 0; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
          const url = new URL(home.environment["DATABASE_URL"] ?? "");
          [url.username, url.password] = ["crowded", "crowded"];
          return { DATABASE_URL: url.href };
        },
        ["users"],
        3,
        /too many connections[\s\S]*max_connections/,
      ],
    ];
    const asOwner = async (statement: string): Promise<void> => {
      const client = new pg.Client({ connectionString: servers[0].url });
      await client.connect();
      await client.query(statement);
      await client.end();
    };

    test.each(cases)("%s", async (_name, change, argv, code, words) => {
      const finished = await withEnvironment(await change(), argv);
      expect(finished.stderr).toMatch(words);
      expect([finished.code, finished.stdout]).toEqual([code, ""]);
      expect(finished.stderr).not.toMatch(/wr0ng-one|\n\s+at /);
    });

    test("a black hole, within --timeout", async () => {
      for (const [proxy, argv] of [[sql, ["users"]], [graph, ["query", "graph/health"]]] as const) {
        proxy.hang();
        const finished = await jeseci(home, [...argv, "--timeout", "2"]);
        expect([3, 4]).toContain(finished.code);
        expect(finished.stderr).toMatch(/error: .*\nhint: /);
        await proxy.mend();
      }
    });

    test("a statement past its time ends with 4", async () => {
      // The time to connect ends with it too.
      expect((await jeseci(home, ["query", "--sql", "SELECT pg_sleep(30)", "--timeout", "3"])).code).toBe(4);
      expect((await jeseci(home, ["query", "--cypher", "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS n", "--timeout", "3"])).code).toBe(4);
    });

    test.skipIf(process.env["TEST_NEO4J_URI"] !== undefined)("a transaction that the server has no memory for", async () => {
      for (const format of ["tsv", "json"]) {
        const finished = await jeseci(home, ["query", "--cypher", "UNWIND range(1, 3000000) AS n WITH collect(toString(n)) AS texts RETURN size(texts) AS n", "--format", format]);
        expect(finished.stderr).toMatch(/memory[\s\S]*ask for fewer rows/i);
        expect([finished.code, finished.stdout]).toEqual([2, ""]);
      }
    });

    test.each([
      ["PostgreSQL", () => sql, ["query", "--sql", "SELECT n, repeat('x', 200) AS filler FROM generate_series(1, 3000000) AS n", "--format", "ndjson"]],
      ["Neo4j", () => graph, ["query", "--cypher", "UNWIND range(1, 3000000) AS n RETURN n, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS filler", "--format", "ndjson"]],
    ] as const)("%s gone in the middle of a stream: what came stays whole lines, the rest is told", async (_name, proxy, argv) => {
      const child = spawn(process.execPath, [join(packageRoot(), "dist/main.js"), ...argv], { env: home.environment, cwd: join(home.folder, "work"), stdio: ["ignore", "pipe", "pipe"] });
      let [lines, last, errors, cut] = [0, "", "", false];
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const parts = (last + text).split("\n");
        last = parts.pop() ?? "";
        lines += parts.length;
        if (cut || lines < 20_000) return;
        cut = true;
        void proxy().cut();
      });
      const code = await new Promise((resolve) => child.on("close", resolve));
      expect(errors).toMatch(/error: /);
      expect(code).toBe(3);
      expect(last).toBe("");
      expect(lines).toBeLessThan(3_000_000);
    }, 60_000);
  });

  test("the password is changed while it runs: told at the next connection, and again fine with the old one", async () => {
    const client = new pg.Client({ connectionString: servers[0].url });
    client.on("error", () => undefined);
    await client.connect();
    const own = explore("dashboard", "--user", "cavin_admin");
    await own.sees("Welcome back, Cavin!");
    await client.query("ALTER ROLE tester PASSWORD 'another'");
    // Whoever is connected stays so; the wire is cut once, so that everybody has to come again.
    await sql.cut();
    await sql.mend();
    own.press("r");
    await own.sees(/○ SQL unreachable: (connection lost|password refused)/);
    await own.sees(/○ SQL unreachable: password refused/, 30_000);
    expect(own.raw).not.toContain(servers[0].password);
    await client.query(`ALTER ROLE tester PASSWORD '${servers[0].password}'`);
    await client.end();
    await own.sees(/● SQL PostgreSQL/, 60_000);
  });
});

const standby = postgres(18);
describeOn([standby], "PostgreSQL in recovery", () => {
  test("reads work, a write is refused with the reason", async () => {
    const server = await standby.start({ standby: true });
    const home = createHome({ DATABASE_URL: server.url, NEO4J_URI: "bolt://127.0.0.1:1", NEO4J_USER: "neo4j", NEO4J_PASSWORD: "x", JESECI_PROFILE: "servers" });
    const read = await jeseci(home, ["query", "--sql", "SELECT pg_is_in_recovery() AS recovering", "--json"]);
    expect(JSON.parse(read.stdout)).toMatchObject({ rows: [{ recovering: true }] });
    const refused = await jeseci(home, ["seed", "--yes"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/read-only transaction|recovery/);
    home.remove();
    await server.stop();
  });
});
