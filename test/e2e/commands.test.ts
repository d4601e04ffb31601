import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/commands/definitions.ts";
import { holderOf } from "../../src/databases/lock.ts";
import { openDatabases } from "../../src/databases/open.ts";
import { packageRoot } from "../../src/package-root.ts";
import { createHome, jeseci, type Finished, type Home } from "../support/program.ts";

let home: Home;
beforeAll(async () => {
  home = createHome();
  const first = await jeseci(home, ["status"]);
  // The very first start makes the databases and the demo data, and says so.
  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("seeding the demo data into") as string });
});
afterAll(() => home.remove());
const run = (...argv: string[]): Promise<Finished> => jeseci(home, argv);
const json = async (...argv: string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await run(...argv, "--json");
  expect(stderr.includes("error") ? stderr : "").toBe("");
  expect([0, 1]).toContain(code);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe("answers", () => {
  test("status counts 4 paths and 15 CONTAINS", async () => {
    expect(await json("status")).toMatchObject({ schema: 1, graph: { nodes: { LearningPath: 4 }, relationships: { CONTAINS: 15 } }, sql: { tables: { concepts: 9, users: 7 } }, pending_marks: 0, parked_marks: 0, lag_seconds: 0 });
  });

  test("the dashboard of cavin_admin", async () => {
    expect(await json("dashboard", "--user", "cavin_admin")).toMatchObject({ schema: 1, username: "cavin_admin", first_name: "Cavin", concepts_ready: 3, average_completion_percent: 67, hours_spent: 4.5, streak_days: 1, concepts_mastered: 2 });
  });

  test("the shared concepts, the paths with machine learning", async () => {
    const shared = await json("query", "graph/shared-concepts");
    expect(shared).toMatchObject({ schema: 1, query: "graph/shared-concepts", parameters: { min_paths: 2 }, columns: ["concept", "paths", "path_count"], truncated: false, trace: [{ database: "graph" }] });
    expect((shared["rows"] as object[])[0]).toMatchObject({ concept: "data_structures", path_count: 4 });
    const { stdout } = await run("query", "graph/paths-with-concept", "--param", "concept=machine_learning");
    expect(stdout).toBe("path\tdifficulty\tconcept\nData Science Track\tIntermediate\tmachine_learning\nMastering Computer Science\tAdvanced\tmachine_learning\n");
  });

  test.each([
    [["paths"], ["paths", "trace"]],
    [["paths", "Data Science Track", "--user", "cavin_admin"], ["path", "trace"]],
    [["concept", "machine_learning"], ["concept", "relationships", "paths", "learners", "trace"]],
    [["shared"], ["concepts", "pairs", "trace"]],
    [["users"], ["rows", "trace"]],
    [["concepts"], ["rows", "trace"]],
    [["check"], ["in_sync", "mode", "started_at", "finished_at", "entities", "findings", "findings_total", "truncated", "warnings"]],
    [["queries"], ["queries", "faults"]],
    [["config"], ["profile", "settings"]],
    [["sync"], ["outcome", "entities", "refused", "warnings"]],
    [["seed", "--dry-run"], ["outcome", "counts", "warnings"]],
  ])("%j has its JSON", async (argv, keys) => {
    const answer = await json(...argv);
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(["schema", ...keys]));
    expect(JSON.stringify(answer)).not.toMatch(/password_hash|@example\.org/);
  });

  test("a path in order, with what waits for what", async () => {
    const { path } = (await json("paths", "Data Science Track", "--user", "cavin_admin")) as { path: { concepts: { concept: string; state: string; waits_for: string[] }[] } };
    expect(path.concepts.map(({ concept, state, waits_for }) => [concept, state, waits_for])).toEqual([
      ["data_structures", "mastered", []],
      ["statistics", "waiting", ["programming"]],
      ["machine_learning", "completed", []],
      ["deep_learning", "ready", []],
    ]);
  });

  test("an ad-hoc statement, from the flag and from standard input", async () => {
    expect((await run("query", "--sql", "SELECT $n::int + 1 AS n", "--param", "n=41", "--format", "csv")).stdout).toBe("n\n42\n");
    const piped = await jeseci(home, ["query", "--cypher", "-", "--format", "ndjson"], { input: "MATCH (p:LearningPath) RETURN count(p) AS n" });
    expect(piped.stdout).toBe('{"n":4}\n');
  });

  test("every format prints the same rows", async () => {
    const of = async (format: string): Promise<string> => (await run("query", "sql/table-counts", "--format", format)).stdout;
    expect(await of("csv")).toMatch(/^table,rows\nconcepts,9\n/);
    expect(await of("tsv")).toMatch(/^table\trows\nconcepts\t9\n/);
    expect(await of("ndjson")).toMatch(/^\{"table":"concepts","rows":9\}\n/);
    expect(await of("markdown")).toMatch(/^\| table \| rows \|\n\| --- \| --- \|\n\| concepts \| 9 \|\n/);
    expect(await of("table")).toMatch(/^table +rows\n─+ +─+\nconcepts +9\n/);
    expect((await run("query", "sql/table-counts", "--no-header", "--limit", "1")).stdout).toBe("concepts\t9\n");
  });

  test("a plan", async () => {
    expect((await run("query", "sql/table-counts", "--explain")).stdout).toMatch(/Append|Sort|Aggregate/);
    expect((await run("query", "graph/health", "--explain", "--json")).stdout).toMatch(/"operator":"/);
  });

  test("a file, whole or not at all; its ending names the format", async () => {
    expect(await run("users", "--output", "users.csv")).toMatchObject({ code: 0, stdout: "" });
    const file = join(home.folder, "work", "users.csv");
    expect(readFileSync(file, "utf8")).toMatch(/^username,first_name/);
    expect((await run("users", "--output", "none/users.csv")).code).toBe(2);
    expect((await run("query", "--sql", "SELECT 1/0", "--output", "users.csv")).code).toBe(2);
    expect(readFileSync(file, "utf8")).toMatch(/^username,first_name/);
    expect(readdirSync(join(home.folder, "work")).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("check sees a change behind its back, names row and field, and exits 1; sync --full mends it", async () => {
    const change = async (concept: string): Promise<void> => {
      const databases = await openDatabases({ profile: "embedded", dataDir: join(home.folder, "data/jeseci"), timeZone: "UTC", statementTimeoutMs: 0 });
      await databases.graph.write((transaction) => transaction.query("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: $concept}) SET r.progress_percent = 57 RETURN 1 AS done", { concept }));
      await databases.close();
    };
    await change("data_structures");
    const report = await run("check", "--json");
    expect(report.code).toBe(1);
    expect(JSON.parse(report.stdout)).toMatchObject({ in_sync: false, findings: [{ entity: "progress", key: "cavin_admin → data_structures", kind: "differing", fields: [{ field: "progress_percent", sql: 75, graph: 57 }] }] });
    // A person is told why, and since when.
    expect((await run("check", "--format", "table")).stderr).toMatch(/\nedited_in_graph: the row is unchanged since the clean check of \S+, the relationship is not; first seen \d{4}-/);
    await change("web_development");
    expect((await run("check", "--format", "table")).stderr).toMatch(/\nedited_in_graph \(2\): the row is unchanged [^;]+; 1 of them seen before, first \d{4}-/);
    // Nobody marked what was done behind PostgreSQL's back: only a comparison of everything finds it.
    expect((await run("sync")).code).toBe(0);
    expect((await run("check")).code).toBe(1);
    expect((await run("sync", "--full")).code).toBe(0);
    expect((await run("check")).code).toBe(0);
  });

  test("dump, and seed elsewhere", async () => {
    expect((await run("dump", "backup")).code).toBe(0);
    const other = createHome();
    expect((await jeseci(other, ["seed", "--from", join(home.folder, "work", "backup")])).code).toBe(0);
    expect((await jeseci(other, ["check"])).code).toBe(0);
    expect((await jeseci(other, ["dump", "again"])).code).toBe(0);
    for (const file of readdirSync(join(home.folder, "work/backup"))) expect(readFileSync(join(other.folder, "work/again", file), "utf8"), file).toBe(readFileSync(join(home.folder, "work/backup", file), "utf8"));
    other.remove();
  });

  test("a million rows stream through in flat memory", async () => {
    const child = spawn(process.execPath, [join(packageRoot(), "dist/main.js"), "query", "--sql", "SELECT n, 'row ' || n AS name FROM generate_series(1, 1000000) AS n", "--format", "ndjson", "--timeout", "600"], { env: home.environment, stdio: ["ignore", "pipe", "inherit"] });
    let lines = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 10) lines += 1;
    });
    const [code] = (await once(child, "close")) as [number];
    expect([code, lines]).toEqual([0, 1_000_000]);
  }, 240_000);
});

describe("bad input ends with a clear message, nothing on stdout, and no stack trace", () => {
  test.each<[string[], number, RegExp]>([
    [["statuss"], 2, /there is no command “statuss”[\s\S]*did you mean status/],
    [["repair", "--only", "everything"], 2, /--only knows no “everything”/],
    [["repair", "--only", "progress:one"], 2, /progress is named by two ids/],
    [["repair", "--max-deletes", "-1"], 2, /--max-deletes/],
    [["check", "--watch", "0"], 2, /--watch must be a number of seconds/],
    [["check", "--watch", "1", "--format", "csv"], 2, /--watch prints a line for each check/],
    [["check", "--max-rate", "0"], 2, /--max-rate must be a whole number/],
    [["check", "--format", "prom"], 2, /--format must be one of/],
    [["status", "--jsn"], 2, /status has no flag --jsn[\s\S]*did you mean --json/],
    [["status", "-j"], 2, /status has no flag -j/],
    [["status", "extra"], 2, /“extra” is one argument too many/],
    [["status", "--format", "yaml"], 2, /--format must be one of/],
    [["status", "--json", "--format", "csv"], 2, /ask for two things/],
    [["status", "--limit", "-1"], 2, /--limit must be a whole number/],
    [["status", "--limit", "NaN"], 2, /--limit must be a whole number/],
    [["status", "--limit"], 2, /--limit needs a value/],
    [["status", "--limit", "1", "--limit", "2"], 2, /--limit stands 2 times/],
    [["status", "--timeout", "0"], 2, /--timeout must be a number of seconds/],
    [["status", "--time-zone", "Europe/Berlim"], 2, /no time zone “Europe\/Berlim”[\s\S]*Europe\/Berlin/],
    [["status", "--profile", "prod"], 2, /no profile “prod”/],
    [["status", "--profile", "servers"], 3, /no address of Neo4j is known[\s\S]*NEO4J_URI/],
    [["concept"], 2, /concept needs NAME/],
    [["concept", "machine_learnin"], 2, /no concept “machine_learnin”[\s\S]*did you mean machine_learning/],
    [["paths", "Data Science Trak"], 2, /no learning path “Data Science Trak”[\s\S]*Data Science Track/],
    [["dashboard", "--user", "cavin"], 2, /no user “cavin”[\s\S]*cavin_admin/],
    [["dashboard"], 2, /needs --user/],
    [["shared", "--min-paths", "0"], 2, /--min-paths must be a whole number of 1 or more/],
    [["query"], 2, /needs the id/],
    [["query", "graph/shared"], 2, /no query “graph\/shared”[\s\S]*graph\/shared-concepts/],
    [["query", "graph/shared-concepts", "--param", "min_paths=two"], 2, /min_paths must be a whole number, not “two”/],
    [["query", "graph/shared-concepts", "--param", "min_paths="], 2, /min_paths must be a whole number, not empty/],
    [["query", "graph/shared-concepts", "--param", "min_paths=0"], 2, /min_paths must be 1 or more/],
    [["query", "graph/shared-concepts", "--param", "min_path=2"], 2, /no parameter min_path[\s\S]*did you mean min_paths/],
    [["query", "graph/shared-concepts", "--param", "min_paths=2", "--param", "min_paths=3"], 2, /--param min_paths stands twice/],
    [["query", "graph/shared-concepts", "--param", "2"], 2, /--param must be NAME=VALUE/],
    [["query", "graph/learning-journey"], 2, /graph\/learning-journey needs username/],
    [["query", "--sql", "SELECT 1", "--cypher", "RETURN 1 AS n"], 2, /exclude each other/],
    [["query", "--sql", "SELEC 1"], 2, /syntax error at or near "SELEC" \(line 1, column 1\)/],
    [["query", "--sql", "DELETE FROM users"], 2, /read-only transaction/],
    [["query", "--cypher", "MATCH (n) DETACH DELETE n"], 2, /writes/],
    [["query", "--cypher", "RETURN $x AS x"], 2, /\$x, which has no value/],
    [["query", "--sql", "SELECT count(*) FROM generate_series(1, 2000000000)", "--timeout", "0.3"], 4, /took longer than 0.3 s/],
    [["check", "--deep", "--fast"], 2, /--deep and --fast exclude each other/],
    [["seed", "everything"], 2, /STEP must be one of concepts, relationships, progress/],
    [["seed", "--from", "nowhere"], 2, /there is no folder nowhere/],
    [["seed", "--read-only"], 2, /--read-only forbids it/],
    [["sync", "--read-only"], 2, /--read-only forbids it/],
    [["dump", "/proc/none/x"], 2, /can't write|No such|ENOENT/],
    [["completion", "tcsh"], 2, /SHELL must be one of bash, zsh, fish/],
    [["explore"], 2, /needs a terminal[\s\S]*jeseci dashboard/],
    [["explore", "quries"], 2, /SCREEN must be one of[\s\S]*did you mean queries/],
    [["status", "--data-dir", "/dev/null/x"], 3, /can't use the data folder/],
  ])("%j", async (argv, code, message) => {
    const finished = await run(...argv);
    expect(finished.stderr).toMatch(message);
    expect(finished.stderr).not.toMatch(/\n\s+at .*\.js:\d+/);
    expect(finished.stdout).toBe("");
    expect(finished.code).toBe(code);
  });

  test("with --json the error is JSON on stderr", async () => {
    const { code, stdout, stderr } = await run("concept", "machine_learnin", "--json");
    expect([code, stdout]).toEqual([2, ""]);
    expect(JSON.parse(stderr)).toEqual({ error: { code: "unknown-concept", message: "there is no concept “machine_learnin”", hint: "did you mean machine_learning?" } });
  });

  test("an unknown user in --param gives no rows, exit 0", async () => {
    expect(await run("query", "graph/learning-journey", "--param", "username=nobody")).toMatchObject({ code: 0, stdout: "username\tconcept\tstatus\tprogress_percent\tavailable_paths\n" });
  });

  test("a seed folder with faults changes nothing", async () => {
    const before = (await run("query", "sql/table-counts")).stdout;
    const folder = join(home.folder, "work", "faulty");
    mkdirSync(folder);
    for (const file of ["concepts", "relationships", "learning-paths", "users"]) writeFileSync(join(folder, `${file}.json`), "[]");
    writeFileSync(join(folder, "progress.json"), '[{"username": "a", "concept": "b", "status": "done", "progress_percent": 3}]');
    const { code, stderr } = await run("seed", "--from", "faulty");
    expect(code).toBe(2);
    expect(stderr).toMatch(/progress\.json row 1, field status: /);
    expect((await run("query", "sql/table-counts")).stdout).toBe(before);
  });

  test("a database that others filled is asked about first", async () => {
    const other = createHome();
    await jeseci(other, ["status"]);
    const databases = await openDatabases({ profile: "embedded", dataDir: join(other.folder, "data/jeseci"), timeZone: "UTC", statementTimeoutMs: 0 });
    await databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ('x', 'theirs')"));
    await databases.close();
    expect(await jeseci(other, ["seed"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") as string });
    expect((await jeseci(other, ["seed", "--yes"])).code).toBe(0);
    other.remove();
  });
});

test("a second process on the folder is told who holds it", async () => {
  const holder = await openDatabases({ profile: "embedded", dataDir: join(home.folder, "data/jeseci"), timeZone: "UTC", statementTimeoutMs: 0 });
  const { code, stdout, stderr } = await run("status");
  await holder.close();
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toContain(`in use by process ${process.pid}`);
  expect(stderr).toContain("--data-dir");
});

test("--read-only and `config` never seed", async () => {
  const other = createHome();
  expect(await jeseci(other, ["status", "--read-only"])).toMatchObject({ code: 3, stderr: expect.stringContaining("jeseci seed") as string });
  expect((await jeseci(other, ["config"])).code).toBe(0);
  expect((await jeseci(other, ["queries"])).code).toBe(0);
  expect(existsSync(join(other.folder, "data"))).toBe(false);
  other.remove();
});

test("a closed stdout ends quietly", async () => {
  const child = spawn("bash", ["-c", `set -o pipefail; "${process.execPath}" "${join(packageRoot(), "dist/main.js")}" query --sql "SELECT n FROM generate_series(1, 300000) AS n" --format ndjson | head -1`], { env: home.environment });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  expect([code, output]).toEqual([0, '{"n":1}\n']);
});

test("text from the database never reaches the output raw, but in exact formats through a pipe", async () => {
  const statement = "SELECT E'a\\x1b[31mb\\x07\\u202ec' AS evil";
  expect((await run("query", "--sql", statement)).stdout).toBe("evil\na\ufffd[31mb\ufffd\ufffdc\n");
  expect((await run("query", "--sql", statement, "--format", "table")).stdout).not.toMatch(/[\u001b\u0007\u202e]/);
  expect((await run("query", "--sql", statement, "--format", "csv")).stdout).toBe("evil\na\u001b[31mb\u0007\u202ec\n");
  expect((await run("query", "--sql", statement, "--format", "ndjson")).stdout).toBe('{"evil":"a\\u001b[31mb\\u0007\\u202ec"}\n');
});

test("--help of everything, and --version", async () => {
  const { stdout } = await run("--help");
  for (const { name, summary } of commands) {
    expect(stdout).toContain(summary);
    expect((await run(...name.split(" "), "--help")).stdout).toContain(summary);
  }
  expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
}, 120_000);

test("completion works in bash", async () => {
  const { stdout } = await run("completion", "bash");
  const complete = async (...words: string[]): Promise<string> => {
    const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _jeseci; printf '%s ' "\${COMPREPLY[@]}"`;
    const child = spawn("bash", ["-c", script]);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await once(child, "close");
    return output.trim();
  };
  expect(await complete("jeseci", "sta")).toBe("status");
  expect(await complete("jeseci", "query", "graph/sha")).toBe("graph/shared-concepts");
  expect(await complete("jeseci", "status", "--format", "nd")).toBe("ndjson");
  for (const shell of ["zsh", "fish"]) expect((await run("completion", shell)).stdout).toContain("shared-concepts");
  expect(await complete("jeseci", "rel")).toBe("relationship");
  expect(await complete("jeseci", "path", "m")).toBe("move");
  expect(await complete("jeseci", "concept", "")).toMatch(/^create update delete --/);
  expect(await complete("jeseci", "concept", "delete", "--ca")).toBe("--cascade");
  expect(await complete("jeseci", "concept", "create", "--difficulty", "Adv")).toBe("Advanced");
  expect(await complete("jeseci", "relationship", "add", "algorithms", "PRE")).toBe("PREREQUISITE");
  expect(await complete("jeseci", "sync", "")).toMatch(/^install uninstall parked retry --watch --full/);
  // Flags, and what they take, may stand before the command and between its words.
  expect(await complete("jeseci", "--profile", "prod", "stat")).toBe("status");
  expect(await complete("jeseci", "--json", "--profile", "=", "prod", "concept", "cre")).toBe("create");
  expect(await complete("jeseci", "sync", "--profile", "prod", "inst")).toBe("install");
  expect(await complete("jeseci", "--read-o")).toBe("--read-only");
  expect(await complete("jeseci", "--format", "=", "nd")).toBe("ndjson");
  expect(await complete("jeseci", "--format", "=")).toMatch(/^table json/);
  expect(await complete("jeseci", "--profile", "")).toBe("");
});

test("SIGTERM ends with 143 and leaves the folder free", async () => {
  const child = spawn(process.execPath, [join(packageRoot(), "dist/main.js"), "query", "--sql", "SELECT count(*) FROM generate_series(1, 2000000000)"], { env: home.environment });
  const ended = once(child, "close");
  await expect.poll(() => holderOf(join(home.folder, "data/jeseci"))?.pid, { timeout: 60_000 }).toBe(child.pid);
  // The folder is its own; a moment later its query runs.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  child.kill("SIGTERM");
  const [code] = (await ended) as [number];
  expect(code).toBe(143);
  expect((await run("status")).code).toBe(0);
});

describe("recommend", () => {
  type Answer = { username: string; strategy: string; items: { item: string; score: number | null; terms: { term: string; value: number; weight: number; contribution: number }[]; because: string[]; hours: number | null; step: number | null }[]; excluded: { item: string; reason: string }[] };
  const recommend = async (...argv: string[]): Promise<Answer> => (await json("recommend", "--user", "cavin_admin", ...argv)) as unknown as Answer;

  test("the ready concepts, each with terms that add up and the prerequisites that were met", async () => {
    const { items, excluded, ...answer } = await recommend();
    expect(answer).toMatchObject({ schema: 1, username: "cavin_admin", strategy: "next" });
    expect(items.map(({ item }) => item).sort()).toEqual(["deep_learning", "programming", "technical_writing"]);
    for (const { score, terms } of items) {
      expect(terms.map(({ term }) => term)).toEqual(["opens", "needed", "finish", "level", "similar"]);
      expect(Math.abs(terms.reduce((sum, { weight, value }) => sum + weight * value, 0) - (score ?? Number.NaN))).toBeLessThan(1e-9);
    }
    expect(items.find(({ item }) => item === "deep_learning")?.because[0]).toBe("(machine_learning)-[:PREREQUISITE]->(deep_learning)");
    expect(excluded.map(({ item }) => item)).toEqual(["algorithms", "data_structures", "databases", "machine_learning", "statistics", "web_development"]);
  });

  test("the other strategies", async () => {
    expect((await recommend("--strategy", "paths")).items).toMatchObject([{ item: "Data Science Track", score: 0.25, hours: 45 }, { item: "Mastering Computer Science", score: 0.2, hours: 96 }]);
    const { items, excluded } = await recommend("--strategy", "route", "--goal", "databases");
    expect([items.map(({ step, item }) => [step, item]), excluded]).toEqual([[[1, "programming"], [2, "databases"]], []]);
  });

  test("rows, and what only a table says of the rest", async () => {
    const rows = await run("recommend", "--user", "cavin_admin", "--format", "csv");
    expect(rows.stdout).toMatch(/^item,score,hours,opens,needed,finish,level,similar,because\nprogramming,/);
    expect(rows.stderr).toBe("");
    expect((await run("recommend", "--user", "cavin_admin", "--strategy", "paths", "--format", "csv")).stdout).toMatch(/^item,score,hours,shared,missing\n/);
    expect((await run("recommend", "--user", "cavin_admin", "--format", "table")).stderr).toBe("6 left out; --json tells why\n");
    const reached = await run("recommend", "--user", "cavin_admin", "--strategy", "route", "--goal", "machine_learning", "--format", "table");
    expect(reached).toMatchObject({ code: 0, stderr: "left out: machine_learning: mastered (100 %)\n" });
    expect(reached.stdout).toMatch(/^step +item +hours +because\n/);
  });

  test.each<[string[], RegExp]>([
    [[], /recommend needs --user/],
    [["--user", "cavin"], /no user “cavin”[\s\S]*cavin_admin/],
    [["--user", "cavin_admin", "--strategy", "best"], /--strategy must be one of next, paths, route, not “best”/],
    [["--user", "cavin_admin", "--strategy", "route"], /a route needs a goal[\s\S]*--goal CONCEPT/],
    [["--user", "cavin_admin", "--strategy", "route", "--goal", "deep_learnin"], /no concept “deep_learnin”[\s\S]*did you mean deep_learning/],
    [["--user", "cavin_admin", "--goal", "deep_learning"], /only a route has a goal/],
  ])("%j is refused", async (argv, message) => {
    const { code, stdout, stderr } = await run("recommend", ...argv);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("commands of two words", () => {
  test.each<[string[], RegExp]>([
    [["path"], /path needs to be told what to do: create, update, delete, add, move, remove/],
    [["path", "--json"], /path needs to be told what to do/],
    [["path", "creat", "x"], /there is no command “path creat”[\s\S]*did you mean path create\?/],
    [["user", "invite", "x"], /there is no command “user invite”[\s\S]*user create/],
    [["pat"], /there is no command “pat”[\s\S]*did you mean path/],
    [["concept", "creat", "x"], /“x” is one argument too many[\s\S]*did you mean concept create\?/],
    [["sync", "instal"], /“instal” is one argument too many[\s\S]*did you mean sync install\?/],
    [["concept", "create"], /concept create needs NAME/],
    [["concept", "create", "x"], /concept create needs --display-name T and --difficulty D/],
    [["concept", "create", "x", "--difficulty", "Hard"], /--difficulty must be one of Beginner, Intermediate, Advanced, not “Hard”/],
    [["relationship", "add", "a", "CONTAINS", "b"], /TYPE must be one of BUILDS_UPON, PART_OF, PREREQUISITE, RELATED_TO, not “CONTAINS”/],
    [["progress", "record", "--user", "cavin_admin"], /progress record needs --concept C/],
    [["path", "move", "a", "b"], /path move needs --to N/],
    [["concept", "delete", "x", "--cascad"], /concept delete has no flag --cascad[\s\S]*did you mean --cascade/],
    [["concept", "delete", "x", "--read-only"], /concept delete writes, and --read-only forbids it/],
    [["concept", "delete", "x", "--read-only", "--dry-run"], /a dry run does everything and rolls it back/],
  ])("%j", async (argv, message) => {
    const { code, stdout, stderr } = await run(...argv);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("the longest name that fits; behind -- nothing is a command", async () => {
    expect((await run("concept", "machine_learning")).code).toBe(0);
    expect((await run("concept", "--", "create")).stderr).toContain("there is no concept “create”");
    expect((await run("path", "--help")).stdout).toMatch(/path create TITLE --difficulty D [\s\S]*path remove TITLE CONCEPT/);
    expect((await run("concept", "--help")).stdout).toContain("concept delete NAME [--cascade] [--dry-run]");
    expect((await run("concept", "create", "--help")).stdout).toMatch(/^jeseci concept create NAME --display-name T --difficulty D \[--category T\]/);
  });
});

describe("writes", () => {
  const inSync = async (): Promise<void> => expect(await run("check")).toMatchObject({ code: 0 });

  test("a dry run shows the plan and writes nothing; the run does what it showed", async () => {
    const argv = ["concept", "create", "create", "--display-name", "A concept, 概念 🧠", "--difficulty", "beginner"];
    const dry = await run(...argv, "--dry-run");
    expect(dry).toEqual({ code: 0, stdout: "action\tthing\tbefore\tafter\ncreate\tconcept create\t\tdisplay name A concept, 概念 🧠; difficulty Beginner\n", stderr: "dry run: nothing was written\n" });
    expect((await run("concept", "--", "create")).code).toBe(2);
    const { code, stdout, stderr } = await run(...argv, "--json");
    expect([code, stderr]).toEqual([0, "written in both databases\n"]);
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      outcome: "both",
      operation: "concept create",
      counts: [{ entity: "concept", upserted: 1, deleted: 0 }],
      plan: [{ action: "create", thing: "concept create", before: null, after: "display name A concept, 概念 🧠; difficulty Beginner" }],
      warnings: [],
    });
    expect(JSON.parse((await run("concept", "--json", "--", "create")).stdout)).toMatchObject({ concept: { name: "create", difficulty_level: "Beginner" } });
    await inSync();
  });

  test("a path from its making to its end", async () => {
    expect((await run("path", "create", "Short", "--difficulty", "Beginner", "--hours", "3", "--concepts", "create,programming")).code).toBe(0);
    expect((await run("path", "add", "Short", "algorithms", "--at", "1")).code).toBe(0);
    expect((await run("path", "move", "Short", "programming", "--to", "1")).code).toBe(0);
    expect((await run("path", "update", "Short", "--title", "Shorter", "--hours", "")).code).toBe(0);
    expect((await run("paths", "Shorter", "--no-header")).stdout).toMatch(/^1\tprogramming\t.*\n2\talgorithms\t.*\n3\tcreate\t/);
    await inSync();
    expect((await run("path", "remove", "Shorter", "programming")).code).toBe(0);
    expect(await run("path", "delete", "Short")).toMatchObject({ code: 2, stderr: expect.stringMatching(/no learning path “Short”[\s\S]*did you mean Shorter/) as string });
    expect((await run("path", "delete", "Shorter")).code).toBe(0);
    await inSync();
  });

  test("progress, and what the dashboard says of it", async () => {
    expect((await run("user", "create", "newcomer", "--first-name", "New")).code).toBe(0);
    expect((await run("progress", "record", "--user", "newcomer", "--concept", "programming", "--percent", "100", "--minutes", "90")).code).toBe(0);
    expect(await json("dashboard", "--user", "newcomer")).toMatchObject({ average_completion_percent: 100, hours_spent: 1.5, streak_days: 1, concepts_mastered: 1 });
    expect(await run("progress", "record", "--user", "newcomer", "--concept", "programming", "--percent", "40", "--status", "completed")).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("contradict") as string });
    await inSync();
  });

  test("relationships, and the cycle that is refused", async () => {
    expect(await run("relationship", "add", "create", "PREREQUISITE", "programming", "--no-header")).toMatchObject({ code: 0, stdout: "create\t(create)-[:PREREQUISITE]->(programming)\t\t\n" });
    expect(await run("relationship", "add", "create", "PREREQUISITE", "programming")).toMatchObject({ code: 0, stderr: "nothing to do: it is so already\n" });
    expect(await run("relationship", "add", "algorithms", "PREREQUISITE", "create")).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("algorithms → create → programming → algorithms") as string });
    expect((await run("relationship", "remove", "programming", "PREREQUISITE", "create")).stderr).toContain("there is (create)-[:PREREQUISITE]->(programming)");
    await inSync();
  });

  test("a concept on which something hangs goes only with --cascade", async () => {
    const refused = await run("concept", "delete", "create", "--json");
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "write-refused", message: "“create” holds 1 relationship ((create)-[:PREREQUISITE]->(programming))", hint: expect.stringContaining("--cascade") as string } });
    expect((await json("concept", "delete", "create", "--cascade"))["counts"]).toEqual([{ entity: "concept", upserted: 0, deleted: 1 }, { entity: "relationship", upserted: 0, deleted: 1 }]);
    expect((await run("concept", "--", "create")).code).toBe(2);
    await inSync();
  });

  test("a profile marked production wants --write, for a dry run too", async () => {
    const config = join(home.folder, "config/jeseci");
    mkdirSync(config, { recursive: true });
    writeFileSync(join(config, "config.json"), JSON.stringify({ profiles: { live: { kind: "embedded", production: true } } }));
    const create = ["user", "create", "careful", "--profile", "live"];
    expect(await run(...create)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("marked production") as string });
    expect(await run(...create, "--dry-run")).toMatchObject({ code: 2, stderr: expect.stringContaining("--write --dry-run writes nothing either") as string });
    expect((await run(...create, "--dry-run", "--write")).code).toBe(0);
    expect((await run(...create, "--write")).code).toBe(0);
    expect((await run("users", "--format", "csv", "--profile", "live")).stdout).toContain("careful,");
  });

  test("parked keys and the triggers have commands of their own", async () => {
    expect(await run("sync", "install")).toMatchObject({ code: 0, stdout: "" });
    expect(await json("sync", "parked")).toMatchObject({ rows: [] });
    expect((await run("sync", "retry")).code).toBe(0);
    expect(await run("sync", "install", "--apply", "--read-only")).toMatchObject({ code: 2, stderr: expect.stringContaining("sync install writes") as string });
    expect((await run("sync", "--apply")).stderr).toContain("sync has no flag --apply");
  });
});
