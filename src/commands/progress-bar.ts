import type { OnProgress, Progress } from "../core/progress.ts";
import { cut } from "../core/text/width.ts";

/** A line on stderr that is drawn over, at most ten times a second; nothing at all where stderr is no terminal. */
export function progressBar(): { onProgress?: OnProgress; done(): void } {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { done: () => undefined };
  let last = 0;
  let drawn = false;
  let first = { step: "", done: 0, at: 0 };
  return {
    onProgress: (progress) => {
      const now = Date.now();
      // The rate is that of the running step, from where it stood when it was first heard of.
      if (progress.step !== first.step) first = { step: progress.step, done: progress.done, at: now };
      if (now - last < 100) return;
      last = now;
      drawn = true;
      stderr.write(`\r\u001b[K${cut(progressLine(progress, { done: progress.done - first.done, ms: now - first.at }), (stderr.columns ?? 80) - 1)}`);
    },
    done: () => {
      if (drawn) stderr.write("\r\u001b[K");
    },
  };
}

/** Too short a time tells no rate. */
const rateAfterMs = 1_000;

/** How far it is, how fast and, where the whole is known, how long it still takes. `since` is what was done in how long. */
export function progressLine({ step, done, total }: Progress, since: { done: number; ms: number }): string {
  const count = total === null ? done.toLocaleString("en") : `${bar(done / Math.max(1, total))} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
  if (since.ms < rateAfterMs || since.done <= 0) return `${step}  ${count}`;
  const rate = (since.done / since.ms) * 1_000;
  const left = total === null ? "" : `  ${duration((total - done) / rate)} left`;
  return `${step}  ${count}  ${rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString("en")}/s${left}`;
}

/** In the two largest units that say something; never less than there is. */
function duration(seconds: number): string {
  const whole = Math.ceil(Math.max(0, seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.ceil(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

function bar(share: number): string {
  const cells = Math.round(Math.min(1, share) * 24);
  return `${"█".repeat(cells)}${"░".repeat(24 - cells)} ${String(Math.floor(Math.min(1, share) * 100)).padStart(3)} %`;
}
