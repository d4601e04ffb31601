import type { Session } from "../core/session.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { nearest } from "../core/text/nearest.ts";
import type { KeyPress } from "./keys.ts";
import { helpOverlay, statementsOverlay } from "./information.ts";
import { actionOf, bindingsIn, type Action, type Scope } from "./keymap.ts";
import type { ExplorerOptions } from "./options.ts";
import { ChoiceOverlay, type Choice, type Overlay } from "./overlay.ts";
import { profilePicker } from "./profile-picker.ts";
import type { Backend, Host, Screen } from "./screen.ts";
import { DashboardScreen } from "./screens/dashboard/screen.ts";
import { QueriesScreen } from "./screens/queries/screen.ts";
import { readState, writeState, type PersistedState } from "./state.ts";
import { createTheme, type Style, type Theme } from "./theme.ts";

/** What is known of a database. */
export type Side = { kind: "unknown" } | { kind: "alive"; engine: string; version: string; ms: number } | { kind: "dead"; reason: string };

export type Connection = { kind: "connecting"; step: string } | { kind: "ready" } | { kind: "failed"; error: unknown };

export interface Tab {
  id: string;
  title: string;
  short: string;
  screen?: Screen;
  /** Why it can't be opened, where it can't. */
  disabled?: string;
}

/** What the terminal around can do. */
export interface Terminal {
  write(text: string): void;
  suspend(work: () => Promise<void>): Promise<void>;
  exit(ending: Ending): void;
}

/** How the explorer is left: with an exit code, or for the explorer of another profile. */
export type Ending = number | ExplorerOptions;

type Opened = Session & { seeded: boolean; close(): Promise<void> };

const checkEveryMs = 30_000;
const agesEveryMs = 10_000;

/**
 * Everything that the explorer knows, outside of React: keys change it at once, in the order in which they came, and
 * drawing reads it. So no key ever sees the state of an older frame.
 */
export class Explorer implements Host {
  readonly options: ExplorerOptions;
  readonly theme: Theme;
  readonly state: PersistedState;
  readonly tabs: readonly Tab[];
  connection: Connection = { kind: "connecting", step: "opening the databases" };
  session: Opened | undefined;
  backend: Backend | undefined;
  user: string | undefined;
  screen: Screen;
  overlay: Overlay | undefined;
  message: { text: string; style: Style } | undefined;
  sides: { sql: Side; graph: Side } = { sql: { kind: "unknown" }, graph: { kind: "unknown" } };
  checked: { at: number; inSync: boolean; error?: unknown } | undefined;
  /** Counts drawings asked for; React draws when it changes. */
  revision = 0;
  readonly #terminal: Terminal;
  readonly #dashboard: DashboardScreen;
  readonly #queries: QueriesScreen;
  readonly #listeners = new Set<() => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #stateKey: string;
  #ended = false;

