import type { Server } from "../../scripts/servers/start.ts";
import { loadCatalogue } from "../../src/core/catalogue/load.ts";
import type { Session } from "../../src/core/session.ts";
import { openDatabases } from "../../src/databases/open.ts";
import type { Databases } from "../../src/databases/types.ts";
import { openOptions, startPair, type Pair } from "./servers.ts";

/** Two servers that run, with the tables and constraints in place, and no data. */
export interface OpenPair {
  servers: [Server, Server];
  databases: Databases;
  session: Session;
  /** Closes the databases and stops the servers. */
  close(): Promise<void>;
}

/** Starts a pair and opens it. If anything fails, no server stays. */
export async function openPair(pair: Pick<Pair, "sql" | "graph">): Promise<OpenPair> {
  const servers = await startPair(pair);
  const stop = (): Promise<unknown> => Promise.all(servers.map((server) => server.stop()));
  try {
    const databases = await openDatabases(openOptions(servers));
    await databases.createSchema();
    const close = async (): Promise<void> => {
      await databases.close();
      await stop();
    };
    return { servers, databases, session: { databases, catalogue: await loadCatalogue(), timeZone: "UTC" }, close };
  } catch (error) {
    await stop();
    throw error;
  }
}
