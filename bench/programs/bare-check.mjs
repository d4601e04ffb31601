// The yardstick of bench/check.ts: reads both sides of everything that is compared, at once, in the order of the keys that a
// comparison needs, with nothing but the two drivers; looks at nothing, and says how many rows it read.
import neo4j from "neo4j-driver";
import pg from "pg";
import Cursor from "pg-cursor";

const batch = 1_000;
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
const driver = neo4j.driver(process.env.NEO4J_URI, neo4j.auth.basic(process.env.NEO4J_USER, process.env.NEO4J_PASSWORD), { disableLosslessIntegers: true });
await client.connect();

const entities = [
  ['SELECT concept_id, name, display_name, category, domain, difficulty_level FROM concepts ORDER BY concept_id COLLATE "C"', "MATCH (n:Concept) WHERE n.concept_id >= '' RETURN n.concept_id AS k1, n.name AS name, n.display_name AS display_name, n.category AS category, n.domain AS domain, n.difficulty AS difficulty ORDER BY k1"],
  ['SELECT user_id, username, first_name, last_name FROM users ORDER BY user_id COLLATE "C"', "MATCH (n:User) WHERE n.user_id >= '' RETURN n.user_id AS k1, n.username AS username, n.first_name AS first_name, n.last_name AS last_name ORDER BY k1"],
  ['SELECT user_id, concept_id, status, progress_percent FROM user_concept_progress ORDER BY user_id COLLATE "C", concept_id COLLATE "C"', "MATCH (a:User) WHERE a.user_id >= '' MATCH (a)-[r:HAS_PROGRESS]->(b:Concept) RETURN a.user_id AS k1, b.concept_id AS k2, r.status AS status, r.progress_percent AS progress_percent ORDER BY k1, k2"],
];

async function rowsOf(statement) {
  let count = 0;
  await client.query("BEGIN READ ONLY");
  const cursor = client.query(new Cursor(statement));
  for (let rows = await cursor.read(batch); rows.length > 0; rows = await cursor.read(batch)) count += rows.length;
  await cursor.close();
  await client.query("COMMIT");
  return count;
}

async function recordsOf(statement) {
  const session = driver.session({ defaultAccessMode: "READ", fetchSize: batch });
  let count = 0;
  for await (const record of session.run(statement)) if (record.get("k1") !== null) count += 1;
  await session.close();
  return count;
}

const counts = [];
for (const [select, match] of entities) counts.push(await Promise.all([rowsOf(select), recordsOf(match)]));
console.log(JSON.stringify(counts));
await driver.close();
await client.end();