  constructor(options: ExplorerOptions, terminal: Terminal) {
    this.options = options;
    this.#terminal = terminal;
    this.theme = createTheme(options, process.env);
    this.#stateKey = `${options.profile} ${options.settings.dataDir}`;
    this.state = readState(options.settings.stateFile, this.#stateKey);
    this.#dashboard = new DashboardScreen(this);
    this.#queries = new QueriesScreen(this);
    const later = (command: string): string => `comes with a later version; until then: ${command}`;
    this.tabs = [
      { id: "dashboard", title: "Dashboard", short: "Dash", screen: this.#dashboard },
      { id: "paths", title: "Paths", short: "Paths", disabled: later("jeseci paths") },
      { id: "shared", title: "Shared concepts", short: "Shared", disabled: later("jeseci shared") },
      { id: "recommend", title: "Recommendations", short: "Recom", disabled: later("jeseci query graph/next-concepts") },
      { id: "queries", title: "Queries", short: "Queries", screen: this.#queries },
      { id: "consistency", title: "Consistency", short: "Consist", disabled: later("jeseci check") },
    ];
    const wanted = this.tabs.find(({ id }) => id === (options.screen ?? this.state.screen));
    this.screen = wanted?.screen ?? this.#dashboard;
    if (options.screen !== undefined && wanted?.disabled !== undefined) this.say(`${wanted.title} ${wanted.disabled}`, "warn");
    this.user = options.user ?? this.state.user;
  }

  get readOnly(): boolean {
    return this.options.settings.readOnly;
  }

  /** For React: called again whenever something changed. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  changed(): void {
    this.revision += 1;
    for (const listener of this.#listeners) listener();
  }

  say(text: string, style: "plain" | "ok" | "warn" | "danger" = "plain"): void {
    this.message = { text: sanitise(text), style };
    this.changed();
  }

  show(overlay: Overlay): void {
    this.overlay = overlay;
    this.changed();
  }

  copy(text: string, what: string): void {
    this.#terminal.write(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`);
    this.say(`copied ${what}`, "ok");
  }

  suspend(work: () => Promise<void>): Promise<void> {
    return this.#terminal.suspend(work);
  }

  saveState(): void {
    const { screen, user } = { screen: this.tabs.find((tab) => tab.screen === this.screen)?.id, user: this.user };
    this.state.screen = screen ?? "dashboard";
    if (user !== undefined) this.state.user = user;
    writeState(this.options.settings.stateFile, this.#stateKey, this.state);
  }

  /** Opens the databases and loads the first screen. Called once the first frame is painted. */
  async connect(): Promise<void> {
    this.connection = { kind: "connecting", step: "opening the databases" };
    this.changed();
    try {
      const [session, backend] = await Promise.all([
        this.options.connect((step) => {
          if (this.connection.kind === "connecting") this.connection = { kind: "connecting", step };
          this.changed();
        }),
        import("./backend.ts"),
      ]);
      if (this.#ended) return await session.close();
      this.session = session;
      this.backend = backend;
      if (session.seeded) this.say(`seeded the demo data into ${this.options.settings.dataDir}`, "ok");
      await this.#chooseUser(session, backend);
      // Before the screen asks for its data: behind them the round trip would be theirs.
      await this.#probe();
      this.connection = { kind: "ready" };
      this.screen.enter();
      this.changed();
      await this.#check();
      this.#timers.push(setInterval(() => this.changed(), agesEveryMs));
      if (this.options.refreshSeconds !== undefined) this.#timers.push(setInterval(() => this.screen.refresh(), this.options.refreshSeconds * 1000));
    } catch (error) {
      this.connection = { kind: "failed", error };
      this.changed();
    }
  }

  /** A key press, in the order of precedence: an overlay, an input, the screen, the explorer. */
  press(press: KeyPress): void {
    if (press === "ctrl-c") return this.end(130);
    this.message = undefined;
    if (this.overlay !== undefined) {
      const open = this.overlay;
      const outcome = open.press(press);
      // Choosing may have opened another one in its place.
      if (outcome === "close" && this.overlay === open) this.overlay = undefined;
    } else if (this.connection.kind === "ready" && this.screen.capturing()) this.screen.type(press);
    else {
      const ready = this.connection.kind === "ready";
      const action = actionOf(press, [...(ready ? this.screen.scopes() : []), "global"]);
      if (action !== undefined && !(ready && this.screen.act(action))) this.#act(action);
    }
    this.changed();
  }

  /** Ends the program with an exit code, or goes on with another profile; once. */
  end(code: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) clearInterval(timer);
    if (this.connection.kind === "ready") this.saveState();
    this.#terminal.exit(code);
  }

  #act(action: Action): void {
    if (action === "quit") return this.end(0);
    const tab = /^screen(\d)$/.exec(action)?.[1];
    if (tab !== undefined) return this.#open(this.tabs[Number(tab) - 1]);
    if (this.connection.kind === "failed" && action === "refresh") return void this.connect();
    if (this.connection.kind !== "ready") {
      if (action === "help") this.#help();
      // A profile that can't be opened is a reason to choose another one.
      if (action === "profiles" && this.connection.kind === "failed") this.show(profilePicker(this.options, this.theme, (name) => this.#openProfile(name)));
      return;
    }
    switch (action) {
      case "back":
        this.screen.back();
        return;
      case "filter":
        return this.say("there is no list to filter here");
      case "refresh":
        this.screen.refresh();
        void this.#probe().then(() => this.#check());
        return;
      case "help":
        return this.#help();
      case "users":
        return void this.#pickUser();
      case "profiles":
        return this.show(profilePicker(this.options, this.theme, (name) => this.#openProfile(name)));
      case "palette":
        return this.#palette();
      case "statements":
        return this.#statements();
      default:
        return;
    }
  }

  #open(tab: Tab | undefined): void {
    if (tab === undefined) return;
    if (tab.screen === undefined) return this.say(`${tab.title} ${tab.disabled ?? ""}`, "warn");
    this.screen = tab.screen;
    if (this.connection.kind === "ready") {
      this.screen.enter();
      this.saveState();
    }
  }

  #setUser(username: string): void {
    this.user = username;
    this.saveState();
    this.screen.enter();
  }

  async #chooseUser(session: Opened, backend: Backend): Promise<void> {
    const { rows } = await backend.listUsers(session);
    const known = new Set(rows.map(({ username }) => username));
    if (this.user !== undefined && known.has(this.user)) return;
    const asked = this.options.user;
    const wrong = asked !== undefined && this.user === asked;
    this.user = (await backend.defaultUser(session)) ?? undefined;
    if (wrong) {
      const near = nearest(asked, known);
      this.say(`there is no user “${asked}”${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`, "danger");
      void this.#pickUser();
    }
  }

  async #pickUser(): Promise<void> {
    const { session, backend } = this;
    if (session === undefined || backend === undefined) return;
    try {
      const { rows } = await backend.listUsers(session);
      const choices = rows.map((row): Choice => {
        const name = [row.first_name, row.last_name].filter((part) => part !== null).join(" ");
        return { label: sanitise(row.username), note: sanitise(`${name}   ${row.completed} of ${row.concepts} completed`), choose: () => this.#setUser(row.username) };
      });
      this.show(new ChoiceOverlay("User", choices, "there are no users yet: `jeseci seed` makes some"));
    } catch (error) {
      this.say((error as Error).message, "danger");
    }
  }

  #openProfile(name: string): void {
    if (name === this.options.profile) return;
    try {
      this.end(this.options.ofProfile(name));
    } catch (error) {
      this.say((error as Error).message, "danger");
    }
  }

  #palette(): void {
    const screens = this.tabs.map((tab, index): Choice => ({
      label: tab.title,
      note: `screen  ${index + 1}`,
      ...(tab.disabled === undefined ? {} : { disabled: tab.disabled }),
      boost: (query) => (query !== "" && tab.title.toLowerCase().startsWith(query.toLowerCase()) ? 1_000 : 0),
      choose: () => this.#open(tab),
    }));
    const skipped = new Set<Action>(["up", "down", "left", "right", "pageUp", "pageDown", "first", "last", "palette", "interrupt", "back"]);
    const scopes: Scope[] = [...this.screen.scopes(), "global"];
    const actions = bindingsIn(scopes)
      .filter(({ action }) => !skipped.has(action) && !action.startsWith("screen"))
      .map(({ action, label, description }): Choice => ({ label: description.charAt(0).toUpperCase() + description.slice(1), note: label, choose: () => void ((this.screen.act(action) || this.#act(action)) ?? true) }));
    this.show(new ChoiceOverlay("Commands", [...screens, ...actions, ...this.screen.choices(), ...this.#queryChoices()], ""));
  }

  #queryChoices(): Choice[] {
    if (this.screen === this.#queries) return [];
    return this.#queries.choices().map((choice) => ({
      ...choice,
      choose: () => {
        this.#open(this.tabs.find(({ screen }) => screen === this.#queries));
        choice.choose();
      },
    }));
  }

  #help(): void {
    this.show(helpOverlay(this.theme, this.connection.kind === "ready" ? this.screen.scopes() : []));
  }

  #statements(): void {
    const trace = this.screen.trace();
    if (trace.length === 0) this.say("nothing was asked of the databases for this screen yet");
    else this.show(statementsOverlay(this.theme, trace));
  }

  /** Version and round trip of both sides. */
  async #probe(): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    const ask = async (side: "sql" | "graph"): Promise<void> => {
      const started = performance.now();
      try {
        const { engine, version } = await session.databases[side].version();
        this.sides = { ...this.sides, [side]: { kind: "alive", engine, version, ms: performance.now() - started } };
      } catch (error) {
        if (!this.#ended) this.sides = { ...this.sides, [side]: { kind: "dead", reason: sanitise((error as Error).message) } };
      }
    };
    await Promise.all([ask("sql"), ask("graph")]);
    this.changed();
  }

  /** Compares counts and sums; again in half a minute, if it took less than a second. */
  async #check(): Promise<void> {
    const { session, backend } = this;
    if (session === undefined || backend === undefined || this.#ended) return;
    const started = performance.now();
    try {
      const { in_sync: inSync } = await backend.check(session, { mode: "fast" });
      this.checked = { at: Date.now(), inSync };
    } catch (error) {
      this.checked = { at: Date.now(), inSync: false, error };
    }
    this.changed();
    if (performance.now() - started < 1_000 && !this.#ended) {
      const timer = setTimeout(() => void this.#check(), checkEveryMs);
      this.#timers.push(timer);
    }
  }
}

