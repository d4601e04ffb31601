import { afterAll, beforeAll, expect, test } from "vitest";
import type { Server } from "../../scripts/servers/start.ts";
import { openPg } from "../../src/databases/sql/pg.ts";
import type { SqlDatabase } from "../../src/databases/types.ts";
import { allPostgres, describeOn } from "../support/servers.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

const [offer] = allPostgres();
if (offer === undefined) throw new Error("there is no PostgreSQL to test on");
describeOn([offer], `a wire on which nothing comes any more: ${offer.name}`, () => {
  let server: Server;
  beforeAll(async () => void (server = await offer.start()));
  afterAll(() => server.stop());

  async function behindProxy(work: (sql: SqlDatabase, proxy: TcpProxy) => Promise<void>): Promise<void> {
    const proxy = await TcpProxy.before(server.url);
    const sql = openPg({ databaseUrl: proxy.through(server.url), environment: {}, timeZone: "UTC", connectTimeoutMs: 20_000, statementTimeoutMs: 1_000, readOnly: true });
    try {
      await work(sql, proxy);
    } finally {
      await proxy.cut();
      await sql.close();
    }
  }

  test("rows that stop coming are not waited for without end", async () => {
    await behindProxy(async (sql, proxy) => {
      const batches = (await sql.stream("SELECT n FROM generate_series(1, 200000) AS n", []))[Symbol.asyncIterator]();
      expect((await batches.next()).done).toBe(false);
      proxy.hang();
      await expect(batches.next()).rejects.toMatchObject({ code: "cannot-connect", database: "sql" });
      await batches.return?.(undefined);
    });
  }, 60_000);

  test("a stream that fails on its way says so, and lets go of its connection once", async () => {
    const sql = openPg({ databaseUrl: server.url, environment: {}, timeZone: "UTC", connectTimeoutMs: 20_000, statementTimeoutMs: 20_000, readOnly: false });
    try {
      const rows = await sql.stream("SELECT 1 / (3500 - n) FROM generate_series(1, 10000) AS n", []);
      const read = async (): Promise<void> => {
        for await (const batch of rows) expect(batch.length).toBeGreaterThan(0);
      };
      await expect(read()).rejects.toMatchObject({ message: expect.stringContaining("division by zero") as string });
      // Whoever has the connection next is not disturbed in the middle.
      await sql.write(async (transaction) => {
        await transaction.query("CREATE TABLE half (n int)");
        for (let n = 0; n < 5; n += 1) await transaction.query("INSERT INTO half VALUES ($1)", [n]);
      });
      expect((await sql.query("SELECT count(*) FROM half")).rows).toEqual([[5]]);
    } finally {
      await sql.close();
    }
  }, 60_000);

  test("a cancel is heard while a connection is waited for", async () => {
    await behindProxy(async (sql, proxy) => {
      proxy.hang();
      const controller = new AbortController();
      const asked = sql.query("SELECT 1", [], { signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      const began = performance.now();
      await expect(asked).rejects.toMatchObject({ code: "cancelled" });
      // Long before the connection itself would be given up.
      expect(performance.now() - began).toBeLessThan(15_000);
    });
  }, 60_000);
});
