import type { Settings } from "../config/load.ts";
import { openSession, type OpenedSession } from "./open-session.ts";
import type { Flags } from "./flags.ts";
import { narrate, type Output } from "./output.ts";
import type { Invocation } from "./parse.ts";

/** What a command works with. */
export interface Context {
  invocation: Invocation;
  arguments: readonly string[];
  flags: Flags;
  settings: Settings;
  output: Output;
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  signal: AbortSignal;
  /** Opens the databases, runs, and closes them again whatever happens. */
  withSession<T>(options: { seedIfEmpty: boolean; statementTimeoutMs?: number }, work: (session: OpenedSession) => Promise<T>): Promise<T>;
}

/** A command's own part. Resolves with the exit code. */
export type Run = (context: Context) => Promise<number>;

const defaultStatementTimeoutMs = 30_000;

/** Whether both databases are opened so that nothing can be written. */
export function opensReadOnly(flags: Flags, { production }: Pick<Settings, "production">): boolean {
  return flags.has("read-only") || (production && !flags.has("write"));
}

export function createContext(base: Omit<Context, "withSession">): Context {
  return {
    ...base,
    withSession: async ({ seedIfEmpty, statementTimeoutMs = defaultStatementTimeoutMs }, work) => {
      const seconds = base.flags.seconds("timeout");
      const session = await openSession(base.settings, {
        readOnly: opensReadOnly(base.flags, base.settings),
        statementTimeoutMs: seconds === undefined ? statementTimeoutMs : seconds * 1000,
        ...(seconds === undefined ? {} : { connectTimeoutMs: seconds * 1000 }),
        seedIfEmpty,
        onProgress: narrate,
      });
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    },
  };
}
