import { parseArgs } from "node:util";
import { InputError } from "../core/errors.ts";
import { didYouMean, nearest } from "../core/text/nearest.ts";
import { commands, commonFlags, dataFlags, firstWords, flagsOf, secondWords, subcommandsOf, type Argument, type Command, type Flag } from "./definitions.ts";

/** A command line that fits its definition. */
export interface Invocation {
  command: Command;
  arguments: string[];
  /** Values by flag name; switches hold "true". */
  values: Map<string, string[]>;
}

/** Flags that many commands have may stand before the command too, as people write them: `jeseci --profile prod check`. */
export function commandFirst(argv: readonly string[]): readonly string[] {
  let at = 0;
  for (let word = argv[at]; word?.startsWith("--") === true; word = argv[at]) {
    const name = word.replace(/^--|=.*$/gs, "");
    const flag = [...commonFlags, ...dataFlags].find((known) => known.name === name);
    if (flag === undefined) return argv;
    at += flag.value !== undefined && !word.includes("=") ? 2 : 1;
  }
  const [first = "", second = ""] = argv.slice(at);
  // A screen of the explorer needs no command; what is neither is meant as one, and told so.
  const screens = commands.find(({ name }) => name === "explore")?.arguments[0]?.choices ?? [];
  if (at === 0 || first === "" || first.startsWith("-") || (screens.includes(first) && !firstWords().includes(first))) return argv;
  const words = secondWords(first).includes(second) ? 2 : 1;
  return [...argv.slice(at, at + words), ...argv.slice(0, at), ...argv.slice(at + words)];
}

/** Reads a command line. Throws `InputError` (`usage`), with the nearest names, for what no definition knows. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const { command, words } = commandOf(argv);
  const flags = flagsOf(command);
  const { tokens } = parseArgs({
    args: argv.slice(words),
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

/** Checks the arguments of a command, and that no flag is missing. Apart, since `--help` wants none of them. */
export function checkArguments({ command, arguments: given, values }: Invocation): void {
  const required = command.arguments.filter((argument) => argument.required);
  if (given.length < required.length) throw usage(command, `${command.name} needs ${required.map(({ name }) => name).join(" ")}`);
  const surplus = given[command.arguments.length];
  if (surplus !== undefined) throw usage(command, `“${surplus}” is one argument too many`, nearSubcommand(command.name, given[0]));
  for (const [index, value] of given.entries()) {
    const argument = command.arguments[index];
    if (argument !== undefined && !fits(argument, value)) throw usage(command, `${argument.name} must be one of ${argument.choices?.join(", ")}, not “${value}”`, didYouMean(value, argument.choices ?? []));
  }
  const missing = command.flags.filter(({ name, required: needed }) => needed === true && !values.has(name));
  if (missing.length > 0) throw usage(command, `${command.name} needs ${missing.map(({ name, value }) => `--${name} ${value}`).join(" and ")}`);
}

/** The command that the leading words name, the longest name that fits, and how many words that takes. */
function commandOf(argv: readonly string[]): { command: Command; words: number } {
  const [first, second] = argv;
  const words = first === undefined || first.startsWith("-") ? 0 : 1;
  const command = (name: string): Command | undefined => commands.find((candidate) => candidate.name === name);
  const long = words === 0 ? undefined : command(`${first} ${second}`);
  if (long !== undefined) return { command: long, words: 2 };
  const short = command(words === 0 ? "explore" : (first ?? ""));
  if (short === undefined) throw unknownCommand(first ?? "", second);
  return { command: short, words };
}

/** Whether a value is one of the words that an argument or a flag takes. */
function fits({ choices, anyCase }: Pick<Argument | Flag, "choices" | "anyCase">, value: string): boolean {
  if (choices === undefined) return true;
  return anyCase === true ? choices.some((choice) => choice.toLowerCase() === value.toLowerCase()) : choices.includes(value);
}

function valueOf(flag: Flag, value: string | undefined, inline: boolean | undefined): string {
  if (flag.value === undefined) {
    if (inline === true) throw new InputError("usage", `--${flag.name} takes no value`);
    return "true";
  }
  // `--limit --json`: the value was forgotten.
  if (value === undefined || (inline !== true && value.startsWith("--"))) throw new InputError("usage", `--${flag.name} needs a value: ${flag.value}`);
  if (!fits(flag, value)) throw new InputError("usage", `--${flag.name} must be one of ${flag.choices?.join(", ")}, not “${value}”`, didYouMean(value, flag.choices ?? []));
  return value;
}

function unknownCommand(name: string, next: string | undefined): InputError {
  const more = subcommandsOf(name);
  if (more.length === 0) return new InputError("usage", `there is no command “${name}”`, didYouMean(name, firstWords()) ?? "`jeseci --help` lists them");
  if (next === undefined || next.startsWith("-")) return new InputError("usage", `${name} needs to be told what to do: ${secondWords(name).join(", ")}`, `\`jeseci ${name} --help\` shows how`);
  return new InputError("usage", `there is no command “${name} ${next}”`, nearSubcommand(name, next) ?? `there are ${more.map((command) => command.name).join(", ")}`);
}

/** Whether the first word is no command by itself, but begins some of two words. */
export function namesGroup([first = ""]: readonly string[]): boolean {
  return subcommandsOf(first).length > 0 && !commands.some(({ name }) => name === first);
}

function nearSubcommand(first: string, second: string | undefined): string | undefined {
  const [near] = second === undefined ? [] : nearest(second, secondWords(first), 1);
  return near === undefined ? undefined : `did you mean ${first} ${near}?`;
}

function unknownFlag(command: Command, rawName: string, flags: readonly Flag[]): InputError {
  return usage(command, `${command.name} has no flag ${rawName}`, didYouMean(rawName.replace(/^-+/, ""), flags.map(({ name }) => name))?.replace(/(did you mean |, | or )/g, "$1--"));
}

function usage(command: Command, message: string, hint?: string): InputError {
  return new InputError("usage", message, hint ?? `\`jeseci ${command.name} --help\` shows how`);
}
