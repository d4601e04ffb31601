import type { QueryRun } from "../../../core/catalogue/run.ts";
import type { CatalogueFault, Query } from "../../../core/catalogue/types.ts";
import { DatabaseError } from "../../../databases/errors.ts";
import { displayValue } from "../../../core/output/display.ts";
import type { Trace } from "../../../core/session.ts";
import { ChoicesCache } from "../../choices-cache.ts";
import { Cursor } from "../../cursor.ts";
import { commandLine, type Exportable } from "../../export.ts";
import { ParameterForm } from "../../parameter-form.ts";
import { fuzzy } from "../../fuzzy.ts";
import type { KeyPress } from "../../keys.ts";
import type { Action, Scope } from "../../keymap.ts";
import type { Choice } from "../../overlay.ts";
import { copyRow, type Copyable } from "../../pane.ts";
import { Resource } from "../../resource.ts";
import type { Host, Screen } from "../../screen.ts";
import { TableView } from "../../table-view.ts";
import { TextField } from "../../text-field.ts";
import { keepScratch, newScratch, scratchTopic } from "./scratch.ts";
import { editQuery, showPlan, showSheet } from "./tools.ts";
import { renderQueries } from "./view.ts";

export type QueriesPane = "list" | "form" | "result";

/** A line of the list: a topic's heading, or a query. */
export type Entry = { heading: string } | { query: Query; positions: number[]; recent: boolean };

const firstLimit = 1_000;
const lastLimit = 1_000_000;

