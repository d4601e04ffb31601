import { cellsOf } from "../../scripts/svg.ts";
import type { App } from "./program.ts";

const patienceMs = 20_000;

/** A load that runs, in the words of every screen; what is still missing then would be missed by the next key. */
const busy = /(?:loading|refreshing|opening the databases|arranging|would do|would be done|writing|comparing|repairing|reading both sides)[…~]/;

/** The header's verdict: the last thing that the start of the program shows. */
const started = /(?:in sync|differs|differences?|not compared) [·-] /;

/** The title of an overlay in its frame. */
const overlay = (title: string): RegExp => new RegExp(`^ *[╭+][─-] ${title} [─-]`, "m");

/**
 * What a person does in the explorer, told in one go: `await explorer(app).paths().select("Data Science Track").open()`.
 * Steps are kept until the story is awaited; each waits for the screen to show what it needs before it presses a key, so
 * that no story depends on how fast the databases are.
 */
export class Story implements PromiseLike<App> {
  readonly #app: App;
  #steps: (() => Promise<unknown>)[] = [];
  #running: Promise<unknown> = Promise.resolve();
  /** A name was selected and not yet gone into. */
  #selected = false;

  constructor(app: App) {
    this.#app = app;
    this.#then(() => app.sees(started, 60_000));
  }

  /** Steps that nobody has awaited yet. */
  get untold(): number {
    return this.#steps.length;
  }

