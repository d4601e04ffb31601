// Starts PostgreSQL and Neo4j on free loopback ports in scratch folders, prints the environment that reaches them, and
// takes everything away again at ctrl-c. Run: npm run servers
import { once } from "node:events";
import { startNeo4j, startPostgres, type Server } from "./start.ts";

const started: Server[] = [];
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
try {
  const outcomes = await Promise.allSettled([startPostgres(18), startNeo4j("5.26.30")]);
  for (const outcome of outcomes) if (outcome.status === "fulfilled") started.push(outcome.value);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  const [sql, graph] = started;
  console.log(`DATABASE_URL=${sql?.url ?? ""}\nNEO4J_URI=${graph?.url ?? ""}\nNEO4J_USER=${graph?.username ?? ""}\nNEO4J_PASSWORD=${graph?.password ?? ""}`);
  console.error("both run until ctrl-c; in another terminal: jeseci seed --profile servers && jeseci --profile servers");
  if (!stop.signal.aborted) await once(stop.signal, "abort");
} finally {
  await Promise.all(started.map((server) => server.stop()));
}
