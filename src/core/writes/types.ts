import type { Databases } from "../../databases/types.ts";
import type { seedFiles, SeedFile } from "../seeding/schemas.ts";
import type { WriteResult } from "./dual-write.ts";
import type { Given } from "./values.ts";

/** A field of the seed files, whose rule holds for the same thing given elsewhere: `concepts.json/name`. */
export type SeedField = { [File in SeedFile]: `${File}/${keyof (typeof seedFiles)[File]["shape"] & string}` }[SeedFile];

/** One value that an operation takes, declared once: the command's arguments and flags and a form come from here. */
export interface WriteField {
  /** Its name among the values, and the flag's unless it is an argument. */
  name: string;
  /** Its name in a form, a plan and a message. */
  label: string;
  description: string;
  required: boolean;
  /** `words` are names with commas between; `\,` is a comma within a name. */
  type: "string" | "integer" | "words";
  /** What its value is called in the help. */
  placeholder: string;
  /** The only words that it takes, in whatever case. */
  choices?: readonly string[];
  /** The query in `queries/choices` that lists what there is. */
  choicesOf?: "usernames" | "concepts" | "paths";
  /** Stands on the command line by its place; else as `--name`. */
  argument?: boolean;
  /** Where its rule comes from. Where that allows null, an empty value means none. */
  rule?: SeedField;
  /** The smallest integer, where there is no rule. */
  min?: number;
}

/** One thing that an operation does. */
export interface PlanLine {
  action: "create" | "update" | "delete";
  /** Readable: `concept graph_theory`, `path Data Science Track → statistics`. */
  thing: string;
  before: string | null;
  after: string | null;
}

export type WriteValues = Readonly<Record<string, string | undefined>>;

export interface OperationOptions {
  /** A person said that what hangs on the thing goes with it. */
  cascade?: boolean;
  /** Everything runs and is rolled back on both sides: the plan is real, and nothing is written. */
  dryRun?: boolean;
  /** IANA name of the zone in which days begin and end. */
  timeZone: string;
  signal?: AbortSignal;
}

export interface WriteReport extends WriteResult {
  plan: PlanLine[];
}

/** Runs an operation. Throws `InputError` and `DatabaseError` with nothing written. */
export type RunOperation = (databases: Databases, values: WriteValues, options: OperationOptions) => Promise<WriteReport>;

/** What an operation does once its values fit. Throws the same. */
export type Action = (databases: Databases, given: Given, options: OperationOptions) => Promise<WriteReport>;

/** What the thing that is named in the values holds now, by field; what is unknown is absent. Throws `DatabaseError`. */
export type Present = (databases: Databases, values: WriteValues) => Promise<WriteValues>;

/** Something that a person can write, in both databases or in neither. */
export interface WriteOperation {
  /** `concept create`: the command's name. */
  id: string;
  summary: string;
  details?: readonly string[];
  fields: readonly WriteField[];
  /** Says nothing unless one of its flags is given. */
  someFlag?: boolean;
  /** Given where it can take other things along: what the switch is said to do. */
  cascade?: string;
  examples: readonly string[];
  /** For a form that changes something: where it begins. */
  present?: Present;
  run: RunOperation;
}
