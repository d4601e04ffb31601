import { existsSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Server } from "../../scripts/servers/start.ts";
import { DatabaseError } from "../../src/databases/errors.ts";
import { openNeo4j } from "../../src/databases/graph/neo4j.ts";
import { openPg } from "../../src/databases/sql/pg.ts";
import type { GraphDatabase, SqlDatabase } from "../../src/databases/types.ts";
import { allNeo4j, allPostgres, describeOn } from "../support/servers.ts";

async function failureOf(call: Promise<unknown>): Promise<DatabaseError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof DatabaseError) return error;
  throw new Error(`expected a DatabaseError, not ${String(error)}`);
}

/** Resolves for everybody once so many wait for it. */
function latch(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    count -= 1;
    if (count === 0) open();
    return opened;
  };
}

/** What tells a pooler from a server: the process number that a connection is answered with is not that of who works for it. */
async function poolerBefore(address: string): Promise<{ url: string; close(): void }> {
  const { hostname, port } = new URL(address);
  const keyOfBackend = Buffer.from([0x4b, 0, 0, 0, 12]);
  const wire = createServer((near) => {
    const far = connect(Number(port), hostname);
    far.on("data", (chunk: Buffer) => {
      const at = chunk.indexOf(keyOfBackend);
      if (at >= 0) chunk.writeInt32BE(7, at + keyOfBackend.length);
      near.write(chunk);
    });
    near.pipe(far);
    for (const [one, other] of [[near, far], [far, near]] as const) one.on("error", () => undefined).on("close", () => other.destroy());
  }).listen(0, "127.0.0.1");
  await once(wire, "listening");
  return { url: address.replace(`:${port}`, `:${(wire.address() as AddressInfo).port}`), close: () => void wire.close() };
}

