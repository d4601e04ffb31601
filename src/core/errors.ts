/**
 * What a person asked for can't be done as asked. Printed without a stack trace.
 * `usage`, `bad-input`, `unknown-*`, `write-refused` exit 2; `refused` exits 1.
 */
export class InputError extends Error {
  readonly code: "usage" | "bad-input" | "unknown-query" | "unknown-user" | "unknown-concept" | "unknown-path" | "unknown-profile" | "write-refused" | "refused" | "missing-schema";
  /** What to do about it: the nearest names, the next command. */
  readonly hint?: string;

  constructor(code: InputError["code"], message: string, hint?: string) {
    super(message);
    this.name = "InputError";
    this.code = code;
    if (hint !== undefined) this.hint = hint;
  }
}
