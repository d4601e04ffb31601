import type { PathConcept, PathDetail, PathRow } from "../../../core/paths/paths.ts";
import type { Missing } from "../../../core/catalogue/gather.ts";
import type { Trace } from "../../../core/session.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { compareText } from "../../../core/projection/compare.ts";
import { commandLine, type Exportable } from "../../export.ts";
import { KeyedResource } from "../../keyed-resource.ts";
import type { Scope } from "../../keymap.ts";
import type { ListView } from "../../list-view.ts";
import type { Choice } from "../../overlay.ts";
import { copyRow, type Pane } from "../../pane.ts";
import { PanedScreen } from "../../paned-screen.ts";
import { Resource } from "../../resource.ts";
import type { Host, Subject } from "../../screen.ts";
import { renderPaths } from "./view.ts";

type Loaded = { paths: PathRow[]; trace: Trace; missing: Missing };
type LoadedPath = { path: PathDetail; trace: Trace; missing: Missing };

/** The learning paths on the left, the selected one in order on the right. */
export class PathsScreen extends PanedScreen {
  readonly title = "Paths";
  readonly data: Resource<Loaded>;
  readonly detail: KeyedResource<LoadedPath>;
  readonly paths: ListView<PathRow>;
  readonly concepts: ListView<PathConcept>;
  #user: string | undefined;
  /** A title to put the cursor on once the paths are there. */
  #wanted: string | undefined;

  constructor(host: Host) {
    super(host);
    this.data = new Resource(() => host.changed());
    this.detail = new KeyedResource(() => this.#arrived());
    this.paths = this.list<PathRow>({
      name: "paths",
      identity: ({ path }) => path,
      text: ({ path }) => sanitise(path),
      orders: [
        { name: "hours", compare: (a, b) => (a.estimated_hours ?? Infinity) - (b.estimated_hours ?? Infinity) },
        { name: "concepts", compare: (a, b) => a.concepts - b.concepts },
        { name: "progress", compare: (a, b) => share(a) - share(b) },
        { name: "faults", compare: (a, b) => (a.order_faults ?? 0) - (b.order_faults ?? 0) },
      ],
      copy: (row) => copyRow(row.path, row.difficulty, row.category, row.estimated_hours, row.concepts, row.completed, row.order_faults),
    });
    this.concepts = this.list<PathConcept>({
      name: "path concepts",
      identity: ({ concept }) => concept,
      text: ({ concept }) => sanitise(concept),
      orders: [
        { name: "name", compare: (a, b) => compareText(a.concept, b.concept) },
        { name: "progress", compare: (a, b) => (a.progress_percent ?? -1) - (b.progress_percent ?? -1) },
      ],
      copy: (row) => copyRow(row.concept, row.sequence_order, row.status, row.progress_percent, row.state, row.waits_for.join(", ")),
    });
  }

  get panes(): readonly Pane[] {
    return [this.paths, this.concepts];
  }

  protected get scope(): Scope {
    return "paths";
  }

  /** The user whose progress is shown; null shows none. */
  get whose(): { username: string } | object {
    const { user } = this.host;
    return user === undefined ? {} : { username: user };
  }

  enter(): void {
    if (this.#user !== this.host.user) {
      this.#user = this.host.user;
      this.detail.reset();
      this.refresh();
    } else if (this.data.data === undefined && !this.data.loading) this.refresh();
  }

  refresh(): void {
    const { session, backend } = this.host;
    if (session === undefined || backend === undefined) return;
    void this.data.load((signal) => backend.listPaths(session, this.whose, { signal, partial: true })).then(() => {
      const { data, error } = this.data;
      if (error instanceof Error) this.host.noticed(error);
      if (data === undefined) return;
      this.host.noticed(data.missing);
      this.paths.set(data.paths);
      if (this.#wanted !== undefined && this.paths.select(this.#wanted)) this.#wanted = undefined;
      const { key } = this.detail;
      this.moved();
      if (key !== undefined && this.detail.key === key) this.detail.load((title, signal) => this.#load(title, signal));
      this.host.changed();
    });
  }

  /** Puts the cursor on a path, and the focus on its concepts. */
  select(title: string): void {
    this.focus(this.concepts);
    if (!this.paths.select(title)) this.#wanted = title;
    this.moved();
  }

  trace(): Trace {
    return [...(this.data.data?.trace ?? []), ...(this.detail.data?.trace ?? [])];
  }

  override exportable(): Exportable | undefined {
    const { user } = this.host;
    const whose = user === undefined ? [] : ["--user", user];
    const path = this.detail.data?.path;
    if (this.focused(this.concepts) && path !== undefined) {
      return {
        name: `path-${path.path}`,
        command: commandLine("jeseci", "paths", path.path, ...whose),
        json: () => ({ path, trace: this.detail.data?.trace ?? [] }),
        columns: ["sequence_order", "concept", "status", "progress_percent", "state", "waits_for"],
        rows: path.concepts.map((row) => [row.sequence_order, row.concept, row.status, row.progress_percent, row.state, row.waits_for]),
      };
    }
    const { data } = this.data;
    if (data === undefined) return undefined;
    return {
      name: "paths",
      command: commandLine("jeseci", "paths", ...whose),
      json: () => ({ paths: data.paths, trace: data.trace }),
      columns: ["path", "difficulty", "category", "estimated_hours", "concepts", "completed", "order_faults"],
      rows: data.paths.map((row) => [row.path, row.difficulty, row.category, row.estimated_hours, row.concepts, row.completed, row.order_faults]),
    };
  }

  override choices(): Choice[] {
    const { selected } = this.paths;
    return selected === undefined ? [] : [{ label: "Faults in the order of all paths", note: "query graph/path-order-faults", choose: () => this.host.openQuery("graph/path-order-faults") }];
  }

  override subject(): Subject {
    return { paths: this.paths.selected?.path, ...(this.focused(this.concepts) ? { concepts: this.concepts.selected?.concept } : {}) };
  }

  render(cells: number, height: number): string[] {
    this.page = Math.max(1, height - 3);
    return renderPaths(this.host, this, cells, height);
  }

  protected cancel(): boolean {
    return this.data.cancel() || this.detail.cancel();
  }

  protected open(pane: Pane): boolean {
    const { selected } = this.concepts;
    if (pane !== this.concepts || selected === undefined) return false;
    this.host.openConcept(selected.concept);
    return true;
  }

  protected override moved(): void {
    const { key } = this.detail;
    this.detail.follow(this.paths.selected?.path, (title, signal) => this.#load(title, signal));
    if (this.detail.key !== key) this.concepts.reset();
    this.#arrived();
  }

  #load(title: string, signal: AbortSignal): Promise<LoadedPath> {
    const { session, backend } = this.host;
    if (session === undefined || backend === undefined) return Promise.reject(new Error("nothing is open"));
    return backend.loadPath(session, { title, ...this.whose }, { signal, partial: true });
  }

  #arrived(): void {
    this.concepts.set(this.detail.data?.path.concepts ?? []);
    this.host.changed();
  }
}

function share({ completed, concepts }: PathRow): number {
  return concepts === 0 ? 0 : (completed ?? 0) / concepts;
}
