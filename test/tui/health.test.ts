import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EngineVersion } from "../../src/databases/types.ts";
import { Health, type SideName } from "../../src/tui/health.ts";

const alive: EngineVersion = { engine: "Engine", version: "1" } as EngineVersion;

/** A health whose databases are switched on and off; `asked` counts what reached them. */
function watched(): { health: Health; up: Record<SideName, boolean>; asked: Record<SideName, number>; recovered: SideName[]; drawn: () => number } {
  const up = { sql: true, graph: true };
  const asked = { sql: 0, graph: 0 };
  const recovered: SideName[] = [];
  let drawn = 0;
  const health = new Health(
    (side) => {
      asked[side] += 1;
      return up[side] ? Promise.resolve(alive) : Promise.reject(Object.assign(new Error("connection\u001b[31m refused"), { hint: "start it" }));
    },
    () => (drawn += 1),
    (side) => recovered.push(side),
  );
  return { health, up, asked, recovered, drawn: () => drawn };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a dead database", () => {
  test("is asked again after 1, 2, 4, 8, 16 and then every 30 seconds", async () => {
    const { health, up, asked } = watched();
    up.graph = false;
    await health.probe();
    expect([asked, health.dead]).toEqual([{ sql: 1, graph: 1 }, ["graph"]]);
    for (const [round, seconds] of [1, 2, 4, 8, 16, 30, 30, 30].entries()) {
      const side = health.sides.graph;
      expect(side.kind === "dead" ? side.retryAt - Date.now() : side.kind).toBe(seconds * 1_000);
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(asked.graph).toBe(round + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(asked).toEqual({ sql: 1, graph: round + 2 });
    }
    health.stop();
  });

  test("tells why without control characters, and what to do", async () => {
    const { health, up } = watched();
    up.sql = false;
    await health.probe();
    expect(health.sides.sql).toMatchObject({ kind: "dead", reason: "connection\ufffd[31m refused", hint: "start it" });
    health.stop();
  });

  test("has its seconds drawn, one by one, while it is dead only", async () => {
    const { health, up, drawn } = watched();
    up.graph = false;
    await health.probe();
    await vi.advanceTimersByTimeAsync(1_000 + 2_000);
    const before = drawn();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(drawn() - before).toBe(3);
    up.graph = true;
    await vi.advanceTimersByTimeAsync(1_000);
    const after = drawn();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(drawn()).toBe(after);
  });

  test("that a load stumbled over is asked again in a second; a second load about the same changes nothing", async () => {
    const { health, asked } = watched();
    await health.probe();
    health.noticed("sql", new Error("gone"));
    await vi.advanceTimersByTimeAsync(500);
    health.noticed("sql", new Error("gone still"));
    expect(health.sides.sql).toMatchObject({ kind: "dead", reason: "gone" });
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toEqual({ sql: 2, graph: 1 });
    health.stop();
  });
});

describe("recovery", () => {
  test("is told once, and the waits begin anew at the next fall", async () => {
    const { health, up, asked, recovered } = watched();
    up.graph = false;
    await health.probe();
    await vi.advanceTimersByTimeAsync(1_000 + 2_000);
    up.graph = true;
    await vi.advanceTimersByTimeAsync(4_000);
    expect([recovered, health.dead]).toEqual([["graph"], []]);
    await health.probe();
    expect(recovered).toEqual(["graph"]);
    const before = asked.graph;
    health.noticed("graph", new Error("gone again"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([asked.graph, recovered]).toEqual([before + 1, ["graph", "graph"]]);
  });

  test("is no recovery for a side that was never dead", async () => {
    const { health, recovered } = watched();
    await health.probe();
    await health.probe();
    expect(recovered).toEqual([]);
  });
});

test("several who ask at once share one answer; whoever asks later gets a new one", async () => {
  const { health, asked } = watched();
  await Promise.all([health.probe(), health.probe(), health.probe()]);
  expect(asked).toEqual({ sql: 1, graph: 1 });
  await health.probe();
  expect(asked).toEqual({ sql: 2, graph: 2 });
});

test("while both live, nothing is scheduled at all", async () => {
  const { health, up } = watched();
  expect(vi.getTimerCount()).toBe(0);
  await health.probe();
  expect(vi.getTimerCount()).toBe(0);
  up.sql = false;
  await health.probe();
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  up.sql = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([health.dead, vi.getTimerCount()]).toEqual([[], 0]);
});

test("an answer that comes after a load failed takes the next try away, too", async () => {
  const answers: ((version: EngineVersion) => void)[] = [];
  const health = new Health(() => new Promise((resolve) => answers.push(resolve)), () => undefined, () => undefined);
  const probing = health.probe();
  health.noticed("graph", new Error("gone for a moment"));
  for (const answer of answers) answer(alive);
  await probing;
  expect([health.dead, vi.getTimerCount()]).toEqual([[], 0]);
});

describe("stopping", () => {
  test("ends every timer, and nothing is asked, told or drawn any more", async () => {
    const { health, up, asked, recovered, drawn } = watched();
    up.sql = up.graph = false;
    await health.probe();
    health.stop();
    const before = [{ ...asked }, drawn()];
    expect(vi.getTimerCount()).toBe(0);
    up.sql = up.graph = true;
    health.noticed("sql", new Error("late"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect([asked, drawn(), recovered, vi.getTimerCount()]).toEqual([...before, [], 0]);
  });

  test.each([
    ["an answer", true],
    ["a failure", false],
  ])("%s that was under way starts nothing", async (_what, works) => {
    const settle: (() => void)[] = [];
    const told: string[] = [];
    const health = new Health(
      () => new Promise((resolve, reject) => settle.push(() => (works ? resolve(alive) : reject(new Error("gone"))))),
      () => told.push("drawn"),
      () => told.push("recovered"),
    );
    const probing = health.probe();
    health.stop();
    for (const end of settle) end();
    await probing;
    expect([told, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
