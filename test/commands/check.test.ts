import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../src/commands/check.ts";
import type { Context } from "../../src/commands/context.ts";
import { Flags } from "../../src/commands/flags.ts";
import { Output } from "../../src/commands/output.ts";
import { parseCommandLine } from "../../src/commands/parse.ts";
import type { CheckReport } from "../../src/core/consistency/types.ts";
import { projectAll } from "../../src/core/sync/project.ts";
import { openDemo, type TemporarySession } from "../support/seeded.ts";

let demo: TemporarySession;
let folder: string;
beforeAll(async () => void (demo = await openDemo()));
afterAll(() => demo.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jeseci-check-"));
  await sql("DELETE FROM users WHERE user_id LIKE 'extra%'");
  await sql("TRUNCATE jeseci.sync_mark");
  await projectAll(demo.databases);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const sql = (statement: string): Promise<unknown> => demo.databases.sql.write((transaction) => transaction.query(statement));
const graph = (statement: string): Promise<unknown> => demo.databases.graph.write((transaction) => transaction.query(`${statement} RETURN 1 AS done`));
const percent = (value: number): Promise<unknown> => graph(`MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'}) SET r.progress_percent = ${value}`);
const trigger = (state: "ENABLE" | "DISABLE"): Promise<unknown> => sql(`ALTER TABLE users ${state} TRIGGER sync_mark_update`);

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command on the demo data. `onLine` is called once what it prints holds so many lines. */
async function check(argv: readonly string[], onLine: Readonly<Record<number, () => Promise<unknown>>> = {}): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const doing: Promise<unknown>[] = [];
  let seen = 0;
  const note = (text: string): void => {
    for (const character of text) if (character === "\n") doing.push(onLine[(seen += 1)]?.() ?? Promise.resolve());
  };
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    written.stdout += String(text);
    note(String(text));
    for (const done of rest) if (typeof done === "function") (done as () => void)();
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((written.stderr += String(text)), true));
  const invocation = parseCommandLine(["check", ...argv]);
  const flags = new Flags(invocation);
  const settings = { stateDir: folder, kind: "embedded", dataDir: demo.dataDir };
  const context = { invocation, arguments: [], flags, output: new Output(flags), settings, signal: new AbortController().signal, withSession: (_options: unknown, work: (session: unknown) => unknown) => work(demo.session) } as unknown as Context;
  const code = await run(context).finally(() => vi.restoreAllMocks());
  await Promise.all(doing);
  return { code, ...written };
}

const json = ({ stdout }: Ended): CheckReport & { changed: Record<"came" | "went", { count: number; examples: string[] }> } => JSON.parse(stdout) as never;
const lines = ({ stdout }: Ended): string[] => stdout.trimEnd().split("\n");

describe("1,200 differences", () => {
  beforeEach(async () => {
    await sql("INSERT INTO users (user_id, username) SELECT 'extra' || n, 'extra ' || n FROM generate_series(1, 1200) AS n");
    await sql("TRUNCATE jeseci.sync_mark");
  });

  test.each([["ndjson", 1_200], ["csv", 1_201], ["tsv", 1_201], ["markdown", 1_202]])("%s has all of them", async (format, count) => {
    const ended = await check(["--format", format]);
    expect(lines(ended)).toHaveLength(count);
    expect(ended.stderr).not.toMatch(/the first/);
  });

  test("and as many as are asked for", async () => {
    const ended = await check(["--format", "csv", "--limit", "1100"]);
    expect(lines(ended)).toHaveLength(1_101);
    expect(ended.stderr).toContain("the first 1,100 of 1,200 rows; --limit N shows more");
  });

  test("JSON has all of them; with --limit it says that it was cut", async () => {
    const all = json(await check(["--json"]));
    expect([all.findings.length, all.findings_total, all.truncated, all.changed.came.count]).toEqual([1_200, 1_200, false, 1_200]);
    const some = json(await check(["--json", "--limit", "5"]));
    expect([some.findings.length, some.findings_total, some.truncated, some.changed.came.count, some.changed.went.count]).toEqual([5, 1_200, true, 0, 0]);
  });

  test("a table shows a thousand, says so, and more when told", async () => {
    const ended = await check(["--format", "table"]);
    expect(lines(ended)).toHaveLength(1_002);
    expect(ended.stderr).toContain("the first 1,000 of 1,200 rows; --limit N shows more");
    expect(ended.stderr).toContain("1,200 differences: deep check");
    const more = await check(["--format", "table", "--limit", "2000"]);
    expect(lines(more)).toHaveLength(1_202);
    expect(more.stderr).not.toMatch(/the first/);
  });
});

