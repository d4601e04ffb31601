import { commands, commonFlags, dataFlags, flagsOf, type Command, type Flag } from "./definitions.ts";

/** `jeseci --help`. */
export function globalHelp(): string {
  const rows = commands.map((command): [string, string] => [usageOf(command).replace(/^jeseci /, ""), command.summary]);
  return [
    "jeseci explores a learning knowledge graph that lives in PostgreSQL and Neo4j at once.",
    "",
    "Usage: jeseci [COMMAND] [FLAGS]; without a command the explorer opens",
    "",
    "Commands",
    ...aligned(rows),
    "",
    "Flags of every command",
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

/** `jeseci COMMAND --help`. */
export function commandHelp(command: Command): string {
  const given = command.arguments.map((argument): [string, string] => [argument.name, `${argument.description}${argument.choices === undefined ? "" : `: ${argument.choices.join(", ")}`}`]);
  return [
    `${usageOf(command)}: ${command.summary}`,
    ...(command.details === undefined ? [] : ["", ...command.details]),
    ...(given.length === 0 ? [] : ["", "Arguments", ...aligned(given)]),
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
    ["1", "drift, a failed check, a refused deletion"],
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
  const flags = command.flags.map((flag) => `[${flagName(flag)}${flag.multiple === true ? " …" : ""}]`);
  return ["jeseci", command.name, ...given, ...flags].join(" ");
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
