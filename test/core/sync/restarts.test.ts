import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { follow, type FollowState } from "../../../src/core/sync/follow.ts";
import { loadBacklog } from "../../../src/core/sync/outbox.ts";
import { loadParked } from "../../../src/core/sync/parked.ts";
import { openPair, type OpenPair } from "../../support/pair.ts";
import { allPairs, describeOn } from "../../support/servers.ts";

const marks = 20_000;
const generous = { timeout: 180_000, interval: 20 };

for (const pair of allPairs().slice(0, 1)) describeOn([pair.sql, pair.graph], `a server that is started again in mid-batch: ${pair.name}`, () => {
  let opened: OpenPair;
  let stop = new AbortController();
  let following: Promise<unknown> = Promise.resolve();
  beforeAll(async () => {
    opened = await openPair(pair);
    await seed(opened.databases, { folder: demoFolder() });
  }, 240_000);
  afterEach(async () => {
    stop.abort();
    await following;
  });
  afterAll(() => opened.close());

  test.skipIf(process.env["TEST_DATABASE_URL"] !== undefined || process.env["TEST_NEO4J_URI"] !== undefined).each([
    ["PostgreSQL", 0],
    ["Neo4j", 1],
  ] as const)("%s", async (engine, which) => {
    const { databases, session, servers } = opened;
    const pending = async (): Promise<number> => (await loadBacklog(databases).catch(() => null))?.pending ?? Infinity;
    const states: FollowState["kind"][] = [];
    await databases.sql.write((transaction) => transaction.query(`INSERT INTO users (user_id, username) SELECT $1 || n, $1 || n FROM generate_series(1, ${marks}) AS n`, [engine]));
    stop = new AbortController();
    following = follow(databases, { signal: stop.signal, onState: ({ kind }) => void states.push(kind) });
    following.catch(() => undefined);
    let left = marks;
    await expect.poll(async () => (left = await pending()), generous).toBeLessThan(marks);
    expect(left).toBeGreaterThan(0);
    let all = marks;
    await servers[which].restart?.(async () => {
      // It may have carried everything over by now, and would have no trouble: PostgreSQL is there to give it more.
      if (engine === "Neo4j") {
        await databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ($1, $1)", [`${engine} and one more`]));
        all += 1;
      }
      await expect.poll(() => states, generous).toContain("trouble");
    });
    // It goes on by itself.
    await expect.poll(pending, generous).toBe(0);
    expect(await loadParked(databases)).toEqual([]);
    expect((await check(session)).findings).toEqual([]);
    expect((await databases.graph.query("MATCH (u:User) WHERE u.username STARTS WITH $engine RETURN count(u) AS n", { engine })).rows).toEqual([[all]]);
    stop.abort();
    await following;
  }, 480_000);
});