  // A story ends with the program that it is about, so that a test can go on with it.
  then<A = App, B = never>(told?: ((app: App) => A | PromiseLike<A>) | null, failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
    for (const step of this.#steps.splice(0)) this.#running = this.#running.then(step);
    return this.#running.then(() => this.#app).then(told, failed);
  }

  dashboard(): this {
    return this.#screen("1", /Welcome back/);
  }

  paths(): this {
    return this.#screen("2", /Learning paths/);
  }

  shared(): this {
    return this.#screen("3", /Shared by \d+ paths or more|Concepts of any path/);
  }

  recommendations(): this {
    return this.#screen("4", /Next concepts.*Paths.*Route to a goal/);
  }

  queries(): this {
    return this.#screen("5", /concept-difficulty|gatekeepers/);
  }

  consistency(): this {
    return this.#screen("6", /deep check/);
  }

  /** Filters the list in focus by a name and stands on it; the filter stays, as it does for a person. */
  select(name: string): this {
    return this.#then(async () => {
      await this.#select(name);
      this.#selected = true;
    });
  }

  /** Goes into what is selected. With a name, to that name: right after a `select`, in what was selected there. */
  open(name?: string): this {
    return this.#then(async () => {
      if (name === undefined || this.#selected) await this.#press("enter");
      this.#selected = false;
      if (name === undefined) return;
      await this.#select(name);
      await this.#press("enter");
    });
  }

  /** One step out: a load, an overlay, the filter, a pane, a view. */
  back(): this {
    return this.press("escape");
  }

  /** So many panes on. */
  tab(times = 1): this {
    return this.press(...Array.from({ length: times }, () => "tab"));
  }

  /** Down a list, from its top, until the cursor stands on a name: for lists without a filter, or whose order is the databases' own. */
  moveTo(name: string): this {
    return this.#then(async () => {
      this.#selected = false;
      await this.#press("g");
      await this.#moveDownTo(name);
    });
  }

  /** Keys by name, or text to type: each once the screen shows what the one before did. */
  press(...keys: string[]): this {
    return this.#then(async () => {
      this.#selected = false;
      for (const key of keys) await this.#press(key);
    });
  }

  /** Chooses something from the command list by typing it. */
  command(text: string): this {
    return this.#choose(":", "Commands", text);
  }

  /** Opens the form of a write, by its name in the list. */
  write(name: string): this {
    return this.#choose("W", "Write", name).sees("⏎ preview");
  }

  user(name: string): this {
    return this.#choose("u", "User", name).sees(`user ${name}`);
  }

  sees(...wanted: (string | RegExp)[]): this {
    return this.#then(async () => {
      for (const one of wanted) await this.#app.sees(one, patienceMs);
    });
  }

  seesNo(...unwanted: string[]): this {
    return this.#then(async () => {
      for (const one of unwanted) await this.#app.seesNo(one);
    });
  }

  /** What stands under the cursor, in the pane that has the focus. */
  stands(on: string): this {
    return this.#then(() => this.#until(() => this.#standsOn(on), () => `the cursor on “${on}”, but it is on ${JSON.stringify(this.#lit())}`));
  }

  /** What the terminal was asked to put into its clipboard last. */
  copied(wanted: string | RegExp): this {
    const last = (): string => Buffer.from([...this.#app.raw.matchAll(/\u001b\]52;c;([A-Za-z0-9+/=]*)\u0007/g)].at(-1)?.[1] ?? "", "base64").toString();
    return this.#then(() => this.#until(() => (typeof wanted === "string" ? last() === wanted : wanted.test(last())), () => `${typeof wanted === "string" ? JSON.stringify(wanted) : String(wanted)} in the clipboard, which holds ${JSON.stringify(last())}`));
  }

  /** The header is the first line and the keys are the last one: a line too wide would have wrapped and pushed one of them out. */
  fits(): this {
    return this.#then(async () => {
      await this.#rests();
      const { alternate, lines, terminal } = this.#app;
      if (!alternate || terminal.buffer.active.baseY !== 0 || !lines[0]?.includes("jeseci") || !/q quit|esc/.test(lines.at(-1) ?? "")) {
        throw new Error(`does not fit into ${terminal.cols}×${terminal.rows}:\n${lines.join("\n")}`);
      }
    });
  }

  /** Something that only this story does or looks at. */
  and(work: (app: App) => unknown): this {
    return this.#then(async () => {
      await this.#rests();
      await work(this.#app);
    });
  }

  /** `q`: the program ends by itself, and well. */
  quits(): this {
    return this.#then(async () => {
      this.#app.press("q");
      const code = await this.#app.ends();
      if (code !== 0) throw new Error(`ended with ${code}`);
    });
  }

  #then(step: () => unknown): this {
    this.#steps.push(async () => step());
    return this;
  }

  #screen(key: string, landmark: RegExp): this {
    return this.#then(async () => {
      this.#selected = false;
      await this.#rests();
      this.#app.press(key);
      await this.#app.sees(landmark, patienceMs);
      await this.#rests();
    });
  }

  #choose(key: string, title: string, text: string): this {
    return this.#then(async () => {
      this.#selected = false;
      await this.#rests();
      this.#app.press(key);
      await this.#app.sees(overlay(title), patienceMs);
      this.#app.press(text);
      // Names from the databases come a little after the list itself.
      await this.#until(() => this.#lit().some((line) => line.startsWith(text)), `“${text}” to choose`);
      this.#app.press("enter");
      await this.#until(() => !overlay(title).test(this.#app.screen), `the list “${title}” gone`);
      await this.#rests();
    });
  }

  async #select(name: string): Promise<void> {
    await this.#rests();
    this.#app.press("/");
    await this.#app.sees("type to filter", patienceMs);
    this.#app.press(name);
    await this.#app.sees(`/${name}`, patienceMs);
    this.#app.press("enter");
    await this.#app.seesNo("type to filter");
    await this.#rests();
    // Headings stand before names.
    await this.#moveDownTo(name);
  }

  /** A late frame is waited for before the next key; should the cursor have gone too far all the same, it begins at the top again. */
  async #moveDownTo(name: string): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) {
      if (tries > 0) await this.#press("g");
      for (let line = 0; line < 30 && !this.#standsOn(name); line += 1) {
        const before = this.#cursor();
        await this.#press("down");
        // Where nothing moves any more the list has ended.
        if (!(await comes(() => this.#cursor() !== before, 2_000))) break;
      }
      if (await comes(() => this.#standsOn(name), 1_000)) return;
    }
    await this.#until(() => this.#standsOn(name), `“${name}” in the list`);
  }

  /** A key, and whatever it shows. Some show nothing. */
  async #press(key: string): Promise<void> {
    await this.#rests();
    const before = this.#app.raw.length;
    const letter = /^ctrl-([a-z])$/.exec(key)?.[1];
    this.#app.press(letter === undefined ? key : String.fromCharCode(letter.charCodeAt(0) - 96));
    for (let waited = 0; waited < 500 && this.#app.raw.length === before; waited += 10) await pause(10);
    // Escape is told from the beginning of another key by the silence after it.
    await this.#rests();
  }

  /** Nothing is loading, and the last frame is whole. */
  async #rests(): Promise<void> {
    await this.#until(() => !busy.test(this.#app.screen), "the end of loading");
    await this.#app.settles(60);
    await this.#until(() => !busy.test(this.#app.screen), "the end of loading");
  }

  /** Rows, or parts of them, that are drawn inverse. */
  #lit(): string[] {
    return this.#inverse().filter((text) => text !== "");
  }

  /** What is lit, and in which rows: names can be the same. */
  #cursor(): string {
    return this.#inverse().join("\n");
  }

  #inverse(): string[] {
    return cellsOf(this.#app.terminal).map((row) => row.filter(({ style }) => style.includes("inverse")).map(({ text }) => text).join("").trim());
  }

  #standsOn(name: string): boolean {
    return this.#lit().some((text) => text.includes(name));
  }

  async #until(condition: () => boolean, what: string | (() => string)): Promise<void> {
    for (const until = Date.now() + patienceMs; !condition(); await pause(20)) {
      if (Date.now() > until || this.#app.exitCode !== undefined) throw new Error(`waited for ${typeof what === "string" ? what : what()}; the screen is:\n${this.#app.screen}\nexit code: ${String(this.#app.exitCode)}`);
    }
  }
}

/** Whether it comes within a time. */
async function comes(condition: () => boolean, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; !condition(); await pause(20)) if (Date.now() > until) return false;
  return true;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Begins a story about a program that was just started, or goes on with one. */
export function explorer(app: App): Story {
  return new Story(app);
}