describe("a fast check", () => {
  test("names what differs, and what either side says", async () => {
    await percent(57);
    const ended = await check(["--fast"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/\nthe counts or sums differ: sum of progress\.progress_percent \(SQL 1,\d{3}, graph 1,\d{3}\): fast check of 58 rows and 58 in the graph\n$/);
    const report = json(await check(["--fast", "--json"]));
    expect(report.sums?.filter(({ verdict }) => verdict === "differs")).toEqual([{ entity: "progress", of: "sum", property: "progress_percent", sql: expect.any(Number) as number, graph: expect.any(Number) as number, marked: 0, verdict: "differs" }]);
    expect([report.findings, report.findings_total, report.truncated]).toEqual([[], 0, false]);
  });

  test("calls nothing in sync that marks on their way may hide", async () => {
    await sql("UPDATE user_concept_progress SET status = status WHERE progress_percent = 75");
    await percent(57);
    const ended = await check(["--fast"]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toMatch(/^in sync/m);
    expect(ended.stderr).toMatch(/\nno difference that changes on their way to the graph can't explain \(1 pending\): fast check of /);
    expect(ended.stderr).toMatch(/^info: changes_in_flight: .*not known \(sum of progress\.progress_percent /m);
  });

  test("is in sync where nothing differs, whatever is marked", async () => {
    expect(await check(["--fast"])).toMatchObject({ code: 0, stderr: expect.stringMatching(/^info: fast_check: .*can't see a changed text.*keys on their way[^\n]*\nin sync: fast check of 58 rows/) as string });
  });
});

describe("--watch", () => {
  test("tells which warnings came and went, and which one ended it", async () => {
    await trigger("DISABLE");
    try {
      const ended = await check(["--watch", "0.1", "--strict", "--exit-on-drift"]);
      expect(ended.code).toBe(1);
      expect(lines(ended)).toEqual([expect.stringMatching(/Z {2}in sync: deep check of /), expect.stringMatching(/^ {2}\+ warning: triggers_off: tables whose triggers .* \(users\)$/)]);
      expect(ended.stderr).toBe("not in order by --strict: triggers_off\n");
      // The same without a watch.
      expect(await check(["--strict"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^warning: triggers_off: .*\nin sync: .*\nnot in order by --strict: triggers_off\n$/) as string });
      const going = await check(["--watch", "0.1", "--exit-on-drift"], { 2: () => trigger("ENABLE"), 4: () => percent(57) });
      const told = lines(going).filter((line) => !/Z {2}in sync/.test(line));
      expect(told).toEqual([expect.stringMatching(/\+ warning: triggers_off: /), "  - warning: triggers_off", expect.stringMatching(/Z {2}1 difference: /), "  + differing progress cavin_admin → data_structures"]);
      expect([going.code, going.stderr]).toEqual([1, ""]);
    } finally {
      await trigger("ENABLE");
    }
  });

  test("begins with what an earlier check knew already", async () => {
    await percent(57);
    try {
      await check([]);
      const ended = await check(["--watch", "0.1", "--exit-on-drift"]);
      expect(lines(ended)).toEqual([expect.stringMatching(/Z {2}1 difference: /), expect.stringMatching(/^ {2}= differing progress cavin_admin → data_structures, since \d{4}-\d\d-\d\dT/)]);
    } finally {
      await percent(75);
    }
  });

  test("with --fast tells which counts and sums came apart and together again", async () => {
    await check(["--fast"]);
    // The first line of each check, as long as nothing changes; the second of the first says what a fast check can't see.
    const ended = await check(["--watch", "0.1", "--fast", "--exit-on-drift"], { 2: () => percent(57) });
    expect(lines(ended).slice(-2)).toEqual([expect.stringMatching(/Z {2}the counts or sums differ: sum of progress\.progress_percent \(/), "  + sum of progress.progress_percent"]);
    expect(lines(ended)[1]).toMatch(/^ {2}\+ info: fast_check: /);
    await percent(75);
    const again = json(await check(["--fast", "--json"]));
    expect(again.changed).toEqual({ came: { count: 0, examples: [] }, went: { count: 1, examples: ["sum of progress.progress_percent"] } });
  });

  test("with --json has a whole report in each line, cut where it is told to be", async () => {
    await graph("MATCH (c:Concept) SET c.domain = 'elsewhere'");
    const ended = await check(["--watch", "0.1", "--exit-on-drift", "--json", "--limit", "2"]);
    expect(json(ended)).toMatchObject({ findings: [{ entity: "concept" }, { entity: "concept" }], findings_total: 9, truncated: true, changed: { came: { count: 9 } } });
    expect(lines(ended)).toHaveLength(1);
  });

  test("renews a file of metrics", async () => {
    await percent(57);
    const file = join(folder, "jeseci.prom");
    expect(await check(["--watch", "0.1", "--exit-on-drift", "--format", "prometheus", "--output", file])).toMatchObject({ code: 1, stdout: "" });
    expect(readFileSync(file, "utf8")).toContain('jeseci_differences{entity="progress",kind="differing"} 1\n');
  });

  test.each([["--output", "checks.json"], ["--json", "--output", "checks"], ["--format", "csv"], ["--format", "tsv"], ["--format", "markdown"], ["--no-header"], ["--limit", "5"], ["--format", "prometheus", "--limit", "5"]])("refuses %s %s", async (...more) => {
    await expect(check(["--watch", "1", ...more])).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("--watch prints a line for each check") as string });
  });
});
