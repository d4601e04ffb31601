import { spawn, type IPty } from "@lydell/node-pty";

/** Milliseconds, sorted ascending, and what is quoted of them. */
export interface Sample {
  median: number;
  p95: number;
  all: number[];
}

export function sample(values: number[]): Sample {
  const all = [...values].sort((a, b) => a - b);
  const at = (share: number): number => all[Math.min(all.length - 1, Math.floor(share * all.length))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), all };
}

export interface Program {
  /** Resolves with milliseconds since the start once the output so far contains the text. */
  shows(text: string, timeoutMs?: number): Promise<number>;
  /** Sends a key and resolves with the milliseconds until the next frame was written. */
  press(key: string): Promise<number>;
  type(keys: string): void;
  settle(quietMs?: number): Promise<void>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs a program in a pseudo-terminal and times what it writes. Escape sequences are left in; look for plain words. */
export function run(command: string, args: string[], environment: Record<string, string>, size: { columns: number; rows: number }): Program {
  const started = performance.now();
  const pty: IPty = spawn(command, args, { cols: size.columns, rows: size.rows, name: "xterm-256color", env: environment, cwd: process.cwd() });
  let output = "";
  let lastWrite = started;
  const waiting = new Set<() => void>();
  let exited = false;
  pty.onData((data) => {
    output += data;
    lastWrite = performance.now();
    // Answer the terminal queries that programs wait for.
    if (data.includes("\u001b[?u")) pty.write("\u001b[?0u");
    for (const look of [...waiting]) look();
  });
  pty.onExit(() => {
    exited = true;
    for (const look of [...waiting]) look();
  });
  const until = (condition: () => boolean, timeoutMs: number, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const look = (): void => {
        if (!condition() && !exited) return;
        done();
        if (condition()) resolve();
        else reject(new Error(`${command} ended before ${what}; it wrote:\n${output.slice(-2000)}`));
      };
      const timer = setTimeout(() => (done(), reject(new Error(`no ${what} within ${timeoutMs} ms; it wrote:\n${output.slice(-2000)}`))), timeoutMs);
      waiting.add(look);
      look();
    });
  return {
    pid: pty.pid,
    async shows(text, timeoutMs = 60_000) {
      await until(() => output.includes(text), timeoutMs, `“${text}”`);
      return lastWrite - started;
    },
    async press(key) {
      const before = output.length;
      const sent = performance.now();
      pty.write(key);
      await until(() => output.length > before, 10_000, `frame after ${JSON.stringify(key)}`);
      return lastWrite - sent;
    },
    type: (keys) => pty.write(keys),
    async settle(quietMs = 150) {
      do await new Promise((resolve) => setTimeout(resolve, quietMs));
      while (performance.now() - lastWrite < quietMs);
      output = "";
    },
    async stop() {
      if (exited) return;
      const gone = new Promise<void>((resolve) => pty.onExit(() => resolve()));
      pty.kill("SIGTERM");
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 3000))]);
    },
  };
}

/** The environment of every measured program: no extra certificates (they cost 75 ms a start), own state folders. */
export function quietEnvironment(folder: string): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(NODE_EXTRA_CA_CERTS|CI|JESECI_.*|NEO4J_.*|DATABASE_URL|NO_COLOR|FORCE_COLOR)$/.test(name)) environment[name] = value;
  }
  return { ...environment, TERM: "xterm-256color", COLORTERM: "truecolor", XDG_DATA_HOME: `${folder}/data`, XDG_CONFIG_HOME: `${folder}/config`, XDG_STATE_HOME: `${folder}/state` };
}
