import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSettings, maskUrl } from "../../src/config/load.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jeseci-config-"));
  mkdirSync(join(folder, "jeseci"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const environment = (more: Record<string, string> = {}): Record<string, string> => ({ HOME: folder, XDG_CONFIG_HOME: folder, ...more });
const config = (text: string | object): void => writeFileSync(join(folder, "jeseci", "config.json"), typeof text === "string" ? text : JSON.stringify(text));

test("without anything it is the embedded pair in the data folder", () => {
  const settings = loadSettings({}, environment(), folder);
  expect(settings).toMatchObject({ profile: "embedded", kind: "embedded", dataDir: join(folder, ".local/share/jeseci"), production: false, queries: [] });
});

test("later wins: file, .env, environment, flags", () => {
  config({ default: "work", profiles: { work: { kind: "embedded", data_dir: "~/work" }, other: {} } });
  const source = (settings: ReturnType<typeof loadSettings>): string | undefined => settings.provenance.find(({ setting }) => setting === "profile")?.source;
  expect(loadSettings({}, environment(), folder)).toMatchObject({ profile: "work", dataDir: join(folder, "work") });
  writeFileSync(join(folder, ".env"), "JESECI_PROFILE=other\n");
  const fromDotEnv = loadSettings({}, environment(), folder);
  expect([fromDotEnv.profile, source(fromDotEnv)]).toEqual(["other", ".env JESECI_PROFILE"]);
  const fromEnvironment = loadSettings({}, environment({ JESECI_PROFILE: "work" }), folder);
  expect([fromEnvironment.profile, source(fromEnvironment)]).toEqual(["work", "environment JESECI_PROFILE"]);
  const fromFlag = loadSettings({ profile: "embedded", dataDir: "here" }, environment({ JESECI_PROFILE: "work" }), folder);
  expect([fromFlag.profile, source(fromFlag), fromFlag.dataDir]).toEqual(["embedded", "--profile", join(folder, "here")]);
});

test("server variables fill the profile servers and never switch to it; secrets are masked", () => {
  const variables = { DATABASE_URL: "postgresql://u:hunter2@db/x", NEO4J_PASSWORD: "hunter3", NEO4J_URI: "bolt://g" };
  expect(loadSettings({}, environment(variables), folder)).toMatchObject({ profile: "embedded", kind: "embedded" });
  const settings = loadSettings({ profile: "servers" }, environment(variables), folder);
  expect(settings).toMatchObject({ kind: "servers", databaseUrl: variables.DATABASE_URL, neo4jPassword: "hunter3" });
  expect(JSON.stringify(settings.provenance)).not.toMatch(/hunter/);
});

test.each([
  ["postgresql://u:p%40ss@h:5432/d", "postgresql://u:•••@h:5432/d"],
  ["postgresql://u:a@b@h/d", "postgresql://u:•••@h/d"],
  ["postgresql://h/d?password=x&sslmode=require", "postgresql://h/d?password=•••&sslmode=require"],
  ["bolt://localhost:7687", "bolt://localhost:7687"],
])("%s is shown as %s", (url, shown) => expect(maskUrl(url)).toBe(shown));

test.each<[string, string | object, RegExp]>([
  ["broken JSON", '{\n  "default": }', /config\.json:2:\d+: not JSON/],
  ["no object", "[]", /must hold an object/],
  ["a wrong type", { default: 1 }, /default must be a text/],
  ["an unknown profile", { default: "nope" }, /there is no profile “nope”/],
  ["an unknown time zone", { time_zone: "Europe/Berlim" }, /there is no time zone “Europe\/Berlim”/],
  ["queries that are no list", { queries: "x" }, /queries must be a list/],
])("%s is refused with its place", (_what, content, message) => {
  config(content);
  expect(() => loadSettings({}, environment(), folder)).toThrow(message);
});

test("an unknown setting is a warning with the nearest name", () => {
  config({ defualt: "embedded" });
  expect(loadSettings({}, environment(), folder).warnings).toEqual([expect.stringContaining("unknown setting defualt; did you mean default?")]);
});