/** The catalogue, a form for the chosen query, and its result. */
export class QueriesScreen implements Screen {
  readonly title = "Queries";
  readonly result: Resource<QueryRun>;
  pane: QueriesPane = "list";
  readonly cursor = new Cursor();
  filter = new TextField();
  filtering = false;
  form: ParameterForm | undefined;
  table: TableView | undefined;
  tableFilter = new TextField();
  limit = firstLimit;
  readonly #host: Host;
  readonly #choices: ChoicesCache;
  /** The query and the texts that the result is of. */
  ran: { id: string; texts: Record<string, string> } | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#choices = new ChoicesCache(host);
    this.result = new Resource(() => host.changed());
  }

  get entries(): Entry[] {
    const all = (this.#host.session?.catalogue.queries ?? []).filter(({ listed }) => listed);
    const query = this.filter.text.trim();
    const found = all.flatMap((candidate) => {
      const match = fuzzy(query, candidate.id) ?? (fuzzy(query, candidate.title) === null ? null : { score: 0, positions: [] });
      return match === null ? [] : [{ query: candidate, positions: match.positions, score: match.score }];
    });
    if (query !== "") return found.sort((a, b) => b.score - a.score).map(({ query: own, positions }) => ({ query: own, positions, recent: false }));
    const recent = [...new Set(this.#host.state.recent.map(({ id }) => id))].flatMap((id) => all.find((candidate) => candidate.id === id) ?? []).slice(0, 4);
    const topics = [...new Set(all.map(({ topic }) => topic))];
    return [
      ...(recent.length === 0 ? [] : [{ heading: "recent" }, ...recent.map((own): Entry => ({ query: own, positions: [], recent: true }))]),
      ...topics.flatMap((topic): Entry[] => [{ heading: topic }, ...found.filter(({ query: own }) => own.topic === topic).map(({ query: own }): Entry => ({ query: own, positions: [], recent: false }))]),
    ];
  }

  get faults(): readonly CatalogueFault[] {
    return this.#host.session?.catalogue.faults ?? [];
  }

  get selected(): Query | undefined {
    const entry = this.entries[this.cursor.index];
    return entry !== undefined && "query" in entry ? entry.query : undefined;
  }

  /** Changes what the list holds and keeps the selection on its query. */
  #keepSelection(change: () => void): void {
    const entry = this.entries[this.cursor.index];
    change();
    if (entry === undefined || !("query" in entry)) return;
    const same = this.entries.findIndex((candidate) => "query" in candidate && candidate.query === entry.query && candidate.recent === entry.recent);
    if (same !== -1) this.cursor.index = same;
  }

  choicesOf(form: ParameterForm): readonly string[] | undefined {
    return this.#choices.of(form);
  }

  scopes(): Scope[] {
    if (this.pane === "form") return ["form", "queries", "list"];
    return this.pane === "result" ? ["result", "queries", "list"] : ["queries", "list"];
  }

  capturing(): boolean {
    return this.filtering || (this.pane === "form" && this.form !== undefined);
  }

  type(press: KeyPress): void {
    if (this.filtering) return this.#typeFilter(press);
    const { form } = this;
    if (form === undefined) return;
    if (press === "escape") this.#toList();
    else if (press === "enter") this.#run();
    else if (press === "tab" && form.active === form.fields.length - 1 && this.table !== undefined) this.pane = "result";
    else form.press(press, this.choicesOf(form));
  }

  enter(): void {
    if (this.selected === undefined && this.cursor.index === 0) this.cursor.index = 1;
    this.#follow();
  }

  refresh(): void {
    if (this.ran !== undefined) this.#load(this.ran.id, this.ran.texts);
  }

  act(action: Action): boolean {
    if (action === "filter") {
      this.filtering = true;
      return true;
    }
    if (action === "plan") this.#plan();
    else if (action === "edit") void this.#edit();
    else if (action === "scratch") newScratch(this.#host, (query) => this.#openScratch(query));
    else if (action === "keep") this.#keep();
    else return this.#actInPane(action);
    return true;
  }

  #actInPane(action: Action): boolean {
    if (this.pane === "result" && this.table !== undefined) return this.#actOnResult(action, this.table);
    switch (action) {
      case "open":
        if (this.selected === undefined) return true;
        if (this.form !== undefined && this.form.missing !== -1) this.#toForm();
        else this.#run();
        return true;
      case "right":
      case "nextPane":
        if (this.form !== undefined && this.form.fields.length > 0) this.#toForm();
        else if (this.table !== undefined) this.pane = "result";
        return true;
      case "previousPane":
        if (this.table !== undefined) this.pane = "result";
        return true;
      default:
        return this.#moveInList(action);
    }
  }

  back(): boolean {
    if (this.result.cancel()) {
      this.#host.say("cancelled", "warn");
      return true;
    }
    if (this.pane === "result" && this.tableFilter.text !== "") {
      this.tableFilter.text = "";
      this.table?.setFilter("");
      return true;
    }
    if (this.pane !== "list") {
      this.#toList();
      return true;
    }
    if (this.filter.text === "") return false;
    this.filter.text = "";
    this.cursor.index = Math.max(1, this.entries.findIndex((entry) => "query" in entry && entry.query === this.form?.query));
    return true;
  }

  trace(): Trace {
    const run = this.result.data;
    return run === undefined ? [] : [{ database: run.query.database, query: run.query.id, statement: run.query.statement, parameters: run.parameters, rows: run.rows.length, ms: run.ms }];
  }

  choices(): Choice[] {
    return [];
  }

  exportable(): Exportable | undefined {
    const { ran, table } = this;
    const { data } = this.result;
    const { backend } = this.#host;
    if (ran === undefined || table === undefined || data === undefined || backend === undefined) return undefined;
    return {
      name: ran.id,
      command: commandLine("jeseci", "query", ran.id, ...Object.entries(ran.texts).flatMap(([name, text]) => ["--param", `${name}=${text}`])),
      json: () => ({ query: ran.id, parameters: data.parameters, columns: table.columns, rows: data.rows.map((row) => backend.objectOf(table.columns, row)), row_count: data.rows.length, truncated: data.truncated, trace: this.trace() }),
      columns: table.columns,
      rows: data.rows,
      truncated: data.truncated,
    };
  }

  copyable(): Copyable | undefined {
    const { table } = this;
    if (this.pane !== "result" || table?.selectedRow === undefined) return this.selected === undefined ? undefined : copyRow(this.selected.id, this.selected.title);
    return { cell: table.selectedText, row: table.selectedRow.map(displayValue).join("\t") };
  }

  reason(action: Action): string | undefined {
    if (action === "export" && this.table === undefined) return "run a query first: its result is what is exported";
    return action === "sort" && this.pane !== "result" ? "the result of a query is sorted: run one first" : undefined;
  }

  /** Puts the cursor on a query. */
  select(id: string): void {
    this.filter.text = "";
    this.cursor.index = Math.max(0, this.entries.findIndex((entry) => "query" in entry && entry.query.id === id && !entry.recent));
    this.#toList();
    this.#follow();
  }

  render(cells: number, height: number): string[] {
    return renderQueries(this.#host, this, cells, height);
  }

  #typeFilter(press: KeyPress): void {
    const field = this.pane === "result" ? this.tableFilter : this.filter;
    if (press === "escape") {
      field.text = "";
      this.filtering = false;
    } else if (press === "enter" || press === "up" || press === "down") {
      this.filtering = false;
    } else if (!field.press(press)) return;
    if (this.pane === "result") this.table?.setFilter(field.text);
    else if (press !== "enter") {
      this.cursor.index = 0;
      if (this.selected === undefined) this.cursor.index = 1;
      this.#follow();
    }
  }

  #moveInList(action: Action): boolean {
    const { entries } = this;
    const before = this.cursor.index;
    if (!this.cursor.move(action, entries.length, 10)) return false;
    // Headings are stepped over.
    const step = this.cursor.index >= before ? 1 : -1;
    while (entries[this.cursor.index] !== undefined && "heading" in (entries[this.cursor.index] ?? {})) this.cursor.index += step;
    if (entries[this.cursor.index] === undefined) this.cursor.index = before;
    this.#follow();
    return true;
  }

  /** The form of the query under the cursor, filled with what was used last. */
  #follow(): void {
    const query = this.selected;
    if (query === undefined || this.form?.query === query) return;
    const last = this.#host.state.recent.find(({ id }) => id === query.id)?.parameters ?? {};
    const { user } = this.#host;
    this.form = new ParameterForm(query, { ...last, ...(user !== undefined && last["username"] === undefined ? { username: user } : {}) });
  }

  #toForm(): void {
    if (this.form === undefined) return;
    this.pane = "form";
    this.form.active = Math.max(0, this.form.missing);
  }

  #toList(): void {
    this.pane = "list";
    this.filtering = false;
  }

  #run(): void {
    const { form } = this;
    const { backend } = this.#host;
    if (form === undefined || backend === undefined) return;
    if (!form.check(backend)) {
      this.pane = "form";
      return;
    }
    this.limit = firstLimit;
    this.table = undefined;
    this.tableFilter.text = "";
    this.result.reset();
    this.#load(form.query.id, form.texts);
    this.pane = "result";
  }

  #load(id: string, texts: Record<string, string>): void {
    const { session, backend, state } = this.#host;
    if (session === undefined || backend === undefined) return;
    this.ran = { id, texts };
    this.#keepSelection(() => (state.recent = [{ id, parameters: texts }, ...state.recent.filter((entry) => entry.id !== id)]));
    this.#host.saveState();
    const { limit } = this;
    const load = async (signal: AbortSignal): Promise<QueryRun> => {
      const query = session.catalogue.get(id);
      if (query === undefined) throw new DatabaseError("failed", "sql", `the query ${id} is gone`);
      return backend.runQuery(session, id, backend.parseParameters(query, texts), { signal, maxRows: limit });
    };
    void this.result.load(load).then(() => {
      const { data } = this.result;
      if (this.result.error instanceof Error) this.#host.noticed(this.result.error);
      if (data === undefined || this.result.loading || this.result.error !== undefined) return;
      const older = this.table;
      this.table = new TableView(backend.uniqueNames(data.columns), data.rows, () => this.#host.changed());
      if (older !== undefined) this.table.adopt(older);
      this.#host.changed();
    });
  }

  #actOnResult(action: Action, table: TableView): boolean {
    switch (action) {
      case "open":
        showSheet(this.#host, table);
        return true;
      case "raiseLimit":
        if (this.result.data?.truncated !== true) this.#host.say("these are all rows");
        else if (this.limit >= lastLimit) this.#host.say("a million rows is the most; narrow the query", "warn");
        else {
          this.limit *= 10;
          this.refresh();
        }
        return true;
      case "nextPane":
        this.#toList();
        return true;
      case "previousPane":
        if (this.form !== undefined && this.form.fields.length > 0) this.#toForm();
        else this.#toList();
        return true;
      default:
        if (table.act(action, 10)) return true;
        if (action !== "left") return false;
        this.#toList();
        return true;
    }
  }

  #openScratch(query: Query): void {
    this.form = undefined;
    this.select(query.id);
    if (this.form !== undefined && query.parameters.length > 0) this.#toForm();
    else this.#run();
  }

  #keep(): void {
    const query = this.selected;
    if (query?.topic !== scratchTopic) return this.#host.say("only a statement of your own is kept: N writes one", "warn");
    keepScratch(this.#host, query, (own) => {
      this.select(own.id);
      this.#host.say(`kept as ${own.id}`, "ok");
    });
  }

  #plan(): void {
    const { form } = this;
    const { backend } = this.#host;
    if (backend === undefined || form === undefined) return;
    if (form.missing !== -1 || !form.check(backend)) this.#host.say("fill in the form first: the plan depends on it", "warn");
    else showPlan(this.#host, form.query, form.texts);
  }

  async #edit(): Promise<void> {
    const query = this.selected;
    if (query === undefined || !(await editQuery(this.#host, query))) return;
    this.form = undefined;
    this.#follow();
    this.#host.say(`${query.id} was read again`, "ok");
  }
}
