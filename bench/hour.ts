// What the explorer costs while nobody types, and what an hour's worth of keys leaves behind, on real servers (the embedded
// engines would be most of the memory). Run: npm run bench:hour
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNeo4j, startPostgres } from "../scripts/servers/start.ts";
import { quietEnvironment, run } from "./terminal.ts";

/** CPU time of a process so far, in seconds; Linux counts hundredths. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory in MB: now, and at the most so far. */
function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: of("VmRSS"), peak: of("VmHWM") };
}

/** Every screen, its list up and down, what is selected opened, filtered, its statements and the help: 36 keys. */
const round = ["1", "l", "h", "j", "k", "2", "j", "k", "\r", "j", "k", "3", "j", "k", "+", "-", "4", "j", "k", "t", "t", "t", "5", "j", "k", "/", "g", "\u001b", "s", "\u001b", "?", "\u001b", "1", "j", "k", "l"];

const folder = await mkdtemp(join(tmpdir(), "jeseci-bench-"));
const [sql, graph] = await Promise.all([startPostgres(18), startNeo4j("5.26.30")]);
try {
  const environment = { ...quietEnvironment(folder), DATABASE_URL: sql.url, NEO4J_URI: graph.url, NEO4J_USER: graph.username, NEO4J_PASSWORD: graph.password, JESECI_PROFILE: "servers" };
  const seeded = spawnSync(process.execPath, ["dist/main.js", "seed"], { env: environment, encoding: "utf8" });
  if (seeded.status !== 0) throw new Error(seeded.stderr);
  const program = run(process.execPath, ["dist/main.js", "explore", "dashboard", "--user", "cavin_admin"], environment, { columns: 200, rows: 50 });
  await program.shows("Welcome back");
  await program.settle(3_000);
  const before = cpuSeconds(program.pid);
  await new Promise((resolve) => setTimeout(resolve, 25_000));
  console.log(`idle: ${(((cpuSeconds(program.pid) - before) / 25) * 100).toFixed(1)} % CPU over 25 s`);
  const walk = async (rounds: number): Promise<number> => {
    for (let done = 0; done < rounds; done += 1) {
      for (const keys of round) {
        program.type(keys);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    await program.settle(2_000);
    return memory(program.pid).now;
  };
  const counts: string[] = [];
  for (const rounds of [10, 50, 50]) counts.push(`${(await walk(rounds)).toFixed(0)} MB`);
  console.log(`resident memory after 360 keys, 1,800 more, 1,800 more: ${counts.join(", ")}; at the most ${memory(program.pid).peak.toFixed(0)} MB`);
  await program.stop();
} finally {
  await Promise.all([sql.stop(), graph.stop()]);
  await rm(folder, { recursive: true, force: true });
}
