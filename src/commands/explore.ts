import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import type { Run } from "./context.ts";
import { openSession } from "./open-session.ts";

/** The one door to the explorer. Nothing of the databases is loaded before its first frame. */
export const run: Run = async ({ arguments: [screen], flags, settings, signal }) => {
  if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) {
    const headless = screen === "queries" ? "jeseci queries" : screen === "paths" ? "jeseci paths" : screen === "shared" ? "jeseci shared" : screen === "consistency" ? "jeseci check" : "jeseci dashboard --user NAME";
    throw new InputError("usage", "the explorer needs a terminal, and standard input or output is none", `\`${headless}\` prints the same`);
  }
  const refresh = flags.seconds("refresh");
  const user = flags.text("user") ?? settings.user;
  const timeout = flags.seconds("timeout");
  const { startExplorer } = await import("../tui/start.tsx");
  return startExplorer({
    ...(screen === undefined ? {} : { screen }),
    ...(user === undefined ? {} : { user }),
    ...(refresh === undefined ? {} : { refreshSeconds: refresh }),
    signal,
    ascii: flags.has("ascii"),
    color: !flags.has("no-color"),
    profile: settings.profile,
    profileKind: settings.kind,
    settings: { timeZone: settings.timeZone, readOnly: flags.has("read-only"), production: settings.production, dataDir: settings.dataDir, stateFile: join(settings.stateDir, "explorer.json") },
    connect: (onProgress) => openSession(settings, { readOnly: flags.has("read-only"), statementTimeoutMs: timeout === undefined ? 30_000 : timeout * 1000, ...(timeout === undefined ? {} : { connectTimeoutMs: timeout * 1000 }), seedIfEmpty: true, onProgress }),
  });
};
