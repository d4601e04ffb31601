import { loadCatalogue } from "../core/catalogue/load.ts";
import type { Run } from "./context.ts";
import { commands, flagsOf, type Command } from "./definitions.ts";
import { exit } from "./exit.ts";
import { writeStdout } from "./output.ts";

export const run: Run = async ({ arguments: [shell], settings }) => {
  const catalogue = await loadCatalogue({ userFolders: settings.queries });
  const ids = catalogue.queries.filter(({ listed }) => listed).map(({ id }) => id);
  const script = shell === "bash" ? bash(ids) : shell === "zsh" ? zsh(ids) : fish(ids);
  await writeStdout(script);
  return exit.fine;
};

/** The words that a command takes as its first argument. */
function wordsOf(command: Command, ids: readonly string[]): readonly string[] {
  return command.name === "query" ? ids : (command.arguments[0]?.choices ?? []);
}

/** Every flag of any command that takes words, once. */
function flagsWithWords(): Map<string, readonly string[]> {
  return new Map(commands.flatMap(flagsOf).flatMap((flag) => (flag.choices === undefined ? [] : [[flag.name, flag.choices] as const])));
}

function bash(ids: readonly string[]): string {
  const cases = commands.map((command) => `    ${command.name}) words="${[...wordsOf(command, ids), ...flagsOf(command).map(({ name }) => `--${name}`)].join(" ")}" ;;`);
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
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} --help --version" -- "$word")); return
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
  const names = commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'`);
  const cases = commands.map((command) => {
    const flags = flagsOf(command).map(
      (flag) => `'${flag.multiple === true ? "*" : ""}--${flag.name}[${quote(flag.description)}]${flag.value === undefined ? "" : `:${flag.value}:${flag.choices === undefined ? "_files" : `(${flag.choices.join(" ")})`}`}'`,
    );
    const words = wordsOf(command, ids);
    return `    ${command.name}) _arguments ${flags.join(" ")}${words.length === 0 ? "" : ` '1:word:(${words.join(" ")})'`} ;;`;
  });
  return `#compdef jeseci
# zsh completion of jeseci: jeseci completion zsh > a file named _jeseci in a folder of $fpath
_jeseci() {
  local -a names
  names=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command names; return; fi
  local command=$words[2]
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
  const lines = commands.flatMap((command) => {
    const inside = `-n '__fish_seen_subcommand_from ${command.name}'`;
    const words = wordsOf(command, ids);
    return [
      `complete -c jeseci -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
      ...(words.length === 0 ? [] : [`complete -c jeseci ${inside} -f -a ${quote(words.join(" "))}`]),
      ...flagsOf(command).map((flag) => `complete -c jeseci ${inside} -l ${flag.name}${flag.value === undefined ? "" : flag.choices === undefined ? " -r" : ` -x -a ${quote(flag.choices.join(" "))}`} -d ${quote(flag.description)}`),
    ];
  });
  return `# fish completion of jeseci: jeseci completion fish | source\n${lines.join("\n")}\n`;
}
