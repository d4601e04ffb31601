import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idOf } from "../../../src/core/seeding/uuid.ts";
import { contents, Writer } from "../../support/written.ts";

let writer: Writer;
beforeAll(async () => {
  writer = await Writer.open();
});
afterAll(() => writer.close());

const row = (user: string, concept: string): Promise<unknown[][]> =>
  writer.sql("SELECT p.status, p.progress_percent, p.time_spent_minutes FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id) WHERE u.username = $1 AND c.name = $2", user, concept);
const node = (user: string, concept: string): Promise<unknown[][]> => writer.graph("MATCH (:User {username: $user})-[r:HAS_PROGRESS]->(:Concept {name: $concept}) RETURN r.status AS status, r.progress_percent AS percent", { user, concept });
// Seeding gives ids of version 5.
const sessions = (user: string): Promise<unknown[][]> => writer.sql("SELECT s.total_duration FROM learning_sessions s JOIN users u USING (user_id) WHERE u.username = $1 AND substr(s.session_id, 15, 1) = '4' ORDER BY 1", user);

describe("progress record", () => {
  test("percent sets, the status follows, minutes add and make a session, the access is now", async () => {
    const values = { user: "cavin_admin", concept: "web_development", percent: "40", minutes: "25" };
    const before = await contents(writer.databases);
    expect((await writer.write("progress record", values, { dryRun: true })).outcome).toBe("neither");
    expect(await contents(writer.databases)).toBe(before);
    const { plan, counts } = await writer.write("progress record", values);
    expect(counts).toEqual([{ entity: "progress", upserted: 1, deleted: 0 }]);
    expect(plan).toMatchObject([
      { action: "update", thing: "progress cavin_admin → web_development, percent", before: "25", after: "40" },
      { action: "update", thing: "progress cavin_admin → web_development, minutes", before: "30", after: "55" },
      { action: "update", thing: "progress cavin_admin → web_development, last accessed" },
      { action: "create", thing: "session cavin_admin → web_development", before: null, after: "minutes 25" },
    ]);
    expect(await row("cavin_admin", "web_development")).toEqual([["in_progress", 40, 55]]);
    expect(await node("cavin_admin", "web_development")).toEqual([["in_progress", 40]]);
    expect(await sessions("cavin_admin")).toEqual([[25]]);
    expect(await writer.sql("SELECT last_accessed > now() - interval '1 minute' FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id) WHERE u.username = 'cavin_admin' AND c.name = 'web_development'")).toEqual([[true]]);
  });

  test.each<[Record<string, string>, unknown[]]>([
    [{ percent: "0" }, ["not_started", 0, 0]],
    [{ percent: "1" }, ["in_progress", 1, 0]],
    [{ percent: "99" }, ["in_progress", 99, 0]],
    [{ percent: "100" }, ["completed", 100, 0]],
    [{ status: "completed", percent: "80" }, ["completed", 80, 0]],
    // Nothing is said of the two: they stay.
    [{ minutes: "5" }, ["completed", 80, 5]],
    [{ minutes: "0" }, ["completed", 80, 5]],
    [{}, ["completed", 80, 5]],
    // What fits stays, what doesn't follows.
    [{ status: "COMPLETED" }, ["completed", 80, 5]],
    [{ status: "in_progress" }, ["in_progress", 80, 5]],
    [{ status: "not_started" }, ["not_started", 0, 5]],
    [{ status: "in_progress" }, ["in_progress", 0, 5]],
    [{ status: "completed" }, ["completed", 100, 5]],
    [{ status: "in_progress", percent: "0" }, ["in_progress", 0, 5]],
  ])("%j, one after the other", async (values, expected) => {
    await writer.write("progress record", { user: "farid_nasser", concept: "technical_writing", ...values });
    expect(await row("farid_nasser", "technical_writing")).toEqual([expected]);
    expect(await node("farid_nasser", "technical_writing")).toEqual([expected.slice(0, 2)]);
  });

  test("only minutes above 0 make a session", async () => {
    expect(await sessions("farid_nasser")).toEqual([[5]]);
  });

  test("a first row", async () => {
    await writer.write("user create", { username: "nova" });
    await writer.write("progress record", { user: "nova", concept: "algorithms" });
    expect(await row("nova", "algorithms")).toEqual([["not_started", 0, 0]]);
    const { plan } = await writer.write("progress record", { user: "nova", concept: "databases", status: "completed", minutes: "12" });
    expect(plan[0]).toMatchObject({ action: "create", thing: "progress nova → databases", after: expect.stringMatching(/^status completed; percent 100; minutes 12; last accessed \d{4}-/) as string });
  });

  test.each<[Record<string, string>, string, RegExp]>([
    [{ percent: "40", status: "completed" }, "bad-input", /status completed and 40 % contradict each other.*completed goes with 75 to 100 %/],
    [{ percent: "10", status: "not_started" }, "bad-input", /status not_started and 10 % contradict each other.*not_started goes with 0 %/],
    [{ percent: "100", status: "in_progress" }, "bad-input", /status in_progress and 100 % contradict/],
    [{ user: "amina_diallo", concept: "programming", status: "in_progress" }, "bad-input", /status in_progress and 100 % contradict.*give --percent too/],
    [{ percent: "101" }, "bad-input", /percent must be <=100/],
    [{ percent: "-1" }, "bad-input", /percent must be >=0/],
    [{ percent: "" }, "bad-input", /percent must not be empty/],
    [{ percent: "NaN" }, "bad-input", /percent must be a whole number, not “NaN”/],
    [{ percent: "9".repeat(20) }, "bad-input", /percent must be a whole number/],
    [{ minutes: "-5" }, "bad-input", /minutes must be >=0/],
    [{ minutes: "2147483648" }, "bad-input", /minutes must be <=2147483647/],
    [{ minutes: "2147483647" }, "bad-input", /minutes 2147483647 would make more than 2147483647 in all/],
    [{ status: "done" }, "bad-input", /status must be one of not_started, in_progress, completed, not “done”/],
    [{ user: "cavin" }, "unknown-user", /there is no user “cavin”.*cavin_admin/],
    [{ concept: "data_structure" }, "unknown-concept", /there is no concept “data_structure”.*data_structures/],
    [{ user: "" }, "bad-input", /user must not be empty/],
    [{ user: "a\ud800" }, "bad-input", /user contains half of a character/],
  ])("%j is refused", async (values, code, message) => {
    const error = await writer.refused("progress record", { user: "cavin_admin", concept: "web_development", ...values });
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(message);
  });
});

