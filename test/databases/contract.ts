import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseError } from "../../src/databases/errors.ts";
import type { Database, GraphDatabase, SqlDatabase } from "../../src/databases/types.ts";
import { GraphNode, GraphPath, GraphRelationship } from "../../src/databases/values.ts";

/** The code of the `DatabaseError` that a call rejects with. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "no error",
    (error: unknown) => (error instanceof DatabaseError ? error.code : String(error)),
  );
}

/** What both kinds promise alike. `one` gives one row, `endless` runs for very long, `many(n)` gives n rows. */
function common<P>(open: () => Database<P>, statements: { one: string; endless: string; many: (rows: number) => string; write: string; count: string; wrong: string }): void {
  test("stops a statement that takes too long, and works on", async () => {
    expect(await codeOf(open().query(statements.endless, undefined, { timeoutMs: 150 }))).toBe("timeout");
    expect((await open().query(statements.one)).rows).toEqual([[1]]);
  });

  test("cancels at once, and works on", async () => {
    const controller = new AbortController();
    const running = codeOf(open().query(statements.endless, undefined, { signal: controller.signal }));
    setTimeout(() => controller.abort("cancelled"), 50);
    expect(await running).toBe("cancelled");
    expect((await open().query(statements.one)).rows).toEqual([[1]]);
  });

  test("refuses to begin what is cancelled already", async () => {
    expect(await codeOf(open().query(statements.one, undefined, { signal: AbortSignal.abort() }))).toBe("cancelled");
  });

  test("gives at most the rows asked for, and says whether there were more", async () => {
    const cut = await open().query(statements.many(10), undefined, { maxRows: 4 });
    expect([cut.rows.length, cut.truncated]).toEqual([4, true]);
    const all = await open().query(statements.many(10), undefined, { maxRows: 10 });
    expect([all.rows.length, all.truncated]).toEqual([10, false]);
  });

  test("streams 100,000 rows in batches, in order, in flat memory", async () => {
    const stream = await open().stream(statements.many(100_000));
    expect(stream.columns).toEqual(["n"]);
    let expected = 1;
    let largest = 0;
    for await (const rows of stream) {
      largest = Math.max(largest, rows.length);
      for (const [value] of rows) if (value !== expected++) throw new Error(`row ${expected - 1} is ${String(value)}`);
    }
    expect(expected - 1).toBe(100_000);
    expect(largest).toBeLessThanOrEqual(10_000);
  });

  test("leaving a stream early frees the connection", async () => {
    for await (const rows of await open().stream(statements.many(50_000))) {
      expect(rows.length).toBeGreaterThan(0);
      break;
    }
    expect((await open().query(statements.one)).rows).toEqual([[1]]);
  });

  test("commits when the work resolves and rolls back when it throws", async () => {
    const before = (await open().query(statements.count)).rows[0]?.[0];
    await expect(
      open().write(async (transaction) => {
        await transaction.query(statements.write);
        throw new Error("changed my mind");
      }),
    ).rejects.toThrow("changed my mind");
    expect((await open().query(statements.count)).rows[0]?.[0]).toBe(before);
    await open().write((transaction) => transaction.query(statements.write));
    expect((await open().query(statements.count)).rows[0]?.[0]).toBe(Number(before) + 1);
  });

  test("writers take turns and none is lost", async () => {
    const before = Number((await open().query(statements.count)).rows[0]?.[0]);
    await Promise.all(Array.from({ length: 20 }, () => open().write((transaction) => transaction.query(statements.write))));
    expect(Number((await open().query(statements.count)).rows[0]?.[0])).toBe(before + 20);
  });

  test("a read never writes", async () => {
    const before = (await open().query(statements.count)).rows[0]?.[0];
    expect(await codeOf(open().query(statements.write))).toBe("read-only");
    expect(await codeOf(open().read((transaction) => transaction.query(statements.write)))).toBe("read-only");
    expect((await open().query(statements.count)).rows[0]?.[0]).toBe(before);
  });

  test("a syntax error says where", async () => {
    const error: unknown = await open().query(statements.wrong).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ code: "syntax", position: { line: 2 } });
  });

  test("explains", async () => {
    const plan = await open().explain(statements.count);
    expect(plan?.operator).toMatch(/\w/);
  });

  test("tells its engine and version", async () => {
    expect(await open().version()).toMatchObject({ engine: expect.stringMatching(/^\w+$/) as string, version: expect.stringMatching(/^\d+\.\d+/) as string });
  });
}

