/** A selection in a list with a window that follows it. */
export class Cursor {
  index = 0;
  top = 0;

  /** Moves by an action of the keymap; false if it is none. */
  move(action: string, total: number, page: number): boolean {
    const last = Math.max(0, total - 1);
    const to: Partial<Record<string, number>> = { up: this.index - 1, down: this.index + 1, pageUp: this.index - page, pageDown: this.index + page, first: 0, last };
    const target = to[action];
    if (target === undefined) return false;
    this.index = Math.max(0, Math.min(last, target));
    return true;
  }

  /** The first visible row, so that the selection is in sight. */
  window(total: number, height: number): number {
    this.index = Math.max(0, Math.min(this.index, total - 1));
    if (this.index < this.top) this.top = this.index;
    if (this.index >= this.top + height) this.top = this.index - height + 1;
    this.top = Math.max(0, Math.min(this.top, total - height));
    return this.top;
  }
}
