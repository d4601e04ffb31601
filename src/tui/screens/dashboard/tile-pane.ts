import type { Dashboard } from "../../../core/dashboard/dashboard.ts";
import { copyRow, type Copyable, type Pane } from "../../pane.ts";
import { tiles, type Tile } from "./tiles.ts";

/** The row of numbers: one of them has the focus. */
export class TilePane implements Pane {
  readonly name = "tiles";
  readonly filtering = false;
  index = 0;
  #tiles: readonly Tile[] = [];

  get tiles(): readonly Tile[] {
    return this.#tiles;
  }

  get selected(): Tile | undefined {
    return this.#tiles[this.index];
  }

  set(data: Dashboard): void {
    this.#tiles = tiles(data);
  }

  act(action: string): boolean {
    const last = Math.max(0, this.#tiles.length - 1);
    const to: Partial<Record<string, number>> = { left: this.index - 1, right: this.index + 1, up: this.index, first: 0, last };
    const target = to[action];
    if (target === undefined) return false;
    this.index = Math.max(0, Math.min(last, target));
    return true;
  }

  type(): void {
    // Nothing is typed here.
  }

  clearFilter(): boolean {
    return false;
  }

  copyable(): Copyable | undefined {
    const { selected } = this;
    return selected === undefined ? undefined : { cell: selected.value, row: copyRow(selected.title, selected.value, selected.origin).row };
  }
}
