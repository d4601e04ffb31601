import { completeParameters, parseParameters } from "../core/catalogue/parameters.ts";
import { explainQuery, explainStatement, requireQuery, runQuery, runStatement, streamQuery, streamStatement, type Statement } from "../core/catalogue/run.ts";
import { InputError } from "../core/errors.ts";
import { planRows } from "../core/output/plan.ts";
import { objectOf, uniqueNames } from "../core/output/delimited.ts";
import type { Trace } from "../core/session.ts";
import type { QueryResult } from "../databases/types.ts";
import type { Value } from "../databases/values.ts";
import type { Context, Run } from "./context.ts";
import { exit } from "./exit.ts";
import { parseParamFlags } from "./flags.ts";
import { narrate, tableLimit } from "./output.ts";

export const run: Run = async (context) => {
  const { arguments: [id], flags, output, signal, withSession } = context;
  const raw = parseParamFlags(flags.all("param"));
  const given = [id, flags.text("sql"), flags.text("cypher")].filter((value) => value !== undefined);
  if (given.length === 0) throw new InputError("usage", "query needs the id of a canned query, --sql TEXT or --cypher TEXT", "`jeseci queries` lists the canned ones");
  if (given.length > 1) throw new InputError("usage", "an id, --sql and --cypher exclude each other", "leave all but one out");
  const adHoc = id === undefined ? await statementOf(context, raw) : null;

  return withSession({ seedIfEmpty: true }, async (session) => {
    const parameters: Record<string, Value> = adHoc === null ? parseParameters(requireQuery(session, id ?? ""), raw) : (adHoc.parameters ?? {});
    if (flags.has("explain")) {
      const plan = adHoc === null ? await explainQuery(session, id ?? "", parameters, { signal }) : await explainStatement(session, adHoc, { signal });
      await output.print({ json: { query: id ?? null, plan }, ...planRows(plan) });
      if (plan === null) narrate("this engine has no plans");
      return exit.fine;
    }
    if (output.format === "ndjson" || output.format === "csv" || output.format === "tsv") {
      const stream = await (adHoc === null ? streamQuery(session, id ?? "", parameters, { signal }) : streamStatement(session, adHoc, { signal }));
      await output.stream(stream);
      for (const notice of stream.notices) narrate(`note: ${notice}`);
      return exit.fine;
    }
    const trace: Trace = [];
    const maxRows = output.limit ?? (output.format === "table" ? tableLimit : undefined);
    const options = { signal, trace, ...(maxRows === undefined ? {} : { maxRows }) };
    const result: QueryResult = adHoc === null ? await runQuery(session, id ?? "", parameters, options) : await runStatement(session, adHoc, options);
    const columns = uniqueNames(result.columns);
    await output.print({
      json: {
        query: id ?? null,
        parameters: adHoc === null ? completeParameters(requireQuery(session, id ?? ""), parameters) : parameters,
        columns,
        rows: result.rows.map((row) => objectOf(columns, row)),
        row_count: result.rows.length,
        truncated: result.truncated,
        trace,
      },
      columns,
      rows: result.rows,
    });
    for (const notice of result.notices) narrate(`note: ${notice}`);
    if (result.truncated) narrate(`the first ${result.rows.length.toLocaleString("en")} rows of more; --limit N shows more`);
    return exit.fine;
  });
};

async function statementOf({ flags }: Context, raw: Record<string, string>): Promise<Statement> {
  const language = flags.has("sql") ? "sql" : "cypher";
  const text = flags.text(language) ?? "";
  let statement = text;
  if (text === "-") {
    if (process.stdin.isTTY === true) throw new InputError("usage", `--${language} - reads the statement from standard input, which is a terminal`, `pipe it: echo '…' | jeseci query --${language} -`);
    statement = "";
    for await (const chunk of process.stdin.setEncoding("utf8") as AsyncIterable<string>) statement += chunk;
  }
  if (statement.trim() === "") throw new InputError("usage", `--${language} got an empty statement`);
  return { language, statement, parameters: Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, guess(value)])) };
}

/** An ad-hoc parameter has no declared type: what looks like a whole number, a number, true or false is one. */
function guess(text: string): Value {
  if (/^-?(0|[1-9]\d*)$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  if (/^-?\d+\.\d+$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}
