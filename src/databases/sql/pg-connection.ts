import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { checkServerIdentity } from "node:tls";
import type { PoolConfig } from "pg";
import { DatabaseError } from "../errors.ts";

/** The TLS modes of libpq, as in `?sslmode=` and PGSSLMODE. */
const tlsModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type TlsMode = (typeof tlsModes)[number];

export interface PgAddress {
  config: PoolConfig;
  /** The encryption to try where the server refuses that of `config`: libpq's `allow` and `prefer`. */
  otherwise: PoolConfig["ssl"];
  /** Everything that must never be printed. */
  secrets: string[];
}

/**
 * A `DATABASE_URL` (or the `PG*` variables, where it leaves something out) as a pool's configuration, with libpq's
 * meaning of its parameters: `sslmode=require` encrypts without asking who answers (but verifies against
 * `sslrootcert` if there is one), `verify-full` asks. Drivers differ here, so it is spelt out.
 * Throws `bad-address` for an address that can't be one.
 */
export function pgAddress(databaseUrl: string | undefined, environment: Readonly<Record<string, string | undefined>>): PgAddress {
  const url = databaseUrl === undefined || databaseUrl === "" ? undefined : parse(databaseUrl);
  const parameter = (name: string, variable?: string): string | undefined => url?.searchParams.get(name) ?? (variable === undefined ? undefined : environment[variable]) ?? undefined;
  const mode = parameter("sslmode", "PGSSLMODE") ?? "prefer";
  if (!isTlsMode(mode)) throw bad(`sslmode “${mode}” is none of ${tlsModes.join(", ")}`);
  const host = url?.searchParams.get("host") ?? (url?.hostname ? decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1") : undefined) ?? environment["PGHOST"] ?? "localhost";
  const port = Number(url?.port || (environment["PGPORT"] ?? "5432"));
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw bad(`the port ${environment["PGPORT"] ?? ""} is not a number from 1 to 65535`);
  const user = url?.username ? decodeURIComponent(url.username) : (environment["PGUSER"] ?? userInfo().username);
  const password = url?.password ? decodeURIComponent(url.password) : environment["PGPASSWORD"];
  const database = url && url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : (environment["PGDATABASE"] ?? user);
  // Without a password the driver looks into .pgpass by itself.
  const config: PoolConfig = { host, port, user, database, ...(password === undefined ? {} : { password }) };
  const encryption = mode === "disable" || host.startsWith("/") ? false : tls(mode, host, environment["HOME"], parameter);
  if (mode !== "allow") config.ssl = encryption;
  return { config, otherwise: encryption === false ? undefined : mode === "allow" ? encryption : mode === "prefer" ? false : undefined, secrets: password === undefined || password === "" ? [] : [password, encodeURIComponent(password)] };
}

/** Where libpq looks for the authority that nobody named. */
function defaultRoot(home: string | undefined): string | undefined {
  const path = join(home ?? homedir(), ".postgresql/root.crt");
  return existsSync(path) ? path : undefined;
}

function tls(mode: TlsMode, host: string, home: string | undefined, parameter: (name: string, variable?: string) => string | undefined): Exclude<PoolConfig["ssl"], undefined> {
  const root = parameter("sslrootcert", "PGSSLROOTCERT") ?? defaultRoot(home);
  const certificate = parameter("sslcert", "PGSSLCERT");
  const key = parameter("sslkey", "PGSSLKEY");
  const files = {
    ...(root === undefined || root === "system" ? {} : { ca: read("sslrootcert", root) }),
    ...(certificate === undefined ? {} : { cert: read("sslcert", certificate) }),
    ...(key === undefined ? {} : { key: read("sslkey", key) }),
  };
  // The driver upgrades a socket that knows no name; without the host it would compare the certificate with “localhost”.
  if (mode === "verify-full") return { ...files, rejectUnauthorized: true, checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) };
  const verifyAuthority = mode === "verify-ca" || (mode === "require" && root !== undefined);
  // verify-ca checks who signed, not the name in the certificate.
  return verifyAuthority ? { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined } : { ...files, rejectUnauthorized: false };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw bad(`can't read ${name} ${path}: ${(error as Error).message}`);
  }
}

function parse(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) throw bad("DATABASE_URL is not a postgresql:// address");
  return url;
}

function isTlsMode(text: string): text is TlsMode {
  return (tlsModes as readonly string[]).includes(text);
}

function bad(message: string): DatabaseError {
  return new DatabaseError("bad-address", "sql", message, { hint: "DATABASE_URL looks like postgresql://USER:PASSWORD@HOST:5432/DATABASE?sslmode=require" });
}
