import { findingKinds } from "../core/consistency/types.ts";
import { entityNames } from "../core/projection/types.ts";
import { strategies } from "../core/recommendations/types.ts";
import { formulaLines } from "../core/recommendations/weights.ts";
import { writeOperations } from "../core/writes/operations.ts";
import type { WriteField, WriteOperation } from "../core/writes/types.ts";

/** One flag, declared once: parsing, validation, help, README and completion come from here. */
export interface Flag {
  name: string;
  /** What its value is called in the help; a flag without one is a switch. */
  value?: string;
  description: string;
  /** The words that it takes, for completion and for suggestions. */
  choices?: readonly string[];
  /** Takes them in whatever case. */
  anyCase?: boolean;
  /** May stand several times. */
  multiple?: boolean;
  /** Must be given. */
  required?: boolean;
}

export interface Argument {
  name: string;
  required: boolean;
  description: string;
  choices?: readonly string[];
  /** Takes them in whatever case. */
  anyCase?: boolean;
}

/** Which flags stand on the command line. */
export interface GivenFlags {
  has(flag: string): boolean;
}

export interface Command {
  /** One word or two: `concept`, `concept create`. */
  name: string;
  summary: string;
  /** More lines of its own help. */
  details?: readonly string[];
  arguments: readonly Argument[];
  flags: readonly Flag[];
  /** Prints rows: takes `--format` and its like. */
  data: boolean;
  /** Formats beside those that every such command prints. */
  formats?: readonly string[];
  /** Writes to the databases: refused under `--read-only`, and on a profile marked production without `--write`. */
  writes?: boolean | ((given: GivenFlags) => boolean);
  examples: readonly string[];
}

export const screens = ["dashboard", "paths", "shared", "recommend", "queries", "consistency"] as const;

/** Flags of every command. */
export const commonFlags: readonly Flag[] = [
  { name: "profile", value: "NAME", description: "which databases; else JESECI_PROFILE, the configuration's default, embedded" },
  { name: "data-dir", value: "FOLDER", description: "where the embedded databases live" },
  { name: "timeout", value: "SECONDS", description: "time limit to connect and for a statement (default 10 and 30; none for seed, sync, check)" },
  { name: "time-zone", value: "ZONE", description: "in which days begin and end, such as Europe/Berlin" },
  { name: "read-only", description: "refuse everything that writes; never seed by itself" },
  { name: "no-color", description: "no colour; NO_COLOR does the same" },
  { name: "debug", description: "show the stack trace of an error" },
  { name: "help", description: "this help" },
  { name: "version", description: "the program's version" },
];

/** Flag of the explorer and of everything that writes. */
const writeFlag: Flag = { name: "write", description: "write to a profile marked production; in the explorer, allow writing at all" };

/** Flags of commands that print rows. */
export const dataFlags: readonly Flag[] = [
  { name: "format", value: "FORMAT", description: "table (default on a terminal), json, ndjson, csv, tsv (default in a pipe), markdown", choices: ["table", "json", "ndjson", "csv", "tsv", "markdown"] },
  { name: "json", description: "short for --format json" },
  { name: "limit", value: "N", description: "at most N rows; a table shows 1,000 unless told" },
  { name: "no-header", description: "leave the names of the columns out" },
  { name: "output", value: "FILE", description: "write to a file, whole or not at all" },
];

const user: Flag = { name: "user", value: "NAME", description: "username" };
const apply: Flag = { name: "apply", description: "run it instead of showing it" };
const dryRun: Flag = { name: "dry-run", description: "do everything and roll it back: shows the plan, writes nothing" };
const from: Flag = { name: "from", value: "FOLDER", description: "a folder of seed files instead of the demo data" };

