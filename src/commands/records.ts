import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Settings } from "../config/load.ts";
import type { Records } from "../core/consistency/recorded.ts";

/** Where the checks of these databases are kept. A changed password makes no other databases of them. */
export function recordsOf({ stateDir, kind, dataDir, databaseUrl = "", neo4jUri = "", neo4jDatabase = "" }: Settings): Records {
  const place = kind === "embedded" ? dataDir : createHash("sha256").update([databaseUrl.replace(/:[^:@/]*@/, "@"), neo4jUri, neo4jDatabase].join("\n")).digest("hex").slice(0, 16);
  return { file: join(stateDir, "consistency.json"), address: `${kind} ${place}` };
}
