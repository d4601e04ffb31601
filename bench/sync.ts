// Keeping the graph in step with the rows, on PostgreSQL 18 and Neo4j 5.26: the first projection ÷ a loop with nothing but
// the drivers, a write to both ÷ the two bare commits, how soon a commit is seen in the graph, what the triggers cost a
// writer, a steady trickle, and everything changed in one transaction.
// Run: npm run bench:sync -- [projection] [dual] [visible] [triggers] [trickle] [burst] [--rows N] [--rounds N] [--batch N]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import neo4j, { type Driver } from "neo4j-driver";
import pg from "pg";
import { startNeo4j, startPostgres, type Server } from "../scripts/servers/start.ts";
import { dualWrite } from "../src/core/writes/dual-write.ts";
import { openDatabases } from "../src/databases/open.ts";
import type { Databases } from "../src/databases/types.ts";
import { farAway } from "./far.ts";
import { footprint, killAll, launch, run } from "./processes.ts";
import { quietEnvironment, sample } from "./terminal.ts";

const parts = ["projection", "dual", "visible", "triggers", "trickle", "burst"] as const;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: "string", default: "1000000" }, rounds: { type: "string", default: "2" }, batch: { type: "string", default: "10000" } },
});
const unknown = positionals.filter((name) => !(parts as readonly string[]).includes(name));
if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}: there are ${parts.join(", ")}`);
const wanted = new Set<string>(positionals.length === 0 ? parts : positionals);
const concepts = 1_000;
const users = Math.ceil(Number(options.rows) / concepts);
const rows = users * concepts;
const singleRows = Math.min(20_000, rows);

const home = mkdtempSync(join(tmpdir(), "jeseci-bench-"));
const started: Server[] = [];

function tell(...cells: (string | number)[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function bound(what: string, holds: boolean): void {
  console.log(`\n${holds ? "PASS" : "OVER BOUND"}: ${what}\n`);
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

function at(values: number[], share: number): number {
  const { all } = sample(values);
  return all[Math.min(all.length - 1, Math.ceil(share * all.length) - 1)] ?? Number.NaN;
}

function environmentOf(sql: Server, graph: Server): Record<string, string> {
  return { ...quietEnvironment(home), DATABASE_URL: sql.url, NEO4J_URI: graph.url, NEO4J_USER: graph.username, NEO4J_PASSWORD: graph.password };
}

const projectFull = ["dist/main.js", "sync", "--full", "--profile", "servers"];

function open(sql: Server, graph: Server): Promise<Databases> {
  return openDatabases({ profile: "servers", databaseUrl: sql.url, neo4jUri: graph.url, neo4jUser: graph.username, neo4jPassword: graph.password, environment: {}, timeZone: "UTC", connectTimeoutMs: 10_000, statementTimeoutMs: 0 });
}

/** 1,000 concepts and as many progress rows of each user, with ids like those of any application. */
async function fill(sql: pg.Client): Promise<void> {
  await sql.query("INSERT INTO concepts (concept_id, name, display_name, category, domain, difficulty_level) SELECT md5('c' || n)::uuid, 'concept_' || n, 'Concept ' || n, 'Category ' || n % 7, 'Domain ' || n % 3, (ARRAY['Beginner', 'Intermediate', 'Advanced'])[1 + n % 3] FROM generate_series(1, $1::int) AS n", [concepts]);
  await sql.query("INSERT INTO users (user_id, username, first_name, last_name) SELECT md5('u' || n)::uuid, 'user_' || n, 'First ' || n, 'Last ' || n FROM generate_series(1, $1::int) AS n", [users]);
  await sql.query("INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) SELECT user_id, concept_id, 'in_progress', (random() * 99)::int FROM users CROSS JOIN concepts");
  await sql.query("TRUNCATE jeseci.sync_mark");
  await sql.query("VACUUM ANALYZE");
}

async function count(driver: Driver): Promise<number> {
  const { records } = await driver.executeQuery("MATCH ()-[r:HAS_PROGRESS]->() RETURN toFloat(count(r)) AS n");
  return records[0]?.get("n") as number;
}

function driverOf(graph: Server): Driver {
  return neo4j.driver(graph.url, neo4j.auth.basic(graph.username, graph.password), { disableLosslessIntegers: true });
}

async function freshGraph(): Promise<Server> {
  const graph = await startNeo4j("5.26.30");
  started.push(graph);
  return graph;
}

/** Each run on a Neo4j of its own that has just started, so that both begin with the same cold server; the order changes every round. */
async function projection(sql: Server): Promise<void> {
  console.log(`## The first projection of ${rows.toLocaleString("en")} rows, ${options.rounds} rounds, whole processes\n`);
  tell("", "time", "rows/s", "peak memory", "memory after a quarter of the time → at the end");
  tell("---", "---", "---", "---", "---");
  const rates = { product: [] as number[], bare: [] as number[], single: [] as number[] };
  let [peak, growth] = [0, 0];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const who of round % 2 === 0 ? (["bare", "product"] as const) : (["product", "bare"] as const)) {
      const graph = await freshGraph();
      const environment = environmentOf(sql, graph);
      const { ms, memory } = await run(who === "product" ? projectFull : ["bench/programs/bare-projection.mjs", "bulk", options.batch], environment);
      const driver = driverOf(graph);
      if ((await count(driver)) !== rows) throw new Error(`${who} wrote ${await count(driver)} relationships of ${rows}`);
      rates[who].push((rows / ms) * 1000);
      const [quarter, end] = [Math.max(...memory.slice(0, Math.ceil(memory.length / 4))), Math.max(...memory.slice(-Math.ceil(memory.length / 10)))];
      if (who === "product") [peak, growth] = [Math.max(peak, ...memory), Math.max(growth, end / quarter)];
      tell(who === "product" ? "`jeseci sync --full`" : `bare drivers, UNWIND of ${Number(options.batch).toLocaleString("en")}`, `${(ms / 1000).toFixed(1)} s`, Math.round((rows / ms) * 1000).toLocaleString("en"), `${Math.max(...memory).toFixed(0)} MB`, `${quarter.toFixed(0)} → ${end.toFixed(0)} MB`);
      if (who === "bare") {
        // On the server that is warm by now, which favours it.
        await driver.executeQuery("MATCH (u:User) WITH u ORDER BY u.user_id LIMIT $n MATCH (u)-[r:HAS_PROGRESS]->() CALL (r) { DELETE r }", { n: neo4j.int(singleRows / concepts) });
        const single = await run(["bench/programs/bare-projection.mjs", "single", String(singleRows)], environment);
        rates.single.push((singleRows / single.ms) * 1000);
        tell(`bare drivers, one awaited statement a row, ${singleRows.toLocaleString("en")} rows`, `${(single.ms / 1000).toFixed(1)} s`, Math.round((singleRows / single.ms) * 1000).toLocaleString("en"), "", "");
      }
      await driver.close();
      await graph.stop();
    }
  }
  const ratios = rates.product.map((rate, index) => rate / (rates.bare[index] ?? Number.NaN));
  const ratio = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
  const single = sample(rates.product).median / Math.max(...rates.single);
  bound(`rate ÷ the bare drivers' loop: ${ratio.toFixed(2)} on average (${ratios.map((one) => one.toFixed(2)).join(", ")}; at least 0.9)`, ratio >= 0.9);
  bound(`rate ÷ one awaited statement a row: ${single.toFixed(1)} (at least 5)`, single >= 5);
  bound(`peak memory ${peak.toFixed(0)} MB (at most 256); at the end ${growth.toFixed(2)} of what it was after a quarter (at most 1.25)`, peak <= 256 && growth <= 1.25);
}