describe("user create", () => {
  test("a row with all, a node without the e-mail address, which the plan doesn't show either", async () => {
    const { plan } = await writer.write("user create", { username: "ada 🧮", email: "ada@example.org", "first-name": "Ada", "last-name": "Lovelace" });
    expect(plan).toEqual([{ action: "create", thing: "user ada 🧮", before: null, after: "email given; first name Ada; last name Lovelace" }]);
    expect(await writer.sql("SELECT user_id, email, first_name, last_name, is_active, password_hash FROM users WHERE username = 'ada 🧮'")).toEqual([[idOf("user", "ada 🧮"), "ada@example.org", "Ada", "Lovelace", true, null]]);
    expect(await writer.graph("MATCH (u:User {username: 'ada 🧮'}) RETURN keys(u) AS keys")).toEqual([[expect.not.arrayContaining(["email", "password_hash"])]]);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ username: "cavin_admin" }, /there is a user “cavin_admin” already/],
    [{ username: "x", email: "cavin_admin@example.org" }, /another user has this e-mail address/],
    [{ username: "x\u2028y" }, /username must not contain control/],
    [{ username: "x".repeat(256) }, /username must have at most 255/],
    [{ username: "x", email: "a".repeat(256) }, /e-mail must have at most 255/],
    [{ username: "x", "first-name": "\0" }, /first name contains the character NUL/],
  ])("%j is refused", async (values, message) => {
    expect(await writer.refused("user create", values)).toMatchObject({ code: "bad-input", message: expect.stringMatching(message) as string });
  });
});
