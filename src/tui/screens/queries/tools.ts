import { spawn } from "node:child_process";
import type { CatalogueFault, Query } from "../../../core/catalogue/types.ts";
import { displayValue } from "../../../core/output/display.ts";
import { sanitise, sanitiseLines } from "../../../core/text/sanitise.ts";
import { wrap, type Spans } from "../../lines.ts";
import { TextOverlay } from "../../overlay.ts";
import { planLines } from "../../plan.ts";
import type { Host } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import type { TableView } from "../../table-view.ts";

/** The whole row under the cursor, a field a paragraph. */
export function showSheet(host: Host, table: TableView): void {
  const row = table.selectedRow;
  if (row === undefined) return;
  const lines = table.columns.flatMap((name, index): Spans[] => {
    const value = row[index] ?? null;
    const text = value === null ? "–" : sanitiseLines(displayValue(value));
    return [[["bold", sanitise(name)], ["dim", value === null ? "  null" : `  ${Array.isArray(value) ? "list" : typeof value}`]], ...wrap(text, 100).map((line): Spans => [`  ${line}`]), []];
  });
  const copy = (): void => host.copy(row.map(displayValue).join("\t"), "the row");
  const title = `Row ${(table.cursor.index + 1).toLocaleString("en")} of ${table.length.toLocaleString("en")}`;
  host.show(new TextOverlay(title, new ScrollText(lines), "↑↓ scroll  Y copy the row  esc close", { Y: copy }));
}

/** The plan of a query with these values, as a tree; without running it. */
export function showPlan(host: Host, query: Query, texts: Readonly<Record<string, string>>): void {
  const { session, backend, theme } = host;
  if (session === undefined || backend === undefined) return;
  backend.explainQuery(session, query.id, backend.parseParameters(query, texts)).then(
    (plan) => {
      if (plan === null) host.say("the embedded graph has no plans", "warn");
      else host.show(new TextOverlay(`Plan of ${query.id}`, new ScrollText(planLines(theme, backend, plan))));
    },
    (error: unknown) => {
      host.noticed(error as Error);
      host.say((error as Error).message, "danger");
    },
  );
}

/** Opens a file in the person's editor, the terminal handed over. False, with the reason told, if that failed. */
export async function editFile(host: Host, file: string): Promise<boolean> {
  const editor = process.env["VISUAL"] || process.env["EDITOR"];
  if (!editor) {
    host.say(`set $EDITOR to edit ${file}`, "warn");
    return false;
  }
  let failed: string | undefined;
  await host.suspend(
    () =>
      new Promise((resolve) => {
        const child = spawn(editor, [file], { stdio: "inherit", shell: /\s/.test(editor) });
        const end = (reason: string | undefined): void => {
          failed ??= reason;
          resolve();
        };
        child.on("error", (error) => end(error.message));
        child.on("exit", (code) => end(code === 0 || code === null ? undefined : `${editor} ended with ${code}`));
      }),
  );
  if (failed !== undefined) host.say(`can't edit: ${failed}`, "danger");
  return failed === undefined;
}

export function tellFault(host: Host, fault: CatalogueFault): void {
  host.say(`line ${fault.line}, column ${fault.column}: ${fault.message}; ${fault.fix}`, "danger");
}

/**
 * Opens a query's file in the person's editor, and reads it again afterwards. True if it can be used as it is now;
 * else what is wrong was said, with its line and column, and the query stays as it was.
 */
export async function editQuery(host: Host, query: Query): Promise<boolean> {
  const { backend } = host;
  if (backend === undefined || !(await editFile(host, query.file))) return false;
  const faults: CatalogueFault[] = [];
  const folder = query.file.slice(0, -(query.id.length + (query.language === "sql" ? ".sql" : ".cypher").length));
  const fresh = await backend.readQuery(folder, query.file, query.origin, faults);
  if (faults[0] !== undefined) tellFault(host, faults[0]);
  if (fresh === null) return false;
  Object.assign(query, fresh);
  return true;
}
