import { describe, inject } from "vitest";
import { javaFor, postgresBinaries, startNeo4j, startPostgres, type PostgresMajor, type Server, type StartOptions } from "../../scripts/servers/start.ts";
import type { ServersOptions } from "../../src/databases/open.ts";
import { givenNeo4j, givenPostgres } from "./given-servers.ts";

/** A real server that tests may have. */
export interface Offer {
  name: string;
  /** Why it can't be had here; null if it can. */
  missing: string | null;
  /** An empty one, to be stopped afterwards. */
  start(options?: StartOptions): Promise<Server>;
}

export interface Pair {
  name: string;
  sql: Offer;
  graph: Offer;
}

export const postgresMajors: readonly PostgresMajor[] = [15, 18];
export const neo4jVersions: readonly string[] = ["5.26.30", "2026.08.1"];

export function postgres(major: PostgresMajor): Offer {
  const missing = postgresBinaries(major) === null ? `PostgreSQL ${major} is not on this machine` : null;
  return { name: `PostgreSQL ${major}`, missing, start: (options) => startPostgres(major, options) };
}

export function neo4j(version: string): Offer {
  const missing = javaFor(version) === null ? `no JDK here runs Neo4j ${version}` : !inject("neo4jFetched").includes(version) ? `Maven can't fetch Neo4j ${version}` : null;
  return { name: `Neo4j ${version}`, missing, start: (options) => startNeo4j(version, options) };
}

/** Every PostgreSQL that the product is held to; or the one of TEST_DATABASE_URL. */
export function allPostgres(): Offer[] {
  const url = process.env["TEST_DATABASE_URL"];
  return url ? [{ name: "PostgreSQL of TEST_DATABASE_URL", missing: null, start: () => givenPostgres(url) }] : postgresMajors.map(postgres);
}

/** Every Neo4j that the product is held to; or the one of TEST_NEO4J_URI. */
export function allNeo4j(): Offer[] {
  const uri = process.env["TEST_NEO4J_URI"];
  return uri ? [{ name: "Neo4j of TEST_NEO4J_URI", missing: null, start: () => givenNeo4j(uri) }] : neo4jVersions.map(neo4j);
}

/** Pairs in which each server stands at least once, the oldest with the oldest. */
export function allPairs(): Pair[] {
  const [sql, graph] = [allPostgres(), allNeo4j()];
  return Array.from({ length: Math.max(sql.length, graph.length) }, (_, index) => {
    const [ours, theirs] = [sql[Math.min(index, sql.length - 1)], graph[Math.min(index, graph.length - 1)]] as [Offer, Offer];
    return { name: `${ours.name} and ${theirs.name}`, sql: ours, graph: theirs };
  });
}

/** A suite that needs servers. Where they can't be had it is skipped and says so; in CI it fails instead. */
export function describeOn(offers: readonly Offer[], title: string, suite: () => void): void {
  const missing = offers.flatMap((offer) => offer.missing ?? []);
  if (missing.length === 0) return void describe(title, suite);
  if (process.env["CI"]) throw new Error(`${title}: ${missing.join("; ")}`);
  describe.skip(`NOT TESTED: ${title} (${missing.join("; ")})`, suite);
}

/** Starts both of a pair at once; if one fails, neither stays. */
export async function startPair({ sql, graph }: Pick<Pair, "sql" | "graph">): Promise<[Server, Server]> {
  const outcomes = await Promise.allSettled([sql.start(), graph.start()]);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.stop() : undefined)));
    throw failed.reason;
  }
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<Server>).value) as [Server, Server];
}

/** How to open a started pair. */
export function openOptions([sql, graph]: readonly [Server, Server]): ServersOptions {
  return { profile: "servers", databaseUrl: sql.url, neo4jUri: graph.url, neo4jUser: graph.username, neo4jPassword: graph.password, environment: {}, timeZone: "UTC", connectTimeoutMs: 10_000, statementTimeoutMs: 0 };
}

/** The guide's own four variables, for a started pair. */
export function environmentOf([sql, graph]: readonly [Server, Server]): Record<string, string> {
  return { DATABASE_URL: sql.url, NEO4J_URI: graph.url, NEO4J_USER: graph.username, NEO4J_PASSWORD: graph.password };
}
