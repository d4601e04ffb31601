// The yardstick of bench/drivers.ts: what anybody would write to stream a result as lines of JSON, in batches and with
// back-pressure, with nothing but the driver. Arguments: sql|cypher STATEMENT.
import { once } from "node:events";
import neo4j from "neo4j-driver";
import pg from "pg";
import Cursor from "pg-cursor";

const [language, statement] = process.argv.slice(2);
const batch = 1_000;
const write = async (text) => {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
};

if (language === "sql") {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query("BEGIN READ ONLY");
  const cursor = client.query(new Cursor(statement));
  for (let rows = await cursor.read(batch); rows.length > 0; rows = await cursor.read(batch)) await write(rows.map((row) => JSON.stringify(row) + "\n").join(""));
  await client.end();
} else {
  const driver = neo4j.driver(process.env.NEO4J_URI, neo4j.auth.basic(process.env.NEO4J_USER, process.env.NEO4J_PASSWORD), { disableLosslessIntegers: true });
  const session = driver.session({ defaultAccessMode: "READ", fetchSize: batch });
  let text = "";
  let count = 0;
  for await (const record of session.run(statement)) {
    text += JSON.stringify(record.toObject()) + "\n";
    if ((count += 1) % batch > 0) continue;
    await write(text);
    text = "";
  }
  await write(text);
  await session.close();
  await driver.close();
}
