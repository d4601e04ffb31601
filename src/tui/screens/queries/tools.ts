import { spawn } from "node:child_process";
import type { CatalogueFault, Query } from "../../../core/catalogue/types.ts";
import { displayValue } from "../../../core/output/display.ts";
import { sanitise, sanitiseLines } from "../../../core/text/sanitise.ts";
import { wrap, type Spans } from "../../lines.ts";
import { TextOverlay } from "../../overlay.ts";
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
  const { session, backend } = host;
  if (session === undefined || backend === undefined) return;
  backend.explainQuery(session, query.id, backend.parseParameters(query, texts)).then(
    (plan) => {
      if (plan === null) return host.say("this engine has no plans", "warn");
      const { rows } = backend.planRows(plan);
      const lines = rows.map(([operator, details, estimated, cost]): Spans => [["bold", String(operator)], "  ", sanitise(String(details)), ["dim", `${estimated === null ? "" : `   about ${displayValue(estimated)} rows`}${cost === null ? "" : `   cost ${displayValue(cost)}`}`]]);
      host.show(new TextOverlay(`Plan of ${query.id}`, new ScrollText(lines)));
    },
    (error: unknown) => host.say((error as Error).message, "danger"),
  );
}

/**
 * Opens a query's file in the person's editor, and reads it again afterwards. True if it can be used as it is now;
 * else what is wrong was said, with its line and column, and the query stays as it was.
 */
export async function editQuery(host: Host, query: Query): Promise<boolean> {
  const editor = process.env["VISUAL"] || process.env["EDITOR"];
  if (editor === undefined) {
    host.say(`set $EDITOR to edit ${query.file}`, "warn");
    return false;
  }
  let failed: string | undefined;
  await host.suspend(
    () =>
      new Promise((resolve) => {
        const child = spawn(editor, [query.file], { stdio: "inherit", shell: /\s/.test(editor) });
        const end = (reason: string | undefined): void => {
          failed ??= reason;
          resolve();
        };
        child.on("error", (error) => end(error.message));
        child.on("exit", (code) => end(code === 0 || code === null ? undefined : `${editor} ended with ${code}`));
      }),
  );
  const { backend } = host;
  if (failed !== undefined || backend === undefined) {
    host.say(`can't edit: ${failed ?? "nothing is open"}`, "danger");
    return false;
  }
  const faults: CatalogueFault[] = [];
  const folder = query.file.slice(0, -(query.id.length + (query.language === "sql" ? ".sql" : ".cypher").length));
  const fresh = await backend.readQuery(folder, query.file, query.origin, faults);
  const [fault] = faults;
  if (fault !== undefined) host.say(`line ${fault.line}, column ${fault.column}: ${fault.message}; ${fault.fix}`, "danger");
  if (fresh === null) return false;
  Object.assign(query, fresh);
  return true;
}
