import type { CheckReport, Finding } from "../../../core/consistency/types.ts";
import type { Trace } from "../../../core/session.ts";
import { compareText } from "../../../core/projection/compare.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { commandLine, type Exportable } from "../../export.ts";
import type { Action, Scope } from "../../keymap.ts";
import type { ListView } from "../../list-view.ts";
import { copyRow, type Copyable, type Pane } from "../../pane.ts";
import { PanedScreen } from "../../paned-screen.ts";
import { reasonNotToWrite } from "../../read-only.ts";
import type { Host } from "../../screen.ts";
import { DeepCheck, watchSeconds } from "./deep-check.ts";
import { entityRows, type EntityRow } from "./entities.ts";
import { showHistory } from "./history.ts";
import { showRepair, tooMany } from "./repairing.ts";
import { SidesOverlay } from "./sides-overlay.ts";
import { renderConsistency } from "./view.ts";
import { kindWords } from "./words.ts";

/** Whether both databases agree: what differs, why, since when, and the repair of it. */
export class ConsistencyScreen extends PanedScreen {
  readonly title = "Consistency";
  readonly deep: DeepCheck;
  readonly entities: ListView<EntityRow>;
  readonly findings: ListView<Finding>;
  /** What the lists were filled from. */
  #filled: { report: CheckReport; entity: EntityRow["entity"] | undefined } | undefined;

  constructor(host: Host) {
    super(host);
    this.deep = new DeepCheck(host);
    this.entities = this.list<EntityRow>({
      name: "entities",
      identity: ({ entity }) => entity,
      text: ({ entity }) => entity,
      copy: (row) => copyRow(row.entity, row.sql_rows, row.graph_rows, row.missing_in_graph, row.missing_in_sql, row.differing, row.in_flight),
    });
    this.findings = this.list<Finding>({
      name: "findings",
      identity: ({ entity, ids, kind }) => JSON.stringify([entity, kind, ...ids]),
      text: (finding) => sanitise(`${finding.key} ${finding.entity} ${kindWords[finding.kind]}`),
      orders: [
        { name: "entity", compare: (a, b) => compareText(a.entity, b.entity) },
        { name: "kind", compare: (a, b) => compareText(a.kind, b.kind) },
        { name: "first seen", compare: (a, b) => compareText(a.first_seen, b.first_seen) },
      ],
      copy: (finding) => this.#copyOf(finding),
    });
  }

  get panes(): readonly Pane[] {
    return [this.entities, this.findings];
  }

  protected get scope(): Scope {
    return "consistency";
  }

  enter(): void {
    if (this.deep.past.loadedAt === undefined) this.deep.recall();
    // Where it takes no time, what is seen is never older than the look at it; where it takes long, a person asks for it.
    if (this.deep.quick && this.deep.age > watchSeconds * 1_000) this.refresh();
  }

  compared(): void {
    if (!this.deep.begun && this.deep.quick) this.refresh();
  }

  refresh(asked = false): void {
    if (asked || this.deep.quick) void this.deep.run();
  }

  leave(): void {
    this.deep.watch(false);
  }

  end(): void {
    this.deep.watch(false);
    this.deep.cancel();
  }

  reason(action: Action): string | undefined {
    if (action === "statements") return "a check reads every table and its part of the graph once, in key order: there is no query to show";
    if (action !== "repair" && action !== "preview") return undefined;
    const { report } = this.deep;
    const unable = action === "repair" ? reasonNotToWrite(this.host, "repair") : undefined;
    if (unable !== undefined) return unable;
    if (report === undefined) return "nothing was compared yet: r runs a deep check";
    if (report.findings_total === 0) return "no difference was found: there is nothing to repair";
    if (report.truncated) return tooMany(report);
    return undefined;
  }

  trace(): Trace {
    return [];
  }

  override exportable(): Exportable | undefined {
    const { data } = this.deep.resource;
    if (data === undefined) return undefined;
    const { report, history } = data;
    return {
      name: "consistency",
      command: commandLine("jeseci", "check", "--json"),
      json: () => ({ ...report, changed: { came: history.came, went: history.went } }),
      columns: ["entity", "key", "kind", "cause", "fields", "repair"],
      rows: report.findings.map((finding) => [finding.entity, finding.key, finding.kind, finding.cause, finding.fields.map(({ field }) => field), finding.repair]),
      truncated: report.truncated,
    };
  }

  render(cells: number, height: number): string[] {
    this.page = Math.max(1, Math.floor(height / 3));
    this.fill();
    return renderConsistency(this.host, this, cells, height);
  }

  /** Fills the lists from what is known now. */
  fill(): void {
    const report = this.deep.report ?? this.host.background.fast;
    if (report === undefined) return;
    if (this.#filled?.report !== report) this.entities.set(entityRows(report));
    const entity = this.entities.selected?.entity;
    if (this.#filled?.report === report && this.#filled.entity === entity) return;
    this.findings.set(entity === undefined || entity === "all" ? report.findings : report.findings.filter((finding) => finding.entity === entity));
    this.#filled = { report, entity };
  }

  protected override moved(): void {
    this.fill();
  }

  protected cancel(): boolean {
    return this.deep.cancel();
  }

  protected open(pane: Pane): boolean {
    const { selected } = this.findings;
    if (pane !== this.findings) return false;
    if (selected !== undefined) this.host.show(new SidesOverlay(this.host, selected, this.#copyOf(selected)));
    return true;
  }

  protected override actOnScreen(action: Action): boolean {
    if (action === "history") void showHistory(this.host).catch((error: unknown) => this.#failed(error));
    else if (action === "watch") this.#toggleWatch();
    else if (action === "preview" || action === "repair") showRepair(this.host, this.deep, action === "preview");
    else return false;
    return true;
  }

  #copyOf(finding: Finding): Copyable {
    const show = this.host.backend?.show ?? String;
    return copyRow(finding.key, finding.entity, finding.kind, finding.cause, finding.fields.map(({ field, sql, graph }) => `${field}: SQL ${show(sql)}, graph ${show(graph)}`).join("; "), finding.repair, finding.first_seen);
  }

  #toggleWatch(): void {
    this.deep.watch(!this.deep.watching);
    this.host.say(this.deep.watching ? `a deep check every ${watchSeconds} s, until this screen is left; w ends it` : "watching no more");
  }

  #failed(error: unknown): void {
    this.host.noticed(error as Error);
    this.host.say((error as Error).message, "danger");
  }
}
