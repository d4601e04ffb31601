import type { Query } from "../../../core/catalogue/types.ts";
import type { Missing } from "../../../core/catalogue/gather.ts";
import type { Excluded, Item, Recommendations, Strategy } from "../../../core/recommendations/types.ts";
import { rowsOf } from "../../../core/recommendations/rows.ts";
import { termNames, terms } from "../../../core/recommendations/weights.ts";
import type { Trace } from "../../../core/session.ts";
import { compareText } from "../../../core/projection/compare.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { ChoicesCache } from "../../choices-cache.ts";
import { commandLine, type Exportable } from "../../export.ts";
import { ParameterForm } from "../../parameter-form.ts";
import type { KeyPress } from "../../keys.ts";
import type { Action, Scope } from "../../keymap.ts";
import type { ListView } from "../../list-view.ts";
import { TextOverlay, type Choice } from "../../overlay.ts";
import { copyRow, type Pane } from "../../pane.ts";
import { PanedScreen } from "../../paned-screen.ts";
import { Resource } from "../../resource.ts";
import type { Host, Subject } from "../../screen.ts";
import { ScrollText } from "../../scroll-text.ts";
import { FormPane } from "../../form-pane.ts";
import { strategyQueries, strategyTitles } from "./strategies.ts";
import { renderRecommendations } from "./view.ts";

type Loaded = Recommendations & { missing_sides: Missing };

/** A strategy, its parameters, what it recommends with the reasons, and what it leaves out and why. */
export class RecommendationsScreen extends PanedScreen {
  readonly title = "Recommendations";
  readonly data: Resource<Loaded>;
  strategy: Strategy = "next";
  readonly form: FormPane;
  readonly items: ListView<Item>;
  readonly excluded: ListView<Excluded>;
  readonly #choices: ChoicesCache;
  #asked: string | undefined;

