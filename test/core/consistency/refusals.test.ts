import { afterAll, beforeAll, describe } from "vitest";
import { openPair, type OpenPair } from "../../support/pair.ts";
import { openSession, type TemporarySession } from "../../support/seeded.ts";
import { allPairs, describeOn } from "../../support/servers.ts";
import { refusalStories } from "./refusals.ts";

describe("on the embedded pair", () => {
  let temporary: TemporarySession;
  beforeAll(async () => void (temporary = await openSession()));
  afterAll(() => temporary.close());
  refusalStories(() => temporary.session);
});

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], `on ${pair.name}`, () => {
  let opened: OpenPair;
  beforeAll(async () => void (opened = await openPair(pair)), 240_000);
  afterAll(() => opened.close());
  refusalStories(() => opened.session);
});
