// Key to painted frame in the result table ÷ a bare Ink list of the same size, in one run, at 1,000 and 1,000,000 rows.
// Run: npm run bench:keys
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietEnvironment, run, sample, type Program } from "./terminal.ts";
import { buildYardsticks } from "./build.ts";

const presses = Number(process.argv[2] ?? 150);
const size = { columns: 200, rows: 50 };
const folder = await mkdtemp(join(tmpdir(), "jeseci-bench-"));
const environment = quietEnvironment(folder);
const bare = await buildYardsticks(folder);

/** Rows made by PostgreSQL itself, so that the table is as long as asked on any data. */
async function writeUserQuery(): Promise<void> {
  await mkdir(join(folder, "queries/bench"), { recursive: true });
  await mkdir(join(folder, "config/jeseci"), { recursive: true });
  await writeFile(
    join(folder, "queries/bench/rows.sql"),
    `-- title: Rows\n-- description: As many rows as asked.\n-- param rows: integer = 1000 -- how many\nSELECT n, 'row number ' || n AS name, repeat('x', 100) AS filler FROM generate_series(1, $rows) AS n ORDER BY n\n`,
  );
  await writeFile(join(folder, "config/jeseci/config.json"), JSON.stringify({ queries: [join(folder, "queries")] }));
}

async function measure(program: Program, name: string): Promise<number[]> {
  await program.settle(400);
  for (let index = 0; index < 20; index += 1) {
    await program.press("j");
    await program.settle(30);
  }
  const times: number[] = [];
  for (let index = 0; index < presses; index += 1) {
    times.push(await program.press("j"));
    await program.settle(30);
  }
  console.log(`${name.padEnd(34)} p50 ${sample(times).median.toFixed(1)} ms  p95 ${sample(times).p95.toFixed(1)} ms`);
  return times;
}

async function table(rows: number): Promise<number[]> {
  const program = run(process.execPath, ["dist/main.js", "explore", "queries", "--user", "cavin_admin"], environment, size);
  try {
    await program.shows("shared-concepts");
    await program.settle(800);
    program.type("/");
    await program.settle();
    program.type("bench/rows");
    await program.settle(300);
    program.type("\r");
    await program.settle(300);
    program.type("\r");
    await program.shows("row number 1");
    await program.settle(500);
    // Each L raises the limit tenfold, from 1,000.
    for (let limit = 1000; limit < rows; limit *= 10) {
      program.type("L");
      await program.settle(2500);
    }
    return await measure(program, `result table, ${rows.toLocaleString("en")} rows`);
  } finally {
    await program.stop();
  }
}

async function yardstick(rows: number): Promise<number[]> {
  const program = run(process.execPath, [bare.list, String(rows)], environment, size);
  try {
    await program.shows("bare list");
    return await measure(program, `bare Ink list, ${rows.toLocaleString("en")} rows`);
  } finally {
    await program.stop();
  }
}

try {
  await writeUserQuery();
  for (const rows of [1000, 1_000_000]) {
    if (rows > 1000) {
      const file = join(folder, "queries/bench/rows.sql");
      const { readFile } = await import("node:fs/promises");
      await writeFile(file, (await readFile(file, "utf8")).replace("= 1000 ", `= ${rows} `));
    }
    const ours = await table(rows);
    const theirs = await yardstick(rows);
    const [a, b] = [sample(ours), sample(theirs)];
    console.log(`ratio at ${rows.toLocaleString("en")} rows: p50 ${(a.median / b.median).toFixed(2)}  p95 ${(a.p95 / b.p95).toFixed(2)}  (bound 1.3)`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
