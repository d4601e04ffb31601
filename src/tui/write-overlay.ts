import { sanitise } from "../core/text/sanitise.ts";
import type { PlanLine, WriteReport, WriteValues } from "../core/writes/types.ts";
import type { ChoicesCache } from "./choices-cache.ts";
import type { KeyPress } from "./keys.ts";
import { actionOf } from "./keymap.ts";
import { fitHeight, paintLine, wrap, type Spans } from "./lines.ts";
import type { Overlay } from "./overlay.ts";
import type { Backend } from "./screen.ts";
import { ScrollText } from "./scroll-text.ts";
import type { Theme } from "./theme.ts";
import type { WriteForm } from "./write-form.ts";

/** What a write asks of the explorer around it. */
export interface WriteContext {
  backend: Backend;
  theme: Theme;
  choices: ChoicesCache;
  /** Named above the form and the plan, where it is one that must not be mistaken for another. */
  production: string | undefined;
  run(values: WriteValues, options: { cascade: boolean; dryRun: boolean }): Promise<WriteReport>;
  present(values: WriteValues): Promise<WriteValues>;
  /** It was written, as far as is known. */
  wrote(report: WriteReport, values: WriteValues): void;
  changed(): void;
}

type Stage =
  | { kind: "form" }
  | { kind: "asking" }
  | { kind: "preview"; report: WriteReport; text: ScrollText }
  | { kind: "writing" }
  | { kind: "unknown"; text: ScrollText };

/** One write: a form, then all that it would do, then the deed. Nothing is written before the plan was seen. */
export class WriteOverlay implements Overlay {
  readonly title: string;
  readonly #form: WriteForm;
  readonly #context: WriteContext;
  #stage: Stage = { kind: "form" };
  #fault: { message: string; hint: string | undefined } | undefined;
  #named: string | undefined;
  #closed = false;

  /** The form is the caller's: who leaves it finds it again as it was. */
  constructor(form: WriteForm, context: WriteContext) {
    const { summary } = form.operation;
    this.title = summary.charAt(0).toUpperCase() + summary.slice(1);
    this.#form = form;
    this.#context = context;
    this.#begin();
  }

  get keys(): string {
    switch (this.#stage.kind) {
      case "form":
        return "⏎ preview  ↑↓ tab field  ctrl-n suggest  esc leave it";
      case "preview":
        return this.#stage.report.plan.length === 0 ? "⏎ close  esc back to the form" : "⏎ write it  ↑↓ scroll  esc back to the form";
      case "unknown":
        return "↑↓ scroll  esc close";
      default:
        return "";
    }
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    if (press === "ctrl-c") return "left";
    const stage = this.#stage;
    switch (stage.kind) {
      case "form":
        return this.#pressForm(press);
      case "preview":
        if (press === "enter") return this.#confirm(stage.report);
        if (press === "escape") this.#stage = { kind: "form" };
        else scroll(stage.text, press);
        return "taken";
      case "unknown":
        if (press === "escape" || press === "enter") return "close";
        scroll(stage.text, press);
        return "taken";
      case "asking":
        // Nothing is written by a dry run: it may end unseen.
        if (press === "escape") this.#stage = { kind: "form" };
        return "taken";
      case "writing":
        return "taken";
    }
  }

  render(theme: Theme, cells: number, height: number): string[] {
    const stage = this.#stage;
    const { production } = this.#context;
    const head = production === undefined ? [] : [paintLine(theme, [[["danger", "bold"], `${theme.symbols.warning} this writes to ${production}, which is PRODUCTION`]], cells)];
    if (stage.kind === "asking" || stage.kind === "writing") return fitHeight([...head, paintLine(theme, [["dim", stage.kind === "asking" ? "asking both databases what it would do…" : "writing…"]], cells)], height, cells);
    if (stage.kind !== "form") return fitHeight([...head, ...stage.text.render(theme, cells, height - head.length)], height, cells);
    const { operation } = this.#form;
    const fault = this.#fault;
    const words = (style: "danger" | "dim", mark: string, text: string): string[] => wrap(sanitise(text), Math.max(10, cells - 2)).map((line, index) => paintLine(theme, [[style, `${index === 0 ? mark : " "} ${line}`]], cells));
    return fitHeight(
      [
        ...head,
        ...(fault === undefined ? (operation.details ?? []).flatMap((detail) => words("dim", " ", inForm(detail))) : [...words("danger", theme.symbols.bad, fault.message), ...(fault.hint === undefined ? [] : words("dim", " ", fault.hint))]),
        paintLine(theme, [], cells),
        ...this.#form.render(theme, cells, true, this.#context.choices.of(this.#form)),
      ],
      height,
      cells,
    );
  }

