import type { Dashboard, ProgressRow, ReadyConcept } from "../../../core/dashboard/dashboard.ts";
import { compareText } from "../../../core/projection/compare.ts";
import type { Trace } from "../../../core/session.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { commandLine, type Exportable } from "../../export.ts";
import type { Action, Scope } from "../../keymap.ts";
import type { ListView } from "../../list-view.ts";
import { TextOverlay, type Choice } from "../../overlay.ts";
import { copyRow, type Pane } from "../../pane.ts";
import { PanedScreen } from "../../paned-screen.ts";
import { Resource } from "../../resource.ts";
import type { Host, Subject } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import { TilePane } from "./tile-pane.ts";
import { definitionLines, type Tile } from "./tiles.ts";
import { renderDashboard } from "./view.ts";

export type PathProgress = Dashboard["paths"][number];

/** A user's numbers, progress, paths and what is ready to learn. */
export class DashboardScreen extends PanedScreen {
  readonly title = "Dashboard";
  readonly data: Resource<Dashboard>;
  readonly tiles = new TilePane();
  readonly progress: ListView<ProgressRow>;
  readonly paths: ListView<PathProgress>;
  readonly ready: ListView<ReadyConcept>;
  #user: string | undefined;

  constructor(host: Host) {
    super(host);
    this.data = new Resource(() => host.changed());
    this.progress = this.list<ProgressRow>({
      name: "progress",
      identity: ({ concept }) => concept,
      text: ({ concept }) => sanitise(concept),
      orders: [
        { name: "name", compare: (a, b) => compareText(a.concept, b.concept) },
        { name: "minutes", compare: (a, b) => a.minutes - b.minutes },
        { name: "last access", compare: (a, b) => compareText(a.last_accessed ?? "", b.last_accessed ?? "") },
      ],
      copy: (row) => copyRow(row.concept, row.status, row.progress_percent, row.minutes, row.last_accessed),
    });
    this.paths = this.list<PathProgress>({
      name: "progress on paths",
      identity: ({ path }) => path,
      text: ({ path }) => sanitise(path),
      orders: [{ name: "completed", compare: (a, b) => a.completed / Math.max(1, a.total) - b.completed / Math.max(1, b.total) }],
      copy: (row) => copyRow(row.path, row.completed, row.total),
    });
    this.ready = this.list<ReadyConcept>({
      name: "ready",
      identity: ({ concept }) => concept,
      text: ({ concept }) => sanitise(concept),
      orders: [{ name: "what it opens", compare: (a, b) => a.opens.length - b.opens.length }],
      copy: (row) => copyRow(row.concept, row.prerequisites.join(", "), row.opens.join(", ")),
    });
  }

  get panes(): readonly Pane[] {
    return [this.tiles, this.progress, this.paths, this.ready];
  }

  protected get scope(): Scope {
    return "dashboard";
  }

  enter(): void {
    if (this.#user !== this.host.user) {
      this.data.reset();
      this.tiles.index = 0;
      for (const list of [this.progress, this.paths, this.ready]) list.reset();
    }
    if (this.data.data === undefined && !this.data.loading) this.refresh();
  }

  refresh(): void {
    const { session, backend, user } = this.host;
    if (session === undefined || backend === undefined || user === undefined) return;
    this.#user = user;
    void this.data.load((signal) => backend.loadDashboard(session, { username: user }, { signal, partial: true })).then(() => {
      const { data, error } = this.data;
      if (error instanceof Error) this.host.noticed(error);
      if (data === undefined) return;
      this.host.noticed(data.missing);
      this.tiles.set(data);
      this.progress.set(data.progress);
      this.paths.set(data.paths);
      this.ready.set(data.ready_details);
      this.host.changed();
    });
  }

  trace(): Trace {
    return this.data.data?.trace ?? [];
  }

  override exportable(): Exportable | undefined {
    const { data } = this.data;
    if (data === undefined) return undefined;
    const { missing: _missing, ...json } = data;
    return {
      name: `dashboard-${data.username}`,
      command: commandLine("jeseci", "dashboard", "--user", data.username),
      json: () => json,
      columns: ["concept", "status", "progress_percent", "minutes", "last_accessed"],
      rows: data.progress.map((row) => [row.concept, row.status, row.progress_percent, row.minutes, row.last_accessed]),
    };
  }

  override choices(): Choice[] {
    return this.tiles.tiles.map((tile, index) => ({
      label: `What is ${tile.title.toLowerCase()}?`,
      choose: () => {
        this.tiles.index = index;
        this.#openTile(tile);
      },
    }));
  }

  override subject(): Subject {
    const { pane } = this;
    if (pane === this.paths) return { paths: this.paths.selected?.path };
    return { concepts: pane === this.progress ? this.progress.selected?.concept : pane === this.ready ? this.ready.selected?.concept : undefined };
  }

  render(cells: number, height: number): string[] {
    return renderDashboard(this.host, this, cells, height);
  }

  protected cancel(): boolean {
    return this.data.cancel();
  }

  /** The panes lie in two columns below the tiles: arrows go where one looks. */
  protected override actOnScreen(action: Action): boolean {
    const { pane } = this;
    if (pane === this.tiles && action === "down") this.focus(this.progress);
    else if (action === "up" && pane !== this.tiles && this.#atTop(pane)) this.focus(pane === this.ready ? this.paths : this.tiles);
    else if (action === "down" && pane === this.paths && this.paths.cursor.index >= this.paths.length - 1) this.focus(this.ready);
    else if (action === "right" && pane === this.progress) this.focus(this.paths);
    else if (action === "left" && (pane === this.paths || pane === this.ready)) this.focus(this.progress);
    else return false;
    return true;
  }

  protected open(pane: Pane): boolean {
    if (pane === this.tiles) {
      if (this.tiles.selected !== undefined) this.#openTile(this.tiles.selected);
    } else if (pane === this.paths) {
      if (this.paths.selected !== undefined) this.host.openPath(this.paths.selected.path);
    } else {
      const name = pane === this.progress ? this.progress.selected?.concept : this.ready.selected?.concept;
      if (name !== undefined) this.host.openConcept(name);
    }
    return true;
  }

  #atTop(pane: Pane): boolean {
    return [this.progress, this.paths, this.ready].some((list) => list === pane && list.cursor.index === 0);
  }

  #openTile(tile: Tile): void {
    const { data } = this.data;
    if (data !== undefined) this.host.show(new TextOverlay(tile.title, new ScrollText(definitionLines(tile, data))));
  }
}
