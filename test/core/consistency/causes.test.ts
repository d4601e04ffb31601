import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recordedCheck, recordedHistory, type Records } from "../../../src/core/consistency/recorded.ts";
import { applyRepair, parseOnly, planRepair, type Only } from "../../../src/core/consistency/repair.ts";
import type { CheckReport } from "../../../src/core/consistency/types.ts";
import { InputError } from "../../../src/core/errors.ts";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import { projectAll } from "../../../src/core/sync/project.ts";
import type { Value } from "../../../src/databases/values.ts";
import { openDemo, type TemporarySession } from "../../support/seeded.ts";

let temporary: TemporarySession;
let folder: string;
let records: Records;
beforeAll(async () => void (temporary = await openDemo()));
afterAll(() => temporary.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "jeseci-checks-"));
  records = { file: join(folder, "consistency.json"), address: "nowhere" };
  await sql("TRUNCATE users, concepts, learning_paths CASCADE");
  await sql("TRUNCATE jeseci.sync_mark, jeseci.sync_dead");
  await graph("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n");
  await seed(temporary.databases, { folder: demoFolder() });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sql = (statement: string, parameters: Value[] = []): Promise<unknown> => temporary.databases.sql.write((transaction) => transaction.query(statement, parameters));
const graph = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => temporary.databases.graph.write((transaction) => transaction.query(statement, parameters));
const check = async (): Promise<CheckReport> => (await recordedCheck(temporary.session, records)).report;
const causes = async (): Promise<string[]> => (await check()).findings.map(({ entity, key, cause }) => `${entity} ${key}: ${cause}`);
/** Changes rows so that no trigger tells of it. */
const unseen = async (statement: string): Promise<void> => {
  await sql(statement);
  await sql("TRUNCATE jeseci.sync_mark");
};
const cavin = "MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'})";

describe("why a key differs", () => {
  test("a changed graph whose row is untouched since the clean check was edited there", async () => {
    expect((await check()).in_sync).toBe(true);
    await graph(`${cavin} SET r.progress_percent = 57`);
    await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'web_development'}) DELETE r");
    expect(await causes()).toEqual(["progress cavin_admin → data_structures: edited_in_graph", "progress cavin_admin → web_development: deleted_in_graph"]);
    const [edited] = (await check()).findings;
    expect(edited?.evidence).toMatch(/^the row is unchanged since the clean check of \d{4}-\d\d-\d\dT/);
  });

  test("without a clean check, or where the row changed after it, nothing is guessed", async () => {
    await graph(`${cavin} SET r.progress_percent = 57`);
    expect(await causes()).toEqual(["progress cavin_admin → data_structures: unknown"]);
    await projectAll(temporary.databases);
    expect(await causes()).toEqual([]);
    await unseen("UPDATE user_concept_progress SET progress_percent = 76 WHERE progress_percent = 75");
    const report = await check();
    expect(report.findings.map(({ cause }) => cause)).toEqual(["unknown"]);
    expect(report.findings[0]?.evidence).toMatch(/^no mark is open and nothing is parked; the row was changed after the clean check of /);
  });

  test("triggers that are off explain a changed row, but not a graph that was edited", async () => {
    await check();
    await sql("ALTER TABLE user_concept_progress DISABLE TRIGGER sync_mark_update");
    try {
      await sql("UPDATE user_concept_progress SET progress_percent = 76 WHERE progress_percent = 75");
      await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'web_development'}) SET r.progress_percent = 1");
      const report = await check();
      expect(report.findings.map(({ key, cause }) => [key, cause])).toEqual([
        ["cavin_admin → data_structures", "triggers_off"],
        ["cavin_admin → web_development", "edited_in_graph"],
      ]);
      expect(report.warnings).toContainEqual(expect.objectContaining({ code: "triggers_off", level: "warning", examples: ["user_concept_progress"] }));
    } finally {
      await sql("ALTER TABLE user_concept_progress ENABLE TRIGGER sync_mark_update");
    }
  });

  test("a parked key says why it was parked", async () => {
    await check();
    await sql("INSERT INTO users (user_id, username) VALUES ('p', 'parked')");
    await sql("TRUNCATE jeseci.sync_mark");
    await sql("INSERT INTO jeseci.sync_dead (entity, k1, code, message) VALUES ('user', 'p', 'constraint', 'no room')");
    const report = await check();
    expect(report.findings).toMatchObject([{ key: "parked", kind: "missing_in_graph", cause: "parked", evidence: expect.stringMatching(/^parked since .* after 1 attempt: constraint: no room$/) }]);
    expect(report.warnings).toContainEqual(expect.objectContaining({ code: "parked" }));
  });

  test("counts of the clean check tell a row that went from a thing that came", async () => {
    await check();
    await unseen("DELETE FROM user_concept_progress WHERE progress_percent = 75");
    expect(await causes()).toEqual(["progress cavin_admin → data_structures: deleted_in_sql"]);
    await projectAll(temporary.databases);
    await check();
    await graph("MATCH (u:User {username: 'cavin_admin'}) MATCH (c:Concept {name: 'statistics'}) CREATE (u)-[:HAS_PROGRESS {status: 'completed'}]->(c)");
    expect(await causes()).toEqual(["progress cavin_admin → statistics: edited_in_graph"]);
    await unseen("DELETE FROM user_concept_progress WHERE progress_percent = 25");
    expect(await causes()).toEqual(["progress cavin_admin → statistics: unknown", "progress cavin_admin → web_development: unknown"]);
  });

  test("a property that nothing in the graph carries was not projected yet", async () => {
    await graph("MATCH (n:Concept) REMOVE n.domain");
    expect(new Set(await causes())).toEqual(new Set((await causes()).map((text) => text.replace(/: \w+$/, ": old_projection"))));
    expect(await causes()).not.toEqual([]);
  });

  test("what was clean on another server, or on a later state of this one, proves nothing", async () => {
    await check();
    await graph(`${cavin} SET r.progress_percent = 57`);
    for (const change of [{ cluster: "another 1 postgres" }, { snapshot: "99999999:99999999:" }]) {
      const all = JSON.parse(readFileSync(records.file, "utf8")) as Record<string, { clean: object }>;
      for (const own of Object.values(all)) Object.assign(own.clean, change);
      writeFileSync(records.file, JSON.stringify(all));
      expect(await causes()).toEqual(["progress cavin_admin → data_structures: unknown"]);
    }
  });
});