/** Holds an implementation of `SqlDatabase` to its contract. `open` gives a database of its own with the schema in place. */
export function sqlContract(name: string, openPair: () => Promise<{ sql: SqlDatabase; close(): Promise<void> }>): void {
  describe(`SqlDatabase: ${name}`, () => {
    let pair: { sql: SqlDatabase; close(): Promise<void> };
    const sql = (): SqlDatabase => pair.sql;
    beforeAll(async () => {
      pair = await openPair();
      await pair.sql.write((transaction) => transaction.query("CREATE TABLE contract_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text UNIQUE)"));
    });
    afterAll(() => pair.close());

    common(sql, {
      one: "SELECT 1",
      endless: "SELECT count(*) FROM generate_series(1, 2000000000)",
      many: (rows) => `SELECT n FROM generate_series(1, ${rows}) AS n`,
      write: "INSERT INTO contract_rows (word) VALUES (NULL)",
      count: "SELECT count(*) FROM contract_rows",
      wrong: "SELECT 1\nFRM users",
    });

    test.each([
      ["integers", "SELECT 1::smallint, 2147483647, 9007199254740991::bigint, -5::bigint", [1, 2147483647, 9007199254740991, -5]],
      ["an integer past 2^53", "SELECT 9007199254740993::bigint", [9007199254740993n]],
      ["fractions", "SELECT 1.5::numeric, 0.1::float8, 2.50::numeric(5,2), 'NaN'::float8", [1.5, 0.1, 2.5, null]],
      ["truth and nothing", "SELECT true, false, NULL", [true, false, null]],
      ["texts", "SELECT 'a', '中', e'e\\u0301', '👨‍👩‍👧', ''", ["a", "中", "e\u0301", "👨‍👩‍👧", ""]],
      ["lists", `SELECT ARRAY[1,2], ARRAY['a','b "c"',NULL,'NULL',''], ARRAY[[1],[2]]`, [[1, 2], ["a", 'b "c"', null, "NULL", ""], [[1], [2]]]],
      ["JSON", `SELECT '{"a":[1,null,"x"]}'::jsonb, '2'::json`, [{ a: [1, null, "x"] }, 2]],
      ["days and instants", "SELECT '2026-01-31'::date, '2026-01-31 12:00:00+05:30'::timestamptz, '2026-01-31 12:00:00.123456'::timestamp", ["2026-01-31", "2026-01-31T06:30:00Z", "2026-01-31T12:00:00.123456Z"]],
      ["bytes", "SELECT '\\x00ff'::bytea", ["\\x00ff"]],
    ])("reads %s", async (_what, statement, expected) => {
      expect((await sql().query(statement)).rows).toEqual([expected]);
    });

    test("binds every kind of value", async () => {
      const statement = "SELECT $1::text, $2::int, $3::bigint, $4::float8, $5::boolean, $6::text[], $7::jsonb, $8::text";
      const { rows } = await sql().query(statement, ["ä'\"\\ 👍", 7, 9007199254740993n, 0.5, true, ["a", "b,c", '"'], JSON.stringify({ a: 1 }), null]);
      expect(rows).toEqual([["ä'\"\\ 👍", 7, 9007199254740993n, 0.5, true, ["a", "b,c", '"'], { a: 1 }, null]]);
    });

    test("a broken constraint is one", async () => {
      await sql().write((transaction) => transaction.query("INSERT INTO contract_rows (word) VALUES ('once')"));
      expect(await codeOf(sql().write((transaction) => transaction.query("INSERT INTO contract_rows (word) VALUES ('once')")))).toBe("constraint");
    });

    test.each([
      "COMMIT",
      "ROLLBACK",
      "SET TRANSACTION READ WRITE",
      "SET default_transaction_read_only = off",
      "SELECT set_config('transaction_read_only', 'off', false)",
      "DO $$ BEGIN COMMIT; DELETE FROM contract_rows; END $$",
      "WITH gone AS (DELETE FROM contract_rows RETURNING 1) SELECT count(*) FROM gone",
      "SELECT 1; DELETE FROM contract_rows",
      "TRUNCATE contract_rows",
      "DROP TABLE contract_rows",
      "CREATE TABLE other (a int)",
      "COPY (SELECT 1) TO '/tmp/jeseci-contract'",
    ])("nothing gets out of a read: %s", async (statement) => {
      const before = (await sql().query("SELECT count(*) FROM contract_rows")).rows;
      await sql().query(statement).catch(() => undefined);
      expect((await sql().query("SELECT count(*) FROM contract_rows")).rows).toEqual(before);
      expect(await codeOf(sql().query("INSERT INTO contract_rows (word) VALUES (NULL)"))).toBe("read-only");
    });

    test("what a person typed may use cursors, limits and streams as any other statement", async () => {
      expect((await sql().query("SELECT n FROM generate_series(1, 3) AS n", [], { adHoc: true })).rows).toEqual([[1], [2], [3]]);
      expect((await sql().query("SHOW server_encoding", [], { adHoc: true, maxRows: 5 })).rows).toEqual([["UTF8"]]);
      expect(await codeOf(sql().query("SELECT 1\nFRM users", [], { adHoc: true }))).toBe("syntax");
      const rows = [];
      for await (const batch of await sql().stream("SELECT n FROM generate_series(1, 3) AS n", [], { adHoc: true })) rows.push(...batch);
      expect(rows).toEqual([[1], [2], [3]]);
    });

    test("several statements of a read see one snapshot", async () => {
      await sql().read(async (transaction) => {
        const first = await transaction.query("SELECT now(), pg_current_snapshot()::text");
        const second = await transaction.query("SELECT now(), pg_current_snapshot()::text");
        expect(second.rows).toEqual(first.rows);
      });
    });

    test("a statement without a cursor can be streamed all the same", async () => {
      const batches = [];
      for await (const rows of await sql().stream("SHOW server_encoding")) batches.push(...rows);
      expect(batches).toEqual([["UTF8"]]);
    });
  });
}

