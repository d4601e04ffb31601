import { openPair } from "../../support/pair.ts";
import { openSession } from "../../support/seeded.ts";
import { allPairs, describeOn } from "../../support/servers.ts";
import { driftMatrix } from "./matrix.ts";

driftMatrix("the embedded pair", openSession, 60_000);

const [oldest] = allPairs();
if (oldest === undefined) throw new Error("there is no pair of servers to test on");
describeOn([oldest.sql, oldest.graph], "on servers", () => driftMatrix(oldest.name, () => openPair(oldest), 240_000));
