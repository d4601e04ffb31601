import type * as backend from "./backend.ts";
import type { Session, Trace } from "../core/session.ts";
import type { KeyPress } from "./keys.ts";
import type { Action, Scope } from "./keymap.ts";
import type { Choice, Overlay } from "./overlay.ts";
import type { PersistedState } from "./state.ts";
import type { Theme } from "./theme.ts";

export type Backend = typeof backend;

/** What a screen may ask of the explorer around it. */
export interface Host {
  readonly theme: Theme;
  /** Undefined until the databases are open. */
  readonly session: (Session & { close(): Promise<void> }) | undefined;
  readonly backend: Backend | undefined;
  readonly user: string | undefined;
  readonly state: PersistedState;
  readonly readOnly: boolean;
  /** Draws again. */
  changed(): void;
  /** A line in place of the footer, until the next key. */
  say(text: string, style?: "plain" | "ok" | "warn" | "danger"): void;
  show(overlay: Overlay): void;
  /** Puts a text into the terminal's clipboard (OSC 52). */
  copy(text: string, what: string): void;
  /** Leaves the screen to another program and takes it back. */
  suspend(work: () => Promise<void>): Promise<void>;
  saveState(): void;
}

/** One screen. It holds its own state; keys change it, and drawing only reads it. */
export interface Screen {
  readonly title: string;
  /** Where keys are looked up, inner scopes first; `global` is added behind. */
  scopes(): Scope[];
  /** Whether typed letters are text now. */
  capturing(): boolean;
  /** Keys while capturing. */
  type(press: KeyPress): void;
  /** True if the action meant something here. */
  act(action: Action): boolean;
  /** The screen came into view, or the user changed. */
  enter(): void;
  refresh(): void;
  /** Takes one step back inside the screen; false if there is none. */
  back(): boolean;
  /** What was run for what is in sight. */
  trace(): Trace;
  /** More entries for the command list. */
  choices(): Choice[];
  /** Exactly `height` lines, each exactly `cells` wide. */
  render(cells: number, height: number): string[];
}
