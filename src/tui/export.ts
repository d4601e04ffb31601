import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../databases/values.ts";
import { ChoiceOverlay } from "./overlay.ts";
import type { Host } from "./screen.ts";

/** What a screen shows, as a command would print it. */
export interface Exportable {
  /** Of the file, without its ending. */
  name: string;
  /** The command line that prints the same; undefined where no command takes what was asked here. */
  command: string | undefined;
  /** For JSON: the command's own object, without `schema`. */
  json(): object;
  /** For the formats that print rows. */
  columns: readonly string[];
  rows: readonly Row[];
  /** There are more rows than these. */
  truncated?: boolean;
}

const endings = { json: "json", ndjson: "ndjson", csv: "csv", tsv: "tsv", markdown: "md" } as const;
const labels: Readonly<Record<keyof typeof endings, string>> = { json: "JSON", ndjson: "NDJSON", csv: "CSV", tsv: "TSV", markdown: "Markdown" };

/** Lets choose a format; writes the file into the folder where the program was started, or copies the command. */
export function showExport(host: Host, what: Exportable): void {
  const formats = (Object.keys(endings) as (keyof typeof endings)[]).map((format) => ({
    label: labels[format],
    note: fileName(what.name, endings[format]),
    choose: () => write(host, what, format),
  }));
  const { command } = what;
  const copy = { label: "Copy the command that prints it", ...(command === undefined ? { disabled: "no command takes all of these parameters" } : { note: command }), choose: () => host.copy(command ?? "", "the command") };
  host.show(new ChoiceOverlay("Export the result", [...formats, copy], ""));
}

/** A command line from its words, quoted for a POSIX shell. */
export function commandLine(...words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

function fileName(name: string, ending: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|-+$/g, "");
  return `${(safe === "" ? "export" : safe).slice(0, 80)}.${ending}`;
}

function write(host: Host, what: Exportable, format: keyof typeof endings): void {
  const { backend } = host;
  if (backend === undefined) return;
  const text = format === "json" ? `${backend.toJson({ schema: 1, ...what.json() }, 2)}\n` : backend.formatRows(format, what.columns, what.rows, { header: true, terminal: false, columns: 10_000 });
  // An older export is never overwritten.
  for (let number = 1; number < 1_000; number += 1) {
    const name = fileName(number === 1 ? what.name : `${what.name}-${number}`, endings[format]);
    try {
      writeFileSync(join(process.cwd(), name), text, { flag: "wx" });
      return host.say(`${what.rows.length.toLocaleString("en")} ${what.rows.length === 1 ? "row" : "rows"} written to ${name}${what.truncated === true ? "; the result was cut, L raises the limit" : ""}`, "ok");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return host.say(`can't write ${name}: ${(error as Error).message}`, "danger");
    }
  }
  host.say(`can't write ${what.name}: there are a thousand of it already`, "danger");
}
