import type { PastCheck } from "../../../core/consistency/history.ts";
import type { CheckReport } from "../../../core/consistency/types.ts";
import type { Progress } from "../../../core/progress.ts";
import { Resource } from "../../resource.ts";
import type { Host } from "../../screen.ts";

export const watchSeconds = 30;
/** Findings that the screen holds; all are counted. */
export const keptFindings = 10_000;
/** Rows of both sides that are compared in well under a second. */
const fewRows = 20_000;
const drawEveryMs = 100;

/** The deep check behind the screen: one at a time, recorded like every other. */
export class DeepCheck {
  readonly resource: Resource<{ report: CheckReport; history: PastCheck }>;
  /** The last recorded deep check, until one was run here. */
  readonly past: Resource<PastCheck | undefined>;
  progress: Progress | undefined;
  /** Somebody, or the screen, has asked for one. */
  begun = false;
  readonly #host: Host;
  #running: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.resource = new Resource(() => host.changed());
    this.past = new Resource(() => host.changed());
  }

  get report(): CheckReport | undefined {
    return this.resource.data?.report;
  }

  get watching(): boolean {
    return this.#watch !== undefined;
  }

  /** The background check has seen how much there is, and it is little. */
  get quick(): boolean {
    const { fast } = this.#host.background;
    return fast !== undefined && fast.entities.reduce((sum, { sql_rows, graph_rows }) => sum + sql_rows + graph_rows, 0) <= fewRows;
  }

  /** Milliseconds since the shown report was made. */
  get age(): number {
    return this.report === undefined ? Infinity : Date.now() - Date.parse(this.report.finished_at);
  }

  /** Compares everything. One that runs is left to end, unless something was written since it began (`anew`). */
  run(anew = false): Promise<void> {
    const { session, backend, options } = this.#host;
    if (session === undefined || backend === undefined) return Promise.resolve();
    if (this.resource.loading && this.#running !== undefined && !anew) return this.#running;
    this.begun = true;
    this.progress = undefined;
    const before = this.resource.data;
    let drawn = 0;
    const onProgress = (progress: Progress): void => {
      this.progress = progress;
      if (performance.now() - drawn < drawEveryMs) return;
      drawn = performance.now();
      this.#host.changed();
    };
    this.#running = this.resource
      .load((signal) => backend.recordedCheck(session, options.settings.records, { signal, limit: keptFindings, onProgress }))
      .then(() => {
        const { data, error } = this.resource;
        if (error instanceof Error) this.#host.noticed(error);
        if (data !== undefined && data !== before) this.#host.background.learn(data.report);
      });
    return this.#running;
  }

  /** Looks up what the last deep check said, which is no more than a small file. */
  recall(): void {
    const { session, backend, options } = this.#host;
    if (session === undefined || backend === undefined || this.past.loading) return;
    void this.past.load(async () => (await backend.recordedHistory(session, options.settings.records)).find(({ mode }) => mode === "deep"));
  }

  watch(on: boolean): void {
    clearInterval(this.#watch);
    this.#watch = on ? setInterval(() => void this.run(), watchSeconds * 1_000) : undefined;
    if (on) void this.run();
  }

  cancel(): boolean {
    return this.resource.cancel();
  }
}