  constructor(host: Host) {
    super(host);
    this.data = new Resource(() => host.changed());
    this.#choices = new ChoicesCache(host);
    this.form = new FormPane("parameters", (form) => this.#choices.of(form));
    this.items = this.list<Item>({
      name: "recommended",
      identity: ({ item }) => item,
      text: ({ item }) => sanitise(item),
      orders: [
        { name: "name", compare: (a, b) => compareText(a.item, b.item) },
        { name: "hours", compare: (a, b) => (a.hours ?? Infinity) - (b.hours ?? Infinity) },
      ],
      copy: (row) => copyRow(row.item, row.score, row.hours, row.because.join(" ")),
    });
    this.excluded = this.list<Excluded>({ name: "left out", identity: ({ item }) => item, text: ({ item, reason }) => sanitise(`${item} ${reason}`), orders: [{ name: "reason", compare: (a, b) => compareText(a.reason, b.reason) }], copy: (row) => copyRow(row.item, row.reason) });
  }

  get panes(): readonly Pane[] {
    return [this.items, this.excluded, this.form];
  }

  protected get scope(): Scope {
    return "recommend";
  }

  override scopes(): Scope[] {
    return this.focused(this.form) ? ["form", "recommend", "list"] : super.scopes();
  }

  enter(): void {
    this.#prepare(false);
    const asked = this.#question();
    if (this.data.loading || asked === this.#asked) return;
    this.refresh();
  }

  refresh(): void {
    const { session, backend } = this.host;
    const { form } = this.form;
    if (session === undefined || backend === undefined || form === undefined) return;
    if (form.missing !== -1 || !form.check(backend)) {
      // A route without a goal: the form is where one is named.
      this.data.reset();
      this.items.set([]);
      this.excluded.set([]);
      this.focus(this.form);
      return;
    }
    const { texts } = form;
    const asked = this.#question();
    if (asked !== this.#asked) {
      this.data.reset();
      this.items.reset();
      this.excluded.reset();
    }
    this.#asked = asked;
    const username = texts["username"] ?? "";
    const [goal, rate, difficulty] = [texts["goal"], texts["min_completion_rate"], texts["difficulty"]];
    const request = { username, strategy: this.strategy, ...(goal === undefined ? {} : { goal }), ...(rate === undefined ? {} : { minCompletionRate: Number(rate) }), ...(difficulty === undefined ? {} : { difficulty }) };
    void this.data.load((signal) => backend.loadRecommendations(session, request, { signal, partial: true })).then(() => {
      const { data, error } = this.data;
      if (error instanceof Error) this.host.noticed(error);
      this.items.set(data?.items ?? []);
      this.excluded.set(data?.excluded ?? []);
      if (data !== undefined) this.host.noticed(data.missing_sides);
      this.host.changed();
    });
  }

  trace(): Trace {
    return this.data.data?.trace ?? [];
  }

  override exportable(): Exportable | undefined {
    const { data } = this.data;
    if (data === undefined) return undefined;
    const { goal, difficulty, min_completion_rate: rate } = this.form.form?.texts ?? {};
    const { missing_sides: _missing, ...json } = data;
    return {
      name: `recommend-${data.strategy}-${data.username}`,
      command: difficulty !== undefined || Number(rate ?? 0) > 0 ? undefined : commandLine("jeseci", "recommend", "--user", data.username, ...(data.strategy === "next" ? [] : ["--strategy", data.strategy]), ...(goal === undefined ? [] : ["--goal", goal])),
      json: () => json,
      columns: rowsOf[data.strategy].columns,
      rows: data.items.map(rowsOf[data.strategy].row),
    };
  }

  override choices(): Choice[] {
    return [
      ...(Object.keys(strategyTitles) as Strategy[]).map((strategy) => ({ label: `Recommend: ${strategyTitles[strategy]}`, note: strategy === this.strategy ? "shown now" : "", choose: () => this.#setStrategy(strategy) })),
      { label: "How the score is made", note: "the formula and its weights", choose: () => this.host.show(new TextOverlay("How the score is made", new ScrollText(formula()))) },
    ];
  }

  override subject(): Subject {
    const item = this.focused(this.items) ? this.items.selected?.item : this.focused(this.excluded) ? this.excluded.selected?.item : undefined;
    return this.strategy === "paths" ? { paths: item } : { concepts: item };
  }

  render(cells: number, height: number): string[] {
    this.page = Math.max(1, Math.floor(height / 3));
    return renderRecommendations(this.host, this, cells, height);
  }

  override type(press: KeyPress): void {
    if (!this.focused(this.form)) return super.type(press);
    if (press === "enter") {
      this.focus(this.items);
      this.refresh();
    } else if (press === "escape") this.focus(this.items);
    else if ((press === "tab" && this.form.atLast) || (press === "shift-tab" && this.form.atFirst)) this.focus(press === "tab" ? this.items : this.excluded);
    else this.form.type(press);
  }

  protected cancel(): boolean {
    return this.data.cancel();
  }

  protected override actOnScreen(action: Action): boolean {
    if (action !== "strategy") return false;
    const all = Object.keys(strategyTitles) as Strategy[];
    this.#setStrategy(all[(all.indexOf(this.strategy) + 1) % all.length] ?? "next");
    return true;
  }

  protected open(pane: Pane): boolean {
    const name = pane === this.items ? this.items.selected?.item : pane === this.excluded ? this.excluded.selected?.item : undefined;
    if (name === undefined) return true;
    if (this.strategy === "paths") this.host.openPath(name);
    else this.host.openConcept(name);
    return true;
  }

  #setStrategy(strategy: Strategy): void {
    if (strategy === this.strategy) return;
    this.strategy = strategy;
    this.focus(this.items);
    this.#prepare(true);
    this.refresh();
  }

  /** The form is made from the header of the query that takes the same parameters. */
  #prepare(anew: boolean): void {
    const { session, user } = this.host;
    const query = session?.catalogue.get(strategyQueries[this.strategy]);
    if (query === undefined) return;
    const before = this.form.form;
    if (before === undefined || anew || before.query.id !== query.id) this.form.set(this.#formOf(query, user));
    else if (user !== undefined && this.#formUser !== user) before.set("username", user);
    this.#formUser = user;
  }

  #formUser: string | undefined;

  #formOf(query: Query, user: string | undefined): ParameterForm {
    // A rate that hides paths is for whoever asks for it.
    return new ParameterForm(query, { ...(user === undefined ? {} : { username: user }), ...(query.id === strategyQueries.paths ? { min_completion_rate: "0" } : {}) });
  }

  #question(): string {
    return JSON.stringify([this.strategy, this.form.form?.texts]);
  }
}

function formula(): [["bold", string], string][] | string[][] {
  return [[`score = ${termNames.map((name) => `${terms[name].weight.toFixed(2)} × ${name}`).join(" + ")}`], [], ...termNames.map((name) => [`${name.padEnd(8)} ${terms[name].meaning}`])];
}
