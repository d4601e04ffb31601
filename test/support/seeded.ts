import { loadCatalogue } from "../../src/core/catalogue/load.ts";
import { demoFolder, seed } from "../../src/core/seeding/seed.ts";
import type { Session } from "../../src/core/session.ts";
import type { EmbeddedOptions } from "../../src/databases/open.ts";
import { openTemporary, type Temporary } from "./databases.ts";

export interface TemporarySession extends Temporary {
  session: Session;
}

/** An empty embedded pair with the shipped catalogue. */
export async function openSession(options: Partial<EmbeddedOptions> = {}): Promise<TemporarySession> {
  const temporary = await openTemporary(options);
  return { ...temporary, session: { databases: temporary.databases, catalogue: await loadCatalogue(), timeZone: options.timeZone ?? "UTC" } };
}

/** The same with the demo data. */
export async function openDemo(options: Partial<EmbeddedOptions> = {}): Promise<TemporarySession> {
  const temporary = await openSession(options);
  await seed(temporary.databases, { folder: demoFolder() });
  return temporary;
}
