import { afterAll, beforeAll, describe, expect, test } from "vitest";
import pg from "pg";
import { check } from "../../../src/core/consistency/check.ts";
import { loadBacklog } from "../../../src/core/sync/outbox.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { openDatabases } from "../../../src/databases/open.ts";
import { openPair, type OpenPair } from "../../support/pair.ts";
import { allPairs, describeOn, openOptions } from "../../support/servers.ts";
import { openSession, type TemporarySession } from "../../support/seeded.ts";
import { failureStories } from "./failures.ts";
import { orderStories } from "./order.ts";
import { relayStories } from "./relay.ts";

describe("on the embedded pair", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openSession()));
  afterAll(() => temporary.close());
  relayStories(() => temporary.session);
  orderStories(() => temporary.session);
  failureStories(() => temporary.session);
});

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `on ${pair.name}`, () => {
  let opened: OpenPair;
  beforeAll(async () => void (opened = await openPair(pair)), 240_000);
  afterAll(() => opened.close());
  relayStories(() => opened.session);
  orderStories(() => opened.session);
  failureStories(() => opened.session);

  test("a program without any right on the outbox, and with another search path, writes as ever and is seen", async () => {
    const { databases, session } = opened;
    await databases.sql.adopt("DROP ROLE IF EXISTS writer; CREATE ROLE writer; GRANT USAGE ON SCHEMA public TO writer; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO writer");
    await databases.sql.write(async (transaction) => {
      await transaction.query("SET LOCAL search_path = pg_temp");
      await transaction.query("SET LOCAL ROLE writer");
      await transaction.query("UPDATE public.users SET last_name = 'of a stranger'");
    });
    await sync(databases);
    expect((await check(session)).findings).toEqual([]);
  });

  test("transactions that commit out of order lose no mark", async () => {
    const { databases, session, servers } = opened;
    const [late, early] = [new pg.Client({ connectionString: servers[0].url }), new pg.Client({ connectionString: servers[0].url })];
    for (const client of [late, early]) await client.connect();
    try {
      await late.query("BEGIN; UPDATE users SET last_name = 'late' WHERE username = 'cavin_admin'");
      await early.query("UPDATE users SET last_name = 'early' WHERE username = 'amina_diallo'");
      await sync(databases);
      await late.query("COMMIT");
      await sync(databases);
      // A mark that was passed over would excuse the difference as being in flight.
      expect((await loadBacklog(databases))?.pending).toBe(0);
      expect((await check(session)).findings).toEqual([]);
    } finally {
      for (const client of [late, early]) await client.end();
    }
  });

  test("of two that begin at once one works, and both end with everything carried over", async () => {
    const { databases, session, servers } = opened;
    const other = await openDatabases(openOptions(servers));
    try {
      await databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) SELECT 'two' || n, 'two' || n FROM generate_series(1, 3000) AS n"));
      await Promise.all([sync(databases), sync(other)]);
      expect((await check(session)).findings).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
