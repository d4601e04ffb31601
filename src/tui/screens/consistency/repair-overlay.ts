import type { RepairPlan } from "../../../core/consistency/repair.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import type { KeyPress } from "../../keys.ts";
import { actionOf } from "../../keymap.ts";
import { fitHeight, paintLine, wrap } from "../../lines.ts";
import type { Overlay } from "../../overlay.ts";
import { ScrollText } from "../../scroll-text.ts";
import { TextField } from "../../text-field.ts";
import type { Theme } from "../../theme.ts";
import { countsLine, planLines } from "./plan-lines.ts";
import { many } from "./words.ts";

/** What a repair asks of the screen. */
export interface RepairContext {
  /** Only shown, not carried out. */
  preview: boolean;
  /** Named above the plan, where it is one that must not be mistaken for another. */
  production: string | undefined;
  plan(signal: AbortSignal): Promise<RepairPlan>;
  /** Carries it out, closes the overlay and tells. */
  apply(plan: RepairPlan): Promise<void>;
  changed(): void;
}

type Stage = { kind: "planning" } | { kind: "failed"; error: unknown; began: boolean } | { kind: "plan"; plan: RepairPlan } | { kind: "repairing"; plan: RepairPlan };

/** A repair: its whole plan first; then, where it may be carried out, a second key, and the number of deletions typed where there are any. */
export class RepairOverlay implements Overlay {
  readonly title: string;
  readonly #context: RepairContext;
  readonly #field = new TextField();
  readonly #ending = new AbortController();
  #stage: Stage = { kind: "planning" };
  #fault: string | undefined;
  #text = new ScrollText([]);
  /** The width and the plan that the text was made for: a plan may be long. */
  #made: { plan: RepairPlan; cells: number } | undefined;

  constructor(context: RepairContext) {
    this.title = context.preview ? "What a repair would do" : "Repair";
    this.#context = context;
    context.plan(this.#ending.signal).then(
      (plan) => this.#become({ kind: "plan", plan }),
      (error: unknown) => this.#become({ kind: "failed", error, began: false }),
    );
  }

  get keys(): string {
    const stage = this.#stage;
    if (stage.kind === "repairing") return "";
    if (stage.kind !== "plan" || this.#context.preview || stage.plan.planned.length === 0) return "↑↓ scroll  esc close";
    const deletions = deletionsOf(stage.plan);
    return deletions > 0 ? `type ${deletions}  ⏎ repair  ↑↓ scroll  esc leave it` : "⏎ repair  ↑↓ scroll  esc leave it";
  }

  press(press: KeyPress): "taken" | "close" | "left" {
    if (press === "ctrl-c") return "left";
    const stage = this.#stage;
    // What is being written is waited for.
    if (stage.kind === "repairing") return "taken";
    if (press === "escape") {
      this.#ending.abort();
      return "close";
    }
    if (stage.kind === "plan" && !this.#context.preview && stage.plan.planned.length > 0) {
      if (press === "enter") this.#confirm(stage.plan);
      else if (this.#edits(press) && deletionsOf(stage.plan) > 0 && this.#field.press(press)) this.#fault = undefined;
      else scroll(this.#text, press);
      return "taken";
    }
    const action = actionOf(press, ["list", "global"]);
    if (press === "enter" || action === "back" || action === "quit") return stage.kind === "planning" ? "taken" : "close";
    scroll(this.#text, press);
    return "taken";
  }

  render(theme: Theme, cells: number, height: number): string[] {
    const stage = this.#stage;
    const { production, preview } = this.#context;
    const head = production === undefined || preview ? [] : [paintLine(theme, [[["danger", "bold"], `${theme.symbols.warning} this writes to ${production}, which is PRODUCTION`]], cells)];
    const words = (style: "danger" | "dim", text: string): string[] => wrap(sanitise(text), Math.max(10, cells - 2)).map((line) => paintLine(theme, [[style, line]], cells));
    if (stage.kind === "planning") return fitHeight([...head, ...words("dim", "asking both databases what would be done…")], height, cells);
    if (stage.kind === "failed") return fitHeight([...head, ...failed(stage).flatMap(([style, text]) => words(style, text))], height, cells);
    const { plan } = stage;
    head.push(paintLine(theme, countsLine(plan), cells));
    if (stage.kind === "repairing") head.push(...words("dim", "repairing…"));
    else if (!preview && plan.planned.length > 0) head.push(...this.#question(theme, plan, cells));
    if (this.#fault !== undefined) head.push(...words("danger", `${theme.symbols.bad} ${this.#fault}`));
    head.push(paintLine(theme, [], cells));
    if (this.#made?.plan !== plan || this.#made.cells !== cells) {
      this.#text = this.#text.with(planLines(theme, plan, cells));
      this.#made = { plan, cells };
    }
    const below = this.#text.render(theme, cells, Math.max(1, height - head.length - 1));
    return fitHeight([...head, ...below, paintLine(theme, [["dim", this.#text.place]], cells)], height, cells);
  }

  #question(theme: Theme, plan: RepairPlan, cells: number): string[] {
    const deletions = deletionsOf(plan);
    if (deletions === 0) return [paintLine(theme, [["accent", "⏎"], " writes this to the graph; PostgreSQL stays as it is"], cells)];
    const [before, under, after] = this.#field.parts;
    return [paintLine(theme, [["danger", `${theme.symbols.warning} ${many(deletions, "deletion")} in the graph:`], ` type ${deletions}, then ⏎  `, ["accent", `${theme.symbols.pointer} `], before, ["inverse", under], after], cells)];
  }

  /** Keys that go to the number; what is none is not typed. */
  #edits(press: KeyPress): boolean {
    return /^\d$/.test(press) || ["backspace", "delete", "ctrl-u", "ctrl-w", "left", "right", "home", "end"].includes(press);
  }

  #confirm(plan: RepairPlan): void {
    const deletions = deletionsOf(plan);
    if (deletions > 0 && this.#field.text !== String(deletions)) {
      this.#fault = `this deletes: type their number, ${deletions}, to go on`;
      return;
    }
    this.#fault = undefined;
    this.#stage = { kind: "repairing", plan };
    this.#context.apply(plan).catch((error: unknown) => this.#become({ kind: "failed", error, began: true }));
  }

  #become(stage: Stage): void {
    this.#stage = stage;
    this.#context.changed();
  }
}

function deletionsOf({ planned }: RepairPlan): number {
  return planned.filter(({ action }) => action === "delete").length;
}

function failed({ error, began }: { error: unknown; began: boolean }): ["danger" | "dim", string][] {
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string" ? error.hint : undefined;
  const after = began ? "each key is mended or as it was before: r compares again" : undefined;
  return [["danger", error instanceof Error ? error.message : String(error)], ...[hint, after].flatMap((text): ["dim", string][] => (text === undefined ? [] : [["dim", text]]))];
}

function scroll(text: ScrollText, press: KeyPress): void {
  const action = actionOf(press, ["list"]);
  if (action !== undefined) text.act(action);
}
