import { loadCatalogue } from "../core/catalogue/load.ts";
import type { Run } from "./context.ts";
import { commands, firstWords, flagsOf, secondWords, subcommandsOf, type Command } from "./definitions.ts";
import { exit } from "./exit.ts";
import { writeStdout } from "./output.ts";

export const run: Run = async ({ arguments: [shell], settings }) => {
  const catalogue = await loadCatalogue({ userFolders: settings.queries });
  const ids = catalogue.queries.filter(({ listed }) => listed).map(({ id }) => id);
  const script = shell === "bash" ? bash(ids) : shell === "zsh" ? zsh(ids) : fish(ids);
  await writeStdout(script);
  return exit.fine;
};

/** The words that each argument of a command takes. */
function wordsOf(command: Command, ids: readonly string[]): (readonly string[])[] {
  return command.name === "query" ? [ids] : command.arguments.map(({ choices }) => choices ?? []);
}

/** Every flag of any command that takes words, once. */
function flagsWithWords(): Map<string, readonly string[]> {
  return new Map(commands.flatMap(flagsOf).flatMap((flag) => (flag.choices === undefined ? [] : [[flag.name, flag.choices] as const])));
}

/** First words that others follow, with those. */
function groups(): { first: string; following: readonly Command[] }[] {
  return firstWords().map((first) => ({ first, following: subcommandsOf(first) })).filter(({ following }) => following.length > 0);
}

function lastWord({ name }: Command): string {
  return name.split(" ").at(-1) ?? name;
}

/** What a first word does: its own summary, or what may follow. */
function summaryOf(first: string): string {
  return commands.find(({ name }) => name === first)?.summary ?? secondWords(first).join(", ");
}

function bash(ids: readonly string[]): string {
  const following = groups().map(({ first }) => `    ${first}) words="${secondWords(first).join(" ")}" ;;`);
  const long = commands.filter(({ name }) => name.includes(" ")).map(({ name }) => `"${name}"`);
  const cases = commands.map((command) => `    "${command.name}") words="$words ${[...wordsOf(command, ids).flat(), ...flagsOf(command).map(({ name }) => `--${name}`)].join(" ")}" ;;`);
  const values = [...flagsWithWords()].map(([name, words]) => `    --${name}) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$word")); return ;;`);
  const files = ["data-dir", "from", "output"].map((name) => `--${name}`).join("|");
  return `# bash completion of jeseci: source <(jeseci completion bash)
_jeseci() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=""
  case "$before" in
${values.join("\n")}
    ${files}) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${firstWords().join(" ")} --help --version" -- "$word")); return
  fi
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$command" in
${following.join("\n")}
    esac
  else
    case "$command \${COMP_WORDS[2]}" in
      ${long.join("|")}) command="$command \${COMP_WORDS[2]}" ;;
    esac
  fi
  case "$command" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _jeseci jeseci
`;
}

function zsh(ids: readonly string[]): string {
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(":", "\\:").replaceAll("[", "\\[").replaceAll("]", "\\]");
  const names = firstWords().map((first) => `    '${first}:${quote(summaryOf(first))}'`);
  const following = groups().map(({ first, following }) => `    ${first}) more=(${following.map((command) => `'${lastWord(command)}:${quote(command.summary)}'`).join(" ")}) ;;`);
  const long = commands.filter(({ name }) => name.includes(" ")).map(({ name }) => `"${name}"`);
  const cases = commands.map((command) => {
    const flags = flagsOf(command).map(
      (flag) => `'${flag.multiple === true ? "*" : ""}--${flag.name}[${quote(flag.description)}]${flag.value === undefined ? "" : `:${flag.value}:${flag.choices === undefined ? "_files" : `(${flag.choices.join(" ")})`}`}'`,
    );
    const words = wordsOf(command, ids).map((choices, index) => `'${index + 1}:${quote(command.arguments[index]?.name ?? "word")}:${choices.length === 0 ? "" : `(${choices.join(" ")})`}'`);
    return `    "${command.name}") _arguments ${[...flags, ...words].join(" ")} ;;`;
  });
  return `#compdef jeseci
# zsh completion of jeseci: jeseci completion zsh > a file named _jeseci in a folder of $fpath
_jeseci() {
  local -a names more
  names=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command names; return; fi
  local command=$words[2]
  case $command in
${following.join("\n")}
  esac
  if (( CURRENT == 3 && $#more )); then _describe command more; fi
  if (( CURRENT > 3 )); then
    case "$words[2] $words[3]" in
      ${long.join("|")}) command="$words[2] $words[3]"; shift words; (( CURRENT-- )) ;;
    esac
  fi
  shift words; (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _jeseci jeseci
`;
}

function fish(ids: readonly string[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const names = firstWords().map((first) => `complete -c jeseci -n __fish_use_subcommand -f -a ${first} -d ${quote(summaryOf(first))}`);
  const alone = (first: string): string => {
    const seconds = secondWords(first);
    return `__fish_seen_subcommand_from ${first}${seconds.length === 0 ? "" : `; and not __fish_seen_subcommand_from ${seconds.join(" ")}`}`;
  };
  const following = groups().flatMap(({ first, following }) => following.map((command) => `complete -c jeseci -n '${alone(first)}' -f -a ${lastWord(command)} -d ${quote(command.summary)}`));
  const lines = commands.flatMap((command) => {
    const inside = `-n '${command.name.includes(" ") ? command.name.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ") : alone(command.name)}'`;
    const words = wordsOf(command, ids).flat();
    return [
      ...(words.length === 0 ? [] : [`complete -c jeseci ${inside} -f -a ${quote(words.join(" "))}`]),
      ...flagsOf(command).map((flag) => `complete -c jeseci ${inside} -l ${flag.name}${flag.value === undefined ? "" : flag.choices === undefined ? " -r" : ` -x -a ${quote(flag.choices.join(" "))}`} -d ${quote(flag.description)}`),
    ];
  });
  return `# fish completion of jeseci: jeseci completion fish | source\n${[...names, ...following, ...lines].join("\n")}\n`;
}
