import pg from "pg";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Server } from "../../../scripts/servers/start.ts";
import { loadCatalogue } from "../../../src/core/catalogue/load.ts";
import type { Session } from "../../../src/core/session.ts";
import { openDatabases } from "../../../src/databases/open.ts";
import { openSession, type TemporarySession } from "../../support/seeded.ts";
import { allPairs, describeOn, openOptions, startPair } from "../../support/servers.ts";
import { runSequences } from "./sequences.ts";

/** How many on the embedded pair and how many on servers; `npm run soak` asks for more. */
const [embedded = 200, servers = 40] = (process.env["TEST_SEQUENCES"] ?? "200,40").split(",").map(Number);
/** No measure, only an end for one that hangs. */
const patience = (count: number): number => 120_000 + count * 10_000;

describe.skipIf(embedded === 0)("on the embedded pair", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openSession()));
  afterAll(() => temporary.close());
  test(`${embedded} random sequences`, () => runSequences("embedded pair", { session: () => temporary.session, writers: [] }, embedded), patience(embedded));
});

const [oldest] = allPairs();
if (oldest !== undefined && servers > 0) describeOn([oldest.sql, oldest.graph], `on ${oldest.name}`, () => {
  let started: [Server, Server];
  let session: Session;
  const writers: pg.Client[] = [];
  const open = async (): Promise<Session> => ({ databases: await openDatabases(openOptions(started)), catalogue: await loadCatalogue(), timeZone: "UTC" });
  beforeAll(async () => {
    started = await startPair(oldest);
    session = await open();
    await session.databases.createSchema();
    for (let count = 0; count < 3; count += 1) writers.push(new pg.Client({ connectionString: started[0].url }));
    for (const writer of writers) await writer.connect();
  }, 240_000);
  afterAll(async () => {
    for (const writer of writers) await writer.end();
    await session.databases.close();
    await Promise.all(started.map((server) => server.stop()));
  });
  const restart = async (): Promise<void> => {
    await session.databases.close();
    session = await open();
  };
  test(`${servers} random sequences`, () => runSequences(oldest.name, { session: () => session, writers, restart }, servers), patience(servers));
});