/** What the other parts begin with: both databases filled and in step. */
interface Pair {
  sql: pg.Client;
  graph: Driver;
  databases: Databases;
  environment: Record<string, string>;
  /** Keys of progress rows, in an order of chance. */
  keys: { user: string; concept: string }[];
}

/** The two commits that any program would do, one after the other ÷ the product's write; in turn, on rows of their own. */
async function dual(name: string, { sql, graph, databases, keys }: Pair): Promise<void> {
  const [writes, warmUp] = [1_000, 2_000]; // warms plans and code
  const bareWrite = async ({ user, concept }: Pair["keys"][number], percent: number): Promise<void> => {
    await sql.query("BEGIN");
    await sql.query("UPDATE user_concept_progress SET status = 'in_progress', progress_percent = $3 WHERE user_id = $1 AND concept_id = $2", [user, concept, percent]);
    await sql.query("COMMIT");
    const session = graph.session();
    const transaction = await session.beginTransaction();
    await transaction.run("MATCH (a:User {user_id: $user}) MATCH (b:Concept {concept_id: $concept}) MERGE (a)-[r:HAS_PROGRESS]->(b) SET r.status = 'in_progress', r.progress_percent = $percent", { user, concept, percent: neo4j.int(percent) });
    await transaction.commit();
    await session.close();
  };
  const write = ({ user, concept }: Pair["keys"][number], percent: number): Promise<unknown> =>
    dualWrite(databases, { about: "progress", rows: (transaction) => transaction.query("UPDATE user_concept_progress SET status = 'in_progress', progress_percent = $3 WHERE user_id = $1 AND concept_id = $2", [user, concept, percent]) });
  const [ours, settled, bare]: [number[], number[], number[]] = [[], [], []];
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  for (let index = 0; index < writes + warmUp; index += 1) {
    const [one, other] = [keys[2 * index], keys[2 * index + 1]];
    if (one === undefined || other === undefined) throw new Error("too few rows");
    // The bare write's mark is not the product's to carry over, and its own goes behind the answer: both untimed.
    const bareMs = await timed(() => bareWrite(one, index % 100));
    await sql.query("DELETE FROM jeseci.sync_mark");
    const began = performance.now();
    const ms = await timed(() => write(other, index % 100));
    await databases.afterwards.settled();
    const settledMs = performance.now() - began;
    await sql.query("DELETE FROM jeseci.sync_mark");
    if (index < warmUp) continue;
    bare.push(bareMs);
    ours.push(ms);
    settled.push(settledMs);
  }
  const ratio = sample(ours).median / sample(bare).median;
  console.log(`## One action in both databases, ${ours.length} in turn, ${name}\n`);
  tell("", "median", "p95", "p99");
  tell("---", "---", "---", "---");
  tell("two bare commits, one after the other", milliseconds(sample(bare).median), milliseconds(sample(bare).p95), milliseconds(at(bare, 0.99)));
  tell("`dualWrite`", milliseconds(sample(ours).median), milliseconds(sample(ours).p95), milliseconds(at(ours, 0.99)));
  tell("… until its marks are gone too, which the next write of the same program waits for", milliseconds(sample(settled).median), milliseconds(sample(settled).p95), milliseconds(at(settled, 0.99)));
  bound(`dual write ÷ the two bare commits: ${ratio.toFixed(2)} (at most 1.5)`, ratio <= 1.5);
}

