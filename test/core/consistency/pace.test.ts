import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { consideratePerSecond, Pace } from "../../../src/core/consistency/pace.ts";

/** A check that reads batches of a thousand as fast as it is let to, on a clock of its own, beside others who change so many rows a second. */
async function keysIn(seconds: number, { maxRate, changing, fails = false }: { maxRate?: number; changing?: (ms: number) => number; fails?: boolean }): Promise<{ keys: number; spared: boolean }> {
  let [ms, changed, keys] = [0, 5_000_000, 0];
  const changes = (): Promise<number> => (fails ? Promise.reject(new Error("no right to look")) : Promise.resolve(changed));
  const pace = new Pace({ now: () => ms, ...(maxRate === undefined ? {} : { maxRate }), ...(changing === undefined ? {} : { changes }) });
  const pass = (more: number): void => {
    changed += ((changing?.(ms) ?? 0) * more) / 1_000;
    ms += more;
  };
  let spared = false;
  while (ms < seconds * 1_000) {
    await turn();
    keys += 1_000;
    pass(5); // 200,000 keys a second
    pass(pace.waitAfter(1_000));
    spared ||= pace.sparesOthers;
  }
  return { keys, spared };
}

describe("the pace of a check", () => {
  test("is the one that was asked for, whatever others do", async () => {
    expect((await keysIn(10, { maxRate: 5_000, changing: () => 0 })).keys).toBeCloseTo(50_000, -3);
    expect((await keysIn(10, { maxRate: 50_000, changing: () => 9_000 })).keys).toBeCloseTo(500_000, -4);
  });

  test("spares nobody where nobody else can be", async () => {
    expect(await keysIn(10, {})).toEqual({ keys: 2_000_000, spared: false });
  });

  test("is slow only until it knows that nobody writes", async () => {
    const { keys, spared } = await keysIn(10, { changing: () => 0 });
    expect(keys).toBeGreaterThan(1_750_000);
    expect(spared).toBe(false);
    // Unknown is not busy: the first second has its free keys and the slow ones.
    const { keys: first } = await keysIn(1, { changing: () => 0 });
    expect(first).toBeGreaterThan(consideratePerSecond);
    expect(first).toBeLessThan(consideratePerSecond * 2);
  });

  test("is slow while others write", async () => {
    const { keys, spared } = await keysIn(20, { changing: () => 2_000 });
    expect(keys).toBeLessThan(consideratePerSecond * 21.5);
    expect(keys).toBeGreaterThan(consideratePerSecond * 19);
    expect(spared).toBe(true);
  });

  test("a trickle is no reason", async () => {
    expect((await keysIn(10, { changing: () => 50 })).keys).toBeGreaterThan(1_750_000);
  });

  test("slows down when somebody begins, and goes on at full speed once he has ended", async () => {
    const { keys, spared } = await keysIn(30, { changing: (ms) => (ms > 10_000 && ms < 20_000 ? 2_000 : 0) });
    expect(spared).toBe(true);
    // About 17 of 30 seconds at full speed: it is found out a second late, and three seconds are waited for more.
    expect(keys).toBeGreaterThan(200_000 * 15);
    expect(keys).toBeLessThan(200_000 * 20);
  });

  test("goes on at full speed where it can't be asked who writes", async () => {
    expect((await keysIn(10, { changing: () => 2_000, fails: true })).keys).toBeGreaterThan(1_750_000);
  });
});
