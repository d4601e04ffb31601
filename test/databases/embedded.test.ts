import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DatabaseError } from "../../src/databases/errors.ts";
import { openDatabases } from "../../src/databases/open.ts";
import type { Databases } from "../../src/databases/types.ts";
import { openTemporary } from "../support/databases.ts";
import { graphContract, sqlContract } from "./contract.ts";

const open = async () => {
  const temporary = await openTemporary();
  return { sql: temporary.databases.sql, graph: temporary.databases.graph, close: () => temporary.close() };
};
sqlContract("PGlite", open);
graphContract("Grafeo", open);

describe("the embedded folder", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jeseci-folder-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const openIn = (dataDir: string, more: object = {}): Promise<Databases> => openDatabases({ profile: "embedded", dataDir, timeZone: "UTC", statementTimeoutMs: 0, ...more });
  const errorOf = async (call: Promise<unknown>): Promise<DatabaseError> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof DatabaseError)) throw new Error(`expected a DatabaseError, got ${String(error)}`);
    return error;
  };

  test("keeps what was written", async () => {
    const first = await openIn(folder);
    await first.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ('1', 'kept')"));
    await first.graph.write((transaction) => transaction.query("CREATE (n:User {user_id: '1'}) RETURN n"));
    await first.close();
    const second = await openIn(folder);
    expect(second.uncleanStop).toBe(false);
    expect((await second.sql.query("SELECT username FROM users")).rows).toEqual([["kept"]]);
    expect((await second.graph.query("MATCH (n:User) RETURN n.user_id AS id")).rows).toEqual([["1"]]);
    await second.close();
  });

  test("is closed only when what goes on behind an answer has ended", async () => {
    const first = await openIn(folder);
    first.afterwards.add(() => first.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ('1', 'behind')")));
    await first.close();
    const second = await openIn(folder);
    expect((await second.sql.query("SELECT username FROM users")).rows).toEqual([["behind"]]);
    await second.close();
  });

  test("belongs to one process; the other is told who holds it, and what to do", async () => {
    const held = await openIn(folder);
    const error = await errorOf(openIn(folder));
    expect(error.code).toBe("locked");
    expect(error.message).toContain(`process ${process.pid}`);
    expect(error.hint).toContain("--data-dir");
    expect((await held.sql.query("SELECT 1")).rows).toEqual([[1]]);
    await held.close();
    await (await openIn(folder)).close();
  });

  test("after kill -9 nothing acknowledged is lost, and the stop is known to have been unclean", async () => {
    const program = `
      import { openDatabases } from ${JSON.stringify(join(process.cwd(), "src/databases/open.ts"))};
      const databases = await openDatabases({ profile: "embedded", dataDir: ${JSON.stringify(folder)}, timeZone: "UTC", statementTimeoutMs: 0 });
      await databases.sql.write((t) => t.query("INSERT INTO users (user_id, username) VALUES ('1', 'survivor')"));
      await databases.graph.write((t) => t.query("CREATE (n:User {user_id: '1'}) RETURN n"));
      console.log("written");
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const databases = await openIn(folder);
    expect(databases.uncleanStop).toBe(true);
    expect((await databases.sql.query("SELECT username FROM users")).rows).toEqual([["survivor"]]);
    expect((await databases.graph.query("MATCH (n:User) RETURN n.user_id AS id")).rows).toEqual([["1"]]);
    await databases.close();
    // One that could only read, or failed to compare, leaves it to the next.
    const again = await openIn(folder);
    expect(again.uncleanStop).toBe(true);
    again.lookedAfter();
    await again.close();
    const last = await openIn(folder);
    expect(last.uncleanStop).toBe(false);
    await last.close();
  });

  test("a creation that was interrupted is begun again", async () => {
    mkdirSync(join(folder, "postgres"));
    writeFileSync(join(folder, "postgres", "PG_VERSION"), "18\n");
    writeFileSync(join(folder, "postgres.unfinished"), "");
    const databases = await openIn(folder);
    expect((await databases.sql.query("SELECT count(*) FROM users")).rows).toEqual([[0]]);
    expect(existsSync(join(folder, "postgres.unfinished"))).toBe(false);
    await databases.close();
  });

  test("an older program refuses a newer schema", async () => {
    const databases = await openIn(folder);
    await databases.sql.write((transaction) => transaction.query("INSERT INTO jeseci.migration (number, name) VALUES (9999, 'future')"));
    await databases.close();
    const error = await errorOf(openIn(folder));
    expect(error.code).toBe("newer-schema");
    expect(error.message).toContain("9999");
  });

  test("a newer graph is refused as well", async () => {
    const databases = await openIn(folder);
    await databases.graph.write((transaction) => transaction.query("MATCH (l:__SyncLane) SET l.schema = 9999 RETURN l"));
    await databases.close();
    expect((await errorOf(openIn(folder))).code).toBe("newer-schema");
  });

  test("what is no data folder is told, and stays as it is", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "mine");
    expect(await errorOf(openIn(join(file, "below")))).toMatchObject({ code: "damaged", hint: expect.stringContaining("--data-dir") as string });
    const garbage = join(folder, "garbage");
    mkdirSync(join(garbage, "postgres"), { recursive: true });
    writeFileSync(join(garbage, "postgres", "PG_VERSION"), "not a version");
    const error = await errorOf(openIn(garbage));
    expect(error.code).toBe("damaged");
    expect(existsSync(join(garbage, "postgres", "PG_VERSION"))).toBe(true);
    expect(existsSync(join(garbage, "lock.json"))).toBe(false);
  });

  test("read-only refuses to write, on both sides", async () => {
    await (await openIn(folder)).close();
    const databases = await openIn(folder, { readOnly: true });
    expect((await errorOf(databases.sql.write((transaction) => transaction.query("DELETE FROM users")))).code).toBe("read-only");
    expect((await errorOf(databases.graph.write((transaction) => transaction.query("CREATE (n) RETURN n")))).code).toBe("read-only");
    expect((await errorOf(databases.graph.schema("CREATE INDEX x IF NOT EXISTS FOR (n:X) ON (n.x)"))).code).toBe("read-only");
    await databases.close();
  });

  test("with `create: false` nothing is made", async () => {
    const error = await errorOf(openIn(join(folder, "none"), { create: false }));
    expect(error.hint).toContain("jeseci seed");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  test("days begin in the session's time zone", async () => {
    const databases = await openIn(folder, { timeZone: "Pacific/Kiritimati" });
    expect((await databases.sql.query("SELECT ('2026-01-01 12:00:00Z'::timestamptz)::date")).rows).toEqual([["2026-01-02"]]);
    await databases.close();
  });

  test("closing twice is fine, and afterwards nothing works any more", async () => {
    const databases = await openIn(folder);
    await databases.close();
    await databases.close();
    expect((await errorOf(databases.sql.query("SELECT 1"))).code).toBe("failed");
    expect((await errorOf(databases.graph.query("RETURN 1 AS n"))).code).toBe("failed");
  });
});
