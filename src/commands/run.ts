import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../config/load.ts";
import { InputError } from "../core/errors.ts";
import { writeOperations } from "../core/writes/operations.ts";
import { packageRoot } from "../package-root.ts";
import { createContext, type Run } from "./context.ts";
import type { Command } from "./definitions.ts";
import { errorText, exit, tell } from "./exit.ts";
import { Flags } from "./flags.ts";
import { commandHelp, globalHelp, groupHelp } from "./help.ts";
import { narrate, Output, writeStdout } from "./output.ts";
import { checkArguments, commandFirst, namesGroup, parseCommandLine } from "./parse.ts";

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
  "sync install": () => import("./sync-install.ts"),
  "sync uninstall": () => import("./sync-install.ts"),
  "sync parked": () => import("./sync-parked.ts"),
  "sync retry": () => import("./sync-parked.ts"),
  status: () => import("./status.ts"),
  check: () => import("./check.ts"),
  repair: () => import("./repair.ts"),
  config: () => import("./config.ts"),
  completion: () => import("./completion.ts"),
  ...Object.fromEntries(writeOperations.map(({ id }) => [id, () => import("./write.ts")])),
};

/** Runs one command line. Resolves with the exit code; errors are told on stderr, never thrown. */
export async function runCommand(given: readonly string[], signal: AbortSignal): Promise<number> {
  const argv = commandFirst(given);
  try {
    if (namesGroup(argv) && argv[1] === "--help") {
      await writeStdout(groupHelp(argv[0] ?? ""));
      return exit.fine;
    }
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
    const writes = writesNow(command, flags);
    if (writes) refuseWrite(command, flags);
    flags.seconds("timeout");
    const override = (name: string, key: string): Record<string, string> => {
      const value = flags.text(name);
      return value === undefined ? {} : { [key]: value };
    };
    const settings = loadSettings({ ...override("profile", "profile"), ...override("data-dir", "dataDir"), ...override("time-zone", "timeZone") }, process.env, process.cwd());
    for (const warning of settings.warnings) narrate(`warning: ${warning}`);
    if (settings.production && writes) refuseProductionWrite(command, flags, settings.profile);
    const output = new Output(flags);
    output.requireTarget();
    const context = createContext({ invocation, arguments: invocation.arguments, flags, settings, output, signal });
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

/** Whether this line writes, so that it needs databases that it may write to. */
function writesNow({ writes }: Command, flags: Flags): boolean {
  return typeof writes === "function" ? writes({ has: (flag) => flags.has(flag) }) : writes === true;
}

function refuseWrite(command: Command, flags: Flags): void {
  if (flags.has("read-only")) throw new InputError("write-refused", `${command.name} writes, and --read-only forbids it`, dryRunHint(flags) ?? "leave --read-only out");
}

function refuseProductionWrite(command: Command, flags: Flags, profile: string): void {
  if (!flags.has("write")) throw new InputError("write-refused", `${command.name} writes, and the profile ${profile} is marked production`, dryRunHint(flags) ?? "add --write if you mean it");
}

/** The dry run of one operation does everything and rolls it back, which a session that only reads can't. */
function dryRunHint(flags: Flags): string | undefined {
  return flags.has("dry-run") ? "a dry run does everything and rolls it back, for which it has to be allowed to write: --write --dry-run writes nothing either" : undefined;
}

/** Looked up in the raw line, since the error may be that it can't be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.includes("--json") || argv.includes("--format=json") || argv.some((word, index) => word === "--format" && argv[index + 1] === "json");
}
