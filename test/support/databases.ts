import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabases, type EmbeddedOptions } from "../../src/databases/open.ts";
import type { Databases } from "../../src/databases/types.ts";

export interface Temporary {
  databases: Databases;
  dataDir: string;
  /** Closes both and removes the folder. */
  close(): Promise<void>;
}

/** A fresh embedded pair in a folder of its own: schema in place, no data. */
export async function openTemporary(options: Partial<EmbeddedOptions> = {}): Promise<Temporary> {
  const folder = await mkdtemp(join(tmpdir(), "jeseci-test-"));
  const dataDir = options.dataDir ?? join(folder, "data");
  const databases = await openDatabases({ profile: "embedded", timeZone: "UTC", statementTimeoutMs: 0, ...options, dataDir });
  return {
    databases,
    dataDir,
    close: async () => {
      await databases.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
