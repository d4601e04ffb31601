import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../core/session.ts";
import type { Missing } from "../core/catalogue/gather.ts";
import { isUnreachable } from "../databases/errors.ts";
import { sanitise } from "../core/text/sanitise.ts";
import { nearest } from "../core/text/nearest.ts";
import { showExport } from "./export.ts";
import { BackgroundCheck, type Checked } from "./background-check.ts";
import { SyncWatch } from "./sync-watch.ts";
import { Health } from "./health.ts";
import type { KeyPress } from "./keys.ts";
import { helpOverlay } from "./information.ts";
import { actionOf, type Action } from "./keymap.ts";
import type { ExplorerOptions } from "./options.ts";
import type { Overlay } from "./overlay.ts";
import { learnNames, showPalette } from "./palette.ts";
import { profilePicker } from "./profile-picker.ts";
import type { Backend, Host, Screen } from "./screen.ts";
import { ConsistencyScreen } from "./screens/consistency/screen.ts";
import { DashboardScreen } from "./screens/dashboard/screen.ts";
import { PathsScreen } from "./screens/paths/screen.ts";
import { QueriesScreen } from "./screens/queries/screen.ts";
import { RecommendationsScreen } from "./screens/recommendations/screen.ts";
import { SharedScreen } from "./screens/shared/screen.ts";
import { StatementsOverlay } from "./statements.ts";
import { findUser, userPicker } from "./users.ts";
import { readState, writeState, type PersistedState } from "./state.ts";
import { createTheme, type Style, type Theme } from "./theme.ts";
import { reasonNotToWrite } from "./read-only.ts";
import { Walk } from "./walk.ts";
import { showWrites } from "./writing.ts";

export type Connection = { kind: "connecting"; step: string } | { kind: "ready" } | { kind: "failed"; error: unknown };

export interface Tab {
  id: string;
  title: string;
  short: string;
  screen: Screen;
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

const agesEveryMs = 10_000;
const firstProbeMs = 1_500;

/**
 * Everything that the explorer knows, outside of React: keys change it at once, in the order in which they came, and
 * drawing reads it. So no key ever sees the state of an older frame.
 */
export class Explorer implements Host {
  readonly options: ExplorerOptions;
  readonly theme: Theme;
  readonly state: PersistedState;
  readonly tabs: readonly Tab[];
  readonly health: Health;
  readonly sync: SyncWatch;
  readonly background: BackgroundCheck;
  connection: Connection = { kind: "connecting", step: "opening the databases" };
  session: Opened | undefined;
  backend: Backend | undefined;
  user: string | undefined;
  /** The screen of the current tab. */
  tab: Screen;
  /** The concepts that were walked into from it. */
  readonly walk = new Walk(this);
  overlay: Overlay | undefined;
  message: { text: string; style: Style } | undefined;
  /** Counts drawings asked for; React draws when it changes. */
  revision = 0;
  readonly #terminal: Terminal;
  readonly #dashboard: DashboardScreen;
  readonly #paths: PathsScreen;
  readonly #queries: QueriesScreen;
  readonly #listeners = new Set<() => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #stateKey: string;
  readonly #writes = new Set<Promise<unknown>>();
  /** Screens that may still hold what was loaded while a side was away. */
  readonly #stale = new Set<Screen>();
  #ended = false;

