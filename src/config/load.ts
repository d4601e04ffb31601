import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { closest, distance } from "fastest-levenshtein";

/** A configuration that can't be used. Its message names the file and the place in it. */
export class ConfigError extends Error {
  readonly hint?: string;
  constructor(message: string, hint?: string) {
    super(message);
    if (hint !== undefined) this.hint = hint;
  }
}

/** One setting with where it came from. */
export interface Provenance {
  setting: string;
  /** As it may be shown: secrets are masked. */
  value: string | null;
  source: string;
}

export interface Settings {
  profile: string;
  kind: "embedded" | "servers";
  dataDir: string;
  databaseUrl?: string;
  neo4jUri?: string;
  neo4jUser?: string;
  neo4jPassword?: string;
  neo4jDatabase?: string;
  /** PEM file, absolute. */
  neo4jCaFile?: string;
  /** Read-only unless a person says --write, and marked so that nobody takes it for another. */
  production: boolean;
  /** Every profile that there is, the built-in ones first. */
  profiles: string[];
  /** The user that the explorer begins with. */
  user?: string;
  timeZone: string;
  /** The user's own query folders, absolute. */
  queries: string[];
  configFile: string;
  stateDir: string;
  provenance: Provenance[];
  warnings: string[];
}

/** What the command line may override. */
export interface Overrides {
  profile?: string;
  dataDir?: string;
  timeZone?: string;
}

type Json = Record<string, unknown>;

const rootKeys = ["$schema", "default", "time_zone", "queries", "profiles"];
const profileKeys = ["kind", "data_dir", "database_url", "neo4j_uri", "neo4j_user", "neo4j_password", "neo4j_database", "neo4j_ca_file", "production", "user", "time_zone"] as const;
type ProfileKey = (typeof profileKeys)[number];
const secretKeys = new Set<ProfileKey>(["neo4j_password"]);
/** Variables fill the profile `servers` and never switch to it. */
const serverVariables: Readonly<Partial<Record<ProfileKey, string>>> = { database_url: "DATABASE_URL", neo4j_uri: "NEO4J_URI", neo4j_user: "NEO4J_USER", neo4j_password: "NEO4J_PASSWORD", neo4j_database: "NEO4J_DATABASE", neo4j_ca_file: "NEO4J_CA_FILE" };

/**
 * The settings from the configuration file, `.env` in the working folder, the environment and the command line; later
 * wins. Throws `ConfigError`.
 */
