import type { Session } from "../core/session.ts";

/** What the explorer is started with. It opens nothing itself: `connect` does, after the first frame. */
export interface ExplorerOptions {
  /** The screen to begin with; else the last one, else the dashboard. */
  screen?: string;
  user?: string;
  /** Load the screen again every so many seconds. */
  refreshSeconds?: number;
  ascii: boolean;
  /** False for --no-color; NO_COLOR is looked at besides. */
  color: boolean;
  profile: string;
  profileKind: "embedded" | "servers";
  settings: { timeZone: string; readOnly: boolean; production: boolean; dataDir: string; stateFile: string };
  /** Aborts when the process is asked to end. */
  signal: AbortSignal;
  /** Opens the databases, and seeds an empty embedded folder. */
  connect(onProgress: (step: string) => void): Promise<Session & { seeded: boolean; close(): Promise<void> }>;
}
