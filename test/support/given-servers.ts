import neo4jDriver from "neo4j-driver";
import pg from "pg";
import type { Server } from "../../scripts/servers/start.ts";

/** On a database, and as the name of a constraint, this says: the tests may empty me. */
const marker = "jeseci_tests_may_empty_this";

/**
 * The PostgreSQL database of TEST_DATABASE_URL, emptied. Refused unless it is empty, or a run before this one left its
 * marker (a comment on the database).
 */
export async function givenPostgres(url: string): Promise<Server> {
  const run = async (...statements: string[]): Promise<unknown[][]> => {
    const client = new pg.Client({ connectionString: url, application_name: "jeseci tests" });
    await client.connect();
    try {
      let rows: unknown[][] = [];
      for (const text of statements) ({ rows } = await client.query<unknown[]>({ text, rowMode: "array" }));
      return rows;
    } finally {
      await client.end();
    }
  };
  const [state] = await run(`SELECT current_database(), shobj_description(d.oid, 'pg_database'), (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^(pg_|information_schema)')
    FROM pg_database d WHERE d.datname = current_database()`);
  const [database, comment, relations] = state as [string, string | null, number];
  if (relations > 0 && comment !== marker) throw new Error(`TEST_DATABASE_URL names the database ${database}, which holds ${relations} relations that are not the tests': it is left alone. Name an empty one.`);
  const clear = (): Promise<unknown> => run("DROP SCHEMA IF EXISTS jeseci CASCADE", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", `COMMENT ON DATABASE "${database.replaceAll('"', '""')}" IS '${marker}'`);
  await clear();
  const { username, password } = new URL(url);
  return { name: "PostgreSQL of TEST_DATABASE_URL", url, username: decodeURIComponent(username), password: decodeURIComponent(password), stop: async () => void (await clear()) };
}

/**
 * The Neo4j of TEST_NEO4J_URI (with TEST_NEO4J_USER and TEST_NEO4J_PASSWORD), emptied. Refused unless it is empty, or a
 * run before this one left its marker (a constraint: as a node it would be counted by the queries under test).
 */
export async function givenNeo4j(uri: string): Promise<Server> {
  const [username, password] = [process.env["TEST_NEO4J_USER"] ?? "neo4j", process.env["TEST_NEO4J_PASSWORD"] ?? ""];
  const run = async (statement: string): Promise<unknown[]> => {
    const driver = neo4jDriver.driver(uri, neo4jDriver.auth.basic(username, password));
    const session = driver.session();
    try {
      return (await session.run(statement)).records.map((record) => record.get(0) as unknown);
    } finally {
      await session.close();
      await driver.close();
    }
  };
  const [nodes] = await run("MATCH (n) RETURN toString(count(n))");
  const constraints = (await run("SHOW CONSTRAINTS YIELD name RETURN name")) as string[];
  if (nodes !== "0" && !constraints.includes(marker)) throw new Error(`TEST_NEO4J_URI holds ${String(nodes)} nodes that are not the tests': it is left alone. Name an empty one.`);
  await run(`CREATE CONSTRAINT ${marker} IF NOT EXISTS FOR (n:JeseciTests) REQUIRE n.marker IS UNIQUE`);
  const clear = async (): Promise<void> => {
    await run("MATCH (n) DETACH DELETE n");
    for (const name of (await run("SHOW CONSTRAINTS YIELD name RETURN name")) as string[]) if (name !== marker) await run(`DROP CONSTRAINT \`${name}\``);
    for (const name of (await run("SHOW INDEXES YIELD name, type, owningConstraint WHERE type <> 'LOOKUP' AND owningConstraint IS NULL RETURN name")) as string[]) await run(`DROP INDEX \`${name}\``);
  };
  await clear();
  return { name: "Neo4j of TEST_NEO4J_URI", url: uri, username, password, stop: clear };
}
