import type { ConceptDetail } from "../../../core/concepts/concepts.ts";
import { sanitise } from "../../../core/text/sanitise.ts";
import { Cursor } from "../../cursor.ts";
import { fuzzy } from "../../fuzzy.ts";
import type { KeyPress } from "../../keys.ts";
import { fitHeight, paintLine, type Spans } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import { copyRow, type Copyable, type Pane } from "../../pane.ts";
import { TextField } from "../../text-field.ts";
import type { Theme } from "../../theme.ts";

export type Relationship = ConceptDetail["relationships"][number];

/** How a relationship reads from one of its ends; the order is that of the tree. */
const readings: readonly { type: string; direction: "in" | "out" | "both"; words: string }[] = [
  { type: "PREREQUISITE", direction: "in", words: "needs before it" },
  { type: "PREREQUISITE", direction: "out", words: "opens" },
  { type: "BUILDS_UPON", direction: "out", words: "builds upon" },
  { type: "BUILDS_UPON", direction: "in", words: "is built upon by" },
  { type: "PART_OF", direction: "out", words: "is part of" },
  { type: "PART_OF", direction: "in", words: "has as its parts" },
  // Stored once, read both ways.
  { type: "RELATED_TO", direction: "both", words: "is related to" },
];

/** Neighbours of one kind beyond so many are folded into one line. */
const cap = 10;

interface GroupLine {
  kind: "group";
  words: string;
  type: string;
  count: number;
  depth: number;
}

interface ConceptLine {
  kind: "concept";
  concept: string;
  /** From the root to it, by groups and names: the same concept may stand at several places. */
  path: string;
  depth: number;
  /** Already on the way from the root: unfolding it would lead back. */
  repeated: boolean;
  open: boolean;
}

interface MoreLine {
  kind: "more";
  hidden: number;
  /** The group that it stands for. */
  group: string;
  depth: number;
}

export type TreeLine = GroupLine | ConceptLine | MoreLine;

/**
 * The neighbourhood of one concept as a tree, grouped by relationship and direction. No picture of nodes and lines: those
 * drop names and show relationships that aren't there. Only lines in sight are drawn.
 */
export class ConceptTree implements Pane {
  readonly name = "relationships";
  readonly cursor = new Cursor();
  readonly field = new TextField();
  filtering = false;
  readonly root: string;
  /** Asks for the relationships of a concept that was unfolded. */
  readonly #unfold: (concept: string) => void;
  readonly #known = new Map<string, readonly Relationship[]>();
  readonly #open = new Set<string>();
  readonly #uncapped = new Set<string>();
  #lines: TreeLine[] = [];

  constructor(root: string, unfold: (concept: string) => void) {
    this.root = root;
    this.#unfold = unfold;
  }

  get selected(): TreeLine | undefined {
    return this.#lines[this.cursor.index];
  }

  get length(): number {
    return this.#lines.length;
  }

  /** What a concept is related to has come. */
  set(concept: string, relationships: readonly Relationship[]): void {
    this.#known.set(concept, relationships);
    this.#arrange();
  }

