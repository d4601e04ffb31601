import type { Dashboard } from "../../../core/dashboard/dashboard.ts";
import type { Trace } from "../../../core/session.ts";
import { Cursor } from "../../cursor.ts";
import type { Action, Scope } from "../../keymap.ts";
import { TextOverlay, type Choice } from "../../overlay.ts";
import { Resource } from "../../resource.ts";
import type { Host, Screen } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import { definitionLines, tiles } from "./tiles.ts";
import { renderDashboard } from "./view.ts";

export const panes = ["tiles", "progress", "paths", "ready"] as const;
export type Pane = (typeof panes)[number];

/** A user's numbers, progress, paths and what is ready to learn. */
export class DashboardScreen implements Screen {
  readonly title = "Dashboard";
  readonly data: Resource<Dashboard>;
  pane: Pane = "tiles";
  tile = 0;
  readonly cursors = { progress: new Cursor(), paths: new Cursor(), ready: new Cursor() };
  readonly #host: Host;
  #user: string | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.data = new Resource(() => host.changed());
  }

  scopes(): Scope[] {
    return ["dashboard", "list"];
  }

  capturing(): boolean {
    return false;
  }

  type(): void {
    // Nothing is typed here.
  }

  enter(): void {
    if (this.#user !== this.#host.user) {
      this.data.reset();
      this.tile = 0;
      for (const cursor of Object.values(this.cursors)) cursor.index = 0;
    }
    if (this.data.data === undefined && !this.data.loading) this.refresh();
  }

  refresh(): void {
    const { session, backend, user } = this.#host;
    if (session === undefined || backend === undefined || user === undefined) return;
    this.#user = user;
    void this.data.load((signal) => backend.loadDashboard(session, { username: user }, { signal }));
  }

  act(action: Action): boolean {
    const data = this.data.data;
    if (action === "nextPane" || action === "previousPane") {
      const step = action === "nextPane" ? 1 : panes.length - 1;
      this.pane = panes[(panes.indexOf(this.pane) + step) % panes.length] ?? "tiles";
      return true;
    }
    if (data === undefined) return false;
    if (this.pane === "tiles") {
      const last = tiles(data).length - 1;
      if (action === "left" || action === "up") this.tile = Math.max(0, this.tile - 1);
      else if (action === "right") this.tile = Math.min(last, this.tile + 1);
      else if (action === "down") this.pane = "progress";
      else if (action === "first") this.tile = 0;
      else if (action === "last") this.tile = last;
      else if (action === "open") this.#openTile(data);
      else return false;
      return true;
    }
    const lists = { progress: data.progress, paths: data.paths, ready: data.ready };
    const cursor = this.cursors[this.pane];
    if (action === "up" && cursor.index === 0) {
      this.pane = "tiles";
      return true;
    }
    if (action === "left" && this.pane !== "progress") this.pane = "progress";
    else if (action === "right" && this.pane === "progress") this.pane = "paths";
    else return cursor.move(action, lists[this.pane].length, 10);
    return true;
  }

  back(): boolean {
    if (this.data.cancel()) return true;
    if (this.pane === "tiles") return false;
    this.pane = "tiles";
    return true;
  }

  trace(): Trace {
    return this.data.data?.trace ?? [];
  }

  choices(): Choice[] {
    const data = this.data.data;
    if (data === undefined) return [];
    return tiles(data).map((tile, index) => ({
      label: `What is ${tile.title.toLowerCase()}?`,
      choose: () => {
        this.tile = index;
        this.#openTile(data);
      },
    }));
  }

  render(cells: number, height: number): string[] {
    return renderDashboard(this.#host, this, cells, height);
  }

  #openTile(data: Dashboard): void {
    const tile = tiles(data)[this.tile];
    if (tile !== undefined) this.#host.show(new TextOverlay(tile.title, new ScrollText(definitionLines(tile, data))));
  }
}
