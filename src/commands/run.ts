import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../config/load.ts";
import { InputError } from "../core/errors.ts";
import { packageRoot } from "../package-root.ts";
import { createContext, type Run } from "./context.ts";
import type { Command } from "./definitions.ts";
import { errorText, exit, tell } from "./exit.ts";
import { Flags } from "./flags.ts";
import { commandHelp, globalHelp } from "./help.ts";
import { narrate, Output, writeStdout } from "./output.ts";
import { checkArguments, parseCommandLine } from "./parse.ts";

/** Each command's part, loaded when it is asked for. */
const parts: Readonly<Record<string, () => Promise<{ run: Run }>>> = {
  explore: () => import("./explore.ts"),
  dashboard: () => import("./dashboard.ts"),
  paths: () => import("./paths.ts"),
  users: () => import("./users.ts"),
  concepts: () => import("./concepts.ts"),
  concept: () => import("./concept.ts"),
  shared: () => import("./shared.ts"),
  recommend: () => import("./recommend.ts"),
  queries: () => import("./queries.ts"),
  query: () => import("./query.ts"),
  seed: () => import("./seed.ts"),
  dump: () => import("./dump.ts"),
  sync: () => import("./sync.ts"),
  status: () => import("./status.ts"),
  check: () => import("./check.ts"),
  config: () => import("./config.ts"),
  completion: () => import("./completion.ts"),
};

/** Runs one command line. Resolves with the exit code; errors are told on stderr, never thrown. */
export async function runCommand(argv: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const invocation = parseCommandLine(argv);
    const { command } = invocation;
    const flags = new Flags(invocation);
    if (flags.has("version")) {
      await writeStdout(`${version()}\n`);
      return exit.fine;
    }
    if (flags.has("help")) {
      await writeStdout(argv[0] === "--help" ? globalHelp() : commandHelp(command));
      return exit.fine;
    }
    checkArguments(invocation);
    refuseWrite(command, flags);
    flags.seconds("timeout");
    const override = (name: string, key: string): Record<string, string> => {
      const value = flags.text(name);
      return value === undefined ? {} : { [key]: value };
    };
    const settings = loadSettings({ ...override("profile", "profile"), ...override("data-dir", "dataDir"), ...override("time-zone", "timeZone") }, process.env, process.cwd());
    for (const warning of settings.warnings) narrate(`warning: ${warning}`);
    if (settings.production) refuseProductionWrite(command, flags, settings.profile);
    const context = createContext({ invocation, arguments: invocation.arguments, flags, settings, output: new Output(flags), signal });
    const part = await parts[command.name]?.();
    if (part === undefined) throw new Error(`the command ${command.name} has no part`);
    return await part.run(context);
  } catch (error) {
    const told = tell(error);
    process.stderr.write(errorText(told, wantsJson(argv)));
    if (argv.includes("--debug") && error instanceof Error) narrate(error.stack ?? "");
    return told.exitCode;
  }
}

export function version(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string }).version;
}

function refuseWrite(command: Command, flags: Flags): void {
  if (command.writes === true && flags.has("read-only") && !flags.has("dry-run")) throw new InputError("write-refused", `${command.name} writes, and --read-only forbids it`, "leave --read-only out");
}

function refuseProductionWrite(command: Command, flags: Flags, profile: string): void {
  if (command.writes === true && !flags.has("write") && !flags.has("dry-run")) throw new InputError("write-refused", `${command.name} writes, and the profile ${profile} is marked production`, "add --write if you mean it");
}

/** Looked up in the raw line, since the error may be that it can't be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.includes("--json") || argv.includes("--format=json") || argv.some((word, index) => word === "--format" && argv[index + 1] === "json");
}