describe("what is kept of checks", () => {
  test("since when a finding is there, what came and what went", async () => {
    await check();
    await graph(`${cavin} SET r.progress_percent = 57`);
    const first = await recordedCheck(temporary.session, records);
    await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'web_development'}) SET r.progress_percent = 1");
    const second = await recordedCheck(temporary.session, records);
    expect(second.report.findings.map(({ first_seen }) => first_seen)).toEqual([first.report.finished_at, second.report.finished_at]);
    expect(second.report.findings.map(({ last_seen }) => last_seen)).toEqual([second.report.finished_at, second.report.finished_at]);
    expect(second.history).toMatchObject({ came: { count: 1, examples: ["differing progress cavin_admin → web_development"] }, went: { count: 0 } });
    await projectAll(temporary.databases);
    await check();
    expect((await recordedHistory(temporary.session, records)).map(({ in_sync, findings_total, findings, went }) => [in_sync, findings_total, findings.map(({ key }) => key.replace(/.* /, "")), went.count])).toEqual([[true, 0, [], 2], [false, 2, ["data_structures", "web_development"], 0], [false, 1, ["data_structures"], 0], [true, 0, [], 0]]);
  });

  test("a check that keeps fewer differences than the one before sees none go, and the next one none come", async () => {
    await graph("MATCH (:User)-[r:HAS_PROGRESS]->(:Concept) SET r.status = 'elsewhere'");
    const wide = await recordedCheck(temporary.session, records);
    const narrow = await recordedCheck(temporary.session, records, { limit: 3 });
    const again = await recordedCheck(temporary.session, records);
    expect([wide, narrow, again].map(({ report, history }) => [report.findings.length, report.findings_total, history.came.count, history.went.count])).toEqual([[23, 23, 23, 0], [3, 23, 0, 0], [23, 23, 0, 0]]);
    expect(new Set([...narrow.report.findings, ...again.report.findings].map(({ first_seen }) => first_seen))).toEqual(new Set([wide.report.finished_at]));
  });

  test("of fast checks in a row that say the same the newest is kept", async () => {
    const fast = (): Promise<unknown> => recordedCheck(temporary.session, records, { mode: "fast" });
    await check();
    await fast();
    await fast();
    await graph(`${cavin} SET r.progress_percent = 57`);
    await fast();
    await fast();
    expect((await recordedHistory(temporary.session, records)).map(({ mode, in_sync }) => [mode, in_sync])).toEqual([["fast", false], ["fast", true], ["deep", true]]);
  });

  test("a damaged file is as good as none", async () => {
    writeFileSync(records.file, "{ not json");
    expect((await check()).in_sync).toBe(true);
    expect(await recordedHistory(temporary.session, records)).toHaveLength(1);
  });
});