for (const offer of allPostgres()) describeOn([offer], `what only a server can do: ${offer.name}`, () => {
  let server: Server;
  let sql: SqlDatabase;
  const open = (databaseUrl: string): SqlDatabase => openPg({ databaseUrl, environment: {}, timeZone: "UTC", connectTimeoutMs: 5_000, statementTimeoutMs: 0, readOnly: false });
  beforeAll(async () => {
    server = await offer.start();
    sql = open(server.url);
    await sql.write((transaction) => transaction.query("CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)"));
    await sql.write((transaction) => transaction.query("INSERT INTO counters VALUES (1, 0), (2, 0)"));
  });
  afterAll(async () => {
    await sql.close();
    await server.stop();
  });

  test("it names itself to the server", async () => {
    expect((await sql.query("SELECT current_setting('application_name')")).rows).toEqual([["jeseci"]]);
  });

  test.each(["COPY (SELECT 1) TO '/tmp/jeseci-written-by-a-read'", "COPY (SELECT 1) TO PROGRAM 'touch /tmp/jeseci-written-by-a-read'", "DO $$ BEGIN COPY (SELECT 1) TO '/tmp/jeseci-written-by-a-read'; END $$", "LISTEN x", "SET search_path = pg_catalog"])("a superuser's own statement writes no file: %s", async (statement) => {
    rmSync("/tmp/jeseci-written-by-a-read", { force: true });
    expect((await failureOf(sql.query(statement, [], { adHoc: true }))).code).toBe("read-only");
    expect((await failureOf(sql.stream(statement, [], { adHoc: true }))).code).toBe("read-only");
    expect(existsSync("/tmp/jeseci-written-by-a-read")).toBe(false);
    expect((await sql.query("SELECT 1")).rows).toEqual([[1]]);
  });

  test.runIf(process.platform === "linux")("a wire on which nothing comes is asked whether somebody is there", async () => {
    const port = Number(new URL(server.url).port).toString(16).toUpperCase().padStart(4, "0");
    await sql.query("SELECT 1");
    // State 01 is established. The timer of keepalive is 02; while something is on its way unacknowledged the wire shows that timer (01) instead, and 00 is none at all.
    const timers = (): string[] => [...readFileSync("/proc/net/tcp", "utf8").matchAll(/ [0-9A-F]{8}:([0-9A-F]{4}) 01 \S+ (\d\d):/g)].flatMap(([, remote, timer]) => (remote === port && timer !== undefined ? [timer] : []));
    await vi.waitFor(() => {
      expect(timers().length).toBeGreaterThan(0);
      expect(new Set(timers())).toEqual(new Set(["02"]));
    }, { timeout: 10_000, interval: 50 });
  });

  test("an advisory lock taken by a read does not outlive it", async () => {
    await sql.query("SELECT pg_advisory_lock(4711)", [], { adHoc: true });
    for await (const batch of await sql.stream("SELECT pg_advisory_lock(4712)", [])) expect(batch).toHaveLength(1);
    // Nobody waits for the end of a read, so that it may come a little later.
    await expect.poll(async () => (await sql.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).rows).toEqual([[0]]);
  });

  test("a cancel ends the statement on the server, not only here", async () => {
    const controller = new AbortController();
    const running = failureOf(sql.query("SELECT pg_sleep(60) AS endless_sleep", [], { signal: controller.signal }));
    const sleeping = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%endless_sleep%' AND pid <> pg_backend_pid()";
    await expect.poll(async () => (await sql.query(sleeping)).rows[0]?.[0]).toBe(1);
    controller.abort();
    expect((await running).code).toBe("cancelled");
    await expect.poll(async () => (await sql.query(sleeping)).rows[0]?.[0]).toBe(0);
  });

  describe("a plan is kept", () => {
    const counter = "SELECT id, n FROM counters WHERE id = $1";
    /** What it gives, and whether this connection had its plan beforehand. */
    const asked = (database: SqlDatabase): Promise<unknown> =>
      database.write(async (transaction) => {
        const { rows } = await transaction.query("SELECT count(*)::int FROM pg_prepared_statements WHERE statement = $1", [counter]);
        return [rows[0]?.[0], (await transaction.query(counter, [1], { keepPlan: true })).rows];
      });

    test("from the second time on, on a connection to the server itself", async () => {
      const own = open(server.url);
      for (const before of [0, 0, 1, 1]) expect(await asked(own)).toEqual([before, [[1, 0]]]);
      await own.close();
    });

    test("never behind a pooler, where the next transaction may be another process's", async () => {
      const pooler = await poolerBefore(server.url);
      const own = open(pooler.url);
      for (let times = 0; times < 4; times += 1) expect(await asked(own)).toEqual([0, [[1, 0]]]);
      await own.close();
      pooler.close();
    });

    test("until the table gets other columns, which is said once", async () => {
      const own = open(server.url);
      for (let times = 0; times < 3; times += 1) await asked(own);
      await own.adopt("ALTER TABLE counters ALTER COLUMN n TYPE bigint");
      expect((await failureOf(asked(own))).code).toBe("conflict");
      for (let times = 0; times < 3; times += 1) expect(await asked(own)).toEqual([expect.any(Number), [[1, 0]]]);
      await own.adopt("ALTER TABLE counters ALTER COLUMN n TYPE int");
      await own.close();
    });
  });

  test("a deadlock is a conflict, and one of both gets through", async () => {
    const both = latch(2);
    const bump = (first: number, second: number): Promise<unknown> =>
      sql.write(async (transaction) => {
        await transaction.query("UPDATE counters SET n = n + 1 WHERE id = $1", [first]);
        await both();
        await transaction.query("UPDATE counters SET n = n + 1 WHERE id = $1", [second]);
      });
    const outcomes = await Promise.allSettled([bump(1, 2), bump(2, 1)]);
    const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as DatabaseError] : []));
    expect(failed.map(({ code }) => code)).toEqual(["conflict"]);
    expect(failed[0]?.message).toContain("deadlock detected");
  });

  test("a wrong password, a missing database and a dead port, each with what to do and no password told", async () => {
    const wrong = new URL(server.url);
    wrong.password = "s3cret-wr0ng";
    const missing = new URL(server.url);
    missing.pathname = "/not_there";
    const cases = [
      [wrong.href, "unauthorized", /password authentication failed/],
      [missing.href, "cannot-connect", /not_there/],
      ["postgresql://someone:s3cret-wr0ng@127.0.0.1:1/x", "cannot-connect", /ECONNREFUSED/],
    ] as const;
    for (const [url, code, words] of cases) {
      const database = open(url);
      const failure = await failureOf(database.query("SELECT 1"));
      expect(failure.code).toBe(code);
      expect(failure.message).toMatch(words);
      expect(failure.hint).toMatch(/\w/);
      expect(JSON.stringify([failure.message, failure.hint, failure.stack])).not.toContain("s3cret-wr0ng");
      await database.close();
    }
  });

  test("what the server says in passing comes along", async () => {
    await sql.write((transaction) => transaction.query("CREATE FUNCTION talk() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'mind the gap'; RETURN 1; END $$"));
    expect((await sql.query("SELECT talk()")).notices).toEqual(["mind the gap"]);
    expect((await sql.query("SELECT talk()", [], { maxRows: 1 })).notices).toEqual(["mind the gap"]);
    const stream = await sql.stream("SELECT talk()");
    for await (const batch of stream) expect(batch).toEqual([[1]]);
    expect(stream.notices).toEqual(["mind the gap"]);
  });
});

