// First painted frame of `jeseci` ÷ first frame of a bare Ink 8 program, in turn in one run; beside it the first frame
// with data on a warm folder, and `jeseci query … --json`. Run: npm run bench:startup
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { quietEnvironment, run, sample } from "./terminal.ts";
import { buildYardsticks } from "./build.ts";

const runs = Number(process.argv[2] ?? 15);
const size = { columns: 120, rows: 40 };
const folder = await mkdtemp(join(tmpdir(), "jeseci-bench-"));
const environment = quietEnvironment(folder);
const bare = await buildYardsticks(folder);
const jeseci = "dist/main.js";

async function firstFrame(program: string, args: string[], text: string, data?: string): Promise<[number, number]> {
  const started = run(process.execPath, [program, ...args], environment, size);
  try {
    const frame = await started.shows(text);
    return [frame, data === undefined ? frame : await started.shows(data)];
  } finally {
    await started.stop();
  }
}

function command(args: string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, [jeseci, ...args], { env: environment, stdio: ["ignore", "pipe", "ignore"] });
  return performance.now() - started;
}

try {
  command(["query", "graph/shared-concepts", "--json"]); // seeds the folder and warms the compile cache
  await firstFrame(bare.frame, [], "bare frame");
  await firstFrame(jeseci, ["--user", "cavin_admin"], "Dashboard", "Welcome back");
  const frames: number[] = [];
  const yardstick: number[] = [];
  const withData: number[] = [];
  const query: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    yardstick.push((await firstFrame(bare.frame, [], "bare frame"))[0]);
    const [frame, data] = await firstFrame(jeseci, ["--user", "cavin_admin"], "Dashboard", "Welcome back");
    frames.push(frame);
    withData.push(data);
    query.push(command(["query", "graph/shared-concepts", "--json"]));
  }
  const ratios = sample(frames.map((frame, index) => frame / (yardstick[index] ?? Number.NaN)));
  const show = (name: string, values: number[]): void => console.log(`${name.padEnd(44)} median ${sample(values).median.toFixed(0)} ms  p95 ${sample(values).p95.toFixed(0)} ms`);
  show("bare Ink 8 program, first frame", yardstick);
  show("jeseci, first painted frame", frames);
  show("jeseci, first frame with data, warm folder", withData);
  show("jeseci query graph/shared-concepts --json", query);
  console.log(`first frame ratio, pair by pair: median ${ratios.median.toFixed(2)} (bound 1.3), over ${runs} runs`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
