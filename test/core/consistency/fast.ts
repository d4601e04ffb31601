import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import { sumText } from "../../../src/core/consistency/sum-text.ts";
import type { CheckReport } from "../../../src/core/consistency/types.ts";
import { demoFolder, seed } from "../../../src/core/seeding/seed.ts";
import type { Session } from "../../../src/core/session.ts";
import { projectAll, sync } from "../../../src/core/sync/project.ts";
import type { Value } from "../../../src/databases/values.ts";

/* Counts and sums: what a fast check sees and names, what it can't, and what it says while keys are on their way to the graph. */

const numbers = {
  "learning_path.estimated_hours": "MATCH (x:LearningPath {title: 'Data Science Track'})",
  "path_concept.sequence_order": "MATCH (:LearningPath {title: 'Data Science Track'})-[x:CONTAINS]->(:Concept {name: 'statistics'})",
  "progress.progress_percent": "MATCH (:User {username: 'cavin_admin'})-[x:HAS_PROGRESS]->(:Concept {name: 'data_structures'})",
} as const;

/** What neither engine sums, and what looks to one of them as if it could. */
const others: readonly (readonly [string, Value])[] = [
  ["a text that looks like a number", "75"],
  ["another text", "much"],
  ["the empty text", ""],
  ["true", true],
  ["a list", [1, 2]],
  ["a list of large integers", [9007199254740993n, 2]],
];

/** Fast checks under load. */
const rounds = Number(process.env["TEST_FAST_ROUNDS"] ?? 5);

