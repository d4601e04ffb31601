import type { Settings } from "../config/load.ts";
import { loadCatalogue } from "../core/catalogue/load.ts";
import { InputError } from "../core/errors.ts";
import type { Session } from "../core/session.ts";
import { openDatabases } from "../databases/open.ts";

export interface OpenSessionOptions {
  readOnly: boolean;
  /** Milliseconds a statement; 0 means none. */
  statementTimeoutMs: number;
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

/** Opens the databases of a profile, with the catalogue read beside. Throws `DatabaseError`, `InputError`. */
export async function openSession(settings: Settings, options: OpenSessionOptions): Promise<OpenedSession> {
  if (settings.kind === "servers") throw new InputError("unknown-profile", `the profile ${settings.profile} is on servers, which this version can't open yet`, "use --profile embedded");
  const [databases, catalogue] = await Promise.all([
    openDatabases({
      profile: "embedded",
      dataDir: settings.dataDir,
      create: !options.readOnly,
      timeZone: settings.timeZone,
      readOnly: options.readOnly,
      statementTimeoutMs: options.statementTimeoutMs,
      onProgress: options.onProgress,
    }),
    loadCatalogue({ userFolders: settings.queries }),
  ]);
  const session = { databases, catalogue, timeZone: settings.timeZone };
  try {
    let seeded = false;
    if (databases.uncleanStop && !options.readOnly) {
      options.onProgress("the last process ended without closing: comparing both databases");
      const { projectAll } = await import("../core/sync/project.ts");
      const { refused } = await projectAll(databases);
      for (const { message } of refused) options.onProgress(message);
    }
    if (options.seedIfEmpty && !options.readOnly) {
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