  /** Where a key leaves the field that names the thing, what it holds now is fetched. */
  #begin(): void {
    const { named } = this.#form;
    const { present } = this.#form.operation;
    if (present === undefined || named === undefined || named === "" || named === this.#named) return;
    this.#named = named;
    this.#context.present(this.#form.values).then(
      (values) => {
        if (this.#named === named) this.#form.begin(values);
        this.#context.changed();
      },
      () => (this.#named = undefined), // only the start: what is typed counts all the same
    );
  }

  #pressForm(press: KeyPress): "taken" | "close" {
    if (press === "escape") {
      this.#closed = true;
      return "close";
    }
    if (press === "enter") this.#preview();
    else {
      this.#form.press(press, this.#context.choices.of(this.#form));
      this.#begin();
    }
    return "taken";
  }

  #preview(): void {
    this.#fault = undefined;
    if (!this.#form.check(this.#context.backend)) return;
    const asking: Stage = { kind: "asking" };
    this.#stage = asking;
    this.#context.run(this.#form.values, { cascade: this.#form.cascade, dryRun: true }).then(
      (report) => this.#from(asking, { kind: "preview", report, text: new ScrollText(this.#planLines(report)) }),
      (error: unknown) => this.#failed(asking, error),
    );
  }

  #confirm({ plan }: WriteReport): "taken" | "close" {
    if (plan.length === 0) return "close";
    const writing: Stage = { kind: "writing" };
    this.#stage = writing;
    const { values, cascade } = this.#form;
    this.#context.run(values, { cascade, dryRun: false }).then(
      (report) => {
        if (report.outcome === "unknown") this.#from(writing, { kind: "unknown", text: new ScrollText(unknownLines(report)) });
        this.#context.wrote(report, values);
      },
      (error: unknown) => this.#failed(writing, error),
    );
    return "taken";
  }

  /** Goes on, unless the person has left the stage meanwhile. */
  #from(stage: Stage, next: Stage): void {
    if (this.#stage === stage) this.#stage = next;
    this.#context.changed();
  }

  /** Nothing was written: the form is there again, with the reason above it. */
  #failed(stage: Stage, error: unknown): void {
    if (this.#stage !== stage || this.#closed) return;
    const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? inForm(error.hint) : undefined;
    this.#fault = { message: `${error instanceof Error ? error.message : String(error)}${stage.kind === "writing" ? "; nothing was written" : ""}`, hint };
    this.#from(stage, { kind: "form" });
  }

  #planLines({ plan, counts }: WriteReport): Spans[] {
    if (plan.length === 0) return [["nothing to do: it is so already"]];
    const { symbols } = this.#context.theme;
    const lines = plan.flatMap((line): Spans[] => planLine(line, symbols.arrow));
    const graph = counts.flatMap(({ entity, upserted, deleted }) => [...(upserted > 0 ? [`${upserted} ${entity} written`] : []), ...(deleted > 0 ? [`${deleted} ${entity} deleted`] : [])]);
    return [["This would be done in both databases, or in neither:"], [], ...lines, [], [["dim", `in the graph: ${graph.length === 0 ? "nothing changes" : graph.join(", ")}`]]];
  }
}

const styles = { create: "ok", update: "warn", delete: "danger" } as const;

function planLine({ action, thing, before, after }: PlanLine, arrow: string): Spans[] {
  const head: Spans = [[styles[action], action.padEnd(6)], " ", ["bold", sanitise(thing)]];
  if (action === "update") return [[...head, "  ", ["dim", sanitise(before ?? "nothing")], ` ${arrow} `, sanitise(after ?? "nothing")]];
  const held = after ?? before;
  return held === null ? [head] : [head, ["       ", ["dim", sanitise(held)]]];
}

function unknownLines({ warnings }: WriteReport): Spans[] {
  return ["whether it was written is not known:", ...warnings].flatMap((text) => wrap(sanitise(text), 100)).map((line): Spans => [["danger", line]]);
}

/** Hints speak of the command line's flags; in the form the fields are called the same, and it shows a preview in any case. */
function inForm(hint: string): string {
  return hint.replace(/; with --dry-run[^;]*/, "").replace(/--([a-z-]+)/g, (_flag, name: string) => `“${name.replaceAll("-", " ")}”`);
}

function scroll(text: ScrollText, press: KeyPress): void {
  const action = actionOf(press, ["list"]);
  if (action !== undefined) text.act(action);
}
