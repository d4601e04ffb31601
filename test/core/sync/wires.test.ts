import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { loadBacklog } from "../../../src/core/sync/outbox.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { operationOf } from "../../../src/core/writes/operations.ts";
import type { WriteReport } from "../../../src/core/writes/types.ts";
import { DatabaseError } from "../../../src/databases/errors.ts";
import { openDatabases } from "../../../src/databases/open.ts";
import type { Databases } from "../../../src/databases/types.ts";
import { createHome, jeseci, type Finished, type Home } from "../../support/program.ts";
import { openPair, type OpenPair } from "../../support/pair.ts";
import { allPairs, describeOn, environmentOf, openOptions } from "../../support/servers.ts";
import { commitOf, TcpProxy, type Fault } from "../../support/tcp-proxy.ts";

/** The COMMITs of the protocol, told by what was sent before on their connection. */
const commits = {
  dualSql: ["SET LOCAL synchronous_commit = on", commitOf.sql],
  dualGraph: ["SET l._lock = 0", commitOf.graph],
  relayGraph: ["SET l._fence = $epoch WITH l", commitOf.graph],
  marksDeleted: ["DELETE FROM jeseci.sync_mark", commitOf.sql],
} as const;

for (const [index, pair] of allPairs().entries()) describeOn([pair.sql, pair.graph], `a wire that breaks at COMMIT, on ${pair.name}`, () => {
  let opened: OpenPair;
  let sql: TcpProxy;
  let graph: TcpProxy;
  /** By way of the wires, anew for each test; `opened` goes straight to the servers. */
  let databases: Databases;
  let home: Home;
  let count = 0;
  let name = "";

  beforeAll(async () => {
    opened = await openPair(pair);
    await seed(opened.databases, { folder: demoFolder() });
    const { servers } = opened;
    [sql, graph] = await Promise.all([TcpProxy.before(servers[0].url), TcpProxy.before(servers[1].url)]);
    const direct = environmentOf(servers);
    home = createHome({ ...direct, DATABASE_URL: sql.through(servers[0].url), NEO4J_URI: graph.through(servers[1].url), JESECI_PROFILE: "servers" });
  }, 240_000);
  afterAll(async () => {
    await Promise.all([sql.cut(), graph.cut()]);
    await opened.close();
    home.remove();
  });
  beforeEach(async ({ task }) => {
    name = `wire ${(count += 1)}`;
    const options = openOptions(opened.servers);
    // Only silence is waited for to its end.
    databases = await openDatabases({ ...options, databaseUrl: sql.through(options.databaseUrl ?? ""), neo4jUri: graph.through(options.neo4jUri ?? ""), connectTimeoutMs: task.name.includes("goes silent") ? 3_000 : 20_000 });
  });
  afterEach(async () => {
    await Promise.all([sql.mend(), graph.mend()]);
    await databases.close();
  });

  const create = (): Promise<WriteReport> => operationOf("user create").run(databases, { username: name }, { timeZone: "UTC" });
  const createByProgram = (): Promise<Finished> => jeseci(home, ["user", "create", name, "--timeout", "20", "--json"]);
  /** Whether PostgreSQL and the graph have what was written, asked directly. */
  const written = async (): Promise<[boolean, boolean]> => {
    const [rows, nodes] = await Promise.all([opened.databases.sql.query("SELECT 1 FROM users WHERE username = $1", [name]), opened.databases.graph.query("MATCH (u:User {username: $name}) RETURN 1 AS one", { name })]);
    return [rows.rows.length === 1, nodes.rows.length === 1];
  };
  const pending = async (): Promise<number | undefined> => {
    await opened.databases.afterwards.settled();
    return (await loadBacklog(opened.databases))?.pending;
  };
  /** What every fault ends as, once the wires are whole again. */
  const agree = async (inBoth: boolean): Promise<void> => {
    expect([sql.waiting, graph.waiting]).toEqual([false, false]);
    await Promise.all([sql.mend(), graph.mend()]);
    await sync(databases);
    expect(await pending()).toBe(0);
    expect((await check(opened.session)).findings).toEqual([]);
    expect(await written()).toEqual([inBoth, inBoth]);
  };

  describe("a write", () => {
    // Silence has to be waited for, and is the drivers' affair, whatever the server's version.
    const ends: ["is cut" | "goes silent", Fault["then"]][] = [["is cut", "cut"], ...(index === 0 ? [["goes silent", "silence"] as ["goes silent", "silence"]] : [])];

    test.each(ends)("PostgreSQL's COMMIT never arrives, and the wire %s: nothing is written", async (_how, then) => {
      sql.breakAt({ at: commits.dualSql, lost: "message", then });
      await expect(create()).rejects.toMatchObject({ code: "cannot-connect", database: "sql" });
      expect(await written()).toEqual([false, false]);
      await agree(false);
    });

    test.each(ends)("PostgreSQL's answer to COMMIT is lost, and the wire %s: PostgreSQL is asked", async (_how, then) => {
      sql.breakAt({ at: commits.dualSql, lost: "answer", then });
      expect((await create()).outcome).toBe("both");
      expect([await written(), await pending()]).toEqual([[true, true], 0]);
      await agree(true);
    });

    test.each(ends)("PostgreSQL's answer to COMMIT is lost, and every wire to it %s: unknown", async (_how, then) => {
      sql.breakAt({ at: commits.dualSql, lost: "answer", then, everywhere: true });
      const { outcome, warnings } = await create();
      expect([outcome, warnings]).toEqual(["unknown", [expect.stringMatching(/pg_xact_status\('\d+'\)/)]]);
      await agree(true);
    });

    test.each(ends)("the graph's COMMIT never arrives, and the wire %s: written in PostgreSQL, the next sync carries it over", async (_how, then) => {
      graph.breakAt({ at: commits.dualGraph, lost: "message", then });
      await expectPending(false);
    });

    test.each(ends)("the graph's answer to COMMIT is lost, and the wire %s: the same, and carrying it over again changes nothing", async (_how, then) => {
      graph.breakAt({ at: commits.dualGraph, lost: "answer", then });
      await expectPending(true);
    });
    const expectPending = async (inGraph: boolean): Promise<void> => {
      const { outcome, warnings } = await create();
      expect([outcome, warnings]).toEqual(["pending", [expect.stringMatching(/^written in PostgreSQL, reaching the graph: /)]]);
      expect([await written(), await pending()]).toEqual([[true, inGraph], 1]);
      await agree(true);
    };

    test.each<[string, "sql" | "graph", Pick<Fault, "lost" | "everywhere">, number, RegExp, boolean]>([
      ["PostgreSQL's COMMIT never arrives", "sql", { lost: "message" }, 3, /"code":"cannot-connect"/, false],
      ["PostgreSQL's answer is lost", "sql", { lost: "answer" }, 0, /"outcome":"both"/, true],
      ["PostgreSQL's answer is lost and PostgreSQL is gone", "sql", { lost: "answer", everywhere: true }, 3, /"outcome":"unknown"/, true],
      ["the graph's COMMIT never arrives", "graph", { lost: "message" }, 5, /"outcome":"pending"/, true],
      ["the graph's answer is lost", "graph", { lost: "answer" }, 5, /"outcome":"pending"/, true],
    ])("the program's exit code when %s", async (_what, side, fault, code, says, kept) => {
      (side === "sql" ? sql : graph).breakAt({ at: side === "sql" ? commits.dualSql : commits.dualGraph, then: "cut", ...fault });
      const finished = await createByProgram();
      expect(finished.stdout + finished.stderr).toMatch(says);
      expect(finished.code).toBe(code);
      await agree(kept);
    });
  });

  describe("a relay", () => {
    const mark = (): Promise<unknown> => opened.databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ($1, $1)", [name]));

    test.each([
      ["the graph's COMMIT never arrives", "graph", commits.relayGraph, "message"],
      ["the graph's answer to COMMIT is lost", "graph", commits.relayGraph, "answer"],
      ["the marks' deletion never arrives", "sql", commits.marksDeleted, "message"],
      ["the answer to the marks' deletion is lost", "sql", commits.marksDeleted, "answer"],
    ] as const)("%s: the batch is carried over again, which changes nothing twice", async (_what, side, at, lost) => {
      await mark();
      (side === "sql" ? sql : graph).breakAt({ at, lost, then: "cut" });
      await sync(databases);
      expect(await pending()).toBe(0);
      await agree(true);
    });

    test("it loses its server in mid-batch, and the next one goes on", async () => {
      await mark();
      graph.breakAt({ at: commits.relayGraph, lost: "answer", then: "cut", everywhere: true });
      await expect(sync(databases)).rejects.toThrow(DatabaseError);
      expect([await written(), await pending()]).toEqual([[true, true], 1]);
      await agree(true);
    });
  });
});
