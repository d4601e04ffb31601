import type { Databases } from "./types.ts";

/** How to open the pair. Plain values: this layer knows nothing of configuration files. */
export type OpenOptions = EmbeddedOptions | ServersOptions;

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

/** Addresses of real servers. Connections are made on first use. */
export interface ServersOptions {
  profile: "servers";
  databaseUrl?: string;
  neo4jUri?: string;
  neo4jUser?: string;
  neo4jPassword?: string;
  neo4jDatabase?: string;
  /** PEM file of the authority that signed Neo4j's certificate; goes with a plain `bolt://` or `neo4j://`. */
  neo4jCaFile?: string;
  /** Where the `PG*` variables are looked up. */
  environment: Readonly<Record<string, string | undefined>>;
  timeZone: string;
  readOnly?: boolean;
  /** Milliseconds; 0 means none. */
  connectTimeoutMs: number;
  statementTimeoutMs: number;
}

/** Opens both databases, in an embedded folder applying the schema migrations that are missing. Throws `DatabaseError` (`locked`, `damaged`, `newer-schema`, …). */
export async function openDatabases(options: OpenOptions): Promise<Databases> {
  if (options.profile === "servers") {
    const { openServers } = await import("./servers.ts");
    return openServers(options);
  }
  const { openEmbedded } = await import("./embedded.ts");
  return openEmbedded(options);
}
