import type { ConceptDetail, Learner } from "../../../core/concepts/concepts.ts";
import type { ProgressRow } from "../../../core/dashboard/dashboard.ts";
import type { Trace } from "../../../core/session.ts";
import { compareText } from "../../../core/projection/compare.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { isUnreachable } from "../../../databases/errors.ts";
import { commandLine, type Exportable } from "../../export.ts";
import type { Scope } from "../../keymap.ts";
import type { ListView } from "../../list-view.ts";
import { copyRow, type Pane } from "../../pane.ts";
import { PanedScreen } from "../../paned-screen.ts";
import { Resource } from "../../resource.ts";
import type { Host, Subject } from "../../screen.ts";
import { TextPane } from "../../text-pane.ts";
import { ConceptTree } from "./tree.ts";
import { renderConcept } from "./view.ts";

/** Learners beyond these are announced, not fetched. */
const learnerLimit = 1_000;

interface Loaded {
  detail: ConceptDetail;
  learners: Learner[];
  moreLearners: boolean;
  /** Where the current user stands with every concept that they have a row for. */
  standing: ReadonlyMap<string, ProgressRow>;
  trace: Trace;
}

/** One concept: its neighbourhood as a tree, and beside it its row, its paths and its learners. */
export class ConceptScreen extends PanedScreen {
  readonly title = "Concept";
  readonly concept: string;
  readonly data: Resource<Loaded>;
  readonly tree: ConceptTree;
  readonly row = new TextPane("row");
  readonly paths: ListView<string>;
  readonly learners: ListView<Learner>;
  readonly #unfolding: Resource<void>;
  #trace: Trace = [];
  #user: string | undefined;

  constructor(host: Host, concept: string) {
    super(host);
    this.concept = concept;
    this.data = new Resource(() => host.changed());
    this.#unfolding = new Resource(() => host.changed());
    this.tree = new ConceptTree(concept, (name) => this.#unfold(name));
    this.paths = this.list<string>({ name: "paths of a concept", identity: (path) => path, text: sanitise, copy: (path) => copyRow(path) });
    this.learners = this.list<Learner>({
      name: "learners",
      identity: ({ username }) => username,
      text: ({ username }) => sanitise(username),
      orders: [
        { name: "name", compare: (a, b) => compareText(a.username, b.username) },
        { name: "minutes", compare: (a, b) => a.minutes - b.minutes },
      ],
      copy: (row) => copyRow(row.username, row.status, row.progress_percent, row.minutes, row.last_accessed),
    });
  }

  get panes(): readonly Pane[] {
    return [this.tree, this.row, this.paths, this.learners];
  }

  protected get scope(): Scope {
    return "concept";
  }

  enter(): void {
    if (this.data.loading || (this.data.data !== undefined && this.#user === this.host.user)) return;
    this.refresh();
  }

  refresh(): void {
    const { session, backend, user } = this.host;
    if (session === undefined || backend === undefined) return;
    this.#user = user;
    const { concept: name } = this;
    const load = async (signal: AbortSignal): Promise<Loaded> => {
      const options = { signal, partial: true };
      const nobody = { learners: [], truncated: false, trace: [] };
      // What PostgreSQL alone knows may be missing; whether it is, the row tells.
      const unlessUnreachable = (error: unknown): typeof nobody => {
        if (!isUnreachable(error)) throw error;
        return nobody;
      };
      const [detail, { learners, truncated, trace }, standing] = await Promise.all([
        backend.loadConcept(session, { name }, options),
        backend.loadLearners(session, { name, maxRows: learnerLimit }, options).catch(unlessUnreachable),
        user === undefined ? undefined : backend.loadStanding(session, { username: user }, options),
      ]);
      return { detail, learners, moreLearners: truncated, standing: standing?.standing ?? new Map(), trace: [...detail.trace, ...trace, ...(standing?.trace ?? [])] };
    };
    void this.data.load(load).then(() => {
      const { data, error } = this.data;
      if (error instanceof Error) this.host.noticed(error);
      if (data === undefined) return;
      this.host.noticed(data.detail.missing);
      this.#trace = data.trace;
      this.tree.set(name, data.detail.relationships);
      this.paths.set(data.detail.paths);
      this.learners.set(data.learners);
      this.host.changed();
    });
  }

  /** Nobody looks any more. */
  leave(): void {
    this.cancel();
  }

  trace(): Trace {
    return this.#trace;
  }

  override exportable(): Exportable | undefined {
    const detail = this.data.data?.detail;
    if (detail === undefined) return undefined;
    const { missing: _missing, ...json } = detail;
    return {
      name: `concept-${this.concept}`,
      command: commandLine("jeseci", "concept", this.concept),
      json: () => json,
      columns: ["direction", "type", "concept"],
      rows: detail.relationships.map((one) => [one.direction, one.type, one.concept]),
    };
  }

  override subject(): Subject {
    return { concepts: this.concept, ...(this.focused(this.paths) ? { paths: this.paths.selected } : {}) };
  }

  render(cells: number, height: number): string[] {
    this.page = Math.max(1, height - 4);
    return renderConcept(this.host, this, cells, height);
  }

  protected cancel(): boolean {
    const unfolding = this.#unfolding.cancel();
    return this.data.cancel() || unfolding;
  }

  protected open(pane: Pane): boolean {
    if (pane === this.tree) {
      const line = this.tree.selected;
      if (line?.kind === "concept") this.host.openConcept(line.concept);
      else if (!this.tree.showMore()) this.tree.act("down", 1);
      return true;
    }
    if (pane === this.paths && this.paths.selected !== undefined) this.host.openPath(this.paths.selected);
    else if (pane === this.learners && this.learners.selected !== undefined) {
      this.host.setUser(this.learners.selected.username);
      this.host.say(`the user is now ${this.learners.selected.username}`);
    }
    return true;
  }

  #unfold(name: string): void {
    const { session, backend } = this.host;
    if (session === undefined || backend === undefined) return;
    void this.#unfolding
      .load(async (signal) => {
        const { relationships, trace } = await backend.loadRelationships(session, { name }, { signal });
        this.#trace = [...this.#trace, ...trace];
        this.tree.set(name, relationships);
      })
      .then(() => {
        const { error } = this.#unfolding;
        if (!(error instanceof Error)) return;
        this.host.noticed(error);
        this.host.say(error.message, "danger");
      });
  }
}
