// What a check costs, on PostgreSQL 18 and Neo4j 5.26 with as many users and as many progress rows on both sides: deep ÷
// reading both sides with nothing but the drivers, fast ÷ deep, deep with ten differences ÷ deep with none, and what a
// check takes from a writer beside it, all as whole processes in turn; then `check` ÷ `status` on the embedded demo.
// Run: npm run bench:check -- [deep] [writer] [demo] [--rows N] [--rounds N]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import neo4j, { type Driver } from "neo4j-driver";
import pg from "pg";
import { startNeo4j, startPostgres, type Server } from "../scripts/servers/start.ts";
import { openDatabases } from "../src/databases/open.ts";
import { killAll, launch, run, type Run } from "./processes.ts";
import { quietEnvironment, sample } from "./terminal.ts";

const parts = ["deep", "writer", "demo"] as const;
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } } });
const unknown = positionals.filter((name) => !(parts as readonly string[]).includes(name));
if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}: there are ${parts.join(", ")}`);
const wanted = new Set<string>(positionals.length === 0 ? parts : positionals);
const [rows, rounds] = [Number(options.rows), Number(options.rounds)];
const home = mkdtempSync(join(tmpdir(), "jeseci-bench-"));
const started: Server[] = [];

const deep = ["dist/main.js", "check", "--deep", "--format", "json", "--profile", "servers"];
const fast = ["dist/main.js", "check", "--fast", "--format", "json", "--profile", "servers"];
const bare = ["bench/programs/bare-check.mjs"];

function tell(...cells: string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function bound(what: string, holds: boolean): void {
  console.log(`\n${holds ? "PASS" : "OVER BOUND"}: ${what}\n`);
}

const seconds = (runs: Run[]): string => runs.map(({ ms }) => `${(ms / 1000).toFixed(1)} s`).join(", ");
const peak = (runs: Run[]): number => Math.max(...runs.flatMap(({ memory }) => memory));
/** Of runs that took turns, round by round. */
const ratio = (ours: Run[], theirs: Run[]): number => sample(ours.map(({ ms }, index) => ms / (theirs[index]?.ms ?? Number.NaN))).median;

async function fill(sql: pg.Client): Promise<void> {
  await sql.query("INSERT INTO concepts (concept_id, name, display_name, category, domain, difficulty_level) SELECT md5('c' || n)::uuid, 'concept_' || n, 'Concept ' || n, 'Category ' || n % 7, 'Domain ' || n % 3, (ARRAY['Beginner', 'Intermediate', 'Advanced'])[1 + n % 3] FROM generate_series(1, 1000) AS n");
  await sql.query("INSERT INTO users (user_id, username, first_name, last_name) SELECT md5('u' || n)::uuid, 'user_' || n, 'First ' || n, 'Last ' || n FROM generate_series(1, $1::int) AS n", [rows]);
  await sql.query("INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) SELECT md5('u' || n)::uuid, md5('c' || 1 + n % 1000)::uuid, 'in_progress', n % 100 FROM generate_series(1, $1::int) AS n", [rows]);
  await sql.query("TRUNCATE jeseci.sync_mark");
  await sql.query("VACUUM ANALYZE");
}

/** Ten properties of ten nodes, by hand in the graph. */
async function differ(driver: Driver, how: "make" | "mend"): Promise<void> {
  const change = how === "make" ? "n.first_name + '?'" : "left(n.first_name, size(n.first_name) - 1)";
  await driver.executeQuery(`MATCH (n:User) WHERE n.username IN $names SET n.first_name = ${change}`, { names: Array.from({ length: 10 }, (_, index) => `user_${1 + index * Math.floor(rows / 10)}`) });
}

/** A check that finds something ends with 1. */
async function finding(environment: Record<string, string>): Promise<Run> {
  const began = performance.now();
  const { memory, ended } = launch(deep, environment);
  const { code, told } = await ended;
  if (code !== 1 || !told.includes('"findings_total":10,')) throw new Error(`ten differences were made, and exit ${String(code)} says\n${told}`);
  return { ms: performance.now() - began, memory };
}

async function compare(environment: Record<string, string>, driver: Driver): Promise<void> {
  const runs = { bare: [] as Run[], deep: [] as Run[], ten: [] as Run[], fast: [] as Run[] };
  // The first round warms both servers.
  for (let round = 0; round <= rounds; round += 1) {
    const once: Partial<Record<keyof typeof runs, Run>> = {};
    for (const who of round % 2 === 0 ? (["bare", "deep", "ten", "fast"] as const) : (["fast", "ten", "deep", "bare"] as const)) {
      if (who === "ten") {
        await differ(driver, "make");
        once.ten = await finding(environment);
        await differ(driver, "mend");
      } else once[who] = await run({ bare, deep, fast }[who], environment);
    }
    if (round > 0) for (const who of Object.keys(runs) as (keyof typeof runs)[]) if (once[who] !== undefined) runs[who].push(once[who]);
  }
  console.log(`## ${rows.toLocaleString("en")} users and ${rows.toLocaleString("en")} progress rows on both sides, ${rounds} rounds, whole processes\n`);
  tell("", "time", "peak memory");
  tell("---", "---", "---");
  tell("bare drivers: both sides read at once, in key order", seconds(runs.bare), `${peak(runs.bare).toFixed(0)} MB`);
  tell("`check --deep`", seconds(runs.deep), `${peak(runs.deep).toFixed(0)} MB`);
  tell("`check --deep`, ten differences", seconds(runs.ten), `${peak(runs.ten).toFixed(0)} MB`);
  tell("`check --fast`", seconds(runs.fast), `${peak(runs.fast).toFixed(0)} MB`);
  bound(`deep ÷ the bare drivers: ${ratio(runs.deep, runs.bare).toFixed(2)} (at most 1.25)`, ratio(runs.deep, runs.bare) <= 1.25);
  bound(`peak memory ${Math.max(peak(runs.deep), peak(runs.ten)).toFixed(0)} MB (at most 256)`, Math.max(peak(runs.deep), peak(runs.ten)) <= 256);
  bound(`ten differences ÷ none: ${ratio(runs.ten, runs.deep).toFixed(2)} (at most 1.05)`, ratio(runs.ten, runs.deep) <= 1.05);
  bound(`fast ÷ deep: ${ratio(runs.fast, runs.deep).toFixed(2)} (at most 0.5)`, ratio(runs.fast, runs.deep) <= 0.5);
}

