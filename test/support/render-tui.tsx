import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import xterm from "@xterm/headless";
import { render } from "ink";
import type { ReactNode } from "react";

/** A component in a terminal emulator, without a process around it. */
export interface Rendered {
  /** The lines of the screen, without blanks at their ends. */
  lines(): string[];
  press(text: string): void;
  /** Waits until the screen fits. */
  sees(wanted: RegExp, timeoutMs?: number): Promise<string>;
  unmount(): void;
}

/** Renders into an emulator of a real terminal, of a size, with a keyboard. `convertEol`: a real line discipline does that. */
export function renderTui(node: ReactNode, { columns, rows }: { columns: number; rows: number }): Rendered {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  let changed: () => void = () => undefined;
  const stdout = Object.assign(new EventEmitter(), {
    columns,
    rows,
    isTTY: true,
    writable: true,
    write: (text: string, callback?: () => void) => {
      terminal.write(text, () => {
        changed();
        callback?.();
      });
      return true;
    },
  });
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin, ref: () => stdin, unref: () => stdin });
  const instance = render(node, { stdout: stdout as unknown as NodeJS.WriteStream, stdin: stdin as unknown as NodeJS.ReadStream, interactive: true, alternateScreen: true, incrementalRendering: true, exitOnCtrlC: false, patchConsole: false, maxFps: 120 });
  const lines = (): string[] => Array.from({ length: rows }, (_, row) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)?.translateToString(true) ?? "");
  return {
    lines,
    press: (text) => void stdin.write(text),
    sees: (wanted, timeoutMs = 20_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`waited for ${String(wanted)}; the screen is:\n${lines().join("\n")}`)), timeoutMs);
        changed = () => {
          const screen = lines().join("\n");
          if (!wanted.test(screen)) return;
          clearTimeout(timer);
          changed = () => undefined;
          resolve(screen);
        };
        changed();
      }),
    unmount: () => instance.unmount(),
  };
}
