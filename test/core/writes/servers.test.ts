import { afterAll, beforeAll } from "vitest";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { openPair } from "../../support/pair.ts";
import { allPairs, describeOn } from "../../support/servers.ts";
import { Writer } from "../../support/written.ts";
import { describeWrites } from "./stories.ts";

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `on ${pair.name}`, () => {
  let writer: Writer;
  beforeAll(async () => {
    writer = new Writer(await openPair(pair));
    await seed(writer.databases, { folder: demoFolder() });
  }, 240_000);
  afterAll(() => writer.close());
  describeWrites(() => writer);
});
