import type { OnProgress, Progress } from "../core/progress.ts";
import { cut } from "../core/text/width.ts";

/** A line on stderr that is drawn over, at most ten times a second; nothing at all where stderr is no terminal. */
export function progressBar(): { onProgress?: OnProgress; done(): void } {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { done: () => undefined };
  let last = 0;
  let drawn = false;
  let first: Pick<Progress, "step" | "note" | "done"> & { at: number } = { step: "", done: 0, at: 0 };
  return {
    onProgress: (progress) => {
      const now = Date.now();
      const { step, note, done } = progress;
      // The rate is that of the running step and pace, from where it stood when it was first heard of.
      const another = step !== first.step || note !== first.note;
      if (another) first = { step, ...(note === undefined ? {} : { note }), done, at: now };
      // A step that begins is told at once: its first rows may take long to come.
      if (!another && now - last < 100) return;
      last = now;
      drawn = true;
      const columns = (stderr.columns ?? 80) - 1;
      stderr.write(`\r\u001b[K${cut(progressLine(progress, { done: done - first.done, ms: now - first.at }, columns), columns)}`);
    },
    done: () => {
      if (drawn) stderr.write("\r\u001b[K");
    },
  };
}

/** Too short a time tells no rate. */
const rateAfterMs = 1_000;

/** From how many columns on there is room for the longer bar beside the largest numbers. */
const roomyColumns = 100;

/** How far it is, how fast and, where the whole is known, how long it still takes. `since` is what was done in how long. */
export function progressLine({ step, done, total, note, lagSeconds }: Progress, since: { done: number; ms: number }, columns = roomyColumns): string {
  const own = progressOf({ step, done, total }, since, columns >= roomyColumns ? 24 : note === undefined ? 10 : 0);
  const line = lagSeconds === undefined ? own : `${own}  lag ${duration(lagSeconds)}`;
  return note === undefined ? line : `${line}  ${note}`;
}

function progressOf({ step, done, total }: Progress, since: { done: number; ms: number }, cells: number): string {
  const count = total === null ? done.toLocaleString("en") : `${bar(done / Math.max(1, total), cells)} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
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

function bar(share: number, cells: number): string {
  const full = Math.round(Math.min(1, share) * cells);
  const percent = `${String(Math.floor(Math.min(1, share) * 100))} %`;
  return cells === 0 ? percent : `${"█".repeat(full)}${"░".repeat(cells - full)} ${percent.padStart(5)}`;
}
