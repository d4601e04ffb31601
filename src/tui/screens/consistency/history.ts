import { sanitise } from "../../../core/text/sanitise.ts";
import { width } from "../../../core/text/width.ts";
import type { Host } from "../../screen.ts";
import { HistoryOverlay, type PastEntry } from "./history-overlay.ts";
import { checkDetails, checkLines, repairDetails, repairLines, verdictOf } from "./past-lines.ts";
import { clock } from "./words.ts";

/** Every past check of this pair, and every repair, newest first; each opens to what it found or did. */
export async function showHistory(host: Host): Promise<void> {
  const { session, backend, theme, options } = host;
  if (session === undefined || backend === undefined) return;
  const [checks, repairs] = await Promise.all([backend.recordedHistory(session, options.settings.records), backend.loadRepairs(session.databases)]);
  if (checks.length + repairs.length === 0) return host.say("no check of these databases is recorded yet: r runs one");
  const { timeZone } = options.settings;
  const widest = Math.max(0, ...checks.map((check) => width(verdictOf(check))));
  const entries: (PastEntry & { at: string })[] = [
    ...checks.map((check) => ({ at: check.at, title: `${check.mode === "deep" ? "Deep" : "Fast"} check of ${clock(check.at, timeZone)}`, lines: checkLines(theme, check, widest, timeZone), details: (cells: number) => checkDetails(theme, check, cells, timeZone) })),
    ...repairs.map((repair) => {
      const at = repair.finished_at ?? repair.started_at;
      return { at, title: `Repair of ${clock(at, timeZone)} by ${sanitise(repair.owner)}`, lines: repairLines(theme, repair, timeZone), details: (cells: number) => repairDetails(theme, repair, cells) };
    }),
  ];
  host.show(new HistoryOverlay(host, entries.sort((one, other) => Date.parse(other.at) - Date.parse(one.at))));
}