describe("a repair", () => {
  const planned = async (only?: Only, maxDeletes?: number): Promise<{ lines: string[]; refused: string[] }> => {
    const plan = await planRepair(temporary.session, await check(), { ...(only === undefined ? {} : { only }), ...(maxDeletes === undefined ? {} : { maxDeletes }) });
    return { lines: plan.planned.map(({ entity, key, action, before, after }) => `${action} ${entity} ${key}: ${before} → ${after}`), refused: plan.refused.map(({ reason, count }) => `${reason} ${count}`) };
  };

  test("shows before and after, takes a part, and mends", async () => {
    await graph(`${cavin} SET r.progress_percent = 57`);
    await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'web_development'}) DELETE r");
    await graph("CREATE (:Concept {concept_id: 'stray', name: 'stray'})");
    const all = ["delete concept stray: name “stray” → null", "update progress cavin_admin → data_structures: progress_percent 57 → progress_percent 75", "create progress cavin_admin → web_development: null → status “in_progress”, progress_percent 25"];
    expect(await planned()).toEqual({ lines: all, refused: [] });
    expect((await planned(parseOnly("differing"))).lines).toEqual([all[1]]);
    expect((await planned(parseOnly("concept"))).lines).toEqual([all[0]]);
    expect((await planned(parseOnly(`progress:${idOf("user", "cavin_admin")}:${idOf("concept", "web_development")}`))).lines).toEqual([all[2]]);
    expect(await applyRepair(temporary.session, await planRepair(temporary.session, await check()))).toEqual({ applied: 3, parked: 0 });
    expect(await check()).toMatchObject({ in_sync: true });
    const { rows } = await temporary.databases.sql.query("SELECT applied, jsonb_array_length(planned), owner <> '', finished_at IS NOT NULL FROM jeseci.repair_run ORDER BY id DESC LIMIT 1");
    expect(rows).toEqual([[3, 3, true, true]]);
  });

  test("refuses nodes that hold what is not ours, and deletions past the cap", async () => {
    await graph("MATCH (c:Concept {name: 'algorithms'}) CREATE (:Concept {concept_id: 'held', name: 'held'})-[:RELATED_TO]->(c)");
    await graph("MATCH (u:User {username: 'cavin_admin'}) UNWIND range(1, 12) AS n CREATE (c:Concept {concept_id: 'many' + toString(n), name: 'many'}) CREATE (u)-[:HAS_PROGRESS]->(c)");
    expect(await planned()).toMatchObject({ lines: [], refused: ["graph_owned_relationships 1", "delete_cap 12", "delete_cap 12"] });
    expect((await planned({}, 12)).lines).toHaveLength(24);
  });

  test("refuses where one side is empty", async () => {
    await unseen("TRUNCATE user_concept_progress");
    expect((await planned()).refused).toEqual(["sql_empty 23"]);
    await graph("MATCH (n) WHERE NOT n:__SyncLane DETACH DELETE n");
    const report = await check();
    expect(report.warnings.map(({ code }) => code)).toContain("graph_empty");
    expect((await planned()).refused).toEqual([`graph_empty ${report.findings_total}`]);
  });

  test("mends a relationship that stands there twice, whether or not its row is there", async () => {
    await graph(`${cavin} WITH r MATCH (a)-[r]->(b) CREATE (a)-[:HAS_PROGRESS {status: 'x'}]->(b)`);
    await graph("MATCH (u:User {username: 'cavin_admin'}) MATCH (c:Concept {name: 'statistics'}) CREATE (u)-[:HAS_PROGRESS]->(c) CREATE (u)-[:HAS_PROGRESS]->(c)");
    expect((await planned()).lines.map((line) => line.split(":")[0])).toEqual(["replace progress cavin_admin → data_structures", "delete progress cavin_admin → statistics"]);
    await applyRepair(temporary.session, await planRepair(temporary.session, await check()));
    expect((await check()).findings).toEqual([]);
  });

  test.each(["everything", "concept:", "progress:a", "progress:a:", "differing:a"])("--only %s is refused", (text) => {
    expect(() => parseOnly(text)).toThrow(InputError);
  });
});
