import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runQuery } from "../../../src/core/catalogue/run.ts";
import { check } from "../../../src/core/consistency/check.ts";
import { loadDashboard } from "../../../src/core/dashboard/dashboard.ts";
import { dump } from "../../../src/core/seeding/dump.ts";
import { demoFolder, holdsForeignRows, isEmpty, seed, SeedFolderError } from "../../../src/core/seeding/seed.ts";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import type { Databases } from "../../../src/databases/types.ts";
import { notAtMidnight } from "../../support/midnight.ts";
import { loadGraph, randomGraph } from "../../support/random-graph.ts";
import { openSession, type TemporarySession } from "../../support/seeded.ts";

const tables = ["users", "concepts", "learning_paths", "learning_path_concepts", "user_concept_progress", "learning_sessions", "quizzes", "quiz_attempts", "user_achievements"];

/** Everything in both databases, as text. */
async function contents(databases: Databases): Promise<string> {
  const rows = await Promise.all(tables.map(async (table) => (await databases.sql.query(`SELECT to_jsonb(t)::text FROM ${table} AS t ORDER BY 1`)).rows));
  const nodes = await databases.graph.query("MATCH (n) WHERE n:Concept OR n:LearningPath OR n:User RETURN n ORDER BY coalesce(n.name, n.title, n.username, '')");
  const edges = await databases.graph.query("MATCH (a)-[r]->(b) RETURN type(r) AS type, coalesce(a.name, a.title, a.username) AS a, coalesce(b.name, b.title, b.username) AS b, r ORDER BY type, a, b");
  return JSON.stringify([rows, nodes.rows, edges.rows]);
}

