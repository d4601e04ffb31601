import type { OnProgress } from "../core/progress.ts";
import { cut } from "../core/text/width.ts";

/** A line on stderr that is drawn over, at most ten times a second; nothing at all where stderr is no terminal. */
export function progressBar(): { onProgress?: OnProgress; done(): void } {
  const { stderr } = process;
  if (stderr.isTTY !== true) return { done: () => undefined };
  let last = 0;
  let drawn = false;
  return {
    onProgress: ({ step, done, total }) => {
      const now = Date.now();
      if (now - last < 100) return;
      last = now;
      drawn = true;
      const count = total === null ? done.toLocaleString("en") : `${bar(done / Math.max(1, total))} ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
      stderr.write(`\r\u001b[K${cut(`${step}  ${count}`, (stderr.columns ?? 80) - 1)}`);
    },
    done: () => {
      if (drawn) stderr.write("\r\u001b[K");
    },
  };
}

function bar(share: number): string {
  const cells = Math.round(Math.min(1, share) * 24);
  return `${"█".repeat(cells)}${"░".repeat(24 - cells)} ${String(Math.floor(Math.min(1, share) * 100)).padStart(3)} %`;
}
