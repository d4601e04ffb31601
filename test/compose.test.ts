import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../src/package-root.ts";

const compose = readFileSync(join(packageRoot(), "docker-compose.yml"), "utf8");

test("the compose file has the guide's names, pinned images by variable, no password, loopback ports, health checks, named volumes", () => {
  for (const wanted of ["jeseci_learning_companion", "jeseci_user", "NEO4J_AUTH: neo4j/${NEO4J_PASSWORD:?", "${POSTGRES_IMAGE:-postgres:15}", "${NEO4J_IMAGE:-neo4j:5.26-community}", "postgresql-data:/var/lib/postgresql/data", "neo4j-data:/data"]) expect(compose).toContain(wanted);
  expect(compose).toMatch(/POSTGRES_PASSWORD: \$\{POSTGRES_PASSWORD:\?/);
  const ports = [...compose.matchAll(/^ +- "(.*:\d+)"$/gm)].map(([, port]) => port);
  expect(ports).toHaveLength(2);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  expect(compose.match(/healthcheck:/g)).toHaveLength(2);
});

test("the example of .env names every variable and holds no password", () => {
  const example = readFileSync(join(packageRoot(), ".env.example"), "utf8");
  for (const [, name] of compose.matchAll(/\$\{(\w+):\?/g)) expect(example).toMatch(new RegExp(`^${name ?? ""}=$`, "m"));
  for (const name of ["DATABASE_URL", "NEO4J_URI", "NEO4J_USER"]) expect(example).toContain(`${name}=`);
});

// Only where Docker's compose exists: it is no part of what the tests need.
if (spawnSync("docker", ["compose", "version"]).status === 0) {
  test("docker itself accepts it", () => {
    const { status, stderr } = spawnSync("docker", ["compose", "-f", join(packageRoot(), "docker-compose.yml"), "config", "--quiet"], { encoding: "utf8", env: { ...process.env, POSTGRES_PASSWORD: "x", NEO4J_PASSWORD: "x" } });
    expect([status, stderr]).toEqual([0, ""]);
  });
}
