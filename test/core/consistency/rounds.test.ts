import pg from "pg";
import { afterAll, beforeAll, describe, test } from "vitest";
import { openDatabases } from "../../../src/databases/open.ts";
import type { Databases } from "../../../src/databases/types.ts";
import { openPair, type OpenPair } from "../../support/pair.ts";
import { openSession, type TemporarySession } from "../../support/seeded.ts";
import { allPairs, describeOn, openOptions } from "../../support/servers.ts";
import { runRounds } from "./rounds.ts";

/** How many on the embedded pair and how many on servers; `npm run soak` asks for more. */
const [embedded = 100, servers = 100] = (process.env["TEST_ROUNDS"] ?? "100,100").split(",").map(Number);
/** No measure, only an end for one that hangs. */
const patience = (count: number): number => 120_000 + count * 10_000;

describe.skipIf(embedded === 0)("on the embedded pair", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openSession()));
  afterAll(() => temporary.close());
  test(`${embedded} rounds of drift under load`, () => runRounds("embedded pair", { session: temporary.session, relay: temporary.databases, writers: [] }, embedded), patience(embedded));
});

const [oldest] = allPairs();
if (oldest !== undefined && servers > 0) describeOn([oldest.sql, oldest.graph], `on ${oldest.name}`, () => {
  let pair: OpenPair;
  let relay: Databases;
  const writers: pg.Client[] = [];
  beforeAll(async () => {
    pair = await openPair(oldest);
    relay = await openDatabases(openOptions(pair.servers));
    for (let count = 0; count < 2; count += 1) writers.push(new pg.Client({ connectionString: pair.servers[0].url }));
    for (const writer of writers) await writer.connect();
  }, 240_000);
  afterAll(async () => {
    for (const writer of writers) await writer.end();
    await relay.close();
    await pair.close();
  });
  test(`${servers} rounds of drift under load`, () => runRounds(oldest.name, { session: pair.session, relay, writers }, servers), patience(servers));
});
