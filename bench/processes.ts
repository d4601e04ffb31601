// Programs that a measurement runs beside itself, with their memory and their processor time.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const children = new Set<ChildProcess>();

/** What still runs ends now. */
export function killAll(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** Resident memory and processor time of a running process. */
export function footprint(pid: number): { mb: number; cpuMs: number } | null {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    // User and system time in hundredths of a second, the unit of this file on every Linux.
    return kb === undefined ? null : { mb: Number(kb) / 1024, cpuMs: (Number(fields[11]) + Number(fields[12])) * 10 };
  } catch {
    return null;
  }
}

export interface Run {
  ms: number;
  /** Resident memory in MB, ten times a second. */
  memory: number[];
}

export function launch(argv: string[], environment: Record<string, string>): { child: ChildProcess; memory: number[]; ended: Promise<{ code: number | null; told: string }> } {
  const child = spawn(process.execPath, argv, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  const memory: number[] = [];
  const timer = setInterval(() => {
    const found = footprint(child.pid ?? 0);
    if (found !== null) memory.push(found.mb);
  }, 100);
  let told = "";
  const listen = (chunk: Buffer): void => void (told = (told + chunk.toString()).slice(-4_000));
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = once(child, "close").then(([code]) => {
    clearInterval(timer);
    children.delete(child);
    return { code: code as number | null, told };
  });
  return { child, memory, ended };
}

/** Runs a program to its end. */
export async function run(argv: string[], environment: Record<string, string>): Promise<Run> {
  const began = performance.now();
  const { memory, ended } = launch(argv, environment);
  const { code, told } = await ended;
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit ${String(code)}\n${told}`);
  return { ms: performance.now() - began, memory };
}