export const commands: readonly Command[] = [
  {
    name: "explore",
    summary: "the explorer (the default)",
    arguments: [{ name: "SCREEN", required: false, description: "where to begin", choices: screens }],
    flags: [user, { name: "refresh", value: "SECONDS", description: "load the screen again every so often" }, { name: "ascii", description: "draw with ASCII characters only" }],
    data: false,
    examples: ["jeseci", "jeseci explore queries --user cavin_admin"],
  },
  { name: "dashboard", summary: "the numbers of a user", arguments: [], flags: [user], data: true, examples: ["jeseci dashboard --user cavin_admin", "jeseci dashboard --user cavin_admin --json"] },
  { name: "paths", summary: "the learning paths, or one in order", arguments: [{ name: "TITLE", required: false, description: "title of a path" }], flags: [{ ...user, description: "whose progress" }], data: true, examples: ["jeseci paths", 'jeseci paths "Data Science Track" --user cavin_admin'] },
  { name: "users", summary: "all users", arguments: [], flags: [], data: true, examples: ["jeseci users"] },
  { name: "concepts", summary: "all concepts", arguments: [], flags: [], data: true, examples: ["jeseci concepts --format csv"] },
  { name: "concept", summary: "a concept: its row, relationships, paths and learners", arguments: [{ name: "NAME", required: true, description: "name of the concept" }], flags: [], data: true, examples: ["jeseci concept machine_learning"] },
  { name: "shared", summary: "concepts that several paths share, and the overlap of pairs", arguments: [], flags: [{ name: "min-paths", value: "N", description: "smallest number of paths (default 2)" }], data: true, examples: ["jeseci shared --min-paths 3"] },
  {
    name: "recommend",
    summary: "what to learn next, which path, or the route to a goal; with reasons",
    details: ["next: concepts that are ready, the best first. paths: paths that share something completed. route: everything missing before --goal, in order.", ...formulaLines()],
    arguments: [],
    flags: [user, { name: "strategy", value: "STRATEGY", description: "next (default), paths or route", choices: strategies }, { name: "goal", value: "CONCEPT", description: "the concept that a route leads to" }],
    data: true,
    examples: ["jeseci recommend --user cavin_admin", "jeseci recommend --user cavin_admin --json", "jeseci recommend --user cavin_admin --strategy route --goal deep_learning"],
  },
  { name: "queries", summary: "the catalogue of canned queries", arguments: [], flags: [], data: true, examples: ["jeseci queries"] },
  {
    name: "query",
    summary: "run a canned query, or a statement of your own, read-only",
    arguments: [{ name: "ID", required: false, description: "id of a canned query" }],
    flags: [
      { name: "param", value: "NAME=VALUE", description: "a parameter; may stand several times", multiple: true },
      { name: "sql", value: "TEXT", description: "an SQL statement instead of an id; - reads standard input" },
      { name: "cypher", value: "TEXT", description: "a Cypher statement instead of an id; - reads standard input" },
      { name: "explain", description: "show the plan instead of running it" },
    ],
    data: true,
    examples: ["jeseci query graph/shared-concepts", "jeseci query graph/paths-with-concept --param concept=machine_learning", 'jeseci query --sql "SELECT count(*) FROM users"', "echo 'MATCH (n) RETURN count(n) AS n' | jeseci query --cypher - --json"],
  },
  {
    name: "seed",
    summary: "load the demo data or a folder into both databases",
    details: ["Without a step everything is loaded and then projected. `progress` writes rows only; `jeseci sync` carries them over."],
    arguments: [{ name: "STEP", required: false, description: "one step only", choices: ["concepts", "relationships", "progress"] }],
    flags: [from, { name: "dry-run", description: "validate and count, write nothing" }, { name: "yes", description: "do not ask before adding to data that seeding did not write" }],
    data: true,
    writes: (given) => !given.has("dry-run"),
    examples: ["jeseci seed", "jeseci seed --from ./course --dry-run"],
  },
  { name: "dump", summary: "write both databases as a seed folder", arguments: [{ name: "FOLDER", required: true, description: "a folder that does not exist yet, or is empty" }], flags: [], data: true, examples: ["jeseci dump ./backup"] },
  ...writeOperations.map(commandOf),
  {
    name: "sync",
    summary: "bring the graph up to PostgreSQL",
    details: ["Triggers mark every row that changes, whoever changes it; sync carries the marked rows over."],
    arguments: [],
    flags: [
      { name: "watch", description: "follow: carry changes over as they come" },
      { name: "full", description: "compare everything and carry over what differs" },
    ],
    data: true,
    writes: true,
    examples: ["jeseci sync", "jeseci sync --watch", "jeseci sync --full"],
  },
  { name: "sync install", summary: "show the triggers and tables that sync needs, or add them with --apply", arguments: [], flags: [apply], data: false, writes: (given) => given.has("apply"), examples: ["jeseci sync install", "jeseci sync install --apply"] },
  { name: "sync uninstall", summary: "show how the triggers and tables of sync are taken away, or do it with --apply", arguments: [], flags: [apply], data: false, writes: (given) => given.has("apply"), examples: ["jeseci sync uninstall", "jeseci sync uninstall --apply"] },
  { name: "sync parked", summary: "keys that could not be carried over, and why", arguments: [], flags: [], data: true, examples: ["jeseci sync parked", "jeseci sync parked --json"] },
  { name: "sync retry", summary: "try the parked keys again", arguments: [], flags: [], data: true, writes: true, examples: ["jeseci sync retry"] },
  { name: "status", summary: "engines, versions and counts of both databases", arguments: [], flags: [], data: true, examples: ["jeseci status --json"] },
  {
    name: "check",
    summary: "compare both databases",
    details: [
      "Exits 1 when they differ. A difference is looked at again until it is at rest: what is on its way to the graph is counted, and is none.",
      "All differences are counted; the first 100,000 can be printed, or as many as --limit asks for.",
    ],
    arguments: [],
    flags: [
      { name: "deep", description: "every projected field of every row (the default)" },
      { name: "fast", description: "counts and sums of numbers only" },
      { name: "watch", value: "SECONDS", description: "check again every so often; tells what came and what went, differences and warnings" },
      { name: "exit-on-drift", description: "with --watch: end with 1 at the first difference, with --strict at the first warning too" },
      { name: "strict", description: "warnings exit 1 too" },
      { name: "max-rate", value: "N", description: "read at most N keys a second (without: 10,000 while others write)" },
    ],
    data: true,
    formats: ["prometheus"],
    examples: ["jeseci check", "jeseci check --json --strict", "jeseci check --fast --watch 60 --exit-on-drift", "jeseci check --format prometheus --output /var/lib/node_exporter/jeseci.prom"],
  },
  {
    name: "repair",
    summary: "show what would mend the differences, or do it with --apply",
    details: [
      "Rows are right: the graph is made to say what they say. Goes by way of marks and the relay like any other change, and checks again afterwards.",
      "Never deletes a node that holds relationships between concepts or of other programs, nor more than --max-deletes.",
    ],
    arguments: [],
    flags: [
      apply,
      { name: "only", value: "WHAT", description: `a kind (${findingKinds.join(", ")}), an entity (${entityNames.join(", ")}), or ENTITY:ID[:ID]` },
      { name: "max-deletes", value: "N", description: "most deletions of an entity (default: the larger of 10 and 1 % of it, at most 100)" },
    ],
    data: true,
    writes: (given) => given.has("apply"),
    examples: ["jeseci repair", "jeseci repair --only differing", "jeseci repair --apply"],
  },
  { name: "config", summary: "every setting and where it came from", arguments: [], flags: [], data: true, examples: ["jeseci config"] },
  { name: "completion", summary: "a completion script for a shell", arguments: [{ name: "SHELL", required: true, description: "which shell", choices: ["bash", "zsh", "fish"] }], flags: [], data: false, examples: ["source <(jeseci completion bash)"] },
];