export function loadSettings(overrides: Overrides, environment: Readonly<Record<string, string | undefined>>, workingFolder: string): Settings {
  const home = environment["HOME"] ?? homedir();
  const base = (variable: string, fallback: string): string => join(environment[variable] || join(home, fallback), "jeseci");
  const configFile = join(base("XDG_CONFIG_HOME", ".config"), "config.json");
  const warnings: string[] = [];
  const config = readConfig(configFile, warnings);
  const dotEnv = readDotEnv(join(workingFolder, ".env"));
  const provenance: Provenance[] = [];
  const note = (setting: string, value: string | null, source: string): void => void provenance.push({ setting, value, source });
  /** The first of the candidates that has a value, noted with its source. */
  const choose = <T>(setting: string, candidates: readonly (readonly [value: T | undefined, source: string])[], show: (value: T) => string = String): T | undefined => {
    const found = candidates.find(([value]) => value !== undefined);
    note(setting, found?.[0] === undefined ? null : show(found[0]), found?.[1] ?? "not set");
    return found?.[0];
  };
  const variable = (name: string): (readonly [string | undefined, string])[] => [
    [environment[name] || undefined, `environment ${name}`],
    [dotEnv[name] || undefined, `.env ${name}`],
  ];

  note("config_file", configFile, existsSync(configFile) ? "found" : "not there");
  const profile = choose("profile", [[overrides.profile, "--profile"], ...variable("JESECI_PROFILE"), [text(config, "default", configFile), configFile], ["embedded", "built in"]]) ?? "embedded";
  const profiles = (config["profiles"] ?? {}) as Record<string, Json>;
  const own = profiles[profile];
  const names = [...new Set(["embedded", "servers", ...Object.keys(profiles)])];
  if (!names.includes(profile)) {
    throw new ConfigError(`there is no profile “${profile}”`, `the profiles are ${names.join(", ")}`);
  }
  const fromFile = (key: ProfileKey): readonly [string | undefined, string] => [own === undefined ? undefined : text(own, key, configFile), `${configFile} profiles.${profile}.${key}`];
  const kind = choose("kind", [fromFile("kind"), [profile === "servers" ? "servers" : profile === "embedded" || own?.["database_url"] === undefined ? "embedded" : "servers", "built in"]]) ?? "embedded";
  if (kind !== "embedded" && kind !== "servers") throw new ConfigError(`${configFile}: profiles.${profile}.kind must be “embedded” or “servers”, not “${kind}”`);
  const absolute = (folder: string): string => resolve(workingFolder, folder.replace(/^~(?=\/|$)/, home));
  const dataDir = absolute(
    choose("data_dir", [[overrides.dataDir, "--data-dir"], ...variable("JESECI_DATA_DIR"), fromFile("data_dir"), [join(base("XDG_DATA_HOME", ".local/share"), ...(profile === "embedded" ? [] : ["profiles", profile])), "built in"]]) ?? ".",
  );
  const server = (key: ProfileKey): string | undefined => {
    const name = serverVariables[key] ?? "";
    const candidates = profile === "servers" ? [...variable(name), fromFile(key)] : [fromFile(key)];
    return choose(key, candidates, (value) => (secretKeys.has(key) ? "•••" : maskUrl(value)));
  };
  const production = own?.["production"] ?? false;
  if (typeof production !== "boolean") throw new ConfigError(`${configFile}: profiles.${profile}.production must be true or false`);
  const [databaseUrl, neo4jUri, neo4jUser, neo4jPassword, neo4jDatabase, neo4jCaFile] = (["database_url", "neo4j_uri", "neo4j_user", "neo4j_password", "neo4j_database", "neo4j_ca_file"] as const).map(server);
  note("production", String(production), own?.["production"] === undefined ? "built in" : `${configFile} profiles.${profile}.production`);
  const user = choose("user", [fromFile("user")]);
  const timeZone = choose("time_zone", [[overrides.timeZone, "--time-zone"], fromFile("time_zone"), [text(config, "time_zone", configFile), configFile], [Intl.DateTimeFormat().resolvedOptions().timeZone, "system"]]) ?? "UTC";
  requireTimeZone(timeZone);
  const queries = config["queries"] ?? [];
  if (!Array.isArray(queries) || queries.some((folder) => typeof folder !== "string")) throw new ConfigError(`${configFile}: queries must be a list of folders`);
  const folders = (queries as string[]).map(absolute);
  note("queries", folders.length === 0 ? null : folders.join(", "), folders.length === 0 ? "not set" : configFile);
  const stateDir = base("XDG_STATE_HOME", ".local/state");
  note("state_dir", stateDir, environment["XDG_STATE_HOME"] ? "environment XDG_STATE_HOME" : "built in");
  return {
    profile,
    kind,
    dataDir,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(neo4jUri === undefined ? {} : { neo4jUri }),
    ...(neo4jUser === undefined ? {} : { neo4jUser }),
    ...(neo4jPassword === undefined ? {} : { neo4jPassword }),
    ...(neo4jDatabase === undefined ? {} : { neo4jDatabase }),
    ...(neo4jCaFile === undefined ? {} : { neo4jCaFile: absolute(neo4jCaFile) }),
    production,
    profiles: names,
    ...(user === undefined ? {} : { user }),
    timeZone,
    queries: folders,
    configFile,
    stateDir,
    provenance,
    warnings,
  };
}

/** A URL without its password. */
export function maskUrl(url: string): string {
  return url.replace(/^([a-z][\w+.-]*:\/\/[^:/?#@]*):.*@(?=[^@]*$)/i, "$1:•••@").replace(/([?&](?:password|sslpassword|pwd)=)[^&]*/gi, "$1•••");
}

function requireTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    const near = closest(timeZone, Intl.supportedValuesOf("timeZone"));
    throw new ConfigError(`there is no time zone “${timeZone}”`, distance(near, timeZone) <= timeZone.length / 2 ? `did you mean ${near}?` : "names look like Europe/Berlin or UTC");
  }
}

function readConfig(file: string, warnings: string[]): Json {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR") return {};
    throw new ConfigError(`can't read ${file}: ${(error as Error).message}`);
  }
  let config: unknown;
  try {
    config = JSON.parse(source);
  } catch (error) {
    const message = (error as Error).message;
    const offset = /position (\d+)/.exec(message)?.[1];
    const before = source.slice(0, offset === undefined ? source.length : Number(offset)).split("\n");
    throw new ConfigError(`${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: not JSON: ${message.replace(/ in JSON at position.*| \(line.*/s, "")}`, "correct the file, or move it away to start without it");
  }
  if (!isObject(config)) throw new ConfigError(`${file}: must hold an object {…}`);
  unknownKeys(config, rootKeys, file, "", warnings);
  const { profiles } = config;
  if (profiles !== undefined && !isObject(profiles)) throw new ConfigError(`${file}: profiles must be an object {…}`);
  for (const [name, profile] of Object.entries(profiles ?? {})) {
    if (!isObject(profile)) throw new ConfigError(`${file}: profiles.${name} must be an object {…}`);
    unknownKeys(profile, profileKeys, file, `profiles.${name}.`, warnings);
  }
  return config;
}

function unknownKeys(object: Json, known: readonly string[], file: string, prefix: string, warnings: string[]): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const near = closest(key, known);
    warnings.push(`${file}: unknown setting ${prefix}${key}${distance(near, key) <= 3 ? `; did you mean ${near}?` : ""}`);
  }
}

function text(object: Json, key: string, file: string): string | undefined {
  const value = object[key];
  if (value === undefined || typeof value === "string") return value;
  throw new ConfigError(`${file}: ${key} must be a text, not ${JSON.stringify(value)}`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readDotEnv(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
