import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll } from "vitest";

/** Longer than it takes from seeding a suite's data to the last look at them. */
const nearMs = 4 * 60_000;

/**
 * For suites whose data are dated from today: close before midnight of their time zone, they begin after it. A hook of its
 * own, since it may take longer than others; it stands before the one that seeds.
 */
export function notAtMidnight(timeZone = "UTC"): void {
  beforeAll(async () => {
    const leftMs = untilMidnight(new Date(), timeZone);
    if (leftMs < nearMs) await sleep(leftMs + 1_000);
  }, nearMs + 60_000);
}

/** Milliseconds that are left of the day; on a day when the clocks change, right only once they have. */
function untilMidnight(now: Date, timeZone: string): number {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(now);
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(":").map(Number);
  return ((23 - hours) * 3_600 + (59 - minutes) * 60 + (60 - seconds)) * 1_000;
}
