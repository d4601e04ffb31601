import { afterAll, beforeAll } from "vitest";
import type { Server } from "../../../scripts/servers/start.ts";
import { loadCatalogue } from "../../../src/core/catalogue/load.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { openDatabases } from "../../../src/databases/open.ts";
import { allPairs, describeOn, openOptions, startPair } from "../../support/servers.ts";
import { Writer } from "../../support/written.ts";
import { describeWrites } from "./stories.ts";

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `on ${pair.name}`, () => {
  let servers: [Server, Server];
  let writer: Writer;
  beforeAll(async () => {
    servers = await startPair(pair);
    const databases = await openDatabases(openOptions(servers));
    await databases.createSchema();
    await seed(databases, { folder: demoFolder() });
    writer = new Writer({ session: { databases, catalogue: await loadCatalogue(), timeZone: "UTC" }, close: () => databases.close() });
  }, 240_000);
  afterAll(async () => {
    await writer.close();
    await Promise.all(servers.map((server) => server.stop()));
  });
  describeWrites(() => writer);
});
