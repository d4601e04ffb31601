import type { Value } from "../../databases/values.ts";
import { scan } from "../catalogue/lexer.ts";
import type { TraceEntry } from "../session.ts";

/**
 * A statement of the trace as it can be pasted: for Neo4j Browser and cypher-shell with `:param` lines, for psql with
 * `\set` lines. Lists and nulls stand in the SQL itself, since a variable of psql is a text.
 */
export function runnable({ database, statement, parameters }: Pick<TraceEntry, "database" | "statement" | "parameters">): string {
  const values = Object.entries(parameters) as [string, Value][];
  if (database === "graph") return `${values.map(([name, value]) => `:param ${name} => ${cypherLiteral(value)};\n`).join("")}${ended(statement, "//")}`;
  let text = "";
  let from = 0;
  for (const { name, start, end } of scan(statement, "sql").parameters) {
    const value = (parameters[name] ?? null) as Value;
    text += statement.slice(from, start) + sqlPlace(name, value);
    from = end;
  }
  const sets = values.flatMap(([name, value]) => (value === null || typeof value === "object" ? [] : [`\\set ${name} ${typeof value === "string" ? psqlQuote(value) : String(value)}\n`]));
  return `${sets.join("")}${ended(text + statement.slice(from), "--")}`;
}

/** With its semicolon, which must not stand in a comment. */
function ended(statement: string, comment: string): string {
  const lastLine = statement.slice(statement.lastIndexOf("\n") + 1);
  return `${statement}${lastLine.includes(comment) ? "\n" : ""};\n`;
}

/** What stands in the SQL for a parameter. In brackets below zero: with a minus before it, the two would begin a comment. */
function sqlPlace(name: string, value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `:'${name}'`;
  if (typeof value === "object") return sqlQuote(JSON.stringify(value));
  return typeof value !== "boolean" && value < 0 ? `(:${name})` : `:${name}`;
}

function cypherLiteral(value: Value): string {
  if (typeof value === "string") return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
  if (Array.isArray(value)) return `[${value.map(cypherLiteral).join(", ")}]`;
  if (value !== null && typeof value === "object") return `{${Object.entries(value).map(([name, inner]) => `\`${name.replaceAll("`", "``")}\`: ${cypherLiteral(inner)}`).join(", ")}}`;
  return value === null ? "null" : String(value);
}

function sqlQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** psql's own quoting: a backslash escapes within single quotes. */
function psqlQuote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
}
