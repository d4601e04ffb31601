import type { Databases } from "./types.ts";

/** How to open the pair. Plain values: this layer knows nothing of configuration files. */
export type OpenOptions = EmbeddedOptions;

export interface EmbeddedOptions {
  profile: "embedded";
  /** The folder that holds both engines' data, the lock file included. Made if it is missing, unless `create` is false. */
  dataDir: string;
  create?: boolean;
  /** IANA name; set for every SQL session, so that `current_date` and `::date` mean the user's day. */
  timeZone: string;
  /** Opens both databases so that `write` is refused with `read-only`. */
  readOnly?: boolean;
  /** Default time limit of a statement in milliseconds; 0 means none. */
  statementTimeoutMs: number;
  /** Called on steps that take long (`creating the databases`), for a progress line. */
  onProgress?: (step: string) => void;
}

/** Opens both databases, applying the schema migrations that are missing. Throws `DatabaseError` (`locked`, `damaged`, `newer-schema`, …). */
export async function openDatabases(options: OpenOptions): Promise<Databases> {
  const { openEmbedded } = await import("./embedded.ts");
  return openEmbedded(options);
}