/** Rows are written by one connection as fast as it can, alone and beside a check from its start on, in blocks in turn. */
async function writer(environment: Record<string, string>, sql: pg.Client): Promise<void> {
  const blockMs = 15_000;
  const block = async (): Promise<number> => {
    const began = performance.now();
    let writes = 0;
    for (; performance.now() - began < blockMs; writes += 1) await sql.query("UPDATE users SET first_name = first_name WHERE user_id = md5('u' || $1::int)::uuid::text", [1 + ((writes * 7919) % rows)]);
    return (writes / (performance.now() - began)) * 1_000;
  };
  console.log("## A writer beside a check: updates a second of one connection\n");
  tell("", "alone", "beside the check", "slowed by, median of pairs");
  tell("---", "---", "---", "---");
  await block();
  for (const [name, extra] of [["`check --deep`", []], ["`check --deep --max-rate 1000000`", ["--max-rate", "1000000"]]] as const) {
    const [alone, beside]: [number[], number[]] = [[], []];
    for (let round = 0; round < 4; round += 1) {
      alone.push(await block());
      const { child, ended } = launch([...deep, ...extra], environment);
      beside.push(await block());
      child.kill("SIGINT");
      await ended;
      await sql.query("TRUNCATE jeseci.sync_mark");
    }
    const slowed = sample(beside.map((rate, index) => 1 - rate / (alone[index] ?? Number.NaN))).median;
    tell(name, `${sample(alone).median.toFixed(0)}/s`, `${sample(beside).median.toFixed(0)}/s`, `**${(slowed * 100).toFixed(0)} %**`);
    // The other one is what it would cost not to spare him.
    if (extra.length === 0) bound(`${name}: a writer beside it is slowed by ${(slowed * 100).toFixed(0)} % (at most 10)`, slowed <= 0.1);
  }
}

async function demo(): Promise<void> {
  const environment = quietEnvironment(home);
  const [check, status]: [Run[], Run[]] = [[], []];
  const [ours, theirs] = [["dist/main.js", "check"], ["dist/main.js", "status"]];
  await run(ours, environment); // seeds the folder
  for (let round = 0; round <= 11; round += 1) {
    const [one, other] = round % 2 === 0 ? [await run(ours, environment), await run(theirs, environment)].map((each) => each) : [await run(theirs, environment), await run(ours, environment)].reverse();
    if (round === 0 || one === undefined || other === undefined) continue;
    check.push(one);
    status.push(other);
  }
  console.log("## The embedded demo, 11 pairs, whole processes\n");
  tell("", "median");
  tell("---", "---");
  for (const [name, runs] of [["`jeseci check`", check], ["`jeseci status`", status]] as const) tell(name, `${sample(runs.map(({ ms }) => ms)).median.toFixed(0)} ms`);
  bound(`check ÷ status: ${ratio(check, status).toFixed(2)} (less than 2)`, ratio(check, status) < 2);
}

async function onServers(): Promise<void> {
  const [sqlServer, graphServer] = await Promise.all([startPostgres(18, { durable: true }), startNeo4j("5.26.30")]);
  started.push(sqlServer, graphServer);
  const environment = { ...quietEnvironment(home), DATABASE_URL: sqlServer.url, NEO4J_URI: graphServer.url, NEO4J_USER: graphServer.username, NEO4J_PASSWORD: graphServer.password };
  const databases = await openDatabases({ profile: "servers", databaseUrl: sqlServer.url, neo4jUri: graphServer.url, neo4jUser: graphServer.username, neo4jPassword: graphServer.password, environment: {}, timeZone: "UTC", connectTimeoutMs: 10_000, statementTimeoutMs: 0 });
  await databases.createSchema();
  await databases.close();
  const sql = new pg.Client({ connectionString: sqlServer.url });
  await sql.connect();
  const driver = neo4j.driver(graphServer.url, neo4j.auth.basic(graphServer.username, graphServer.password), { disableLosslessIntegers: true });
  try {
    await fill(sql);
    await run(["dist/main.js", "sync", "--full", "--profile", "servers"], environment);
    if (wanted.has("deep")) await compare(environment, driver);
    if (wanted.has("writer")) await writer(environment, sql);
  } finally {
    await sql.end();
    await driver.close();
  }
}

try {
  if (wanted.has("demo")) await demo();
  if (wanted.has("deep") || wanted.has("writer")) await onServers();
} finally {
  killAll();
  await Promise.all(started.map((server) => server.stop()));
  rmSync(home, { recursive: true, force: true });
}