/** The commands of two words that begin with this one. */
export function subcommandsOf(word: string): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${word} `));
}

/** The words that a command line may begin with. */
export function firstWords(): string[] {
  return [...new Set(commands.map(({ name }) => name.split(" ")[0] ?? name))];
}

/** The words that may follow a first one to name a command. */
export function secondWords(first: string): string[] {
  return subcommandsOf(first).map(({ name }) => name.slice(first.length + 1));
}

export function flagsOf(command: Command): readonly Flag[] {
  return [...command.flags, ...(command.writes !== undefined || command.name === "explore" ? [writeFlag] : []), ...(command.data ? dataFlags.map((flag) => withFormats(flag, command)) : []), ...commonFlags];
}

function withFormats(flag: Flag, { formats = [] }: Command): Flag {
  if (flag.name !== "format" || formats.length === 0) return flag;
  return { ...flag, description: `${flag.description}, ${formats.join(", ")}`, choices: [...(flag.choices ?? []), ...formats] };
}

/** The command of a write operation. */
function commandOf({ id, summary, details, fields, cascade, examples }: WriteOperation): Command {
  return {
    name: id,
    summary,
    ...(details === undefined ? {} : { details }),
    arguments: fields.filter(({ argument }) => argument === true).map((field) => ({ name: field.placeholder, required: field.required, description: field.description, ...wordsOf(field) })),
    flags: [
      ...fields.filter(({ argument }) => argument !== true).map((field): Flag => ({ name: field.name, value: field.placeholder, description: field.description, ...(field.required ? { required: true } : {}), ...wordsOf(field) })),
      ...(cascade === undefined ? [] : [{ name: "cascade", description: cascade }]),
      dryRun,
    ],
    data: true,
    writes: true,
    examples,
  };
}

function wordsOf({ choices }: WriteField): Pick<Flag, "choices" | "anyCase"> {
  return choices === undefined ? {} : { choices, anyCase: true };
}
