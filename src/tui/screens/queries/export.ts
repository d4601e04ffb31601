import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { QueryRun } from "../../../core/catalogue/run.ts";
import { ChoiceOverlay } from "../../overlay.ts";
import type { Host } from "../../screen.ts";
import type { TableView } from "../../table-view.ts";

const endings = { json: "json", ndjson: "ndjson", csv: "csv", tsv: "tsv", markdown: "md" } as const;

/** Lets choose a format; writes the result beside where the program was started, or copies the command that prints it. */
export function showExport(host: Host, ran: { id: string; texts: Record<string, string> }, table: TableView, run: QueryRun): void {
  const formats = Object.entries(endings).map(([format, ending]) => ({
    label: format === "ndjson" ? "NDJSON" : format === "markdown" ? "Markdown" : format.toUpperCase(),
    note: `${fileName(ran.id, ending)}`,
    choose: () => write(host, ran, table, run, format as keyof typeof endings, ending),
  }));
  const command = headless(ran);
  host.show(new ChoiceOverlay("Export the result", [...formats, { label: "Copy the command that prints it", note: command, choose: () => host.copy(command, "the command") }], ""));
}

/** The command line that gives the same rows. */
export function headless({ id, texts }: { id: string; texts: Record<string, string> }): string {
  const quote = (text: string): string => (/^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  return ["jeseci", "query", id, ...Object.entries(texts).flatMap(([name, text]) => ["--param", quote(`${name}=${text}`)])].join(" ");
}

function fileName(id: string, ending: string): string {
  return `${id.replaceAll("/", "-")}.${ending}`;
}

function write(host: Host, ran: { id: string }, table: TableView, run: QueryRun, format: keyof typeof endings, ending: string): void {
  const { backend } = host;
  if (backend === undefined) return;
  const objects = (): object[] => run.rows.map((row) => backend.objectOf(table.columns, row));
  const text =
    format === "json"
      ? `${backend.toJson({ schema: 1, query: ran.id, parameters: run.parameters, columns: table.columns, rows: objects(), row_count: run.rows.length, truncated: run.truncated }, 2)}\n`
      : backend.formatRows(format, table.columns, run.rows, { header: true, terminal: false, columns: 10_000 });
  // An older export is never overwritten.
  for (let number = 1; number < 1_000; number += 1) {
    const name = number === 1 ? fileName(ran.id, ending) : fileName(`${ran.id}-${number}`, ending);
    try {
      writeFileSync(join(process.cwd(), name), text, { flag: "wx" });
      return host.say(`${run.rows.length.toLocaleString("en")} rows written to ${name}${run.truncated ? "; the result was cut, L raises the limit" : ""}`, "ok");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return host.say(`can't write ${name}: ${(error as Error).message}`, "danger");
    }
  }
}
