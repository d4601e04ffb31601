import type { Value } from "../../databases/values.ts";
import { scan } from "../catalogue/lexer.ts";
import type { TraceEntry } from "../session.ts";

/**
 * A statement of the trace as it can be pasted: for Neo4j Browser and cypher-shell with `:param` lines, for psql with
 * `\set` lines. Lists and nulls stand in the SQL itself, since a variable of psql is a text.
 */
export function runnable({ database, statement, parameters }: Pick<TraceEntry, "database" | "statement" | "parameters">): string {
  const values = Object.entries(parameters) as [string, Value][];
  if (database === "graph") return `${values.map(([name, value]) => `:param ${name} => ${cypherLiteral(value)};\n`).join("")}${statement};\n`;
  let text = "";
  let from = 0;
  for (const { name, start, end } of scan(statement, "sql").parameters) {
    const value = (parameters[name] ?? null) as Value;
    text += statement.slice(from, start) + (value === null ? "NULL" : typeof value === "string" ? `:'${name}'` : typeof value === "object" ? sqlQuote(JSON.stringify(value)) : `:${name}`);
    from = end;
  }
  const sets = values.flatMap(([name, value]) => (value === null || typeof value === "object" ? [] : [`\\set ${name} ${typeof value === "string" ? psqlQuote(value) : String(value)}\n`]));
  return `${sets.join("")}${text}${statement.slice(from)};\n`;
}

function cypherLiteral(value: Value): string {
  if (typeof value === "string") return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
  if (Array.isArray(value)) return `[${value.map(cypherLiteral).join(", ")}]`;
  return value === null ? "null" : String(value);
}

function sqlQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** psql's own quoting: a backslash escapes within single quotes. */
function psqlQuote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
}
