import { afterAll, beforeAll, expect, test } from "vitest";
import type { Server } from "../../scripts/servers/start.ts";
import { DatabaseError } from "../../src/databases/errors.ts";
import { openNeo4j, type Neo4jOptions } from "../../src/databases/graph/neo4j.ts";
import { openPg } from "../../src/databases/sql/pg.ts";
import { createAuthority, type Authority } from "../support/certificates.ts";
import { describeOn, neo4j, neo4jVersions, postgres, postgresMajors } from "../support/servers.ts";

/** "connected", or what went wrong. */
async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "connected",
    (error: unknown) => (error instanceof DatabaseError ? `${error.code}: ${error.message}` : String(error)),
  );
}

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});
afterAll(() => authority.remove());

for (const major of postgresMajors) describeOn([postgres(major)], `TLS of PostgreSQL ${major}, with libpq's meaning of its modes`, () => {
  let plain: Server;
  let encrypted: Server;
  let misnamed: Server;
  beforeAll(async () => {
    const { start } = postgres(major);
    [plain, encrypted, misnamed] = await Promise.all([start(), start({ certificate: authority.server }), start({ certificate: authority.misnamed })]);
  });
  afterAll(() => Promise.all([plain, encrypted, misnamed].map((server) => server.stop())));

  const connect = async (server: Server, parameters: Record<string, string>, environment: Record<string, string> = {}): Promise<string> => {
    const url = new URL(server.url);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const sql = openPg({ databaseUrl: url.href, environment: { HOME: "/nonexistent", ...environment }, timeZone: "UTC", connectTimeoutMs: 5_000, statementTimeoutMs: 0, readOnly: true });
    try {
      return await outcome(
        sql.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").then(({ rows }) => {
          if (rows[0]?.[0] !== (server !== plain)) throw new Error("the server sees another kind of connection");
        }),
      );
    } finally {
      await sql.close();
    }
  };

  test.each([
    ["disable", "connected", /^unauthorized: no pg_hba.conf entry.*no encryption/],
    ["allow", "connected", /^connected$/],
    ["prefer", "connected", /^connected$/],
    ["require", /^cannot-connect: .*does not support SSL/, /^connected$/],
    ["verify-ca", /^cannot-connect: .*does not support SSL/, /^cannot-connect: .*(self-signed|unable to verify|unable to get)/],
  ])("%s, without an authority", async (sslmode, withoutTls, withTls) => {
    expect(await connect(plain, { sslmode })).toMatch(withoutTls);
    expect(await connect(encrypted, { sslmode })).toMatch(withTls);
  });

  test("an authority is asked by require, verify-ca and verify-full; only verify-full asks for the name", async () => {
    const [sslrootcert, stranger] = [authority.file, authority.strangerFile];
    for (const sslmode of ["require", "verify-ca", "verify-full"]) {
      expect(await connect(encrypted, { sslmode, sslrootcert })).toBe("connected");
      expect(await connect(encrypted, { sslmode, sslrootcert: stranger })).toMatch(/^cannot-connect: .*(self-signed|unable to verify|unable to get|signature)/);
      expect(await connect(misnamed, { sslmode, sslrootcert })).toMatch(sslmode === "verify-full" ? /^cannot-connect: .*altnames/ : /^connected$/);
    }
  });

  test("the variables say the same, and a file that is not there is named", async () => {
    expect(await connect(encrypted, {}, { PGSSLMODE: "verify-full", PGSSLROOTCERT: authority.file })).toBe("connected");
    expect(await outcome(Promise.resolve().then(() => connect(encrypted, { sslmode: "verify-full", sslrootcert: "/no/such/ca.crt" })))).toMatch(/sslrootcert.*\/no\/such\/ca\.crt/);
  });
});

for (const version of neo4jVersions) describeOn([neo4j(version)], `TLS of Neo4j ${version}`, () => {
  let encrypted: Server;
  beforeAll(async () => {
    encrypted = await neo4j(version).start({ certificate: authority.server });
  });
  afterAll(() => encrypted.stop());

  const connect = async (scheme: string, more: Partial<Neo4jOptions> = {}): Promise<string> => {
    const graph = await openNeo4j({ uri: encrypted.url.replace("bolt:", `${scheme}:`), username: encrypted.username, password: encrypted.password, connectTimeoutMs: 20_000, statementTimeoutMs: 0, readOnly: true, ...more });
    try {
      return await outcome(graph.query("RETURN 1 AS n"));
    } finally {
      await graph.close();
    }
  };

  test("any certificate with +ssc; a known one with +s; none without", async () => {
    expect(await connect("bolt+ssc")).toBe("connected");
    expect(await connect("neo4j+ssc")).toBe("connected");
    expect(await connect("bolt+s")).toMatch(/^cannot-connect: /);
    expect(await connect("bolt")).toMatch(/^cannot-connect: /);
  });

  test("an own authority is believed, another one is not", async () => {
    expect(await connect("bolt", { certificateAuthority: authority.file })).toBe("connected");
    expect(await connect("neo4j", { certificateAuthority: authority.file })).toBe("connected");
    expect(await connect("bolt", { certificateAuthority: authority.strangerFile })).toMatch(/^cannot-connect: /);
    expect(await outcome(Promise.resolve().then(() => connect("bolt", { certificateAuthority: "/no/such/ca.crt" })))).toMatch(/no\/such\/ca\.crt/);
  });
});
