import { loadCatalogue } from "../core/catalogue/load.ts";
import type { Run } from "./context.ts";
import { commands, commonFlags, dataFlags, firstWords, flagsOf, secondWords, subcommandsOf, type Command, type Flag } from "./definitions.ts";
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

/** Every flag of any command, once: the words that it takes depend on the command, its name and kind of value do not. */
function allFlags(): Flag[] {
  return [...new Map(commands.flatMap(flagsOf).map((flag) => [flag.name, flag])).values()];
}

/** What a flag's value is in the file system, if anything. */
function takesFiles({ value }: Flag): boolean {
  return value === "FILE" || value === "FOLDER";
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
  const following = groups().map(({ first }) => `      ${first}) words="${secondWords(first).join(" ")}" ;;`);
  const long = commands.filter(({ name }) => name.includes(" ")).map(({ name }) => `"${name}"`);
  const cases = commands.map((command) => `    "${command.name}") words="$words ${[...wordsOf(command, ids).flat(), ...flagsOf(command).map(({ name }) => `--${name}`)].join(" ")}" ;;`);
  const flags = allFlags();
  const values = flags.flatMap(({ name, choices }) => (choices === undefined ? [] : [`    --${name}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word")); return ;;`]));
  const named = (list: readonly Flag[]): string => list.map(({ name }) => `--${name}`).join("|");
  return `# bash completion of jeseci: source <(jeseci completion bash)
_jeseci() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words="" at
  local -a given=()
  # --flag=value comes as three words.
  if [ "$word" = "=" ]; then word=""; elif [ "$before" = "=" ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  case "$before" in
${values.join("\n")}
    ${named(flags.filter(takesFiles))}) COMPREPLY=($(compgen -f -- "$word")); return ;;
    ${named(flags.filter((flag) => flag.value !== undefined && flag.choices === undefined && !takesFiles(flag)))}) COMPREPLY=(); return ;;
  esac
  # The words before this one that are neither flags nor their values.
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in
      ${named(flags.filter(({ value }) => value !== undefined))}) if [ "\${COMP_WORDS[at+1]}" = "=" ]; then ((at += 2)); else ((at += 1)); fi ;;
      -*) ;;
      *) given+=("\${COMP_WORDS[at]}") ;;
    esac
  done
  local command="\${given[0]}"
  if [ "\${#given[@]}" -eq 0 ]; then
    COMPREPLY=($(compgen -W "${[...firstWords(), ...[...commonFlags, ...dataFlags].map(({ name }) => `--${name}`)].join(" ")}" -- "$word")); return
  elif [ "\${#given[@]}" -eq 1 ]; then
    case "$command" in
${following.join("\n")}
    esac
  else
    case "$command \${given[1]}" in
      ${long.join("|")}) command="$command \${given[1]}" ;;
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
  const specified = (flags: readonly Flag[]): string =>
    flags
      .map((flag) => `'${flag.multiple === true ? "*" : ""}--${flag.name}[${quote(flag.description)}]${flag.value === undefined ? "" : `:${flag.value}:${flag.choices !== undefined ? `(${flag.choices.join(" ")})` : takesFiles(flag) ? "_files" : ""}`}'`)
      .join(" ");
  const names = firstWords().map((first) => `    '${first}:${quote(summaryOf(first))}'`);
  const following = groups().map(({ first, following }) => `    ${first}) more=(${following.map((command) => `'${lastWord(command)}:${quote(command.summary)}'`).join(" ")}) ;;`);
  const long = commands.filter(({ name }) => name.includes(" ")).map(({ name }) => `"${name}"`);
  const cases = commands.map((command) => {
    const words = wordsOf(command, ids).map((choices, index) => `'${index + 1}:${quote(command.arguments[index]?.name ?? "word")}:${choices.length === 0 ? "" : `(${choices.join(" ")})`}'`);
    return `    "${command.name}") _arguments ${[specified(flagsOf(command)), ...words].join(" ")} ;;`;
  });
  return `#compdef jeseci
# zsh completion of jeseci: jeseci completion zsh > a file named _jeseci in a folder of $fpath
_jeseci() {
  local -a names more line
  local context state state_descr command
  typeset -A opt_args
  _arguments -C ${specified([...commonFlags, ...dataFlags])} '(-): :->command' '(-)*:: :->rest'
  if [[ $state == command ]]; then
    names=(
${names.join("\n")}
    )
    _describe command names
  fi
  [[ $state == rest ]] || return
  command=$words[1]
  case $command in
${following.join("\n")}
  esac
  if (( CURRENT == 2 && $#more )) && [[ $PREFIX != -* ]]; then _describe command more; return; fi
  if (( CURRENT > 2 )); then
    case "$words[1] $words[2]" in
      ${long.join("|")}) command="$words[1] $words[2]"; shift words; (( CURRENT-- )) ;;
    esac
  fi
  case $command in
${cases.join("\n")}
  esac
}
# Autoloaded by fpath the file is the function's first call; sourced it only says what the function is for.
if [[ $funcstack[1] == _jeseci ]]; then _jeseci "$@"; else compdef _jeseci jeseci; fi
`;
}

function fish(ids: readonly string[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const given = (words: string): string => `-n '__jeseci_given ${words}'`;
  const flagLine = (where: string, flag: Flag): string =>
    `complete -c jeseci ${where} -l ${flag.name}${flag.value === undefined ? "" : flag.choices !== undefined ? ` -x -a ${quote(flag.choices.join(" "))}` : takesFiles(flag) ? " -r -F" : " -x"} -d ${quote(flag.description)}`;
  const first = given("");
  const lines = commands.flatMap((command) => {
    const words = wordsOf(command, ids).flat();
    const inside = given(command.name);
    return [...(words.length === 0 ? [] : [`complete -c jeseci ${inside} -a ${quote(words.join(" "))}`]), ...flagsOf(command).map((flag) => flagLine(inside, flag))];
  });
  return `# fish completion of jeseci: jeseci completion fish | source
# The words so far that are neither flags nor their values: flags may stand before the command too.
function __jeseci_words
    set -l skip
    for word in (commandline -opc)[2..-1]
        if set -q skip[1]
            set skip
            continue
        end
        switch $word
            case ${allFlags().flatMap(({ name, value }) => (value === undefined ? [] : [`--${name}`])).join(" ")}
                set skip value
            case '-*'
            case '*'
                echo $word
        end
    end
end
# Whether those words are exactly these.
function __jeseci_only
    set -l words (__jeseci_words)
    test "$words" = "$argv"
end
# Whether they name this command, and maybe its arguments.
function __jeseci_given
    set -l words (__jeseci_words)
    set -l command $words[1]
    if contains -- "$words[1] $words[2]" ${commands.filter(({ name }) => name.includes(" ")).map(({ name }) => quote(name)).join(" ")}
        set command "$words[1] $words[2]"
    end
    test "$command" = "$argv"
end
complete -c jeseci -f
${[
  ...firstWords().map((word) => `complete -c jeseci ${first} -a ${word} -d ${quote(summaryOf(word))}`),
  ...[...commonFlags, ...dataFlags].map((flag) => flagLine(first, flag)),
  ...groups().flatMap(({ first: word, following }) => following.map((command) => `complete -c jeseci -n '__jeseci_only ${word}' -a ${lastWord(command)} -d ${quote(command.summary)}`)),
  ...lines,
].join("\n")}
`;
}
