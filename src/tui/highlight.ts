import { sanitise } from "../core/text/sanitise.ts";
import type { Span, Spans } from "./lines.ts";

const keywords =
  /^(match|optional|where|return|with|order|by|limit|unwind|as|distinct|case|when|then|else|end|and|or|not|in|is|null|exists|union|all|call|contains|starts|ends|desc|asc|skip|select|from|join|left|right|inner|outer|on|using|group|having|filter|over|values|between|count|sum|avg|min|max|collect|coalesce|round|size|true|false)$/i;

const token = /(\/\/.*|--.*)|('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")|(\$\w+)|(:\w+)|([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|(\s+)|(.)/g;

/** One line of a statement in colour. Only for reading: nothing depends on it. */
export function highlight(line: string): Spans {
  const spans: Span[] = [];
  for (const [text, comment, quoted, parameter, label, word, number] of sanitise(line).matchAll(token)) {
    if (comment !== undefined) spans.push(["dim", text]);
    else if (quoted !== undefined || number !== undefined) spans.push(["ok", text]);
    else if (parameter !== undefined) spans.push(["warn", text]);
    else if (label !== undefined) spans.push(["accent", text]);
    else if (word !== undefined && keywords.test(word)) spans.push(["bold", text]);
    else spans.push(text);
  }
  return spans;
}
