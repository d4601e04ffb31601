import { once } from "node:events";
import { accessSync, constants, createWriteStream, existsSync, statSync, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../core/errors.ts";
import { formatRows, formats, rowWriter, type Format } from "../core/output/format.ts";
import type { Refusal } from "../core/sync/types.ts";
import { toJson } from "../core/text/json.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { ResultStream } from "../databases/types.ts";
import type { Row } from "../databases/values.ts";
import type { Flags } from "./flags.ts";

/** What a command prints: an object of its own for JSON, and its one main list for every other format. */
export interface Printable {
  json: object;
  columns: readonly string[];
  rows: readonly Row[];
  /** As metrics, where the command has any. */
  prometheus?: () => string;
}

export const tableLimit = 1_000;

/** Where and how a command prints. Nothing reaches stdout or the file before the command succeeded. */
export class Output {
  readonly format: Format | "prometheus";
  /** Rows asked for by `--limit`; undefined if nothing was said. */
  readonly limit: number | undefined;
  readonly #header: boolean;
  readonly #file: string | undefined;

  constructor(flags: Flags) {
    this.limit = flags.integer("limit", 0);
    this.#header = !flags.has("no-header");
    this.#file = flags.text("output");
    if (flags.has("json") && flags.has("format") && flags.text("format") !== "json") throw new InputError("usage", "--json and --format ask for two things", "leave one of them out");
    const asked = flags.has("json") ? "json" : flags.text("format");
    const ending = this.#file?.split(".").at(-1);
    const byEnding = ending === "md" ? "markdown" : formats.find((format) => format === ending);
    this.format = asked === "prometheus" ? asked : formats.find((format) => format === asked) ?? byEnding ?? (this.#terminal ? "table" : "tsv");
  }

  /** Refuses a file that can't be written, before anything is done. Throws `InputError` (`bad-input`). */
  requireTarget(): void {
    if (this.#file === undefined) return;
    const target = resolve(this.#file);
    try {
      if (existsSync(target) && statSync(target).isDirectory()) throw new Error("it is a folder");
      accessSync(dirname(target), constants.W_OK);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  #unwritable(error: unknown): InputError {
    return new InputError("bad-input", `can't write ${this.#file ?? ""}: ${(error as Error).message}`, "name another file with --output");
  }

  get #terminal(): boolean {
    return this.#file === undefined && process.stdout.isTTY === true;
  }

  /** Prints a whole answer; a table says when it was cut. */
  async print({ json, columns, rows, prometheus }: Printable): Promise<void> {
    if (this.format === "prometheus") return this.#write([prometheus?.() ?? ""]);
    if (this.format === "json") return this.#write([`${toJson({ schema: 1, ...json }, this.#terminal ? 2 : undefined)}\n`]);
    const limit = this.limit ?? (this.format === "table" ? tableLimit : Infinity);
    const shown = rows.slice(0, limit);
    await this.#write([formatRows(this.format, columns, shown, { header: this.#header, terminal: this.#terminal, columns: this.#terminal ? (process.stdout.columns ?? 80) : 10_000 })]);
    if (shown.length < rows.length) narrate(`the first ${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows; --limit N shows more`);
  }

  /** Prints a result as it arrives, in flat memory. Only for `ndjson`, `csv` and `tsv`. */
  async stream(result: ResultStream): Promise<void> {
    if (this.format !== "ndjson" && this.format !== "csv" && this.format !== "tsv") throw new TypeError(`${this.format} can't be streamed`);
    const writer = rowWriter(this.format, result.columns, { header: this.#header, terminal: this.#terminal });
    let left = this.limit ?? Infinity;
    async function* texts(): AsyncGenerator<string> {
      // Goes out with the first rows: a statement that fails before them leaves nothing on stdout.
      let { head } = writer;
      if (left > 0) {
        for await (const rows of result) {
          let text = head;
          head = "";
          for (const row of rows.length > left ? rows.slice(0, left) : rows) text += writer.line(row);
          left -= rows.length;
          yield text;
          if (left <= 0) return;
        }
      }
      if (head !== "") yield head;
    }
    await this.#write(texts());
  }

  async #write(texts: Iterable<string> | AsyncIterable<string>): Promise<void> {
    if (this.#file === undefined) {
      for await (const text of texts) await writeStdout(text);
      return;
    }
    // Beside its place and then renamed: whoever reads the file sees all of it or the old one.
    const target = resolve(this.#file);
    const partial = join(dirname(target), `.${basename(target)}.partial-${process.pid}`);
    const file = createWriteStream(partial);
    try {
      await opened(file);
      for await (const text of texts) if (!file.write(text)) await once(file, "drain");
      file.end();
      await once(file, "close");
      await rename(partial, target);
    } catch (error) {
      file.destroy();
      await rm(partial, { force: true });
      const { code } = error as NodeJS.ErrnoException;
      if (code !== undefined && /^E[A-Z]+$/.test(code)) throw this.#unwritable(error);
      throw error;
    }
  }
}

async function opened(file: WriteStream): Promise<void> {
  await once(file, "open");
}

/** Waits while a pipe is full, so that a slow reader costs no memory. */
export async function writeStdout(text: string): Promise<void> {
  if (text === "") return;
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error) reject(new InputError("bad-input", `can't write to standard output: ${error.message}`, "write to another place, or to a file with --output"));
      else resolve();
    });
  });
}

/** What a person is told of keys that were set aside. */
export function parkedText(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "key is" : "keys are"} parked: \`jeseci sync parked\` tells why`;
}

/** Narration goes to stderr: stdout is data. */
export function narrate(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** What is not carried over: `parked` counts keys. */
export function tellRest(refused: readonly Refusal[], parked: number): void {
  for (const { message, examples } of refused) narrate(`refused: ${sanitise(message)} (${examples.map(sanitise).join(", ")})`);
  if (parked > 0) narrate(parkedText(parked));
}
