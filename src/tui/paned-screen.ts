import type { Trace } from "../core/session.ts";
import type { Exportable } from "./export.ts";
import type { KeyPress } from "./keys.ts";
import type { Action, Scope } from "./keymap.ts";
import { ListView, type ListOptions } from "./list-view.ts";
import type { Choice } from "./overlay.ts";
import type { Copyable, Pane } from "./pane.ts";
import type { Host, Screen, Subject } from "./screen.ts";

/** What screens of several panes have in common: the focus, the filter, the order in which `esc` takes things back. */
export abstract class PanedScreen implements Screen {
  abstract readonly title: string;
  /** Rows that page keys move by. */
  protected page = 10;
  protected readonly host: Host;
  #focus = 0;

  constructor(host: Host) {
    this.host = host;
  }

  /** A list whose chosen order survives a restart. */
  protected list<T>(options: Omit<ListOptions<T>, "remembered" | "remember">): ListView<T> {
    const { state } = this.host;
    const remembered = state.orders?.[options.name];
    return new ListView({
      ...options,
      ...(remembered === undefined ? {} : { remembered }),
      remember: (order) => {
        state.orders = { ...state.orders, [options.name]: order };
        this.host.saveState();
      },
    });
  }

  /** In the order in which `tab` visits them; there is at least one. */
  abstract get panes(): readonly Pane[];
  protected abstract get scope(): Scope;
  abstract enter(): void;
  abstract refresh(asked?: boolean): void;
  abstract trace(): Trace;
  abstract render(cells: number, height: number): string[];
  /** Ends a running load; false if there is none. */
  protected abstract cancel(): boolean;
  /** Goes into what is selected; false leaves it at entering the pane beside. */
  protected abstract open(pane: Pane): boolean;

  get pane(): Pane {
    const { panes } = this;
    return panes[Math.min(this.#focus, panes.length - 1)] as Pane;
  }

  focus(pane: Pane): void {
    this.#focus = Math.max(0, this.panes.indexOf(pane));
  }

  focused(pane: Pane): boolean {
    return this.pane === pane;
  }

  scopes(): Scope[] {
    return [this.scope, "list"];
  }

  capturing(): boolean {
    return this.pane.filtering;
  }

  type(press: KeyPress): void {
    this.pane.type(press);
    this.moved();
  }

  act(action: Action): boolean {
    const { pane, panes } = this;
    if (this.actOnScreen(action)) return true;
    if (pane.act(action, this.page)) {
      this.moved();
      return true;
    }
    const step = action === "nextPane" || action === "right" ? 1 : action === "previousPane" || action === "left" ? -1 : 0;
    if (step !== 0) {
      const next = this.#focus + step;
      // Tab goes round; the arrows end at the edge.
      if (action === "nextPane" || action === "previousPane") this.#focus = (next + panes.length) % panes.length;
      else this.#focus = Math.max(0, Math.min(panes.length - 1, next));
      return true;
    }
    if (action === "open") {
      if (!this.open(pane) && this.#focus + 1 < panes.length) this.#focus += 1;
      return true;
    }
    if (action === "filter") this.host.say("there is no list to filter here: tab goes to one");
    else if (action === "sort" || action === "reverse") this.host.say("this has one order only");
    else return false;
    return true;
  }

  back(): boolean {
    if (this.cancel()) {
      this.host.say("cancelled", "warn");
      return true;
    }
    if (this.pane.clearFilter()) {
      this.moved();
      return true;
    }
    if (this.#focus === 0) return false;
    this.#focus = 0;
    return true;
  }

  copyable(): Copyable | undefined {
    return this.pane.copyable();
  }

  exportable(): Exportable | undefined {
    return undefined;
  }

  choices(): Choice[] {
    return [];
  }

  subject(): Subject {
    return {};
  }

  /** Keys of this screen alone. */
  protected actOnScreen(_action: Action): boolean {
    return false;
  }

  /** The selection or the filter changed. */
  protected moved(): void {
    // Nothing depends on it.
  }
}
