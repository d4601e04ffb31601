import { parseArgs } from "node:util";
import { InputError } from "../core/errors.ts";
import { didYouMean } from "../core/text/nearest.ts";
import { commands, flagsOf, laterCommands, type Command, type Flag } from "./definitions.ts";

/** A command line that fits its definition. */
export interface Invocation {
  command: Command;
  arguments: string[];
  /** Values by flag name; switches hold "true". */
  values: Map<string, string[]>;
}

/** Reads a command line. Throws `InputError` (`usage`), with the nearest names, for what no definition knows. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const [first] = argv;
  const named = first !== undefined && !first.startsWith("-");
  const command = commands.find(({ name }) => name === (named ? first : "explore"));
  if (command === undefined) throw unknownCommand(first ?? "");
  const flags = flagsOf(command);
  const { tokens } = parseArgs({
    args: named ? argv.slice(1) : [...argv],
    options: Object.fromEntries(flags.map((flag) => [flag.name, { type: flag.value === undefined ? ("boolean" as const) : ("string" as const), multiple: true }])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    else if (token.kind === "option") {
      const flag = flags.find(({ name }) => name === token.name);
      // `-x` alone is not a flag here: there are no short ones.
      if (flag === undefined || !token.rawName.startsWith("--")) throw unknownFlag(command, token.rawName, flags);
      values.set(flag.name, [...(values.get(flag.name) ?? []), valueOf(flag, token.value, token.inlineValue)]);
    }
  }
  for (const [name, given] of values) {
    if (given.length > 1 && flags.find((flag) => flag.name === name)?.multiple !== true) throw usage(command, `--${name} stands ${given.length} times`);
  }
  return { command, arguments: positionals, values };
}

/** Checks the arguments of a command. Apart, since `--help` wants none of them. */
export function checkArguments({ command, arguments: given }: Invocation): void {
  const required = command.arguments.filter((argument) => argument.required);
  if (given.length < required.length) throw usage(command, `${command.name} needs ${required.map(({ name }) => name).join(" ")}`);
  const surplus = given[command.arguments.length];
  if (surplus !== undefined) throw usage(command, `“${surplus}” is one argument too many`);
  for (const [index, value] of given.entries()) {
    const { name, choices } = command.arguments[index] ?? { name: "", choices: undefined };
    if (choices !== undefined && !choices.includes(value)) throw usage(command, `${name} must be one of ${choices.join(", ")}, not “${value}”`, didYouMean(value, choices));
  }
}

function valueOf(flag: Flag, value: string | undefined, inline: boolean | undefined): string {
  if (flag.value === undefined) {
    if (inline === true) throw new InputError("usage", `--${flag.name} takes no value`);
    return "true";
  }
  // `--limit --json`: the value was forgotten.
  if (value === undefined || (inline !== true && value.startsWith("--"))) throw new InputError("usage", `--${flag.name} needs a value: ${flag.value}`);
  if (flag.choices !== undefined && !flag.choices.includes(value)) throw new InputError("usage", `--${flag.name} must be one of ${flag.choices.join(", ")}, not “${value}”`, didYouMean(value, flag.choices));
  return value;
}

function unknownCommand(name: string): InputError {
  if (laterCommands.includes(name)) return new InputError("usage", `“${name}” is not in this version of jeseci yet`, "`jeseci --help` lists what is");
  return new InputError("usage", `there is no command “${name}”`, didYouMean(name, commands.map((command) => command.name)) ?? "`jeseci --help` lists them");
}

function unknownFlag(command: Command, rawName: string, flags: readonly Flag[]): InputError {
  return usage(command, `${command.name} has no flag ${rawName}`, didYouMean(rawName.replace(/^-+/, ""), flags.map(({ name }) => name))?.replace(/(did you mean |, | or )/g, "$1--"));
}

function usage(command: Command, message: string, hint?: string): InputError {
  return new InputError("usage", message, hint ?? `\`jeseci ${command.name} --help\` shows how`);
}
