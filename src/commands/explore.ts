import { join } from "node:path";
import { loadSettings, maskUrl, type Settings } from "../config/load.ts";
import { InputError } from "../core/errors.ts";
import type { ExplorerOptions, ProfileChoice } from "../tui/options.ts";
import { opensReadOnly, type Context, type Run } from "./context.ts";
import { openSession } from "./open-session.ts";
import { recordsOf } from "./records.ts";

const defaultStatementTimeoutMs = 30_000;

/** What prints the same as a screen. */
const headlessOf: Readonly<Record<string, string>> = { paths: "jeseci paths", shared: "jeseci shared", recommend: "jeseci recommend --user NAME", queries: "jeseci queries", consistency: "jeseci check" };

/** The one door to the explorer. Nothing of the databases is loaded before its first frame. */
export const run: Run = async (context) => {
  const { arguments: [screen] } = context;
  if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) {
    const headless = (screen === undefined ? undefined : headlessOf[screen]) ?? "jeseci dashboard --user NAME";
    throw new InputError("usage", "the explorer needs a terminal, and standard input or output is none", `\`${headless}\` prints the same`);
  }
  const options = optionsFor(context, context.settings);
  const { startExplorer } = await import("../tui/start.tsx");
  const user = context.flags.text("user") ?? options.user;
  return startExplorer({ ...options, ...(screen === undefined ? {} : { screen }), ...(user === undefined ? {} : { user }) });
};

function optionsFor(context: Context, settings: Settings): ExplorerOptions {
  const { flags, signal } = context;
  const refresh = flags.seconds("refresh");
  const timeout = flags.seconds("timeout");
  const readOnly = flags.has("read-only") || !flags.has("write");
  return {
    ...(settings.user === undefined ? {} : { user: settings.user }),
    ...(refresh === undefined ? {} : { refreshSeconds: refresh }),
    signal,
    ascii: flags.has("ascii"),
    color: !flags.has("no-color"),
    profile: settings.profile,
    profileKind: settings.kind,
    settings: { timeZone: settings.timeZone, readOnly, production: settings.production, dataDir: settings.dataDir, stateFile: join(settings.stateDir, "explorer.json"), records: recordsOf(settings) },
    profiles: () => settings.profiles.map((name) => choiceOf(context, name)),
    ofProfile: (name) => optionsFor(context, settingsOf(context, name)),
    connect: (onProgress) =>
      openSession(settings, {
        // An empty embedded folder gets the demo also where the screens only read.
        readOnly: opensReadOnly(flags, settings) || (readOnly && settings.kind === "servers"),
        statementTimeoutMs: timeout === undefined ? defaultStatementTimeoutMs : timeout * 1000,
        ...(timeout === undefined ? {} : { connectTimeoutMs: timeout * 1000 }),
        seedIfEmpty: true,
        onProgress,
      }),
  };
}

/** The settings of another profile. A folder named on the command line belongs to the profile that was named with it. */
function settingsOf({ flags, settings }: Context, profile: string): Settings {
  if (profile === settings.profile) return settings;
  const timeZone = flags.text("time-zone");
  return loadSettings({ profile, ...(timeZone === undefined ? {} : { timeZone }) }, process.env, process.cwd());
}

function choiceOf(context: Context, name: string): ProfileChoice {
  try {
    const { kind, production, dataDir, databaseUrl, neo4jUri } = settingsOf(context, name);
    if (kind === "embedded") return { name, kind, production, place: dataDir };
    return { name, kind, production, place: [databaseUrl, neo4jUri].flatMap((url) => (url === undefined ? [] : maskUrl(url))).join("  "), ...(neo4jUri === undefined ? { disabled: "no address of Neo4j is known; set NEO4J_URI" } : {}) };
  } catch (error) {
    return { name, kind: "servers", production: false, place: "", disabled: (error as Error).message };
  }
}
