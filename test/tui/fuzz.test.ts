import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { controlOrBidi } from "../../src/core/text/sanitise.ts";
import { graphemes, width } from "../../src/core/text/width.ts";
import { renderFrame } from "../../src/tui/frame.ts";
import { bindings } from "../../src/tui/keymap.ts";
import { openExplorer, sgr, stripSgr, type Opened } from "../support/explorer.ts";
import { loadGraph, randomGraph, randomNumbers, type LearningGraph, type Size } from "../support/random-graph.ts";
import { openSession } from "../support/seeded.ts";
import { wild, wildTexts } from "../support/wild.ts";

/** For another walk than the usual one, and a longer one. */
const seed = Number(process.env["FUZZ_SEED"] ?? 1);
const steps = Number(process.env["FUZZ_STEPS"] ?? 400);

const rich: Size = { concepts: 60, users: 12, paths: 9, prerequisites: 90, progress: 120, cycles: true };
const one: LearningGraph = {
  concepts: [{ id: "c", name: "only", display_name: null, category: null, difficulty: "Beginner" }],
  users: [{ id: "u", username: "nobody_else", first_name: null, last_name: null }],
  paths: [{ id: "p", title: "The path", difficulty: "Beginner", estimated_hours: null }],
  contains: [],
  progress: [],
  edges: [],
};
const none: LearningGraph = { concepts: [], users: [], paths: [], contains: [], progress: [], edges: [] };

const keys = bindings.filter(({ action }) => action !== "quit" && action !== "interrupt").flatMap((binding) => binding.keys);
/** What people press most: without them hardly any walk gets far into a screen. */
const often = ["down", "down", "up", "enter", "enter", "right", "left", "tab", "tab", "shift-tab", "escape", "pagedown", "G", "/", ":", "s", "1", "2", "3", "4", "5", "6"];

const folder = mkdtempSync(join(tmpdir(), "jeseci-fuzz-"));
const before = process.cwd();
let collect: () => void;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as () => void;
  for (const name of ["EDITOR", "VISUAL", "NO_COLOR", "LC_ALL", "LC_CTYPE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("LANG", "C.UTF-8");
  vi.stubEnv("TERM", "xterm");
  // Exports are written where the program runs.
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Timers and handles of the process by kind. */
function handles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What is there now and was not before, once everything had time to end. */
async function leaked(before: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  for (let tries = 0; ; tries += 1) {
    const more = Object.entries(handles()).flatMap(([kind, count]) => (count > (before[kind] ?? 0) ? [[kind, count - (before[kind] ?? 0)] as const] : []));
    if (more.length === 0 || tries === 50) return Object.fromEntries(more);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What is wrong with a frame; undefined if nothing is. Lines that stood there before are known to be fine. */
function fault(lines: readonly string[], known: ReadonlySet<string>, columns: number, rows: number, ascii: boolean, color: boolean): string | undefined {
  if (lines.length !== rows) return `${lines.length} lines`;
  for (const [row, line] of lines.entries()) {
    if (known.has(line)) continue;
    const text = stripSgr(line);
    // Piece by piece, too: a colour that tears a character apart makes two of it.
    const pieces = line.split(sgr);
    const cells = [width(text), pieces.reduce((sum, piece) => sum + width(piece), 0)];
    if (cells.some((own) => own !== columns)) return `line ${row} has ${cells.join(" or ")} cells: ${JSON.stringify(line)}`;
    if (controlOrBidi.test(text) || pieces.some((piece) => !piece.isWellFormed())) return `line ${row} holds what no line may: ${JSON.stringify(line)}`;
    if (ascii && !/^[\x20-\x7e]*$/.test(text)) return `line ${row} is not ASCII: ${JSON.stringify(line)}`;
    if (!color && /\u001b\[3\d/.test(line)) return `line ${row} has colour: ${JSON.stringify(line)}`;
  }
  return undefined;
}

/** A walk of random keys, windows and pauses, with every frame looked at. */
async function walk(open: () => Opened, random: () => number, { ascii, color }: { ascii: boolean; color: boolean }): Promise<{ halfway: number; end: number }> {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const resize = (): [number, number] => (random() < 0.1 ? [20 + below(50), 5 + below(15)] : [60 + below(161), 16 + below(45)]);
  const heap = async (): Promise<number> => {
    // What a load left behind is let go a few turns later.
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      collect();
    }
    return process.memoryUsage().heapUsed;
  };
  let opened = open();
  let [columns, rows] = [120, 40];
  let known = new Set<string>();
  let halfway = 0;
  const done: string[] = [];
  const look = (what: string): void => {
    done.push(what);
    const lines = renderFrame(opened.own, columns, rows);
    const wrong = fault(lines, known, columns, rows, ascii, color);
    if (wrong !== undefined) throw new Error(wrong);
    known = new Set(lines);
  };
  try {
    let connecting = opened.own.connect();
    look("start");
    for (let step = 0; step < steps; step += 1) {
      if (step === Math.floor(steps / 2)) halfway = await heap();
      if (opened.ended.length > 0) {
        // The command list can quit, too: that explorer is over, and another one begins.
        await connecting;
        opened = open();
        connecting = opened.own.connect();
      }
      if (random() < 0.08) {
        [columns, rows] = resize();
        known = new Set();
      }
      const chance = random();
      if (chance < 0.5) {
        const key = pick(often);
        opened.own.press(key);
        look(key);
      } else if (chance < 0.8) {
        const key = pick(keys);
        opened.own.press(key);
        look(key);
      } else {
        // Text, or a paste: it comes grapheme by grapheme, as from the keyboard.
        const text = chance < 0.92 ? pick([..."aceinorst _-1"]) : pick(wildTexts).slice(0, 16).toWellFormed();
        for (const press of graphemes(text).filter((character) => !/[\u0000-\u001fq]/.test(character))) {
          opened.own.press(press);
          look(press);
        }
      }
      if (random() < 0.3) {
        await new Promise((resolve) => setTimeout(resolve, below(12)));
        look("a pause");
      }
    }
    await connecting;
    opened.own.end(0);
    const end = await heap();
    return { halfway, end };
  } catch (error) {
    opened.own.end(1);
    throw new Error(`${(error as Error).message}\nafter ${done.length} looks at ${columns}×${rows}, the last keys: ${done.slice(-40).join(" ")}`, { cause: error });
  }
}

test.each([
  { data: "names of every kind", graph: (own: number) => wild(own, randomGraph(own, rich)), ascii: false, color: true },
  { data: "names of every kind, in ASCII", graph: (own: number) => wild(own, randomGraph(own, rich)), ascii: true, color: false },
  { data: "a dense graph with cycles, without colour", graph: (own: number) => wild(own, randomGraph(own, { ...rich, concepts: 20, prerequisites: 120 })), ascii: false, color: false },
  { data: "one row in each table", graph: () => one, ascii: false, color: true },
  { data: "nothing in any table", graph: () => none, ascii: true, color: true },
])(`random keys and windows never break a frame, with $data (seed ${seed})`, async ({ graph, ascii, color }) => {
  const atFirst = handles();
  const temporary = await openSession();
  try {
    await loadGraph(temporary.databases, graph(seed));
    const { halfway, end } = await walk(() => openExplorer(temporary, { ascii, color }), randomNumbers(seed), { ascii, color });
    expect(end - halfway).toBeLessThan(20_000_000);
  } finally {
    await temporary.close();
  }
  expect(await leaked(atFirst)).toEqual({});
}, 120_000);
