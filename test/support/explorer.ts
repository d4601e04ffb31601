import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Explorer, type Ending } from "../../src/tui/explorer.ts";
import { renderFrame } from "../../src/tui/frame.ts";
import type { ExplorerOptions } from "../../src/tui/options.ts";
import type { Screen } from "../../src/tui/screen.ts";
import type { TemporarySession } from "./seeded.ts";

/** SGR sequences: the only ones that a line of a frame may hold. */
export const sgr = /\u001b\[[\d;]*m/g;

/** A line without its colours. */
export function stripSgr(line: string): string {
  return line.replace(sgr, "");
}

/** An explorer without a terminal around it: its keys are pressed and its frames read by tests. */
export interface Opened {
  own: Explorer;
  /** How it was left, once it was. */
  ended: Ending[];
  /** What it wrote past the frame, such as copies. */
  written: string[];
  press(...keys: string[]): void;
  /** The frame as text without colours. */
  frame(columns?: number, rows?: number): string;
  /** Waits until the frame fits. */
  sees(wanted: RegExp | string, timeoutMs?: number): Promise<string>;
  /** The text that was copied last. */
  copied(): string | undefined;
  /** A screen by its tab's number. */
  tab<T extends Screen>(number: number): T;
}

/** An explorer on a session, with a state file of its own. It is not connected yet; it never closes the session. */
export function openExplorer(temporary: TemporarySession, more: Partial<ExplorerOptions> = {}): Opened {
  const ended: Ending[] = [];
  const written: string[] = [];
  const state = mkdtempSync(join(tmpdir(), "jeseci-state-"));
  const own = new Explorer(
    {
      ascii: false,
      color: true,
      profile: "embedded",
      profileKind: "embedded",
      settings: { timeZone: "UTC", readOnly: false, production: false, dataDir: temporary.dataDir, stateFile: join(state, "state.json"), records: { file: join(state, "consistency.json"), address: "test" } },
      signal: new AbortController().signal,
      profiles: () => [],
      ofProfile: (name) => {
        throw new Error(`there is no profile “${name}”`);
      },
      connect: () => Promise.resolve({ ...temporary.session, seeded: false, close: () => Promise.resolve() }),
      ...more,
    },
    { write: (text) => written.push(text), suspend: (work) => work(), exit: (code) => ended.push(code) },
  );
  const frame = (columns = 200, rows = 50): string => renderFrame(own, columns, rows).map(stripSgr).join("\n");
  return {
    own,
    ended,
    written,
    press: (...keys) => keys.forEach((key) => own.press(key)),
    frame,
    sees: async (wanted, timeoutMs = 20_000) => {
      const fits = (text: string): boolean => (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text));
      for (const until = Date.now() + timeoutMs; ; ) {
        const text = frame();
        if (fits(text)) return text;
        if (Date.now() > until) throw new Error(`waited for ${String(wanted)}; the frame is:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    copied: () => {
      const last = written.at(-1);
      return last === undefined ? undefined : Buffer.from(/^\u001b\]52;c;(.*)\u0007$/s.exec(last)?.[1] ?? "", "base64").toString();
    },
    tab: <T extends Screen>(number: number) => own.tabs[number - 1]?.screen as T,
  };
}

/** The same, connected and past its first load. */
export async function connected(temporary: TemporarySession, more: Partial<ExplorerOptions> = {}): Promise<Opened> {
  const opened = openExplorer(temporary, more);
  await opened.own.connect();
  return opened;
}
