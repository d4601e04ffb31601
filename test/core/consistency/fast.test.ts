import { openPair } from "../../support/pair.ts";
import { openSession } from "../../support/seeded.ts";
import { allPairs, describeOn } from "../../support/servers.ts";
import { fastChecks } from "./fast.ts";

fastChecks("the embedded pair", openSession, 60_000);

for (const pair of allPairs()) describeOn([pair.sql, pair.graph], "on servers", () => fastChecks(pair.name, () => openPair(pair), 240_000));
