import { expect, test } from "vitest";
import { progressLine } from "../../src/commands/progress-bar.ts";

test.each([
  ["nothing is known of the whole", { done: 1_500, total: null }, { done: 1_000, ms: 2_000 }, "progress  1,500  500/s"],
  ["the whole is known: also the time left", { done: 250_000, total: 1_000_000 }, { done: 250_000, ms: 20_000 }, "progress  ██████░░░░░░░░░░░░░░░░░░  25 % 250,000 of 1,000,000  12,500/s  1 min 00 s left"],
  ["the rate is that of this run, not of what was there before", { done: 900, total: 1_000 }, { done: 100, ms: 10_000 }, "progress  ██████████████████████░░  90 % 900 of 1,000  10/s  10 s left"],
  ["slow work shows a digit more, and hours", { done: 50, total: 100_000 }, { done: 50, ms: 10_000 }, "progress  ░░░░░░░░░░░░░░░░░░░░░░░░   0 % 50 of 100,000  5.0/s  5 h 34 min left"],
  ["too early for a rate", { done: 5_000, total: 10_000 }, { done: 5_000, ms: 400 }, "progress  ████████████░░░░░░░░░░░░  50 % 5,000 of 10,000"],
  ["nothing done yet", { done: 0, total: 10 }, { done: 0, ms: 5_000 }, "progress  ░░░░░░░░░░░░░░░░░░░░░░░░   0 % 0 of 10"],
  ["it is done", { done: 10, total: 10 }, { done: 10, ms: 2_000 }, "progress  ████████████████████████ 100 % 10 of 10  5.0/s  0 s left"],
])("a line of progress: %s", (_when, counts, since, line) => {
  expect(progressLine({ step: "progress", ...counts }, since)).toBe(line);
});

test.each([
  ["keeps the numbers", {}, "progress  █░░░░░░░░░   8 % 815,000 of 10,000,000  20,000/s  7 min 40 s left"],
  ["has room for a note instead of the bar", { note: "sparing writers" }, "progress  8 % 815,000 of 10,000,000  20,000/s  7 min 40 s left  sparing writers"],
])("a narrow terminal %s", (_what, more, line) => {
  expect(progressLine({ step: "progress", done: 815_000, total: 10_000_000, ...more }, { done: 200_000, ms: 10_000 }, 79)).toBe(line);
  expect(line.length).toBeLessThanOrEqual(79);
});
