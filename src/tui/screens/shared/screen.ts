import type { SharedMatrix } from "../../../core/shared-concepts/shared-concepts.ts";
import type { Trace } from "../../../core/session.ts";
import { compareText } from "../../../core/projection/compare.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { commandLine, type Exportable } from "../../export.ts";
import type { Action, Scope } from "../../keymap.ts";
import type { ListView } from "../../list-view.ts";
import { ChoiceOverlay } from "../../overlay.ts";
import { copyRow, type Pane } from "../../pane.ts";
import { PanedScreen } from "../../paned-screen.ts";
import { Resource } from "../../resource.ts";
import type { Host, Subject } from "../../screen.ts";
import { MatrixPane } from "./matrix.ts";
import { renderShared } from "./view.ts";

export type SharedRow = SharedMatrix["concepts"][number];
export type PairRow = SharedMatrix["pairs"][number];

/** Concepts that several paths share: a list, a matrix of paths × concepts, and how much pairs of paths overlap. */
export class SharedScreen extends PanedScreen {
  readonly title = "Shared concepts";
  readonly data: Resource<SharedMatrix>;
  readonly concepts: ListView<SharedRow>;
  readonly matrix = new MatrixPane();
  readonly pairs: ListView<PairRow>;
  minPaths = 2;

  constructor(host: Host) {
    super(host);
    this.data = new Resource(() => host.changed());
    this.concepts = this.list<SharedRow>({
      name: "shared concepts",
      identity: ({ concept }) => concept,
      text: ({ concept }) => sanitise(concept),
      orders: [
        { name: "name", compare: (a, b) => compareText(a.concept, b.concept) },
        { name: "learners", compare: (a, b) => this.learnersOf(a.concept) - this.learnersOf(b.concept) },
      ],
      copy: (row) => copyRow(row.concept, row.path_count, row.paths.join(", ")),
    });
    this.pairs = this.list<PairRow>({
      name: "pairs of paths",
      identity: ({ path, other }) => `${path}\0${other}`,
      text: ({ path, other }) => sanitise(`${path} ${other}`),
      orders: [{ name: "overlap", compare: (a, b) => a.jaccard - b.jaccard }],
      copy: (row) => copyRow(row.path, row.other, row.shared, row.jaccard),
    });
  }

  get panes(): readonly Pane[] {
    return [this.concepts, this.matrix, this.pairs];
  }

  protected get scope(): Scope {
    return "shared";
  }

  learnersOf(concept: string): number {
    return this.data.data?.learners.get(concept) ?? 0;
  }

  enter(): void {
    if (this.data.data === undefined && !this.data.loading) this.refresh();
  }

  refresh(): void {
    const { session, backend } = this.host;
    if (session === undefined || backend === undefined) return;
    const { minPaths } = this;
    void this.data.load((signal) => backend.loadSharedMatrix(session, { minPaths }, { signal, partial: true })).then(() => {
      const { data, error } = this.data;
      if (error instanceof Error) this.host.noticed(error);
      if (data === undefined) return;
      this.host.noticed(data.missing);
      this.concepts.set(data.concepts);
      this.pairs.set(data.pairs);
      this.matrix.set(data);
      this.host.changed();
    });
  }

  reason(action: Action): string | undefined {
    return action === "less" && this.minPaths === 1 ? "these are all concepts that any path teaches" : undefined;
  }

  trace(): Trace {
    return this.data.data?.trace ?? [];
  }

  override exportable(): Exportable | undefined {
    const { data } = this.data;
    if (data === undefined) return undefined;
    const pairs = this.focused(this.pairs);
    return {
      name: pairs ? "pairs-of-paths" : "shared-concepts",
      // Of pairs the command tells in JSON only.
      command: commandLine("jeseci", "shared", "--min-paths", String(this.minPaths), ...(pairs ? ["--json"] : [])),
      json: () => ({ concepts: data.concepts, pairs: data.pairs, trace: data.trace }),
      columns: pairs ? ["path", "other", "shared", "jaccard"] : ["concept", "paths", "path_count"],
      rows: pairs ? data.pairs.map((row) => [row.path, row.other, row.shared, row.jaccard]) : data.concepts.map((row) => [row.concept, row.paths, row.path_count]),
    };
  }

  override subject(): Subject {
    if (this.focused(this.concepts)) return { concepts: this.concepts.selected?.concept };
    return this.focused(this.pairs) ? { paths: this.pairs.selected?.path } : { paths: this.matrix.path, concepts: this.matrix.concept };
  }

  render(cells: number, height: number): string[] {
    this.page = Math.max(1, Math.floor(height / 2));
    return renderShared(this.host, this, cells, height);
  }

  protected cancel(): boolean {
    return this.data.cancel();
  }

  protected override actOnScreen(action: Action): boolean {
    if (action !== "more" && action !== "less") return false;
    this.minPaths = Math.max(1, this.minPaths + (action === "more" ? 1 : -1));
    this.refresh();
    return true;
  }

  protected open(pane: Pane): boolean {
    if (pane === this.concepts) {
      if (this.concepts.selected !== undefined) this.host.openConcept(this.concepts.selected.concept);
    } else if (pane === this.pairs) {
      const { selected } = this.pairs;
      if (selected !== undefined) this.#goTo([selected.path, selected.other], []);
    } else {
      const { path, concept } = this.matrix;
      this.#goTo(path === undefined ? [] : [path], concept === undefined ? [] : [concept]);
    }
    return true;
  }

  #goTo(paths: readonly string[], concepts: readonly string[]): void {
    const choices = [
      ...concepts.map((name) => ({ label: sanitise(name), note: "concept", choose: () => this.host.openConcept(name) })),
      ...paths.map((title) => ({ label: sanitise(title), note: "path", choose: () => this.host.openPath(title) })),
    ];
    if (choices.length > 0) this.host.show(new ChoiceOverlay("Go to", choices, ""));
  }
}
