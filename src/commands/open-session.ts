import type { Settings } from "../config/load.ts";
import { parkedText } from "./output.ts";
import { loadCatalogue } from "../core/catalogue/load.ts";
import type { Session } from "../core/session.ts";
import { openDatabases, type OpenOptions } from "../databases/open.ts";
import type { Databases } from "../databases/types.ts";

export interface OpenSessionOptions {
  readOnly: boolean;
  /** Milliseconds a statement; 0 means none. */
  statementTimeoutMs: number;
  /** Milliseconds to connect; 10 s if absent. */
  connectTimeoutMs?: number;
  /** Seeds an empty embedded folder with the demo data, once. */
  seedIfEmpty: boolean;
  /** One line for a person. */
  onProgress: (step: string) => void;
}

export interface OpenedSession extends Session {
  /** True when the demo data was just made. */
  seeded: boolean;
  close(): Promise<void>;
}

const defaultConnectTimeoutMs = 10_000;

function openOptions(settings: Settings, { readOnly, statementTimeoutMs, connectTimeoutMs, onProgress }: OpenSessionOptions): OpenOptions {
  const { timeZone, dataDir, databaseUrl, neo4jUri, neo4jUser, neo4jPassword, neo4jDatabase, neo4jCaFile } = settings;
  if (settings.kind === "embedded") return { profile: "embedded", dataDir, create: !readOnly, timeZone, readOnly, statementTimeoutMs, onProgress };
  return {
    profile: "servers",
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(neo4jUri === undefined ? {} : { neo4jUri }),
    ...(neo4jUser === undefined ? {} : { neo4jUser }),
    ...(neo4jPassword === undefined ? {} : { neo4jPassword }),
    ...(neo4jDatabase === undefined ? {} : { neo4jDatabase }),
    ...(neo4jCaFile === undefined ? {} : { neo4jCaFile }),
    environment: process.env,
    timeZone,
    readOnly,
    connectTimeoutMs: connectTimeoutMs ?? defaultConnectTimeoutMs,
    statementTimeoutMs,
  };
}

/** Opens the databases of a profile, with the catalogue read beside. Throws `DatabaseError`, `InputError`. */
export async function openSession(settings: Settings, options: OpenSessionOptions): Promise<OpenedSession> {
  const [databases, catalogue] = await Promise.all([openDatabases(openOptions(settings, options)), loadCatalogue({ userFolders: settings.queries })]);
  const session = { databases, catalogue, timeZone: settings.timeZone };
  try {
    let seeded = false;
    if (databases.uncleanStop && options.readOnly) options.onProgress("a process ended without closing these databases: they may differ until the next command that may write compares them");
    else if (databases.uncleanStop) {
      options.onProgress("the last process ended without closing: comparing both databases");
      await lookAfter(databases, options.onProgress);
    }
    // Servers are never seeded unasked.
    if (options.seedIfEmpty && !options.readOnly && settings.kind === "embedded") {
      const { demoFolder, isEmpty, seed } = await import("../core/seeding/seed.ts");
      if (await isEmpty(databases)) {
        options.onProgress(`seeding the demo data into ${settings.dataDir}`);
        await seed(databases, { folder: demoFolder() });
        seeded = true;
      }
    }
    return { ...session, seeded, close: () => databases.close() };
  } catch (error) {
    await databases.close();
    throw error;
  }
}

/**
 * Compares everything after a process that ended without closing; PostgreSQL may be older than the graph then. Where that
 * can't be done the next one tries again, and nobody is kept out: what mends it may be just what he came for.
 */
async function lookAfter(databases: Databases, onProgress: (step: string) => void): Promise<void> {
  const { sync } = await import("../core/sync/project.ts");
  try {
    const { refused, left } = await sync(databases, { full: true });
    for (const { message } of refused) onProgress(message);
    if (left > 0) onProgress(parkedText(left));
    databases.lookedAfter();
  } catch (error) {
    onProgress(`they could not be compared: ${error instanceof Error ? error.message : String(error)}`);
  }
}
