import type * as backend from "./backend.ts";
import type { Missing } from "../core/catalogue/gather.ts";
import type { Session, Trace } from "../core/session.ts";
import type { WriteField } from "../core/writes/types.ts";
import type { BackgroundCheck } from "./background-check.ts";
import type { Exportable } from "./export.ts";
import type { KeyPress } from "./keys.ts";
import type { Action, Scope } from "./keymap.ts";
import type { Choice, Overlay } from "./overlay.ts";
import type { ExplorerOptions } from "./options.ts";
import type { Copyable } from "./pane.ts";
import type { PersistedState } from "./state.ts";
import type { Theme } from "./theme.ts";

export type Backend = typeof backend;

/** What stands under the cursor, by the query that lists its kind. */
export type Subject = Readonly<Partial<Record<NonNullable<WriteField["choicesOf"]>, string | undefined>>>;

/** What a screen may ask of the explorer around it. */
export interface Host {
  readonly theme: Theme;
  /** Undefined until the databases are open. */
  readonly session: (Session & { close(): Promise<void> }) | undefined;
  readonly backend: Backend | undefined;
  readonly user: string | undefined;
  readonly state: PersistedState;
  readonly readOnly: boolean;
  readonly options: Pick<ExplorerOptions, "profile" | "settings">;
  /** What is known of the consistency without anybody's asking. */
  readonly background: BackgroundCheck;
  /** Where statements live that were not kept. */
  readonly scratchFolder: string;
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
  /** Runs a write that is waited for when the explorer is left. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Closes an overlay, if it is still there. */
  dismiss(overlay: Overlay): void;
  /** A load found a side out of reach, or failed because of it. */
  noticed(found: Missing | Error): void;
  /** Goes to the view of a concept; `esc` comes back. */
  openConcept(name: string): void;
  /** Goes to a learning path on its screen. */
  openPath(title: string): void;
  setUser(username: string): void;
  /** How one came to what is in sight: the tab, and each concept that was walked through. */
  way(): string[];
  /** Goes to the catalogue, with its cursor on a query. */
  openQuery(id: string): void;
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
  /** Why an action can't be done here now; undefined if it can. */
  reason?(action: Action): string | undefined;
  /** The screen came into view, or the user changed. */
  enter(): void;
  /** Another screen came into its place. */
  leave?(): void;
  /** The program ends: nothing of it may go on. */
  end?(): void;
  /** The background check has compared both sides. */
  compared?(): void;
  /** Loads again. `asked`: by a person, who knows that it may take long. */
  refresh(asked?: boolean): void;
  /** Takes one step back inside the screen; false if there is none. */
  back(): boolean;
  /** What was run for what is in sight. */
  trace(): Trace;
  /** What `e` writes; undefined while there is nothing. */
  exportable(): Exportable | undefined;
  /** What `y` and `Y` copy. */
  copyable(): Copyable | undefined;
  /** More entries for the command list. */
  choices(): Choice[];
  /** What a write would be about. */
  subject?(): Subject;
  /** Exactly `height` lines, each exactly `cells` wide. */
  render(cells: number, height: number): string[];
}
