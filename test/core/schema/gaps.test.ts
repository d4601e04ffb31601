import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runQuery } from "../../../src/core/catalogue/run.ts";
import { check } from "../../../src/core/consistency/check.ts";
import { loadDashboard } from "../../../src/core/dashboard/dashboard.ts";
import { describeGaps, loadSchemaGaps, modelTables } from "../../../src/core/schema/gaps.ts";
import { loadStatus } from "../../../src/core/status/status.ts";
import { connected, type Opened } from "../../support/explorer.ts";
import { openDemo, type TemporarySession } from "../../support/seeded.ts";

/* A PostgreSQL that lacks some of the model, as others' may: what is missing is named, and only what needs it is refused. */

let temporary: TemporarySession;
let at: Opened | undefined;
const undo: string[] = [];
beforeAll(async () => void (temporary = await openDemo()));
afterAll(() => temporary.close());
afterEach(async () => {
  at?.own.end(0);
  at = undefined;
  for (const statement of undo.splice(0).reverse()) await sql(statement);
});

const sql = (statement: string): Promise<unknown> => temporary.databases.sql.write((transaction) => transaction.query(statement));
/** Under another name it is not there, and what it held comes back. */
async function hide(table: string, column?: string): Promise<void> {
  const [before, after] = column === undefined ? [`ALTER TABLE ${table} RENAME TO hidden_${table}`, `ALTER TABLE hidden_${table} RENAME TO ${table}`] : [`ALTER TABLE ${table} RENAME ${column} TO hidden_${column}`, `ALTER TABLE ${table} RENAME hidden_${column} TO ${column}`];
  await sql(before);
  undo.push(after);
}
const missing = (message: string): object => expect.objectContaining({ code: "missing-schema", message }) as object;

test("the model's tables and columns are those that the migrations make", async () => {
  const { rows } = await temporary.databases.sql.query("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2");
  const model = [...(await modelTables())].flatMap(([table, columns]) => columns.map((column) => [table, column]));
  expect(model.map((pair) => pair.join(".")).sort()).toEqual(rows.map((row) => row.join(".")).sort());
  expect(await loadSchemaGaps(temporary.databases)).toEqual({ tables: [], columns: [] });
  expect(describeGaps({ tables: [], columns: [] })).toBeNull();
});

describe("tables and a column are missing", () => {
  test("all of them are named in one sentence", async () => {
    await hide("quizzes");
    await hide("quiz_attempts");
    await hide("users", "last_name");
    expect(describeGaps(await loadSchemaGaps(temporary.databases))).toBe("PostgreSQL lacks the tables quiz_attempts, quizzes and the column users.last_name");
  });

  test("status counts the others, and says what it can't count", async () => {
    await hide("user_achievements");
    const { status, errors, gaps } = await loadStatus(temporary.session);
    expect(errors).toEqual({});
    expect(gaps).toBe("PostgreSQL lacks the table user_achievements");
    expect(status.sql?.tables).toMatchObject({ concepts: 9, user_achievements: null, user_concept_progress: 23, users: 7 });
    expect(Object.keys(status.sql?.tables ?? {})).toHaveLength(9);
  });

  test("a query that needs it says what it lacks; one that doesn't runs", async () => {
    await hide("learning_sessions");
    await hide("concepts", "complexity_score");
    await expect(loadDashboard(temporary.session, { username: "cavin_admin" })).rejects.toEqual(missing("PostgreSQL lacks the table learning_sessions, which this needs"));
    expect((await runQuery(temporary.session, "graph/shared-concepts", {})).rows.length).toBeGreaterThan(0);
    expect(await check(temporary.session)).toMatchObject({ in_sync: true });
  });

  test("a comparison that lacks a column or a table of what it compares is refused, whichever it is", async () => {
    await hide("learning_paths", "estimated_duration");
    await expect(check(temporary.session)).rejects.toEqual(missing("PostgreSQL lacks the column learning_paths.estimated_duration, which this needs"));
    await hide("user_concept_progress");
    await expect(check(temporary.session, { mode: "fast" })).rejects.toEqual(missing("PostgreSQL lacks the table user_concept_progress and the column learning_paths.estimated_duration, which this needs"));
  });
});

describe("the explorer", () => {
  test("says at the start what is missing, shuts the screen that needs it, and shows the others", async () => {
    await hide("learning_sessions");
    at = await connected(temporary, { screen: "dashboard", user: "cavin_admin" });
    const frame = await at.sees("PostgreSQL lacks the table learning_sessions, which this needs");
    expect(frame).toContain("PostgreSQL lacks the table learning_sessions: only what needs that is shut");
    at.press("3");
    expect(await at.sees(/programming/)).not.toContain("which this needs");
    at.press("6");
    await at.sees(/in sync .*deep check/);
  });

  test("without its users it opens all the same", async () => {
    await hide("users");
    at = await connected(temporary, { screen: "shared", user: "cavin_admin" });
    await at.sees("only what needs that is shut");
    at.press("6");
    await at.sees(/PostgreSQL lacks the table users/);
  });
});
