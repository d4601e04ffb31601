import { createReadStream } from "node:fs";

/** A file that is not a JSON array in UTF-8. */
export class FileFault extends Error {
  readonly row: number | null;
  constructor(message: string, row: number | null = null) {
    super(message);
    this.row = row;
  }
}

/** An element of the array, with the line on which it begins. */
export interface Element {
  /** From 1. */
  row: number;
  line: number;
  value: unknown;
}

/**
 * Reads the elements of a JSON array one by one, so that a file of millions takes the memory of one. Throws `FileFault`
 * for what is not UTF-8, not JSON, or not an array.
 */
export async function* readElements(path: string): AsyncGenerator<Element> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let at = 0; // of the next character to look at
  let start = -1; // of the element that is being read
  let startLine = 1;
  let line = 1;
  let row = 0;
  let depth = 0;
  let state: "before" | "element" | "after-element" | "first" | "after" = "before";
  let inString = false;
  let escaped = false;
  let bytes = 0;

  const parse = (end: number): Element => {
    row += 1;
    const source = text.slice(start, end);
    start = -1;
    try {
      return { row, line: startLine, value: JSON.parse(source) };
    } catch (error) {
      throw new FileFault(`not JSON: ${(error as Error).message.replace(/ in JSON at position.*| \(line.*/s, "")} (the element begins on line ${startLine})`, row);
    }
  };
  const unexpected = (character: string): FileFault => new FileFault(`not JSON: unexpected ${JSON.stringify(character)} on line ${line}`, row === 0 ? null : row);

  function* elements(): Generator<Element> {
    for (; at < text.length; at += 1) {
      const character = text[at] ?? "";
      if (character === "\n") line += 1;
      if (state === "element") {
        if (inString) {
          if (escaped) escaped = false;
          else if (character === "\\") escaped = true;
          else if (character === '"') inString = false;
        } else if (character === '"') inString = true;
        else if (character === "{" || character === "[") depth += 1;
        else if (character === "}" || (character === "]" && depth > 0)) depth -= 1;
        else if (depth === 0 && (character === "," || character === "]")) {
          yield parse(at);
          state = character === "," ? "after-element" : "after";
        }
        continue;
      }
      if (/[ \t\r\n]/.test(character)) continue;
      if (state === "before") {
        if (character !== "[") throw new FileFault(character === "{" ? "must hold a list `[…]` of objects, not an object" : `must hold a list \`[…]\` of objects; it begins with ${JSON.stringify(character)}`);
        state = "first";
      } else if (state === "after") throw unexpected(character);
      else if (state === "first" && character === "]") state = "after";
      else if (character === "," || character === "]" || character === "}") throw unexpected(character);
      else {
        state = "element";
        start = at;
        startLine = line;
        inString = character === '"';
        depth = character === "{" || character === "[" ? 1 : 0;
      }
    }
    // Keep only the element that is still open.
    const keep = start === -1 ? at : start;
    text = text.slice(keep);
    at -= keep;
    start = start === -1 ? -1 : 0;
  }

  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
      try {
        text += decoder.decode(chunk, { stream: true });
      } catch {
        throw new FileFault(`not UTF-8: a wrong byte between byte ${bytes} and ${bytes + chunk.length} of the file, after line ${line}`);
      }
      bytes += chunk.length;
      yield* elements();
    }
    try {
      text += decoder.decode();
    } catch {
      throw new FileFault("not UTF-8: the last character is cut off");
    }
    yield* elements();
  } catch (error) {
    if (error instanceof FileFault) throw error;
    throw new FileFault(`can't be read: ${(error as Error).message}`);
  }
  if (state === "before") throw new FileFault("is empty; a list `[…]` is expected");
  if (state !== "after") throw new FileFault(`not JSON: the list is never closed (the last element begins on line ${startLine})`, row === 0 ? null : row);
}
