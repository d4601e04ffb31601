// `jeseci query … --format ndjson` over a million rows ÷ the bare driver's streaming loop that writes the same rows, both
// as whole processes, in turn, on PostgreSQL and on Neo4j; with the peak of memory. Then a screen's data ÷ its slowest
// statement. Run: npm run bench:drivers
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalogue } from "../src/core/catalogue/load.ts";
import { runQuery } from "../src/core/catalogue/run.ts";
import { loadDashboard } from "../src/core/dashboard/dashboard.ts";
import { loadConcept } from "../src/core/concepts/concepts.ts";
import { loadPath } from "../src/core/paths/paths.ts";
import { loadRecommendations } from "../src/core/recommendations/recommend.ts";
import type { Trace } from "../src/core/session.ts";
import { loadSharedMatrix } from "../src/core/shared-concepts/shared-concepts.ts";
import type { Value } from "../src/databases/values.ts";
import { loadGraph, randomGraph } from "../test/support/random-graph.ts";
import { openDatabases } from "../src/databases/open.ts";
import { startNeo4j, startPostgres, type Server } from "../scripts/servers/start.ts";
import { sample } from "./terminal.ts";

const rows = 1_000_000;
const rounds = 5;
const statements = {
  sql: `SELECT n, 'row ' || n AS name, n % 7 = 0 AS seventh FROM generate_series(1, ${rows}) AS n`,
  cypher: `UNWIND range(1, ${rows}) AS n RETURN n, 'row ' + toString(n) AS name, n % 7 = 0 AS seventh`,
};

interface Measured {
  ms: number;
  /** Peak of the resident set, in MB. */
  peak: number;
  lines: number;
}

/** Runs a program to its end, counting the lines that it writes; GNU time tells its peak of memory. */
async function run(argv: string[], environment: Record<string, string>): Promise<Measured> {
  const started = performance.now();
  const child = spawn("/usr/bin/time", ["-f", "peak %M", process.execPath, ...argv], { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let [lines, errors] = [0, ""];
  child.stdout.on("data", (chunk: Buffer) => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  });
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const peak = /peak (\d+)/.exec(errors)?.[1];
  if (code !== 0 || peak === undefined || lines !== rows) throw new Error(`${argv.join(" ")}: exit ${String(code)}, ${lines} lines\n${errors}`);
  return { ms: performance.now() - started, peak: Number(peak) / 1024, lines };
}

async function compare(language: "sql" | "cypher", environment: Record<string, string>): Promise<void> {
  const [ours, bare]: [Measured[], Measured[]] = [[], []];
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const one = await run(["dist/main.js", "query", `--${language}`, statements[language], "--format", "ndjson", "--profile", "servers"], environment);
    const other = await run(["bench/programs/bare-driver.mjs", language, statements[language]], environment);
    if (round === 0) continue; // warms the caches of both
    ours.push(one);
    bare.push(other);
    ratios.push(one.ms / other.ms);
  }
  const seconds = (measured: Measured[]): string => `${(sample(measured.map(({ ms }) => ms)).median / 1000).toFixed(2)} s`;
  const peak = (measured: Measured[]): string => `${Math.max(...measured.map((one) => one.peak)).toFixed(0)} MB`;
  console.log(`| ${language === "sql" ? "PostgreSQL 18" : "Neo4j 5.26"} | ${seconds(ours)}, ${peak(ours)} | ${seconds(bare)}, ${peak(bare)} | ${sample(ratios).median.toFixed(2)} |`);
}

/** The statements of a screen run side by side: all its data ÷ the slowest of them alone, on 392 concepts and 50,000 progress rows. */
async function screens([sql, graph]: [Server, Server]): Promise<void> {
  const databases = await openDatabases({ profile: "servers", databaseUrl: sql.url, neo4jUri: graph.url, neo4jUser: graph.username, neo4jPassword: graph.password, environment: {}, timeZone: "UTC", connectTimeoutMs: 10_000, statementTimeoutMs: 0 });
  try {
    await databases.createSchema();
    const data = randomGraph(5, { concepts: 392, users: 400, paths: 40, prerequisites: 964, progress: 50_000, cycles: false });
    await loadGraph(databases, data);
    await databases.sql.write((transaction) => transaction.query("ANALYZE"));
    const session = { databases, catalogue: await loadCatalogue(), timeZone: "UTC" };
    const [username, title, name] = [data.users[3]?.username ?? "", data.paths[2]?.title ?? "", data.concepts[2]?.name ?? ""];
    const loads: Record<string, () => Promise<{ trace: Trace }>> = {
      dashboard: () => loadDashboard(session, { username }),
      "a path": () => loadPath(session, { title, username }),
      "a concept": () => loadConcept(session, { name }),
      "shared concepts": () => loadSharedMatrix(session, { minPaths: 2 }),
      recommendations: () => loadRecommendations(session, { username }),
    };
    console.log("\n| screen | all its data | its slowest statement alone | ratio |\n|---|---|---|---|");
    for (const [screen, load] of Object.entries(loads)) {
      const whole: number[] = [];
      const alone = new Map<string, number[]>();
      const timed = async (work: () => Promise<unknown>): Promise<number> => {
        const started = performance.now();
        await work();
        return performance.now() - started;
      };
      for (let round = 0; round < 30; round += 1) {
        let trace: Trace = [];
        const ms = await timed(async () => ({ trace } = await load()));
        // The first ones fill the caches of plans and pages.
        if (round >= 10) whole.push(ms);
        for (const { query, parameters } of trace) {
          const own = await timed(() => runQuery(session, query ?? "", parameters as Record<string, Value>));
          if (round >= 10) alone.set(query ?? "", [...(alone.get(query ?? "") ?? []), own]);
        }
      }
      const [slowest, slowestMs] = [...alone].map(([id, times]) => [id, sample(times).median] as const).sort((a, b) => b[1] - a[1])[0] ?? ["", Number.NaN];
      console.log(`| ${screen} | ${sample(whole).median.toFixed(1)} ms | ${slowestMs.toFixed(1)} ms (${slowest}) | ${(sample(whole).median / slowestMs).toFixed(2)} |`);
    }
  } finally {
    await databases.close();
  }
}

if (spawnSync("/usr/bin/time", ["true"]).status !== 0) throw new Error("GNU time is needed");
const home = mkdtempSync(join(tmpdir(), "jeseci-bench-"));
const servers = await Promise.all([startPostgres(18), startNeo4j("5.26.30")]);
try {
  const [sql, graph] = servers;
  const environment = { XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, DATABASE_URL: sql.url, NEO4J_URI: graph.url, NEO4J_USER: graph.username, NEO4J_PASSWORD: graph.password };
  console.log("| | `jeseci query --format ndjson`, peak | bare driver loop, peak | ratio |\n|---|---|---|---|");
  await compare("sql", environment);
  await compare("cypher", environment);
  await screens(servers);
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(home, { recursive: true, force: true });
}