describe("seeding", () => {
  let temporary: TemporarySession;
  let folder: string;
  notAtMidnight("Europe/Berlin");
  beforeEach(async () => {
    temporary = await openSession({ timeZone: "Europe/Berlin" });
    folder = mkdtempSync(join(tmpdir(), "jeseci-seed-"));
  });
  afterEach(async () => {
    await temporary.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the demo gives the numbers that everybody knows", async () => {
    const { databases, session } = temporary;
    expect(await isEmpty(databases)).toBe(true);
    expect((await seed(databases, { folder: demoFolder() })).outcome).toBe("both");
    expect(await isEmpty(databases)).toBe(false);
    expect(await holdsForeignRows(databases)).toBe(false);
    expect(await loadDashboard(session, { username: "cavin_admin" })).toMatchObject({ concepts_ready: 3, average_completion_percent: 67, hours_spent: 4.5, streak_days: 1, concepts_mastered: 2, ready: ["deep_learning", "programming", "technical_writing"] });
    expect((await runQuery(session, "graph/shared-concepts", {})).rows[0]?.slice(0, 1)).toEqual(["data_structures"]);
    expect((await check(session)).in_sync).toBe(true);
    const listed = session.catalogue.queries.filter((query) => query.listed && query.id !== "graph/prerequisite-cycles");
    const usernames = (await runQuery(session, "choices/usernames", {})).rows.map(([name]) => name ?? null);
    for (const query of listed) {
      let rows = 0;
      for (const username of usernames) {
        const values: Record<string, string | null> = { username: username as string, concept: "data_structures", from: "programming", to: "deep_learning" };
        const own = Object.fromEntries(query.parameters.filter(({ name }) => name in values).map(({ name }) => [name, values[name] ?? null]));
        rows += (await runQuery(session, query.id, own)).rows.length;
      }
      expect(rows, query.id).toBeGreaterThan(0);
    }
  });

  test("twice is once, to the byte", async () => {
    const { databases } = temporary;
    await seed(databases, { folder: demoFolder() });
    const once = await contents(databases);
    const { counts } = await seed(databases, { folder: demoFolder() });
    expect(await contents(databases)).toBe(once);
    expect(counts.every(({ added, updated }) => added === 0 && updated === 0)).toBe(true);
  });

  test("tomorrow it moves the dates and adds nothing", async () => {
    const { databases } = temporary;
    await seed(databases, { folder: demoFolder() });
    const today = await contents(databases);
    await databases.sql.write(async (transaction) => {
      await transaction.query("UPDATE user_concept_progress SET last_accessed = last_accessed - interval '1 day'");
      await transaction.query("UPDATE learning_sessions SET started_at = started_at - interval '1 day'");
      await transaction.query("UPDATE quiz_attempts SET attempted_at = attempted_at - interval '1 day'");
      await transaction.query("UPDATE user_achievements SET earned_at = earned_at - interval '1 day'");
    });
    expect(await contents(databases)).not.toBe(today);
    const { counts } = await seed(databases, { folder: demoFolder() });
    expect(counts.every(({ added }) => added === 0)).toBe(true);
    expect(await contents(databases)).toBe(today);
  });

  test("a faulty folder changes nothing, whatever the step", async () => {
    const { databases } = temporary;
    await seed(databases, { folder: demoFolder() });
    const before = await contents(databases);
    cpSync(demoFolder(), folder, { recursive: true });
    writeFileSync(join(folder, "achievements.json"), '[{"username": "nobody", "achievement": "x", "days_ago": 0}]');
    for (const step of ["all", "concepts", "relationships", "progress"] as const) {
      await expect(seed(databases, { folder, step })).rejects.toThrow(SeedFolderError);
      expect(await contents(databases)).toBe(before);
    }
  });

  test("a dry run writes nothing", async () => {
    const { databases } = temporary;
    expect((await seed(databases, { folder: demoFolder(), dryRun: true })).outcome).toBe("neither");
    expect(await isEmpty(databases)).toBe(true);
  });

  test("the single steps, in their order, give the whole", async () => {
    const { databases, session } = temporary;
    await expect(seed(databases, { folder: demoFolder(), step: "relationships" })).rejects.toThrow("no concept");
    for (const step of ["concepts", "relationships", "progress"] as const) await seed(databases, { folder: demoFolder(), step });
    // What `progress` wrote is on its way, which is no difference.
    expect((await check(session)).entities.find(({ entity }) => entity === "progress")).toMatchObject({ sql_rows: 23, graph_rows: 0, in_flight: 23 });
    await seed(databases, { folder: demoFolder() });
    const stepped = await contents(databases);
    const other = await openSession({ timeZone: "Europe/Berlin" });
    await seed(other.databases, { folder: demoFolder() });
    const strip = (text: string): string => text.replace(/(created_at|updated_at)\\+": \\+"[^"]*"/g, "").replace(/\\+"id\\+": \d+/g, "");
    expect(strip(stepped)).toBe(strip(await contents(other.databases)));
    await other.close();
  });

  test("a row that exists under its name keeps its id; foreign rows are known as such", async () => {
    const { databases } = temporary;
    await databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ('mine', 'cavin_admin')"));
    expect(await holdsForeignRows(databases)).toBe(true);
    await seed(databases, { folder: demoFolder() });
    expect((await databases.sql.query("SELECT user_id, first_name FROM users WHERE username = 'cavin_admin'")).rows).toEqual([["mine", "Cavin"]]);
  });

  test("an interrupted run leaves nothing of its rows, and can be run again", async () => {
    const { databases, session } = temporary;
    const controller = new AbortController();
    const run = seed(databases, { folder: demoFolder(), signal: controller.signal, onProgress: () => controller.abort() });
    controller.abort();
    await expect(run).rejects.toThrow();
    expect(await isEmpty(databases)).toBe(true);
    await seed(databases, { folder: demoFolder() });
    expect((await check(session)).in_sync).toBe(true);
  });

  test("a dump seeded elsewhere is the same data", async () => {
    const { databases } = temporary;
    for (const number of [21, 22]) {
      const first = await openSession({ timeZone: "Europe/Berlin" });
      const second = await openSession({ timeZone: "Europe/Berlin" });
      if (number === 21) await seed(first.databases, { folder: demoFolder() });
      else await loadGraph(first.databases, randomGraph(number, { concepts: 15, users: 6, paths: 5, prerequisites: 20, progress: 40, cycles: false }));
      const [one, two] = [join(folder, `one${number}`), join(folder, `two${number}`)];
      const { warnings } = await dump(first.databases, one);
      if (number === 21) expect(warnings).toEqual([]);
      await seed(second.databases, { folder: one });
      await dump(second.databases, two);
      for (const file of readdirSync(one)) expect(readFileSync(join(two, file), "utf8"), file).toBe(readFileSync(join(one, file), "utf8"));
      expect((await check(second.session)).in_sync).toBe(true);
      await first.close();
      await second.close();
    }
    writeFileSync(join(folder, "mine.txt"), "");
    await expect(dump(databases, folder)).rejects.toThrow("not empty");
    expect(existsSync(join(folder, "mine.txt"))).toBe(true);
  });

  test("texts with escape sequences and every kind of character are stored exactly", async () => {
    const { databases } = temporary;
    cpSync(demoFolder(), folder, { recursive: true });
    const wild = "a\u001b[31mb\u0007c\u202ed\te\nf👨‍👩‍👧 'quotes\" \\ $1 %s";
    const users = JSON.parse(readFileSync(join(folder, "users.json"), "utf8")) as Record<string, unknown>[];
    Object.assign(users[0] ?? {}, { first_name: wild });
    writeFileSync(join(folder, "users.json"), JSON.stringify(users));
    await seed(databases, { folder });
    expect((await databases.sql.query("SELECT first_name FROM users WHERE username = 'cavin_admin'")).rows).toEqual([[wild]]);
    expect((await databases.graph.query("MATCH (u:User {username: 'cavin_admin'}) RETURN u.first_name AS name")).rows).toEqual([[wild]]);
  });
});

test("ids are UUIDs of version 5, the same for ever", () => {
  expect(idOf("concept", "programming")).toBe(idOf("concept", "programming"));
  expect(idOf("concept", "programming")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idOf("concept", "a", "b")).not.toBe(idOf("concept", "ab"));
});