/** Runs the stories on a pair that `open` gives, empty and with the tables in place. */
export function fastChecks(name: string, open: () => Promise<{ session: Session; close(): Promise<void> }>, patienceMs: number): void {
  describe(`a fast check on ${name}`, () => {
    let session: Session;
    let close: () => Promise<void> = () => Promise.resolve();
    beforeAll(async () => {
      ({ session, close } = await open());
      await seed(session.databases, { folder: demoFolder() });
    }, patienceMs);
    afterAll(() => close());
    beforeEach(async () => {
      await sql("TRUNCATE jeseci.sync_mark");
      await projectAll(session.databases);
      expect(told(await fast())).toEqual([]);
    });

    const sql = (statement: string): Promise<unknown> => session.databases.sql.write((transaction) => transaction.query(statement));
    const graph = (statement: string, parameters: Record<string, Value> = {}): Promise<unknown> => session.databases.graph.write((transaction) => transaction.query(`${statement} RETURN 1 AS done`, parameters));
    const fast = (): Promise<CheckReport> => check(session, { mode: "fast" });
    const told = ({ sums }: CheckReport): string[] => (sums ?? []).flatMap((sum) => (sum.verdict === "same" ? [] : [`${sum.verdict}: ${sumText(sum)}`]));
    /** Marks are left where they are: nobody carries them over. */
    const touch = (username: string): Promise<unknown> => sql(`UPDATE users SET last_name = last_name WHERE username = '${username}'`);
    const touchProgress = (rows: number): Promise<unknown> => sql(`UPDATE user_concept_progress SET status = status WHERE (user_id, concept_id) IN (SELECT user_id, concept_id FROM user_concept_progress ORDER BY 1, 2 LIMIT ${rows})`);
    const loseProgress = (): Promise<unknown> => graph("MATCH (:User)-[r:HAS_PROGRESS]->(:Concept) DELETE r");

    test("has every number of both sides in its report", async () => {
      expect((await fast()).sums?.map(({ entity, of, property, verdict }) => [entity, of, property, verdict])).toEqual([
        ["concept", "count", null, "same"],
        ["user", "count", null, "same"],
        ["learning_path", "count", null, "same"],
        ["learning_path", "sum", "estimated_hours", "same"],
        ["learning_path", "non_numbers", "estimated_hours", "same"],
        ["path_concept", "count", null, "same"],
        ["path_concept", "sum", "sequence_order", "same"],
        ["path_concept", "non_numbers", "sequence_order", "same"],
        ["progress", "count", null, "same"],
        ["progress", "sum", "progress_percent", "same"],
        ["progress", "non_numbers", "progress_percent", "same"],
      ]);
      expect((await check(session)).sums).toBeNull();
    });

    test("names the sum that differs, and what either side says", async () => {
      await graph(`${numbers["progress.progress_percent"]} SET x.progress_percent = 57`);
      const report = await fast();
      expect(report.in_sync).toBe(false);
      expect(told(report)).toEqual([expect.stringMatching(/^differs: sum of progress\.progress_percent \(SQL 1,\d{3}, graph 1,\d{3}\)$/)]);
    });

    describe.each(Object.entries(numbers))("%s", (property, match) => {
      test.each(others)("that became %s is a difference", async (_what, value) => {
        await graph(`${match} SET x.${property.split(".")[1] ?? ""} = $value`, { value });
        const report = await fast();
        expect(report.in_sync).toBe(false);
        expect(told(report).at(-1)).toBe(`differs: non-numbers in ${property} (SQL 0, graph 1)`);
      });
    });

    test("a zero that became a text is one, too", async () => {
      await sql("UPDATE user_concept_progress SET progress_percent = 0 WHERE progress_percent = 25");
      await projectAll(session.databases);
      await graph("MATCH (:User)-[r:HAS_PROGRESS]->(:Concept) WHERE r.progress_percent = 0 SET r.progress_percent = '0'");
      expect(told(await fast())).toEqual([expect.stringMatching(/^differs: non-numbers in progress\.progress_percent/)]);
    });

    test("while others write and a relay carries over, nothing is a difference but what is one", async () => {
      let over = false;
      const key = "(SELECT user_id FROM users WHERE username = 'amina_diallo'), (SELECT concept_id FROM concepts WHERE name = 'technical_writing')";
      const changes = [
        `INSERT INTO user_concept_progress (user_id, concept_id, status, progress_percent) VALUES (${key}, 'in_progress', 40) ON CONFLICT DO NOTHING`,
        "UPDATE user_concept_progress SET progress_percent = (progress_percent + 7) % 100 WHERE user_id = (SELECT user_id FROM users WHERE username = 'amina_diallo')",
        `DELETE FROM user_concept_progress WHERE (user_id, concept_id) IN (SELECT ${key})`,
        "UPDATE users SET last_name = last_name",
      ];
      const writing = (async () => {
        for (let count = 0; !over; count += 1) {
          await sql(changes[count % changes.length] ?? "");
          await sleep(5);
        }
      })();
      const relaying = (async () => {
        while (!over) {
          await sync(session.databases);
          await sleep(15);
        }
      })();
      try {
        for (let round = 0; round < rounds; round += 1) expect((await fast()).sums?.filter(({ verdict }) => verdict === "differs"), `round ${round}`).toEqual([]);
        await graph("MATCH (u:User)-[r:HAS_PROGRESS]->(:Concept) WHERE u.username <> 'amina_diallo' DELETE r");
        const report = await fast();
        expect(report.in_sync).toBe(false);
        expect(told(report)[0]).toMatch(/^differs: count of progress /);
      } finally {
        over = true;
        await Promise.all([writing, relaying]);
        await sql(changes[2] ?? "");
      }
    });

    describe("where changes leave no mark", () => {
      let over = false;
      let writing: Promise<void> = Promise.resolve();
      beforeEach(async () => {
        over = false;
        await sql("ALTER TABLE learning_paths DISABLE TRIGGER USER");
        // So that it never comes to rest, nor ever agrees.
        writing = (async () => {
          for (; !over; await sleep(20)) await sql("UPDATE learning_paths SET estimated_duration = estimated_duration + 1 WHERE name = 'Data Science Track'");
        })();
      });
      afterEach(async () => {
        over = true;
        await writing;
        await sql("ALTER TABLE learning_paths ENABLE TRIGGER USER");
      });

      test("what changes steadily and can't be told is a warning, not a note", async () => {
        await sleep(50);
        const report = await fast();
        expect(told(report)).toEqual([expect.stringMatching(/^open: sum of learning_path\.estimated_hours/)]);
        expect(report.warnings).toContainEqual(expect.objectContaining({ code: "changes_unmarked", level: "warning", message: expect.stringContaining("leave no mark") as string, examples: [expect.stringContaining("learning_path.estimated_hours")] }));
        expect(report.warnings.map(({ code }) => code)).not.toContain("changes_in_flight");
      });

      test("a count that is further apart than it moves is a difference all the same", async () => {
        await graph("MATCH (p:LearningPath) DETACH DELETE p");
        const report = await fast();
        expect(report.in_sync).toBe(false);
        expect(told(report)[0]).toMatch(/^differs: count of learning_path \(SQL \d+, graph 0\)$/);
      });
    });

    describe("while nobody carries marks over", () => {
      test("a mark of another entity explains nothing", async () => {
        await touch("cavin_admin");
        await loseProgress();
        const report = await fast();
        expect(report.in_sync).toBe(false);
        expect(told(report)[0]).toBe("differs: count of progress (SQL 23, graph 0)");
      });

      test("a mark of the same entity explains one, and no more", async () => {
        await touchProgress(2);
        await loseProgress();
        const report = await fast();
        expect(report.in_sync).toBe(false);
        expect(told(report)).toEqual(["differs: count of progress (SQL 23, graph 0)", expect.stringMatching(/^open: sum of progress\.progress_percent/)]);
      });

      test("what marks may explain is left open, and said to be", async () => {
        await touchProgress(3);
        await graph("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept) DELETE r");
        const report = await fast();
        expect(report.in_sync).toBe(true);
        expect(told(report)).toEqual(["open: count of progress (SQL 23, graph 20)", expect.stringMatching(/^open: sum of progress/)]);
        expect(report.sums?.at(-1)?.marked).toBe(3);
        expect(report.warnings).toContainEqual(expect.objectContaining({ code: "changes_in_flight", level: "info", message: expect.stringContaining("is not known") as string }));
      });

      test("the mark of a whole entity leaves it open, and no other", async () => {
        await sql("INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('progress', '*')");
        await loseProgress();
        await graph("MATCH (c:Concept {name: 'technical_writing'}) DETACH DELETE c");
        const report = await fast();
        expect(report.in_sync).toBe(false);
        expect(told(report)).toEqual([expect.stringMatching(/^differs: count of concept/), "open: count of progress (SQL 23, graph 0)", expect.stringMatching(/^open: sum of progress/)]);
        expect(report.sums?.at(-1)?.marked).toBeNull();
      });
    });
  });
}
