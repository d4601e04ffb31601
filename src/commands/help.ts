import { commands, commonFlags, dataFlags, flagsOf, subcommandsOf, type Command, type Flag } from "./definitions.ts";

/** `jeseci --help`. */
export function globalHelp(): string {
  return [
    "jeseci explores a learning knowledge graph that lives in PostgreSQL and Neo4j at once.",
    "",
    "Usage: jeseci [COMMAND] [FLAGS]; without a command the explorer opens",
    "",
    "Commands",
    ...aligned(commands.map(commandRow)),
    "",
    "Flags of every command, before it or after it",
    ...aligned(commonFlags.map(flagRow)),
    "",
    "Flags of commands that print rows",
    ...aligned(dataFlags.map(flagRow)),
    "",
    ...exitCodes,
    "",
    "`jeseci COMMAND --help` shows the flags and examples of one command.",
    "",
  ].join("\n");
}

/** `jeseci path --help`, where `path` alone is no command. */
export function groupHelp(word: string): string {
  return [`jeseci ${word} …`, "", "Commands", ...aligned(subcommandsOf(word).map(commandRow)), "", `\`jeseci ${word} WORD --help\` shows the flags and examples of one of them.`, ""].join("\n");
}

/** `jeseci COMMAND --help`. */
export function commandHelp(command: Command): string {
  const given = command.arguments.map((argument): [string, string] => [argument.name, `${argument.description}${argument.choices === undefined ? "" : `: ${argument.choices.join(", ")}`}`]);
  const more = subcommandsOf(command.name);
  return [
    `${usageOf(command)}: ${command.summary}`,
    ...(command.details === undefined ? [] : ["", ...command.details]),
    ...(given.length === 0 ? [] : ["", "Arguments", ...aligned(given)]),
    ...(more.length === 0 ? [] : ["", "Commands that begin with the same word", ...aligned(more.map(commandRow))]),
    "",
    "Flags",
    ...aligned(flagsOf(command).map(flagRow)),
    "",
    "Examples",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

const exitCodes = [
  "Exit codes",
  ...aligned([
    ["0", "fine, in sync"],
    ["1", "drift, a failed check, a refused deletion, parked keys"],
    ["2", "usage, bad input, syntax, constraint, write refused"],
    ["3", "cannot connect, unauthorised, data folder locked or damaged"],
    ["4", "timed out"],
    ["5", "written in PostgreSQL, still on its way to the graph"],
    ["70", "a fault of the program"],
    ["130", "interrupted (SIGTERM 143, SIGHUP 129)"],
  ]),
];

/** `jeseci query [ID] --param NAME=VALUE …` without the flags that every command has. */
export function usageOf(command: Command): string {
  const given = command.arguments.map(({ name, required, choices }) => {
    const word = choices !== undefined && choices.length <= 3 ? choices.join("|") : name;
    return required ? word : `[${word}]`;
  });
  const flags = command.flags.map((flag) => (flag.required === true ? flagName(flag) : `[${flagName(flag)}${flag.multiple === true ? " …" : ""}]`));
  return ["jeseci", command.name, ...given, ...flags].join(" ");
}

function commandRow(command: Command): [string, string] {
  return [usageOf(command).replace(/^jeseci /, ""), command.summary];
}

export function flagName(flag: Flag): string {
  return `--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`;
}

function flagRow(flag: Flag): [string, string] {
  return [flagName(flag), flag.description];
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const cells = Math.min(30, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => (left.length <= cells ? [`  ${left.padEnd(cells)}  ${right}`] : [`  ${left}`, `  ${" ".repeat(cells)}  ${right}`]));
}