for (const offer of allNeo4j()) describeOn([offer], `what only a server can do: ${offer.name}`, () => {
  let server: Server;
  let graph: GraphDatabase;
  beforeAll(async () => {
    server = await offer.start();
    graph = await openNeo4j({ uri: server.url, username: server.username, password: server.password, connectTimeoutMs: 5_000, statementTimeoutMs: 0 });
    await graph.write((transaction) => transaction.query("CREATE (:Counter {id: 1, n: 0}), (:Counter {id: 2, n: 0})"));
  });
  afterAll(async () => {
    await graph.close();
    await server.stop();
  });

  test("a cancel ends the transaction on the server, not only here", async () => {
    const controller = new AbortController();
    const endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS endless_count";
    const running = failureOf(graph.query(endless, {}, { signal: controller.signal }));
    const others = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS 'endless_count' AND NOT currentQuery STARTS WITH 'SHOW' RETURN count(*) AS n";
    await expect.poll(async () => (await graph.query(others)).rows[0]?.[0]).toBe(1);
    controller.abort();
    expect((await running).code).toBe("cancelled");
    await expect.poll(async () => (await graph.query(others)).rows[0]?.[0], { timeout: 10_000 }).toBe(0);
  });

  test("a deadlock is a conflict, and one of both gets through", async () => {
    const both = latch(2);
    const bump = (first: number, second: number): Promise<unknown> =>
      graph.write(async (transaction) => {
        await transaction.query("MATCH (c:Counter {id: $id}) SET c.n = c.n + 1", { id: first });
        await both();
        await transaction.query("MATCH (c:Counter {id: $id}) SET c.n = c.n + 1", { id: second });
      });
    const outcomes = await Promise.allSettled([bump(1, 2), bump(2, 1)]);
    expect(outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [(outcome.reason as DatabaseError).code] : []))).toEqual(["conflict"]);
  });

  test("a reader sees what was just written", async () => {
    for (let round = 1; round <= 50; round += 1) {
      await graph.write((transaction) => transaction.query("MERGE (c:Round) SET c.n = $round", { round }));
      expect((await graph.query("MATCH (c:Round) RETURN c.n AS n")).rows).toEqual([[round]]);
    }
  });

  test("temporals and points read as plain values", async () => {
    const { rows } = await graph.query("RETURN date('2026-01-31') AS d, datetime('2026-01-31T12:00:00+05:30') AS z, localdatetime('2026-01-31T12:00:00.123456') AS l, duration('P1DT2H') AS s, point({x: 1, y: 2.5}) AS p");
    expect(rows).toEqual([["2026-01-31", "2026-01-31T06:30:00Z", "2026-01-31T12:00:00.123456", "P1DT2H", { srid: 7203, x: 1, y: 2.5 }]]);
  });

  test("notifications come along, also with a cut and with a streamed result", async () => {
    const statement = "UNWIND range(1, 10) AS n OPTIONAL MATCH (x:NoSuchLabel) RETURN n, x";
    expect((await graph.query(statement)).notices.join()).toContain("NoSuchLabel");
    expect((await graph.query(statement, {}, { maxRows: 3 })).notices.join()).toContain("NoSuchLabel");
    const stream = await graph.stream(statement);
    for await (const batch of stream) expect(batch).toHaveLength(10);
    expect(stream.notices.join()).toContain("NoSuchLabel");
  });

  test("a wrong password, a missing database and a dead port, each with what to do and no password told", async () => {
    const cases = [
      [{ uri: server.url, password: "s3cret-wr0ng" }, "unauthorized"],
      [{ uri: server.url, password: server.password, database: "notthere" }, "cannot-connect"],
      [{ uri: "bolt://127.0.0.1:1", password: "s3cret-wr0ng" }, "cannot-connect"],
    ] as const;
    for (const [options, code] of cases) {
      const database = await openNeo4j({ username: server.username, connectTimeoutMs: 20_000, statementTimeoutMs: 0, ...options });
      const failure = await failureOf(database.query("RETURN 1 AS n"));
      expect(failure.code).toBe(code);
      expect(failure.hint).toMatch(/NEO4J_/);
      expect(JSON.stringify([failure.message, failure.hint, failure.stack])).not.toContain("s3cret-wr0ng");
      await database.close();
    }
  });

  test("neo4j:// routes on a single server too", async () => {
    const routed = await openNeo4j({ uri: server.url.replace("bolt:", "neo4j:"), username: server.username, password: server.password, connectTimeoutMs: 5_000, statementTimeoutMs: 0 });
    expect((await routed.query("RETURN 1 AS n")).rows).toEqual([[1]]);
    await routed.close();
  });
});
