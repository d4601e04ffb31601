import { afterEach, describe, expect, test, vi } from "vitest";
import type { Context } from "../../src/commands/context.ts";
import { Flags } from "../../src/commands/flags.ts";
import { Output } from "../../src/commands/output.ts";
import { parseCommandLine } from "../../src/commands/parse.ts";
import { run } from "../../src/commands/write.ts";
import type { WriteReport } from "../../src/core/writes/types.ts";

afterEach(() => vi.restoreAllMocks());

/** Runs the command over an operation that ends as told: what can't be brought about without breaking a wire. */
async function ended(report: Partial<WriteReport>, full = false): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: "", stderr: "" };
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((written.stderr += String(text)), true));
  vi.spyOn(process.stdout, "write").mockImplementation((text: unknown, done: unknown) => {
    if (!full) written.stdout += String(text);
    (done as (error?: Error) => void)(full ? new Error("ENOSPC: no space left on device, write") : undefined);
    return true;
  });
  const invocation = parseCommandLine(["user", "create", "ada", "--json"]);
  const flags = new Flags(invocation);
  const withSession = (): Promise<WriteReport> => Promise.resolve({ outcome: "both", counts: [], warnings: [], plan: [], ...report });
  const context = { invocation, arguments: invocation.arguments, flags, output: new Output(flags), settings: { timeZone: "UTC" }, signal: new AbortController().signal, withSession } as unknown as Context;
  const code = await run(context);
  vi.restoreAllMocks();
  return { code, ...written };
}

describe("how a write ends", () => {
  const plan: WriteReport["plan"] = [{ action: "create", thing: "user ada", before: null, after: null }];
  const json = (outcome: string, warnings: string[]): string => `${JSON.stringify({ schema: 1, outcome, operation: "user create", counts: [], plan, warnings })}\n`;

  test("in PostgreSQL, on its way to the graph: 5", async () => {
    expect(await ended({ outcome: "pending", plan, warnings: ["Neo4j went away"] })).toEqual({
      code: 5,
      stdout: json("pending", ["Neo4j went away"]),
      stderr: "warning: Neo4j went away\nwritten in PostgreSQL, reaching the graph: `jeseci sync` carries it over now, `jeseci status` shows what is still on its way\n",
    });
  });

  test("nobody knows: 3, with how to find out", async () => {
    const warning = "PostgreSQL did not say whether transaction 7 was committed: ask it with SELECT pg_xact_status('7')";
    expect(await ended({ outcome: "unknown", plan, warnings: [warning] })).toMatchObject({ code: 3, stdout: json("unknown", [warning]), stderr: expect.stringContaining("pg_xact_status('7')") as string });
  });

  test("both: 0", async () => {
    expect(await ended({ plan })).toEqual({ code: 0, stdout: json("both", []), stderr: "written in both databases\n" });
  });

  test("both, though nobody can be told of it: 0, and stderr says so", async () => {
    expect(await ended({ plan }, true)).toEqual({ code: 0, stdout: "", stderr: "warning: can't write to standard output: ENOSPC: no space left on device, write; only this report is lost\nwritten in both databases\n" });
  });
});
