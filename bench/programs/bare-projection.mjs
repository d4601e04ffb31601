// The yardstick of bench/sync.ts: a projection as a good engineer writes it by hand with nothing but the two drivers. Reads
// PostgreSQL through one cursor in the order of the key's index and writes UNWIND batches of a tuned size, one transaction
// each; the next batch is read while the graph works. MERGE, not CREATE: it can be run again after any interruption and
// gives the same. It marks nothing, fences nobody and compares nothing: while it runs nobody else may write.
// Arguments: bulk BATCH, or single ROWS: one awaited statement a row, of relationships that are not there yet.
import neo4j from "neo4j-driver";
import pg from "pg";
import Cursor from "pg-cursor";

const [mode, count] = process.argv.slice(2);
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
const driver = neo4j.driver(process.env.NEO4J_URI, neo4j.auth.basic(process.env.NEO4J_USER, process.env.NEO4J_PASSWORD));
const session = driver.session();
await client.connect();

const concepts = [
  "SELECT concept_id, name, display_name, category, domain, difficulty_level AS difficulty FROM concepts ORDER BY concept_id",
  "UNWIND $rows AS row MERGE (n:Concept {concept_id: row.concept_id}) SET n.name = row.name, n.display_name = row.display_name, n.category = row.category, n.domain = row.domain, n.difficulty = row.difficulty",
];
const users = [
  "SELECT user_id, username, first_name, last_name FROM users ORDER BY user_id",
  "UNWIND $rows AS row MERGE (n:User {user_id: row.user_id}) SET n.username = row.username, n.first_name = row.first_name, n.last_name = row.last_name",
];
const progress = [
  "SELECT user_id, concept_id, status, progress_percent FROM user_concept_progress ORDER BY user_id, concept_id",
  "UNWIND $rows AS row MATCH (a:User {user_id: row.user_id}) MATCH (b:Concept {concept_id: row.concept_id}) MERGE (a)-[r:HAS_PROGRESS]->(b) SET r.status = row.status, r.progress_percent = row.progress_percent",
];
/** A JavaScript number would arrive as a float. */
const exact = (row) => ("progress_percent" in row ? { ...row, progress_percent: neo4j.int(row.progress_percent) } : row);

async function project([select, upsert], size) {
  await client.query("BEGIN READ ONLY");
  const cursor = client.query(new Cursor(select));
  let rows = await cursor.read(size);
  while (rows.length > 0) {
    const reading = cursor.read(size);
    const batch = rows.map(exact);
    await session.executeWrite((transaction) => transaction.run(upsert, { rows: batch }));
    rows = await reading;
  }
  await cursor.close();
  await client.query("COMMIT");
}

if (mode === "bulk") {
  await session.run("CREATE CONSTRAINT concept_key IF NOT EXISTS FOR (n:Concept) REQUIRE n.concept_id IS UNIQUE");
  await session.run("CREATE CONSTRAINT user_key IF NOT EXISTS FOR (n:User) REQUIRE n.user_id IS UNIQUE");
  for (const entity of [concepts, users, progress]) await project(entity, Number(count));
} else {
  const { rows } = await client.query(`${progress[0]} LIMIT ${Number(count)}`);
  for (const row of rows) await session.run(progress[1], { rows: [exact(row)] });
}
await session.close();
await driver.close();
await client.end();
