import { existsSync, rmSync, writeFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { parsers } from "./values.ts";
import type { Answer, Failure, Request } from "./pglite-protocol.ts";

// PGlite blocks its thread while it works: here, so that input and drawing never wait for it.
if (parentPort === null) throw new Error("this file is the program of a worker thread");
const port = parentPort;
let database: PGlite | undefined;
let notices: string[] = [];

port.on("message", ({ id, request }: { id: number; request: Request }) => {
  answer(request).then(
    (result) => port.postMessage({ id, answer: result }),
    (error: unknown) => port.postMessage({ id, failure: failureOf(error) }),
  );
});

const nothing: Answer = { columns: [], rows: [], truncated: false, notices: [] };

async function answer(request: Request): Promise<Answer> {
  switch (request.kind) {
    case "open":
      await open(request);
      return nothing;
    case "execute":
      await opened().exec(request.statements);
      return nothing;
    case "query":
      return query(request);
    case "close":
      await database?.close();
      database = undefined;
      return nothing;
  }
}

async function open({ folder, timeZone, template }: Extract<Request, { kind: "open" }>): Promise<void> {
  // A folder that was being made when the process died holds nothing yet: it is made again.
  const unfinished = `${folder}.unfinished`;
  if (existsSync(unfinished)) rmSync(folder, { recursive: true, force: true });
  const fresh = !existsSync(folder);
  if (fresh) writeFileSync(unfinished, "this folder is being created\n");
  const options = fresh && template !== null ? { loadDataDir: new Blob([template as Uint8Array<ArrayBuffer>], { type: "application/x-gzip" }) } : {};
  database = await PGlite.create({ dataDir: folder, parsers: parsers as Record<number, (text: string) => unknown>, ...options });
  if (fresh) rmSync(unfinished);
  await database.query("SELECT set_config('TimeZone', $1, false)", [timeZone]);
}

async function query({ statement, parameters, maxRows }: Extract<Request, { kind: "query" }>): Promise<Answer> {
  notices = [];
  const result = await opened().query<unknown[]>(statement, parameters.map(parameterOf), {
    rowMode: "array",
    onNotice: (notice) => notices.push(notice.message ?? ""),
  });
  const rows = result.rows as Answer["rows"];
  const truncated = maxRows !== null && rows.length > maxRows;
  return { columns: result.fields.map((field) => field.name), rows: truncated ? rows.slice(0, maxRows) : rows, truncated, notices };
}

/** PGlite asks for text where a statement wants text, and for JSON texts as objects. */
function parameterOf(value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function opened(): PGlite {
  if (database === undefined) throw new Error("the database is closed");
  return database;
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const told = error as Error & { code?: string; position?: string; detail?: string; hint?: string };
  return {
    message: error.message,
    ...(told.code === undefined ? {} : { sqlState: told.code }),
    ...(told.position === undefined ? {} : { position: Number(told.position) }),
    ...(told.detail === undefined ? {} : { detail: told.detail }),
    ...(told.hint === undefined ? {} : { hint: told.hint }),
  };
}
