// Key to painted frame at 200×50 on every screen ÷ a bare Ink list of the same size, in one run; the result table at 1,000
// and at 1,000,000 rows.
// Run: npm run bench:keys [KEYS]
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildYardsticks } from "./build.ts";
import { quietEnvironment, run, sample, type Program } from "./terminal.ts";

const presses = Number(process.argv[2] ?? 150);
const size = { columns: 200, rows: 50 };
const folder = await mkdtemp(join(tmpdir(), "jeseci-bench-"));
const environment = quietEnvironment(folder);
const bare = await buildYardsticks(folder);

interface Case {
  name: string;
  argv: string[];
  /** What is on the screen once it can be used. */
  shows: string;
  /** Gets the program to where keys are measured. */
  prepare?: (program: Program) => Promise<void>;
  /** Pressed in turn; each changes the frame. */
  keys: [string, ...string[]];
}

const user = ["--user", "cavin_admin"];
const screens: Case[] = [
  { name: "dashboard", argv: ["explore", "dashboard", ...user], shows: "Welcome back", keys: ["l", "h"] },
  { name: "paths", argv: ["explore", "paths", ...user], shows: "Data Science Track", keys: ["j", "k"] },
  {
    name: "concept",
    argv: ["explore", "paths", ...user],
    shows: "Data Science Track",
    prepare: async (program) => {
      program.type("l");
      await program.settle(300);
      program.type("\r");
      await program.settle(500);
    },
    keys: ["j", "k"],
  },
  { name: "shared concepts", argv: ["explore", "shared", ...user], shows: "data_structures", keys: ["j", "k"] },
  { name: "recommendations", argv: ["explore", "recommend", ...user], shows: "programming", keys: ["j", "k"] },
  { name: "queries", argv: ["explore", "queries", ...user], shows: "shared-concepts", keys: ["j", "k"] },
];

/** Rows made by PostgreSQL itself, so that the table is as long as asked on any data. */
async function writeUserQuery(rows: number): Promise<void> {
  await mkdir(join(folder, "queries/bench"), { recursive: true });
  await mkdir(join(folder, "config/jeseci"), { recursive: true });
  await writeFile(
    join(folder, "queries/bench/rows.sql"),
    `-- title: Rows\n-- description: As many rows as asked.\n-- param rows: integer = ${rows} -- how many\nSELECT n, 'row number ' || n AS name, repeat('x', 100) AS filler FROM generate_series(1, $rows) AS n ORDER BY n\n`,
  );
  await writeFile(join(folder, "config/jeseci/config.json"), JSON.stringify({ queries: [join(folder, "queries")] }));
}

/** The result table, with so many rows in it. */
function table(rows: number): Case {
  return {
    name: `result table, ${rows.toLocaleString("en")} rows`,
    argv: ["explore", "queries", ...user],
    shows: "shared-concepts",
    prepare: async (program) => {
      await writeUserQuery(rows);
      await program.settle(800);
      for (const keys of ["/", "bench/rows", "\r"]) {
        program.type(keys);
        await program.settle(300);
      }
      program.type("\r");
      await program.shows("row number 1");
      // Each L raises the limit tenfold, from 1,000.
      for (let limit = 1000; limit < rows; limit *= 10) {
        program.type("L");
        await program.settle(2500);
      }
    },
    keys: ["j"],
  };
}

async function measure(program: Program, keys: readonly string[]): Promise<number[]> {
  await program.settle(400);
  const times: number[] = [];
  for (let index = -20; index < presses; index += 1) {
    const ms = await program.press(keys[(index + 20) % keys.length] ?? "j");
    if (index >= 0) times.push(ms);
    await program.settle(30);
  }
  return times;
}

async function withProgram<T>(argv: string[], shows: string, work: (program: Program) => Promise<T>): Promise<T> {
  const program = run(process.execPath, argv, environment, size);
  try {
    await program.shows(shows);
    return await work(program);
  } finally {
    await program.stop();
  }
}

function ofCase({ argv, shows, prepare, keys }: Case): Promise<number[]> {
  return withProgram(["dist/main.js", ...argv], shows, async (program) => {
    await program.settle(800);
    await prepare?.(program);
    return measure(program, keys);
  });
}

const yardstick = (rows: number): Promise<number[]> => withProgram([bare.list, String(rows)], "bare list", (program) => measure(program, ["j"]));

try {
  await writeUserQuery(1_000);
  console.log("| screen | `jeseci` p50 / p95 | bare list p50 / p95 | ratio p50 / p95 |\n|---|---|---|---|");
  for (const one of [...screens, table(1_000), table(1_000_000)]) {
    await writeUserQuery(one.name.includes("1,000,000") ? 1_000_000 : 1_000);
    // The yardstick right beside it: the machine's speed drifts.
    const [ours, theirs] = [sample(await ofCase(one)), sample(await yardstick(one.name.includes("1,000,000") ? 1_000_000 : 1_000))];
    const ms = ({ median, p95 }: typeof ours): string => `${median.toFixed(1)} / ${p95.toFixed(1)} ms`;
    console.log(`| ${one.name} | ${ms(ours)} | ${ms(theirs)} | **${(ours.median / theirs.median).toFixed(2)}** / ${(ours.p95 / theirs.p95).toFixed(2)} |`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