/** Holds an implementation of `GraphDatabase` to its contract. */
export function graphContract(name: string, openPair: () => Promise<{ graph: GraphDatabase; close(): Promise<void> }>): void {
  describe(`GraphDatabase: ${name}`, () => {
    let pair: { graph: GraphDatabase; close(): Promise<void> };
    const graph = (): GraphDatabase => pair.graph;
    beforeAll(async () => {
      pair = await openPair();
      await pair.graph.schema("CREATE CONSTRAINT contract_key IF NOT EXISTS FOR (n:Contract) REQUIRE n.key IS UNIQUE");
    });
    afterAll(() => pair.close());

    common(graph, {
      one: "RETURN 1 AS n",
      endless: "UNWIND range(1, 30000) AS a UNWIND range(1, 30000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS n",
      many: (rows) => `UNWIND range(1, ${rows}) AS n RETURN n`,
      write: "CREATE (n:ContractRow) RETURN 1 AS n",
      count: "MATCH (n:ContractRow) RETURN count(n) AS n",
      wrong: "MATCH (n)\nRETRUN n",
    });

    test("values come back as they went", async () => {
      const value = { i: 7, big: 9007199254740993n, f: 0.5, yes: true, none: null, text: "ä'\"\\ 中 👨‍👩‍👧 e\u0301", list: [1, "a", null], map: { a: 1 } };
      const { rows } = await graph().query("RETURN $i AS i, $big AS big, $f AS f, $yes AS yes, $none AS none, $text AS text, $list AS list, $map AS map", value);
      expect(rows).toEqual([Object.values(value)]);
    });

    test("nodes, relationships and paths", async () => {
      await graph().write((transaction) => transaction.query("CREATE (a:Contract {key: 'a', n: 1})-[:KNOWS {since: 2}]->(b:Contract {key: 'b'}) RETURN 1 AS done"));
      const { rows } = await graph().query("MATCH p = (b:Contract {key: 'b'})<-[r:KNOWS]-(a) RETURN a, r, p");
      const [a, r, p] = rows[0] ?? [];
      expect(a).toEqual(new GraphNode(["Contract"], { key: "a", n: 1 }));
      expect(r).toEqual(new GraphRelationship("KNOWS", { since: 2 }));
      expect(p).toBeInstanceOf(GraphPath);
      expect((p as GraphPath).nodes.map((node) => node.properties["key"])).toEqual(["b", "a"]);
      expect((p as GraphPath).relationships).toEqual([{ relationship: r, forward: false }]);
    });

    test("a broken constraint is one", async () => {
      const create = (): Promise<unknown> => graph().write((transaction) => transaction.query("CREATE (n:Contract {key: 'once'}) RETURN n"));
      await create();
      expect(await codeOf(create())).toBe("constraint");
    });

    test("NULL removes a property", async () => {
      await graph().write((transaction) => transaction.query("MERGE (n:Contract {key: 'p'}) SET n.x = $x RETURN n", { x: 1 }));
      await graph().write((transaction) => transaction.query("MERGE (n:Contract {key: 'p'}) SET n.x = $x RETURN n", { x: null }));
      const { rows } = await graph().query("MATCH (n:Contract {key: 'p'}) RETURN n");
      expect(rows[0]?.[0]).toEqual(new GraphNode(["Contract"], { key: "p" }));
    });

    test.each([
      "CREATE (n:ContractRow)",
      "MATCH (n:ContractRow) DETACH DELETE n",
      "MATCH (n:Contract) SET n.extra = 1",
      "MERGE (n:ContractRow {x: 1})",
      "MATCH (n:Contract) REMOVE n.key",
      "UNWIND [1] AS x CREATE (n:ContractRow {x: x}) RETURN n",
      "CREATE INDEX contract_extra IF NOT EXISTS FOR (n:Contract) ON (n.extra)",
      "DROP CONSTRAINT contract_key",
      "/* SHOW */ CREATE INDEX contract_extra IF NOT EXISTS FOR (n:Contract) ON (n.extra)",
      "RETURN 1 AS a; CREATE (n:ContractRow)",
    ])("nothing gets out of a read: %s", async (statement) => {
      const state = async (): Promise<unknown> => [(await graph().query("MATCH (n) WHERE n:Contract OR n:ContractRow RETURN n.key AS key, count(*) AS n ORDER BY key")).rows, (await graph().query("SHOW INDEXES")).rows.length, (await graph().query("SHOW CONSTRAINTS")).rows.length];
      const before = await state();
      expect(await codeOf(graph().query(statement))).toMatch(/^(read-only|syntax)$/);
      expect(await state()).toEqual(before);
    });

    test("a missing parameter is told by name", async () => {
      await expect(graph().query("RETURN $missing AS x")).rejects.toThrow(/missing/);
    });
  });
}
