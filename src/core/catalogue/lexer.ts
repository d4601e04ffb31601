/** A `$name` outside of strings, comments and quoted names. */
export interface ParameterUse {
  name: string;
  /** Offsets of the `$` and of what follows the name. */
  start: number;
  end: number;
}

export interface Scan {
  parameters: ParameterUse[];
  /** Where statements end: the offsets of `;` outside of strings and comments that something follows. */
  separators: number[];
  /** Offset of a string, comment or name that never ends. */
  unterminated: number | null;
  /** Offset of the first character that is neither blank nor comment; null if there is none. */
  firstToken: number | null;
}

/** Finds the parameters of a statement. The two languages quote differently; everything else is alike. */
export function scan(text: string, language: "cypher" | "sql"): Scan {
  const result: Scan = { parameters: [], separators: [], unterminated: null, firstToken: null };
  let ended: number | null = null;
  let at = 0;
  while (at < text.length) {
    const skipped = skipQuoted(text, at, language);
    if (skipped !== null) {
      if (!skipped.comment) token(at);
      if (!skipped.closed) result.unterminated ??= at;
      at = skipped.end;
      continue;
    }
    const character = text[at] ?? "";
    if (character === ";") ended ??= at;
    else if (!/\s/.test(character)) token(at);
    if (character === "$") {
      const name = /^\$([A-Za-z_]\w*)/.exec(text.slice(at, at + 256))?.[1];
      // In SQL a `$` inside a name belongs to the name.
      if (name !== undefined && !(language === "sql" && /[\w$]/.test(text[at - 1] ?? ""))) {
        result.parameters.push({ name, start: at, end: at + 1 + name.length });
        at += 1 + name.length;
        continue;
      }
    }
    at += 1;
  }
  return result;

  function token(offset: number): void {
    result.firstToken ??= offset;
    if (ended !== null) {
      result.separators.push(ended);
      ended = null;
    }
  }
}

/** The end of the string, comment or quoted name that begins at `at`; null if none begins there. */
function skipQuoted(text: string, at: number, language: "cypher" | "sql"): { end: number; closed: boolean; comment: boolean } | null {
  const two = text.slice(at, at + 2);
  const line = language === "sql" ? "--" : "//";
  if (two === line) {
    const end = text.indexOf("\n", at);
    return { end: end === -1 ? text.length : end + 1, closed: true, comment: true };
  }
  if (two === "/*") return { ...blockComment(text, at, language === "sql"), comment: true };
  const character = text[at];
  if (language === "sql") {
    if (character === "'") return { ...until(text, at, "'", isEscapeString(text, at)), comment: false };
    if (character === '"') return { ...until(text, at, '"', false), comment: false };
    const dollar = /^\$([A-Za-z_]\w*)?\$/.exec(text.slice(at, at + 128))?.[0];
    if (dollar !== undefined && !/[\w$]/.test(text[at - 1] ?? "")) {
      const end = text.indexOf(dollar, at + dollar.length);
      return { end: end === -1 ? text.length : end + dollar.length, closed: end !== -1, comment: false };
    }
    return null;
  }
  if (character === "'" || character === '"') return { ...until(text, at, character, true), comment: false };
  if (character === "`") return { ...until(text, at, "`", false), comment: false };
  return null;
}

/** `E'…'`: here a backslash escapes. */
function isEscapeString(text: string, at: number): boolean {
  return /[eE]/.test(text[at - 1] ?? "") && !/[\w$]/.test(text[at - 2] ?? "");
}

function until(text: string, at: number, quote: string, backslash: boolean): { end: number; closed: boolean } {
  for (let index = at + 1; index < text.length; index += 1) {
    if (backslash && text[index] === "\\") index += 1;
    else if (text[index] === quote) {
      // A doubled quote is the quote itself.
      if (text[index + 1] === quote && !(backslash && quote !== "'")) index += 1;
      else return { end: index + 1, closed: true };
    }
  }
  return { end: text.length, closed: false };
}

function blockComment(text: string, at: number, nested: boolean): { end: number; closed: boolean } {
  let depth = 1;
  let index = at + 2;
  while (index < text.length && depth > 0) {
    const two = text.slice(index, index + 2);
    if (two === "*/") depth -= 1;
    else if (nested && two === "/*") depth += 1;
    else {
      index += 1;
      continue;
    }
    index += 2;
  }
  return { end: Math.min(index, text.length), closed: depth === 0 };
}