  constructor(options: ExplorerOptions, terminal: Terminal) {
    this.options = options;
    this.#terminal = terminal;
    this.theme = createTheme(options, process.env);
    this.#stateKey = `${options.profile} ${options.settings.dataDir}`;
    this.state = readState(options.settings.stateFile, this.#stateKey);
    this.health = new Health(
      (side) => (this.session === undefined ? Promise.reject(new Error("nothing is open")) : this.session.databases[side].version()),
      () => this.changed(),
      (side) => this.#recovered(side),
    );
    this.sync = new SyncWatch(this);
    this.background = new BackgroundCheck(this);
    this.#dashboard = new DashboardScreen(this);
    this.#paths = new PathsScreen(this);
    this.#queries = new QueriesScreen(this);
    this.tabs = [
      { id: "dashboard", title: "Dashboard", short: "Dash", screen: this.#dashboard },
      { id: "paths", title: "Paths", short: "Paths", screen: this.#paths },
      { id: "shared", title: "Shared concepts", short: "Shared", screen: new SharedScreen(this) },
      { id: "recommend", title: "Recommendations", short: "Recom", screen: new RecommendationsScreen(this) },
      { id: "queries", title: "Queries", short: "Queries", screen: this.#queries },
      { id: "consistency", title: "Consistency", short: "Consist", screen: new ConsistencyScreen(this) },
    ];
    const wanted = this.tabs.find(({ id }) => id === (options.screen ?? this.state.screen));
    this.tab = wanted?.screen ?? this.#dashboard;
    this.user = options.user ?? this.state.user;
  }

  /** What is in sight. */
  get screen(): Screen {
    return this.walk.current ?? this.tab;
  }

  get readOnly(): boolean {
    return this.options.settings.readOnly;
  }

  get checked(): Checked | undefined {
    return this.background.checked;
  }

  get scratchFolder(): string {
    return join(dirname(this.options.settings.stateFile), "scratch");
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

  dismiss(overlay: Overlay): void {
    if (this.overlay === overlay) this.overlay = undefined;
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
    this.state.screen = this.tabs.find((tab) => tab.screen === this.tab)?.id ?? "dashboard";
    if (this.user !== undefined) this.state.user = this.user;
    writeState(this.options.settings.stateFile, this.#stateKey, this.state);
  }

  compared(): void {
    this.screen.compared?.();
  }

  noticed(found: Missing | Error): void {
    if (found instanceof Error) {
      if (isUnreachable(found)) this.health.noticed(found.database, found);
      return;
    }
    if (found.sql !== undefined) this.health.noticed("sql", found.sql);
    if (found.graph !== undefined) this.health.noticed("graph", found.graph);
  }

  openConcept(name: string): void {
    const { current } = this.walk;
    if (current?.concept === name) return;
    if (current === undefined) this.tab.leave?.();
    this.walk.into(name);
    this.changed();
  }

  way = (): string[] => [this.tabs.find(({ screen }) => screen === this.tab)?.title ?? "", ...this.walk.views.map(({ concept }) => concept)];

  openPath(title: string): void {
    this.openTab("paths");
    this.#paths.select(title);
  }

  openTab(id: string): void {
    this.#open(this.tabs.find((tab) => tab.id === id));
  }

  setUser(username: string): void {
    this.user = username;
    this.saveState();
    this.#enter();
    this.changed();
  }

  /** Puts the catalogue in sight with its cursor on a query. */
  openQuery(id: string): void {
    this.openTab("queries");
    this.#queries.select(id);
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
      // Before the screen asks for its data: behind them the round trip would be theirs. One that hangs is not waited for.
      await Promise.race([this.health.probe(), sleep(firstProbeMs, undefined, { ref: false })]);
      await this.#chooseUser(session, backend);
      if (this.#ended) return;
      this.connection = { kind: "ready" };
      void this.#tellGaps(session, backend);
      this.screen.enter();
      this.changed();
      this.sync.start();
      await this.background.run();
      // The first round trip was that of a new connection.
      await Promise.all([this.health.probe(), learnNames(this)]);
      if (this.#ended) return;
      this.#timers.push(setInterval(() => this.changed(), agesEveryMs));
      if (this.options.refreshSeconds !== undefined) this.#timers.push(setInterval(() => this.screen.refresh(true), this.options.refreshSeconds * 1000));
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
      if (action !== undefined) this.perform(action);
    }
    this.changed();
  }

  /** Does what a key or the command list asks for, or says why it can't be done. */
  perform(action: Action): void {
    if (this.connection.kind === "ready") {
      const reason = this.reason(action);
      if (reason !== undefined) return this.say(reason, "warn");
      if (this.screen.act(action)) return;
    }
    this.#act(action);
  }

  /** Runs a write that is waited for when the explorer is left. */
  write<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#writes.add(running);
    void running.catch(() => undefined).finally(() => this.#writes.delete(running));
    return running;
  }

  /** Something was written: what is in sight is loaded again, and both sides are compared. A concept may have another name now, or none. */
  wrote(renamed?: { concept: string; to: string | undefined }): void {
    if (renamed !== undefined) this.walk.renamed(renamed.concept, renamed.to);
    this.screen.refresh();
    void learnNames(this);
    void this.background.run();
  }

  /** Why an action can't be done here now; undefined if it can. */
  reason(action: Action): string | undefined {
    return action === "write" ? reasonNotToWrite(this) : this.screen.reason?.(action);
  }

  /** Lets the databases go, once a write that runs has finished and the relay has ended its batch. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#writes, this.sync.stop()]);
    await this.session?.close();
  }

  /** Ends the program with an exit code, or goes on with another profile; once. */
  end(code: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.health.stop();
    this.background.stop();
    for (const { screen } of this.tabs) screen.end?.();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.connection.kind === "ready") this.saveState();
    this.#terminal.exit(code);
  }

  #act(action: Action): void {
    if (action === "quit") return this.end(0);
    const tab = /^screen(\d)$/.exec(action)?.[1];
    if (tab !== undefined) return this.#open(this.tabs[Number(tab) - 1]);
    if (this.connection.kind === "failed" && action === "refresh") return void this.connect();
    // A profile that can't be opened is a reason to choose another one.
    if (action === "profiles" && this.connection.kind !== "connecting") return this.show(profilePicker(this.options, this.theme, (name) => this.#openProfile(name)));
    if (action === "help") return this.show(helpOverlay(this.theme, this.connection.kind === "ready" ? this.screen.scopes() : []));
    if (this.connection.kind !== "ready") return;
    switch (action) {
      case "back":
        if (!this.screen.back() && this.walk.current !== undefined) this.#leave();
        return;
      case "filter":
        return this.say("there is no list to filter here");
      case "refresh":
        this.screen.refresh(true);
        void this.health.probe().then(() => this.background.run());
        this.sync.start();
        return;
      case "users":
        return this.#pickUser();
      case "write":
        return showWrites(this);
      case "palette":
        return showPalette(this);
      case "statements":
        return this.#statements();
      case "export":
        return this.#export();
      case "copyCell":
      case "copyRow":
        return this.#copy(action);
      default:
        return;
    }
  }

  #leave(): void {
    this.walk.out();
    this.#enter();
  }

  #enter(): void {
    const { screen } = this;
    screen.enter();
    if (this.#stale.delete(screen)) screen.refresh();
  }

  #open(tab: Tab | undefined): void {
    if (tab === undefined) return;
    if (tab.screen !== this.tab && this.walk.current === undefined) this.tab.leave?.();
    this.walk.end();
    this.tab = tab.screen;
    if (this.connection.kind === "ready") {
      this.#enter();
      this.saveState();
    }
  }

  /** Keeps who was asked for, if there is such a user; else who was active last, and says so if a name was wrong. */
  async #chooseUser(session: Opened, backend: Backend): Promise<void> {
    const found = await findUser(session, backend, this.user, (error) => this.noticed(error));
    if (found === undefined) return;
    const asked = this.options.user;
    const wrong = asked !== undefined && this.user === asked;
    this.user = found.username;
    if (!wrong) return;
    const near = nearest(asked, found.known);
    this.say(`there is no user “${asked}”${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`, "danger");
    this.#pickUser();
  }

  /** Names what a PostgreSQL of others lacks. Beside everything else: where nothing is missing, nobody waits for it. */
  async #tellGaps(session: Opened, backend: Backend): Promise<void> {
    const gaps = backend.describeGaps(await backend.loadSchemaGaps(session.databases).catch(() => ({ tables: [], columns: [] })));
    if (gaps !== null && !this.#ended) this.say(`${gaps}: only what needs that is shut`, "warn");
  }

  #pickUser(): void {
    const { session, backend } = this;
    if (session === undefined || backend === undefined) return;
    userPicker(session, backend, (username) => this.setUser(username)).then(
      (picker) => this.show(picker),
      (error: unknown) => {
        this.noticed(error as Error);
        this.say((error as Error).message, "danger");
      },
    );
  }

  #openProfile(name: string): void {
    if (name === this.options.profile) return;
    try {
      this.end(this.options.ofProfile(name));
    } catch (error) {
      this.say((error as Error).message, "danger");
    }
  }

  #statements(): void {
    const trace = this.screen.trace();
    if (trace.length === 0) this.say("nothing was asked of the databases for this screen yet");
    else this.show(new StatementsOverlay(this, trace));
  }

  #export(): void {
    const what = this.screen.exportable();
    if (what === undefined) this.say("there is nothing to export here yet", "warn");
    else showExport(this, what);
  }

  #copy(action: "copyCell" | "copyRow"): void {
    const what = this.screen.copyable();
    if (what === undefined) this.say("nothing is selected that could be copied", "warn");
    else if (action === "copyCell") this.copy(what.cell, "the cell");
    else this.copy(what.row, "the row");
  }

  /** A side is back: what is in sight is loaded again, all else once it comes into sight, and who was unknown is looked for. */
  #recovered(side: "sql" | "graph"): void {
    const { session, backend } = this;
    if (session === undefined || backend === undefined || this.connection.kind !== "ready") return;
    this.say(`${side === "sql" ? "PostgreSQL" : "the graph"} answers again`, "ok");
    for (const screen of [...this.tabs.map((tab) => tab.screen), ...this.walk.views]) this.#stale.add(screen);
    void this.#chooseUser(session, backend)
      .catch(() => undefined)
      .then(() => {
        this.#stale.delete(this.screen);
        this.screen.refresh();
        return this.background.run();
      });
  }
}
