import type { Value } from "../../databases/values.ts";

export type ParameterType = "string" | "integer" | "number" | "boolean" | "date";

/** One `// param name: type = default -- description` line. */
export interface Parameter {
  name: string;
  type: ParameterType;
  /** `type?`: null is bound when no value is given. */
  optional: boolean;
  /** `= default`; undefined when there is none. */
  default?: Value;
  /** `choices(usernames)`: the id `choices/usernames` of the query whose first column fills the form. */
  choices?: string;
  /** `min(n)`/`max(n)`: inclusive bounds of a number. */
  min?: number;
  max?: number;
  description: string;
}

/** One query file, parsed and validated. */
export interface Query {
  /** The path below its folder without the ending: `graph/shared-concepts`. */
  id: string;
  /** The first folder of the id: `graph`, `sql`, `choices`, `screens`, or the user's own. */
  topic: string;
  language: "cypher" | "sql";
  database: "graph" | "sql";
  title: string;
  description: string;
  source: string | null;
  parameters: Parameter[];
  /** The statement as written, `$name` parameters included. */
  statement: string;
  /** Where the statement begins in the file, counted from 1, to turn a syntax error's position into the file's. */
  statementLine: number;
  /** Absolute path. */
  file: string;
  origin: "shipped" | "user";
  /** False for `choices/` and `screens/`: run by id, but not shown in the catalogue. */
  listed: boolean;
}

/** A file that can't be used, and how to mend it. */
export interface CatalogueFault {
  file: string;
  line: number;
  column: number;
  message: string;
  fix: string;
}

export interface Catalogue {
  /** All usable queries, by id in code-point order. */
  readonly queries: readonly Query[];
  faults: readonly CatalogueFault[];
  /** Undefined if there is no query of that id. */
  get(id: string): Query | undefined;
  /** Adds a query that came later, in place of one of the same id. */
  put(query: Query): void;
  /** The folders that were read, the shipped one first. */
  folders: readonly string[];
}
