/** C0, DEL, C1, the line and paragraph separators, and what reorders text: embeddings, overrides, isolates, marks. */
export const controlOrBidi = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const everyControlOrBidi = new RegExp(controlOrBidi.source, "g");
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text of a database as one line that a terminal can be given: newline and tab become one blank, every other control
 * or bidi character U+FFFD. What followed an ESC stays, as text. Idempotent.
 */
export function sanitise(text: string): string {
  if (!controlOrBidi.test(text) && text.isWellFormed()) return text;
  return text.replace(/\r\n|[\n\t]/g, " ").replace(everyControlOrBidi, "\ufffd").replace(loneSurrogate, "\ufffd");
}

/** As `sanitise`, but keeps line ends: for texts that are shown over several lines. */
export function sanitiseLines(text: string): string {
  return text.split(/\r?\n/).map(sanitise).join("\n");
}