  act(action: string, page: number): boolean {
    const line = this.selected;
    switch (action) {
      case "right":
        if (line?.kind === "concept" && !line.repeated && !line.open) {
          this.#open.add(line.path);
          if (this.#known.has(line.concept)) this.#arrange();
          else this.#unfold(line.concept);
          return true;
        }
        return line?.kind === "more" ? this.showMore() : false;
      case "left": {
        if (line === undefined) return false;
        if (line.kind === "concept" && line.open) {
          this.#open.delete(line.path);
          this.#arrange();
          return true;
        }
        if (line.depth === 0) return false;
        // To what it hangs on.
        let at = this.cursor.index;
        while (at > 0 && (this.#lines[at]?.depth ?? 0) >= line.depth) at -= 1;
        this.cursor.index = at;
        return true;
      }
      case "filter":
        this.filtering = true;
        return true;
      default:
        return this.cursor.move(action, this.#lines.length, page);
    }
  }

  /** Shows a group whole, if the cursor stands on its `+N more`. */
  showMore(): boolean {
    const line = this.selected;
    if (line?.kind !== "more") return false;
    this.#uncapped.add(line.group);
    this.#arrange();
    return true;
  }

  type(press: KeyPress): void {
    if (press === "escape") this.clearFilter();
    else if (press === "enter" || press === "tab") this.filtering = false;
    else if (press === "up" || press === "down") this.cursor.move(press, this.#lines.length, 10);
    else if (this.field.press(press)) {
      this.#arrange();
      // The first match is what was looked for, not the heading above it.
      this.cursor.index = Math.max(0, this.#lines.findIndex(({ kind }) => kind === "concept"));
    }
  }

  clearFilter(): boolean {
    const had = this.filtering || this.field.text !== "";
    this.filtering = false;
    this.field.text = "";
    if (had) this.#arrange();
    return had;
  }

  copyable(): Copyable | undefined {
    const line = this.selected;
    return line?.kind === "concept" ? copyRow(line.concept) : undefined;
  }

  /** `mark` is drawn before each concept, `note` after it. */
  render(theme: Theme, cells: number, height: number, focused: boolean, draw: (concept: string) => { mark: Spans; note: Spans }): string[] {
    const lines: string[] = [];
    const title = this.#lines.length > height - 1 ? `  ${this.cursor.index + 1} of ${this.#lines.length}` : "";
    lines.push(paintLine(theme, [" ", [focused ? ["accent", "bold"] : ["bold"], "Relationships"], ["dim", `  graph${title}`]], cells));
    if (this.filtering || this.field.text !== "") {
      const [before, under, after] = this.field.parts;
      lines.push(paintLine(theme, this.filtering ? [["accent", " /"], before, ["inverse", under], after] : [["accent", ` /${this.field.text}`], ["dim", "  esc clears"]], cells));
    }
    const room = height - lines.length;
    const top = this.cursor.window(this.#lines.length, room);
    for (let place = top; place < Math.min(this.#lines.length, top + room); place += 1) {
      const line = this.#lines[place];
      if (line === undefined) break;
      const selected = focused && place === this.cursor.index;
      lines.push(paintLine(theme, [selected ? ` ${theme.symbols.pointer} ` : "   ", "  ".repeat(line.depth), ...this.#spans(theme, line, draw)], cells, selected ? "inverse" : undefined));
    }
    if (this.#lines.length === 0 && room > 0) lines.push(paintLine(theme, ["   ", ["dim", this.#known.has(this.root) ? (this.field.text === "" ? "no relationship to another concept" : "nothing matches") : "loading…"]], cells));
    return fitHeight(lines, height, cells);
  }

  #spans(theme: Theme, line: TreeLine, draw: (concept: string) => { mark: Spans; note: Spans }): Spans {
    const { symbols } = theme;
    if (line.kind === "group") return [["bold", line.words], ["dim", `  ${line.type}  ${line.count.toLocaleString("en")}`]];
    if (line.kind === "more") return [["accent", `+${line.hidden.toLocaleString("en")} more`], ["dim", "  ⏎ shows them"]];
    const { mark, note } = draw(line.concept);
    const name = sanitise(line.concept);
    const match = this.field.text === "" ? null : fuzzy(this.field.text.trim(), name);
    const fold = line.repeated ? symbols.repeated : line.open ? symbols.unfolded : symbols.folded;
    return [["dim", `${fold} `], ...mark, " ", ...lit(name, match?.positions ?? []), ...(line.repeated ? ([["dim", "  already on the way"]] as Spans) : note)];
  }

  #arrange(): void {
    const before = this.selected;
    const lines: TreeLine[] = [];
    this.#add(lines, this.root, this.root, [this.root], 0);
    this.#lines = lines;
    const identity = (line: TreeLine): string => (line.kind === "concept" ? line.path : line.kind === "more" ? `more ${line.group}` : `${line.words} ${line.depth}`);
    const same = before === undefined ? -1 : lines.findIndex((line) => line.kind === before.kind && identity(line) === identity(before));
    if (same !== -1) this.cursor.index = same;
    this.cursor.index = Math.max(0, Math.min(this.cursor.index, lines.length - 1));
  }

  #add(lines: TreeLine[], concept: string, path: string, way: readonly string[], depth: number): void {
    const relationships = this.#known.get(concept) ?? [];
    const query = depth === 0 ? this.field.text.trim() : "";
    for (const { type, direction, words } of readings) {
      const all = relationships.filter((one) => one.type === type && (direction === "both" || one.direction === direction)).map((one) => one.concept);
      this.#addGroup(lines, { type, words, members: [...new Set(all)] }, path, way, depth, query);
    }
    // Types that another program invented.
    const known = new Set(readings.map(({ type }) => type));
    for (const type of new Set(relationships.map((one) => one.type).filter((one) => !known.has(one)))) {
      for (const direction of ["out", "in"] as const) {
        const members = relationships.filter((one) => one.type === type && one.direction === direction).map((one) => one.concept);
        this.#addGroup(lines, { type, words: direction === "out" ? sanitise(type) : `${sanitise(type)}, from`, members }, path, way, depth, query);
      }
    }
  }

  #addGroup(lines: TreeLine[], { type, words, members }: { type: string; words: string; members: readonly string[] }, path: string, way: readonly string[], depth: number, query: string): void {
    const matching = query === "" ? members : members.filter((name) => fuzzy(query, sanitise(name)) !== null);
    if (matching.length === 0) return;
    const group = `${path}\0${words}`;
    lines.push({ kind: "group", words, type: sanitise(type), count: matching.length, depth });
    const shown = this.#uncapped.has(group) || query !== "" || matching.length <= cap ? matching : matching.slice(0, cap - 1);
    for (const member of shown) {
      const own = `${group}\0${member}`;
      const repeated = way.includes(member);
      const open = !repeated && this.#open.has(own) && this.#known.has(member);
      lines.push({ kind: "concept", concept: member, path: own, depth: depth + 1, repeated, open });
      if (open) this.#add(lines, member, own, [...way, member], depth + 2);
    }
    if (shown.length < matching.length) lines.push({ kind: "more", hidden: matching.length - shown.length, group, depth: depth + 1 });
  }
}
