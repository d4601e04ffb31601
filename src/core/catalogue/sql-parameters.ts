import { scan } from "./lexer.ts";

/**
 * `$name` parameters as PostgreSQL's positions: the same name gets the same number. Strings, comments and dollar quotes
 * stay as they are, and so does everything else, to the character.
 */
export function positional(statement: string): { text: string; names: string[] } {
  const names: string[] = [];
  let text = "";
  let from = 0;
  for (const { name, start, end } of scan(statement, "sql").parameters) {
    let number = names.indexOf(name) + 1;
    if (number === 0) number = names.push(name);
    text += `${statement.slice(from, start)}$${number}`;
    from = end;
  }
  return { text: text + statement.slice(from), names };
}
