import { spawn as spawnProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn, type IPty } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { packageRoot } from "../../src/package-root.ts";

const main = join(packageRoot(), "dist", "main.js");

/** A home of its own: data, configuration, state and working folder. */
export interface Home {
  folder: string;
  environment: Record<string, string>;
  remove(): void;
}

export function createHome(more: Record<string, string> = {}): Home {
  const folder = mkdtempSync(join(tmpdir(), "jeseci-home-"));
  mkdirSync(join(folder, "work"));
  return {
    folder,
    environment: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      XDG_DATA_HOME: join(folder, "data"),
      XDG_CONFIG_HOME: join(folder, "config"),
      XDG_STATE_HOME: join(folder, "state"),
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      TZ: "UTC",
      ...more,
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built program without a terminal, to its end. */
export function jeseci(home: Home, argv: readonly string[], options: { input?: string } = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawnProcess(process.execPath, [main, ...argv], { env: home.environment, cwd: join(home.folder, "work") });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

const names: Readonly<Record<string, string>> = {
  enter: "\r",
  escape: "\u001b",
  tab: "\t",
  "shift-tab": "\u001b[Z",
  backspace: "\u007f",
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  pagedown: "\u001b[6~",
  pageup: "\u001b[5~",
  "ctrl-c": "\u0003",
  "ctrl-n": "\u000e",
  "ctrl-d": "\u0004",
};

/**
 * The built program in a pseudo-terminal, seen through a terminal emulator. Reads like a story:
 * `await app.press("5"); await app.sees("shared-concepts");`
 */
export class App {
  readonly terminal: xterm.Terminal;
  readonly #pty: IPty;
  /** Everything written, with its escape sequences. */
  raw = "";
  exitCode: number | undefined;
  #changed: () => void = () => undefined;

  constructor(home: Home, argv: readonly string[] = [], size: { columns: number; rows: number } = { columns: 120, rows: 40 }) {
    this.terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
    this.#pty = spawn(process.execPath, [main, ...argv], { cols: size.columns, rows: size.rows, name: "xterm-256color", env: home.environment, cwd: join(home.folder, "work") });
    this.#pty.onData((data) => {
      this.raw += data;
      this.terminal.write(data, () => this.#changed());
    });
    this.#pty.onExit(({ exitCode }) => {
      this.exitCode = exitCode;
      this.#changed();
    });
  }

  /** The lines of the screen, without blanks at their ends. */
  get lines(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: this.terminal.rows }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true, 0, this.terminal.cols) ?? "");
  }

  get screen(): string {
    return this.lines.join("\n");
  }

  /** Whether the program draws on the alternate screen. */
  get alternate(): boolean {
    return this.terminal.buffer.active.type === "alternate";
  }

  /** Names of keys, or text to type. */
  press(...keys: string[]): void {
    for (const key of keys) this.#pty.write(names[key] ?? key);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: string): void {
    this.#pty.kill(signal);
  }

  /** Waits until the screen shows a text or fits a pattern. */
  async sees(wanted: string | RegExp, timeoutMs = 20_000): Promise<string> {
    await this.#until(() => (typeof wanted === "string" ? this.screen.includes(wanted) : wanted.test(this.screen)), `${String(wanted)} on the screen`, timeoutMs);
    return this.screen;
  }

  async seesNo(unwanted: string): Promise<void> {
    await this.#until(() => !this.screen.includes(unwanted), `no “${unwanted}” on the screen`, 20_000);
  }

  /** Waits until nothing was written for a while: after a resize the emulator shows the old frame, wrapped, at first. */
  async settles(quietMs = 300): Promise<void> {
    let before: number;
    do {
      before = this.raw.length;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    } while (this.raw.length !== before);
  }

  /** Waits for the end, and gives the exit code. */
  async ends(): Promise<number> {
    await this.#until(() => this.exitCode !== undefined, "the program's end", 20_000);
    // What it wrote last may still be on its way through the emulator.
    await new Promise<void>((resolve) => this.terminal.write("", resolve));
    return this.exitCode ?? -1;
  }

  async close(): Promise<void> {
    if (this.exitCode === undefined) {
      this.#pty.kill("SIGKILL");
      await this.ends();
    }
    this.terminal.dispose();
  }

  #until(condition: () => boolean, what: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#changed = () => undefined;
        reject(new Error(`waited ${timeoutMs} ms for ${what}; the screen is:\n${this.screen}\nexit code: ${String(this.exitCode)}`));
      }, timeoutMs);
      this.#changed = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#changed = () => undefined;
        resolve();
      };
      this.#changed();
    });
  }
}