/** The same over wires on which a message takes a millisecond more, as between machines. */
async function dualFar(pair: Pair, sqlServer: Server, graphServer: Server): Promise<void> {
  const [sqlFar, graphFar] = [{ ...sqlServer, url: await farAway(sqlServer.url, 1) }, { ...graphServer, url: await farAway(graphServer.url, 1) }];
  const sql = new pg.Client({ connectionString: sqlFar.url });
  await sql.connect();
  const [graph, databases] = [driverOf(graphFar), await open(sqlFar, graphFar)];
  await dual("servers a millisecond away", { ...pair, sql, graph, databases });
  await Promise.all([sql.end(), graph.close(), databases.close()]);
}

async function follower({ sql, environment }: Pair): Promise<{ pid: number; memory: number[]; stop(): Promise<void> }> {
  const { child, memory, ended } = launch(["dist/main.js", "sync", "--watch", "--profile", "servers", "--format", "ndjson"], environment);
  const following = async (): Promise<void> => {
    while ((await sql.query("SELECT FROM jeseci.sync_lane WHERE owner IS NOT NULL")).rowCount === 0) await sleep(20);
    while ((await sql.query("SELECT FROM jeseci.sync_mark LIMIT 1")).rowCount !== 0) await sleep(50);
  };
  await Promise.race([following(), ended.then(({ told }) => Promise.reject(new Error(told)))]);
  return {
    pid: child.pid ?? 0,
    memory,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Changes rows and looks, every few milliseconds, which of them the graph shows: milliseconds from COMMIT to the first sight. */
async function watchChanges({ sql, graph, keys }: Pair, changes: number, pauseMs: (index: number) => number): Promise<number[]> {
  const open = new Map<number, { user: string; concept: string; committed: number; i: number; percent: number }>();
  const lags: number[] = [];
  let written = 0;
  const look = async (): Promise<void> => {
    const session = graph.session({ defaultAccessMode: "READ" });
    while (written < changes || open.size > 0) {
      if (open.size === 0) {
        await sleep(1);
        continue;
      }
      const { records } = await session.run(
        "UNWIND $rows AS row MATCH (a:User {user_id: row.user}) MATCH (b:Concept {concept_id: row.concept}) MATCH (a)-[r:HAS_PROGRESS]->(b) WHERE r.progress_percent = row.percent AND r.status = 'completed' RETURN row.i AS i",
        { rows: [...open.values()].map(({ user, concept, i, percent }) => ({ user, concept, i, percent })) },
      );
      const seen = performance.now();
      for (const record of records) {
        const i = record.get("i") as number;
        lags.push(seen - (open.get(i)?.committed ?? seen));
        open.delete(i);
      }
      await sleep(2);
    }
    await session.close();
  };
  const write = async (): Promise<void> => {
    let due = performance.now();
    for (; written < changes; written += 1) {
      due += pauseMs(written);
      await sleep(Math.max(0, due - performance.now()));
      const { user, concept } = keys[1_000 + written] ?? { user: "", concept: "" };
      const percent = 75 + (written % 25);
      await sql.query("UPDATE user_concept_progress SET status = 'completed', progress_percent = $3 WHERE user_id = $1 AND concept_id = $2", [user, concept, percent]);
      open.set(written, { user, concept, committed: performance.now(), i: written, percent });
    }
  };
  await sql.query("UPDATE user_concept_progress SET status = 'in_progress' WHERE status = 'completed'");
  while ((await sql.query("SELECT FROM jeseci.sync_mark LIMIT 1")).rowCount !== 0) await sleep(50);
  await Promise.all([write(), look()]);
  return lags;
}

async function visible(pair: Pair): Promise<void> {
  const relay = await follower(pair);
  const lags = await watchChanges(pair, 240, () => Math.random() * 1_000);
  await relay.stop();
  console.log(`## From COMMIT to the graph, ${lags.length} single commits at times of chance (0 to 1 s apart), \`sync --watch\`\n`);
  tell("median", "p95", "p99", "most");
  tell("---", "---", "---", "---");
  tell(milliseconds(sample(lags).median), milliseconds(sample(lags).p95), milliseconds(at(lags, 0.99)), milliseconds(Math.max(...lags)));
  console.log();
}

/** Blocks with and without triggers in turn; the marks of a block go before the next. */
async function triggers({ sql, keys }: Pair): Promise<void> {
  const rounds = 12;
  const blocks = {
    "one-row updates": async (): Promise<number> => {
      const began = performance.now();
      for (let index = 0; index < 1_000; index += 1) await sql.query("UPDATE user_concept_progress SET progress_percent = (progress_percent + 1) % 100 WHERE user_id = $1 AND concept_id = $2", [keys[index]?.user, keys[index]?.concept]);
      return (1_000 / (performance.now() - began)) * 1_000;
    },
    "updates of 1,000 rows in one statement": async (): Promise<number> => {
      const began = performance.now();
      for (let index = 0; index < 20; index += 1) await sql.query("UPDATE user_concept_progress SET progress_percent = (progress_percent + 1) % 100 WHERE user_id = $1", [keys[index]?.user]);
      return (20 / (performance.now() - began)) * 1_000;
    },
  };
  console.log(`## What the triggers cost a writer, ${rounds} blocks of each in turn, one connection\n`);
  tell("", "without, transactions/s", "with", "ratio, median of pairs");
  tell("---", "---", "---", "---");
  for (const [what, block] of Object.entries(blocks)) {
    const rates = { DISABLE: [] as number[], ENABLE: [] as number[] };
    await block();
    for (let round = 0; round < rounds; round += 1) {
      for (const state of round % 2 === 0 ? (["DISABLE", "ENABLE"] as const) : (["ENABLE", "DISABLE"] as const)) {
        await sql.query(`ALTER TABLE user_concept_progress ${state} TRIGGER sync_mark_update`);
        rates[state].push(await block());
        await sql.query("TRUNCATE jeseci.sync_mark");
      }
    }
    await sql.query("ALTER TABLE user_concept_progress ENABLE TRIGGER sync_mark_update");
    tell(what, sample(rates.DISABLE).median.toFixed(0), sample(rates.ENABLE).median.toFixed(0), `**${sample(rates.ENABLE.map((rate, index) => rate / (rates.DISABLE[index] ?? Number.NaN))).median.toFixed(2)}**`);
  }
  console.log();
  // The rows went ahead without marks.
  await sql.query("INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('progress', '*')");
}

async function trickle(pair: Pair): Promise<void> {
  const [seconds, perSecond] = [60, 50];
  const relay = await follower(pair);
  const before = footprint(relay.pid);
  const began = performance.now();
  const lags = await watchChanges(pair, seconds * perSecond, () => 1_000 / perSecond);
  const [ms, after] = [performance.now() - began, footprint(relay.pid)];
  const peak = Math.max(...relay.memory);
  await relay.stop();
  console.log(`## A trickle: ${perSecond} changes a second for ${seconds} s, \`sync --watch\`\n`);
  tell("lag median", "p99", "most", "CPU of the relay", "its peak memory");
  tell("---", "---", "---", "---", "---");
  tell(milliseconds(sample(lags).median), milliseconds(at(lags, 0.99)), milliseconds(Math.max(...lags)), `${((((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)) / ms) * 100).toFixed(0)} % of a core`, `${peak.toFixed(0)} MB`);
  console.log();
}

/** Every row changed in one transaction, while somebody else wants the lane again and again. */
async function burst(pair: Pair): Promise<void> {
  const { sql, graph } = pair;
  const relay = await follower(pair);
  await sql.query("UPDATE user_concept_progress SET progress_percent = (progress_percent + 1) % 100");
  const began = performance.now();
  const waits: number[] = [];
  let over = false;
  const wish = async (): Promise<void> => {
    const session = graph.session();
    while (!over) {
      await sleep(200 + Math.random() * 200);
      const asked = performance.now();
      await session.executeWrite((transaction) => transaction.run("MATCH (l:__SyncLane {lane: 'main'}) SET l._lock = 0"));
      waits.push(performance.now() - asked);
    }
    await session.close();
  };
  const wishing = wish();
  while ((await sql.query("SELECT FROM jeseci.sync_mark LIMIT 1")).rowCount !== 0) await sleep(100);
  const ms = performance.now() - began;
  over = true;
  await wishing;
  const peak = Math.max(...relay.memory);
  await relay.stop();
  console.log(`## ${rows.toLocaleString("en")} changes in one transaction, \`sync --watch\`\n`);
  tell("carried over in", "rows/s", "peak memory of the relay", "another writer waits for the lane: median", "most");
  tell("---", "---", "---", "---", "---");
  tell(`${(ms / 1000).toFixed(1)} s`, Math.round((rows / ms) * 1000).toLocaleString("en"), `${peak.toFixed(0)} MB`, milliseconds(sample(waits).median), milliseconds(Math.max(...waits)));
  console.log();
}

async function paired(sqlServer: Server, sql: pg.Client): Promise<void> {
  const graphServer = await freshGraph();
  const environment = environmentOf(sqlServer, graphServer);
  await run(projectFull, environment);
  const [graph, databases] = [driverOf(graphServer), await open(sqlServer, graphServer)];
  const { rows: found } = await sql.query<{ user: string; concept: string }>(`SELECT user_id AS user, concept_id AS concept FROM user_concept_progress ORDER BY md5(user_id || concept_id) LIMIT 10000`);
  const pair: Pair = { sql, graph, databases, environment, keys: found };
  try {
    if (wanted.has("dual")) {
      await dual("servers on the same machine", pair);
      await dualFar(pair, sqlServer, graphServer);
    }
    if (wanted.has("visible")) await visible(pair);
    if (wanted.has("trickle")) await trickle(pair);
    if (wanted.has("burst")) await burst(pair);
    if (wanted.has("triggers")) await triggers(pair);
  } finally {
    await databases.close();
    await graph.close();
  }
}

try {
  const sqlServer = await startPostgres(18, { durable: true });
  started.push(sqlServer);
  // The tables come with the product's own migrations; the first Neo4j is only there to be opened with them.
  const first = await freshGraph();
  const databases = await open(sqlServer, first);
  await databases.createSchema();
  await databases.close();
  await first.stop();
  const sql = new pg.Client({ connectionString: sqlServer.url });
  await sql.connect();
  await fill(sql);
  if (wanted.has("projection")) await projection(sqlServer);
  if ([...wanted].some((part) => part !== "projection")) await paired(sqlServer, sql);
  await sql.end();
} finally {
  killAll();
  await Promise.all(started.map((server) => server.stop()));
  rmSync(home, { recursive: true, force: true });
}
