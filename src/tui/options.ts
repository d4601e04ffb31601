import type { Records } from "../core/consistency/recorded.ts";
import type { Session } from "../core/session.ts";

/** A profile to choose from. */
export interface ProfileChoice {
  name: string;
  kind: "embedded" | "servers";
  production: boolean;
  /** Its folder, or its addresses without passwords. */
  place: string;
  /** Why it can't be opened, where it can't. */
  disabled?: string;
}

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
  settings: { timeZone: string; readOnly: boolean; production: boolean; dataDir: string; stateFile: string; records: Records };
  /** Every profile of the configuration, for the picker. */
  profiles(): ProfileChoice[];
  /** The same explorer on another profile. Throws what the configuration throws. */
  ofProfile(name: string): ExplorerOptions;
  /** Aborts when the process is asked to end. */
  signal: AbortSignal;
  /** Opens the databases, and seeds an empty embedded folder. */
  connect(onProgress: (step: string) => void): Promise<Session & { seeded: boolean; close(): Promise<void> }>;
}
