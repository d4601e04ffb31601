import { render, useApp } from "ink";
import { useEffect } from "react";
import { App } from "./app.tsx";
import { Explorer, type Ending } from "./explorer.ts";
import type { ExplorerOptions } from "./options.ts";

type Suspend = (work: () => Promise<void>) => Promise<void>;

/** Hands Ink's way of leaving the screen to the explorer. */
function Root({ explorer, onReady }: { explorer: Explorer; onReady: (suspend: Suspend) => void }) {
  const { suspendTerminal } = useApp();
  useEffect(() => onReady((work) => suspendTerminal(work)), [onReady, suspendTerminal]);
  return <App explorer={explorer} />;
}

/**
 * Runs the explorer until it is left. The frame is painted first and the databases are opened afterwards. Resolves with
 * the exit code; the terminal is restored whatever happens.
 */
export async function startExplorer(options: ExplorerOptions): Promise<number> {
  let suspend: Suspend = (work) => work();
  let left = Promise.withResolvers<Ending>();
  const create = (own: ExplorerOptions): Explorer => {
    left = Promise.withResolvers();
    return new Explorer(own, { write: (text) => void process.stdout.write(text), suspend: (work) => suspend(work), exit: left.resolve });
  };
  let explorer = create(options);
  const stop = (): void => explorer.end(130);
  options.signal.addEventListener("abort", stop, { once: true });
  let fault: unknown;
  const fail = (error: unknown): void => {
    fault = error;
    explorer.end(70);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const root = (own: Explorer) => <Root explorer={own} onReady={onReady} />;
  const onReady = (ready: Suspend): void => void (suspend = ready);
  const instance = render(root(explorer), {
    // A dumb terminal has only one screen.
    alternateScreen: process.env["TERM"] !== "dumb",
    incrementalRendering: true,
    maxFps: 120,
    exitOnCtrlC: false,
    patchConsole: true,
  });
  // If Ink itself ends (an error while drawing), so does the explorer.
  instance.waitUntilExit().then(stop, fail);
  await instance.waitUntilRenderFlush();
  let code: number | undefined;
  while (code === undefined) {
    void explorer.connect();
    const ending = await left.promise;
    if (typeof ending === "number") code = ending;
    else {
      await explorer.close();
      explorer = create(ending);
      instance.rerender(root(explorer));
    }
  }
  instance.unmount();
  await explorer.close();
  process.off("uncaughtException", fail);
  process.off("unhandledRejection", fail);
  options.signal.removeEventListener("abort", stop);
  process.stdin.unref();
  if (fault !== undefined) throw fault;
  return code;
}
