import { InputError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { scan } from "./lexer.ts";
import { parseParameter } from "./parameters.ts";
import type { CatalogueFault, Parameter, ParameterType, Query } from "./types.ts";

/*
 * A query file: a header of comment lines (`//` in .cypher, `--` in .sql), then one statement.
 *
 *   // title: …
 *   // description: …            (further lines of the header that begin with blanks continue it)
 *   // source: …                 (optional)
 *   // param NAME: TYPE[?] [choices(ID)] [min(N)] [max(N)] [= DEFAULT] -- DESCRIPTION
 *
 * Types: string, integer, number, boolean, date. A default is written as on the command line, without quotes.
 */

const types: readonly ParameterType[] = ["string", "integer", "number", "boolean", "date"];
const keys = ["title", "description", "source", "param"];

type Fault = Omit<CatalogueFault, "file">;
type Parsed = Pick<Query, "title" | "description" | "source" | "parameters" | "statement" | "statementLine">;

/** Parses the text of a query file. All its faults at once, or what it says. */
export function parseQuery(text: string, language: "cypher" | "sql"): { parsed: Parsed } | { faults: Fault[] } {
  const comment = language === "sql" ? "--" : "//";
  const faults: Fault[] = [];
  const fault = (line: number, column: number, message: string, fix: string): void => void faults.push({ line, column, message, fix });
  const lines = text.split(/\r?\n/);
  const values = new Map<string, { line: number; value: string }>();
  const parameters: (Parameter & { line: number })[] = [];

  let index = 0;
  let last: string | undefined;
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line.trim() === "" && parameters.length + values.size === 0) continue;
    if (!line.startsWith(comment)) break;
    const number = index + 1;
    const body = line.slice(comment.length);
    if (body.trim() === "") continue;
    if (/^ {3,}/.test(body) && last !== undefined) {
      const entry = values.get(last);
      if (entry) entry.value += ` ${body.trim()}`;
      continue;
    }
    const param = /^ *param\s+(.*)$/.exec(body);
    if (param !== null) {
      last = undefined;
      const parameter = parseParameterLine(param[1] ?? "", number, line.indexOf(param[1] ?? ""), fault);
      if (parameter === null) continue;
      if (parameters.some((other) => other.name === parameter.name)) fault(number, 1, `parameter ${parameter.name} stands twice`, "keep one of the two lines");
      else parameters.push({ ...parameter, line: number });
      continue;
    }
    const entry = /^ *(\w+):\s*(.*)$/.exec(body);
    const key = entry?.[1] ?? "";
    if (entry === null || !keys.includes(key)) {
      const near = nearest(key, keys, 1)[0];
      fault(number, comment.length + 1, entry === null ? "a header line must be `key: text`" : `unknown key “${key}”`, near === undefined ? `the keys are ${keys.join(", ")}; comments belong into the statement` : `did you mean “${near}”?`);
      continue;
    }
    if (values.has(key)) fault(number, 1, `${key} stands twice`, "keep one of the two lines");
    values.set(key, { line: number, value: entry[2]?.trim() ?? "" });
    last = key;
  }
  for (const key of ["title", "description"]) {
    const entry = values.get(key);
    if (entry === undefined || entry.value === "") fault(entry?.line ?? 1, 1, `no ${key}`, `add a line \`${comment} ${key}: …\` at the top`);
  }

  while (index < lines.length && (lines[index] ?? "").trim() === "") index += 1;
  const statementLine = index + 1;
  const statement = lines.slice(index).join("\n").replace(/[\s;]+$/, "");
  checkStatement(statement, language, statementLine, parameters, fault);
  if (faults.length > 0) return { faults: faults.sort((a, b) => a.line - b.line || a.column - b.column) };
  return {
    parsed: {
      title: values.get("title")?.value ?? "",
      description: values.get("description")?.value ?? "",
      source: values.get("source")?.value ?? null,
      parameters: parameters.map(({ line: _line, ...parameter }) => parameter),
      statement,
      statementLine,
    },
  };
}

type Report = (line: number, column: number, message: string, fix: string) => void;

function checkStatement(statement: string, language: "cypher" | "sql", firstLine: number, parameters: readonly (Parameter & { line: number })[], fault: Report): void {
  const place = (offset: number): [number, number] => {
    const before = statement.slice(0, offset).split("\n");
    return [firstLine + before.length - 1, [...(before.at(-1) ?? "")].length + 1];
  };
  const { parameters: uses, separators, unterminated, firstToken } = scan(statement, language);
  if (firstToken === null) return fault(firstLine, 1, "no statement", "write one statement below the header");
  if (unterminated !== null) fault(...place(unterminated), "a string, comment or name that is never closed", "close it");
  const [separator] = separators;
  if (separator !== undefined) fault(...place(separator), "more than one statement", "a file holds one statement; put the others into files of their own");
  for (const name of new Set(uses.map((use) => use.name))) {
    if (parameters.some((parameter) => parameter.name === name)) continue;
    const use = uses.find((candidate) => candidate.name === name);
    fault(...place(use?.start ?? 0), `$${name} is not declared`, `add \`${language === "sql" ? "--" : "//"} param ${name}: string -- …\` to the header`);
  }
  for (const parameter of parameters) {
    if (!uses.some((use) => use.name === parameter.name)) fault(parameter.line, 1, `parameter ${parameter.name} is not used`, `use $${parameter.name} in the statement, or remove the line`);
  }
}

function parseParameterLine(text: string, line: number, column: number, fault: Report): Parameter | null {
  const at = column + 1;
  const found = /^([A-Za-z_]\w*)\s*:\s*([A-Za-z]+)(\?)?\s*(.*)$/.exec(text);
  if (found === null) {
    fault(line, at, "a parameter must be `param name: type -- description`", "for example `param min_paths: integer = 2 -- smallest number of paths`");
    return null;
  }
  const [, name = "", type = "", optional, tail = ""] = found;
  if (!types.includes(type as ParameterType)) {
    const near = nearest(type, types, 1)[0];
    fault(line, at + text.indexOf(type, name.length), `unknown type “${type}”`, near === undefined ? `the types are ${types.join(", ")}` : `did you mean “${near}”?`);
    return null;
  }
  const dashes = tail.search(/(^|\s)--(\s|$)/);
  const description = dashes === -1 ? "" : tail.slice(dashes).replace(/^\s*--\s*/, "").trim();
  let rest = (dashes === -1 ? tail : tail.slice(0, dashes)).trim();
  const parameter: Parameter = { name, type: type as ParameterType, optional: optional === "?", description };
  for (;;) {
    const option = /^(choices|min|max)\(\s*([^)]*?)\s*\)\s*/.exec(rest);
    if (option === null) break;
    const [whole, kind, argument = ""] = option;
    rest = rest.slice(whole.length);
    if (kind === "choices") parameter.choices = `choices/${argument}`;
    else if (Number.isFinite(Number(argument)) && argument !== "" && (type === "integer" || type === "number")) parameter[kind === "min" ? "min" : "max"] = Number(argument);
    else fault(line, at, `${kind}(${argument}) does not fit type ${type}`, `${kind}(NUMBER) goes with integer and number`);
  }
  if (rest.startsWith("=")) {
    const value = rest.slice(1).trim();
    try {
      parameter.default = parseParameter(parameter, value);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      fault(line, at + text.indexOf("="), `the default does not fit: ${error.message}`, `write a default of type ${type}, or none`);
    }
  } else if (rest !== "") fault(line, at + text.indexOf(rest), `“${rest}” is not understood`, "after the type come choices(ID), min(N), max(N), `= default`, and `-- description`");
  return parameter;
}
