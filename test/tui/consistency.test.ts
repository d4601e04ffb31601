import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { check } from "../../src/core/consistency/check.ts";
import type { PastCheck } from "../../src/core/consistency/history.ts";
import { projectAll } from "../../src/core/sync/project.ts";
import { controlOrBidi } from "../../src/core/text/sanitise.ts";
import { width } from "../../src/core/text/width.ts";
import { DatabaseError } from "../../src/databases/errors.ts";
import type { Spans } from "../../src/tui/lines.ts";
import type { ExplorerOptions } from "../../src/tui/options.ts";
import type { Backend } from "../../src/tui/screen.ts";
import { checkDetails, checkLines } from "../../src/tui/screens/consistency/past-lines.ts";
import { tooMany } from "../../src/tui/screens/consistency/repairing.ts";
import type { ConsistencyScreen } from "../../src/tui/screens/consistency/screen.ts";
import { connected, openExplorer, type Opened } from "../support/explorer.ts";
import { openDemo, openSession, type TemporarySession } from "../support/seeded.ts";

let demo: TemporarySession;
let at: Opened;
beforeAll(async () => void (demo = await openDemo()));
afterAll(() => demo.close());
afterEach(() => {
  at.own.end(0);
  vi.useRealTimers();
});

const graph = (statement: string, parameters = {}): Promise<unknown> => demo.databases.graph.write((transaction) => transaction.query(`${statement} RETURN 1 AS done`, parameters));
const cavin = "MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'})";
const edit = (): Promise<unknown> => graph(`${cavin} SET r.progress_percent = 57`);
const remove = (): Promise<unknown> => graph("MATCH (:LearningPath {title: 'Data Science Track'})-[r:CONTAINS]->(:Concept {name: 'statistics'}) DELETE r");
const add = (name = "astrology"): Promise<unknown> => graph("CREATE (:Concept {concept_id: $id, name: $name})", { id: `id of ${name}`, name });

/** A screen on databases that are the same; it has seen so itself. */
const open = async (more: Partial<ExplorerOptions> = {}, temporary = demo): Promise<Opened> => {
  at = await connected(temporary, { screen: "consistency", user: "cavin_admin", ...more });
  await at.sees(/in sync .*deep check/);
  return at;
};
const settings = (more: Partial<ExplorerOptions["settings"]>): { settings: ExplorerOptions["settings"] } => ({ settings: { ...openExplorer(demo).own.options.settings, ...more } });
const screen = (): ConsistencyScreen => at.tab<ConsistencyScreen>(6);
const line = (text: string, frame = at.frame()): string => frame.split("\n").find((candidate) => candidate.includes(text)) ?? "";

describe("two databases that are the same", () => {
  beforeEach(async () => {
    await demo.databases.graph.write((transaction) => transaction.query("MATCH (c:Concept) WHERE c.concept_id STARTS WITH 'id of ' DETACH DELETE c"));
    await projectAll(demo.databases);
  });

  test("on entering, what is little is compared; the verdict tells when, how long and how much", async () => {
    await open();
    expect(line("deep check")).toMatch(/✔ in sync +deep check · \d s ago · took [\d.]+ m?s · 58 rows and 58 in the graph compared/);
    expect(line(" progress ")).toMatch(/progress +23 +23 +· +· +· +·/);
    expect(line("all ")).toMatch(/▸ all +58 +58 +·/);
    expect(at.frame()).toContain("no differences");
    // The check is recorded like one of the command line.
    at.press("H");
    expect(await at.sees("Past checks")).toMatch(/deep +✔ in sync +\S+ m?s +58 SQL · 58 graph/);
  });

  test("where there is much, only counts and sums are compared until r asks for more", async () => {
    at = openExplorer(demo, { screen: "consistency" });
    Object.defineProperty(screen().deep, "quick", { value: false });
    await at.own.connect();
    expect(at.frame()).toMatch(/✔ counts and sums agree +fast check · \d s ago/);
    expect(at.frame()).toMatch(/progress +23 +23 +\? +\? +\? +\?/);
    expect(at.frame()).toContain("r compares every row with the graph");
    // Nor does anything but a person begin one.
    screen().refresh();
    expect(screen().deep.begun).toBe(false);
    at.press("p");
    expect(at.frame()).toContain("nothing was compared yet: r runs a deep check");
    at.press("r");
    await at.sees(/✔ in sync +deep check/);
    // Another explorer on these databases knows when that was, before it has compared anything.
    const { records } = at.own.options.settings;
    at.own.end(0);
    at = openExplorer(demo, { screen: "consistency", ...settings({ records }) });
    Object.defineProperty(screen().deep, "quick", { value: false });
    await at.own.connect();
    await at.sees(/counts and sums agree .*last deep check: in sync · \d s ago/);
  });

  test("a fast check tells which counts and sums differ, and calls nothing in sync that marks on their way may hide", async () => {
    // One that only reads carries no marks over.
    const unasked = async (): Promise<string> => {
      at = openExplorer(demo, { screen: "consistency", ...settings({ readOnly: true }) });
      Object.defineProperty(screen().deep, "quick", { value: false });
      await at.own.connect();
      return at.frame();
    };
    await edit();
    await add();
    expect(await unasked()).toMatch(/✖ counts or sums differ [^\n]*\n +count of concept \(SQL 9, graph 10\), sum of progress\.progress_percent \(SQL 1,\d{3}, graph 1,\d{3}\) *\n/);
    expect(at.frame(80, 24)).toContain("count of concept (SQL 9, graph 10)");
    expect(at.frame().split("\n")[0]).toContain("✖ differs · ");
    at.own.end(0);
    await graph("MATCH (c:Concept {name: 'astrology'}) DELETE c");
    await demo.databases.sql.write((transaction) => transaction.query("UPDATE user_concept_progress SET status = status WHERE progress_percent = 75"));
    const open = await unasked();
    expect(open).toMatch(/▲ no difference but what may be on its way +fast check/);
    expect(open).toMatch(/· counts or sums differ by no more than [^\n]*sum of progress\.progress_percent/);
    expect(open.split("\n")[0]).toMatch(/▲ no known difference · .*▲ 1 pending/);
    expect(at.frame(80, 24).split("\n")[0]).not.toContain("in sync");
  });

  describe("and then no more", () => {
    test("what, where, why, since when, which fields and what a repair would do", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      expect(line(" progress ")).toMatch(/progress +23 +23 +· +· +1 +·/);
      const frame = at.frame();
      expect(frame).toMatch(/cavin_admin → data_structures {2}progress {2}different/);
      expect(frame).toMatch(/edited in the graph: the row is unchanged since the clean check of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, the /);
      expect(frame).toMatch(/progress_percent +SQL 75 +graph 57/);
      expect(frame).toContain("repair: set progress_percent: 57 → 75");
      expect(frame).toMatch(/first seen \d s ago/);
    });

    test("the header knows what only a deep check can see, also after the next comparison of counts", async () => {
      await open();
      await graph("MATCH (c:Concept {name: 'algorithms'}) SET c.domain = 'elsewhere'");
      at.press("r");
      await at.sees("domain");
      await at.own.background.run();
      expect(at.frame().split("\n")[0]).toContain("✖ 1 difference · ");
      await projectAll(demo.databases);
      at.press("r");
      await at.sees(/✔ in sync +deep check/);
      expect(at.frame().split("\n")[0]).toContain("✔ in sync");
    });

    test("a list with a large integer is shown like any other value, and can be repaired", async () => {
      await open();
      await graph("MATCH (u:User {username: 'cavin_admin'}) SET u.first_name = [9007199254740993, 2]");
      at.press("r");
      await at.sees("first_name: [9007199254740993, 2] → “Cavin”");
      at.press("tab", "enter");
      await at.sees(/✖ first_name +“Cavin” +\[9007199254740993, 2\]/);
      at.press("escape", "p");
      await at.sees(/first_name \[9007199254740993, 2\] → first_name “Cavin”/);
    });

    test("an entity narrows the differences to its own, and so does the filter", async () => {
      await open();
      await Promise.all([edit(), remove(), add()]);
      at.press("r");
      await at.sees("✖ 3 differences");
      expect(line("all ")).toMatch(/all +58 +58 +1 +1 +1/);
      at.press("j");
      expect(at.frame()).toContain("Differences of concept");
      expect(screen().findings.items.map(({ key }) => key)).toEqual(["astrology"]);
      at.press("j");
      expect(at.frame()).toContain("no differences of user");
      at.press("g", "tab", "/", ..."track missing", "enter");
      expect(screen().findings.length).toBe(1);
      expect(at.frame()).toMatch(/▸ Data Science Track → statistics +missing in graph/);
      at.press("escape", "o", "o");
      expect(at.frame()).toContain("by kind ↑");
      expect(screen().findings.selected?.key).toBe("Data Science Track → statistics");
    });

    test("⏎ shows all fields of both sides", async () => {
      await open();
      await Promise.all([edit(), add()]);
      at.press("r");
      await at.sees("✖ 2 differences");
      at.press("tab", "enter");
      await at.sees(/SQL \(not there\) +graph/);
      expect(at.frame()).toMatch(/name +“astrology”/);
      at.press("escape", "j", "enter");
      await at.sees(/field +SQL +graph/);
      expect(at.frame()).toMatch(/ {2}status +“in_progress” +“in_progress”/);
      expect(at.frame()).toMatch(/✖ progress_percent +75 +57/);
      at.press("y");
      expect(at.copied()).toBe("cavin_admin → data_structures");
      at.press("escape");
      expect(at.own.overlay).toBeUndefined();
      at.press("Y");
      expect(at.copied()).toMatch(/^cavin_admin → data_structures\tprogress\tdiffering\tedited_in_graph\tprogress_percent: SQL 75, graph 57\t/);
    });

    test("e gives the findings and the command that prints them", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      at.press("e");
      expect(at.frame()).toContain("jeseci check --json");
      const what = screen().exportable();
      expect(what?.json()).toMatchObject({ in_sync: false, findings_total: 1, changed: { came: { count: 1 }, went: { count: 0 } } });
      expect(what?.rows).toEqual([["progress", "cavin_admin → data_structures", "differing", "edited_in_graph", ["progress_percent"], "set progress_percent: 57 → 75"]]);
      at.press("escape", "s");
      expect(at.frame()).toContain("a check reads every table");
    });

    test("a repair shows its whole plan, asks for the number of deletions, mends, and compares again", async () => {
      await open();
      await Promise.all([edit(), remove(), add()]);
      at.press("r");
      await at.sees("✖ 3 differences");
      at.press("R");
      const plan = await at.sees("3 changes of the graph: 1 create, 1 update, 1 delete");
      expect(plan).toMatch(/delete +concept astrology [^\n]*\n[^\n]*name “astrology”[\s\S]*create +path_concept Data Science Track → statistics [^\n]*\n[^\n]*sequence_order 2[\s\S]*update +progress cavin_admin → data_structures [^\n]*\n[^\n]*progress_percent 57 → progress_percent 75/);
      at.press("enter");
      expect(at.frame()).toContain("type their number, 1, to go on");
      at.press("x", "2", "enter");
      expect(at.frame()).toContain("type their number, 1, to go on");
      expect((await check(demo.session)).findings_total).toBe(3);
      at.press("backspace", "1", "enter");
      await at.sees("3 mended; in sync");
      expect(at.own.overlay).toBeUndefined();
      expect((await check(demo.session)).findings).toEqual([]);
      await at.sees(/✔ in sync +deep check/);
      // What was mended is in the history, too.
      at.press("H");
      const history = await at.sees("Past checks and repairs");
      expect(history).toMatch(/repair {2}3 mended {2}by \S+@\S+[^\n]*\n[^\n]* delete concept astrology[^\n]*\n[^\n]* create path_concept Data Science Track → statistics[^\n]*\n[^\n]* update progress cavin_admin → data_structures: progress_percent 57 → progress_percent 75/);
      // The check that found it, the repair, the check after it: newest first.
      expect(history).toMatch(/✔ in sync[\s\S]* repair [\s\S]*✖ 3 differences/);
      expect(history).toMatch(/✔ in sync[^\n]*\n[^\n]* - only in graph: concept astrology/);
      expect(history).toMatch(/✖ 3 differences[^\n]*\n[^\n]* \+ only in graph: concept astrology/);
    });

    test("a past check opens to all that it found, a past repair to what it did, and esc leads back to the list", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      await remove();
      at.press("r");
      await at.sees("✖ 2 differences");
      at.press("R");
      await at.sees("⏎ writes this to the graph");
      at.press("enter");
      await at.sees("2 mended; in sync");
      at.press("H");
      const list = await at.sees("Past checks and repairs");
      expect(list).toMatch(/▸ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}deep {2}✔ in sync/);
      at.press("j", "enter");
      expect(at.frame()).toMatch(/ Repair of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d by \S+@\S+ [\s\S]*2 mended[\s\S]*create +path_concept Data Science Track → statistics[\s\S]*update +progress cavin_admin → data_structures[^\n]*\n[^\n]* progress_percent 57 → progress_percent 75/);
      at.press("escape", "j", "enter");
      const found = at.frame();
      expect(found).toMatch(/ Deep check of \d{4}-\d\d-\d\d [\s\S]*✖ 2 differences {2}took [\d.]+ m?s · 58 SQL · 57 graph/);
      expect(found).toMatch(/\+ missing in graph {2}Data Science Track → statistics[^\n]*\n[^\n]* path_concept · deleted in the graph · new /);
      expect(found).toMatch(/ {2}different {9}cavin_admin → data_structures[^\n]*\n[^\n]* progress · edited in the graph · since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d /);
      at.press("enter");
      expect(at.frame()).toMatch(/Past checks and repairs[\s\S]*▸ [^\n]*✖ 2 differences/);
      at.press("g", "enter");
      expect(at.frame()).toMatch(/nothing differed[\s\S]*since the check before it these went:[^\n]*\n[^\n]* - missing in graph: path_concept Data Science Track → statistics/);
      at.press("q", "H");
      expect(at.own.overlay).toBeUndefined();
    });

    test("without deletions ⏎ is enough, and esc leaves everything as it is", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      at.press("R");
      await at.sees("⏎ writes this to the graph");
      at.press("escape");
      expect((await check(demo.session)).findings_total).toBe(1);
      at.press("R");
      await at.sees("⏎ writes this to the graph");
      at.press("enter");
      await at.sees("1 mended; in sync");
    });

    test("a plan that is to be carried out is made of no old check", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      Object.defineProperty(screen().deep, "age", { value: 61_000 });
      await remove();
      at.press("R");
      await at.sees("2 changes of the graph: 1 create, 1 update");
    });

    test("nor of a new one that was cut, for the same reason as of an old one", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      Object.defineProperty(screen().deep, "age", { value: 61_000 });
      const backend = at.own.backend as Backend;
      at.own.backend = {
        ...backend,
        recordedCheck: async (...given) => {
          const { report, history } = await backend.recordedCheck(...given);
          return { report: { ...report, findings_total: 12_000, truncated: true }, history };
        },
      };
      at.press("R");
      await at.sees(/12,000 differences are more than the 10,000 that are repaired from here/);
      expect(at.frame()).not.toContain("⏎ writes this to the graph");
      at.press("escape");
      expect(screen().reason("repair")).toBe(tooMany({ findings_total: 12_000 }));
    });

    test("a repair that fails is told, and what is there now", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      at.own.backend = { ...(at.own.backend as Backend), applyRepair: () => Promise.reject(new DatabaseError("cannot-connect", "sql", "connection lost", { hint: "look after it" })) };
      at.press("R");
      await at.sees("⏎ writes this to the graph");
      at.press("enter");
      await at.sees(/connection lost[\s\S]*look after it[\s\S]*each key is mended or as it was before/);
      at.press("escape");
      expect(at.own.overlay).toBeUndefined();
    });

    test("several of one key stand beside the row", async () => {
      await open();
      await graph("MATCH (p:LearningPath {title: 'Data Science Track'}), (c:Concept {name: 'statistics'}) CREATE (p)-[:CONTAINS {sequence_order: 9}]->(c)");
      at.press("r");
      await at.sees("✖ 1 difference ");
      expect(line("missing in graph")).toMatch(/different +duplicate +in flight/);
      expect(line(" path_concept ")).toMatch(/path_concept +15 +16 +· +· +· +1 +·/);
      at.press("tab", "enter");
      await at.sees(/SQL +graph, 1 of 2 +graph, 2 of 2/);
      expect(at.frame()).toMatch(/✖ sequence_order +2 +(?:2 +9|9 +2)/);
      at.press("escape", "R");
      await at.sees("1 change of the graph: 1 replace");
      at.press("enter");
      await at.sees("1 mended; in sync");
    });

    test("what a repair refuses is told, and nothing is asked", async () => {
      await open();
      await add();
      await graph("MATCH (a:Concept {name: 'astrology'}), (c:Concept {name: 'statistics'}) CREATE (a)-[:PREREQUISITE]->(c)");
      at.press("r");
      await at.sees("✖ 1 difference ");
      at.press("R");
      await at.sees(/nothing that a repair would do +1 refused/);
      expect(at.frame()).toMatch(/✖ refused concept {2}graph owned relationships · 1 [^\n]*\n[^\n]*jeseci concept delete NAME --cascade[\s\S]*astrology/);
      at.press("enter");
      expect(at.own.overlay).toBeUndefined();
      expect((await check(demo.session)).findings_total).toBe(1);
    });

    test("a preview is only looked at", async () => {
      await open();
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      at.press("p");
      await at.sees(/What a repair would do[\s\S]*1 change of the graph: 1 update/);
      at.press("enter");
      expect(at.own.overlay).toBeUndefined();
      expect((await check(demo.session)).findings_total).toBe(1);
    });

    test("an explorer that only reads says what it needs to repair, and previews all the same", async () => {
      await open(settings({ readOnly: true, production: true }));
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      expect(at.frame().split("\n").at(-1)).not.toContain("R repair");
      at.press("R");
      expect(at.frame()).toContain("read-only: this profile is PRODUCTION; start with --write to repair");
      expect(at.own.overlay).toBeUndefined();
      at.press(":", ..."make the graph");
      expect(at.frame()).toMatch(/Repair: make the graph as the rows say.* read-only: this profile is PRODUCTION/);
      at.press("escape", "escape", "p");
      await at.sees("1 change of the graph: 1 update");
    });

    test("on a profile that is marked production the repair says so", async () => {
      await open({ profile: "live", ...settings({ production: true }) });
      await edit();
      at.press("r");
      await at.sees("✖ 1 difference ");
      at.press("R");
      await at.sees("this writes to live, which is PRODUCTION");
    });

    test.each([
      [80, 24],
      [120, 40],
      [200, 50],
    ])("at %i×%i every line fits, and what matters is there", async (columns, rows) => {
      await open();
      await Promise.all([edit(), remove(), add("\u001b[31mevil\u202e 👨‍👩‍👧‍👦 ".repeat(9))]);
      at.press("r");
      await at.sees("✖ 3 differences");
      at.press("tab", "G");
      const frame = at.frame(columns, rows);
      expect(frame).toMatch(/✖ 3 differences[\s\S]*missing in graph +only in graph +different[\s\S]*cavin_admin → data_structures[\s\S]*progress_percent +SQL 75 +graph 57/);
      // What is less urgent goes first.
      expect(frame.includes("in flight")).toBe(columns > 80);
      const frames = [frame];
      for (const key of ["g", "enter", "escape", "p", "escape", "H"]) {
        at.press(key);
        await at.sees(key === "enter" ? /SQL \(not there\)/ : key === "p" ? "of the graph:" : key === "H" ? "Past checks" : "✖ 3 differences");
        frames.push(at.frame(columns, rows));
      }
      at.press("enter");
      frames.push(at.frame(columns, rows));
      expect(frames.at(-1)).toMatch(/✖ 3 differences {2}took [\s\S]*\+ only in graph +\ufffd\[31mevil\ufffd 👨‍👩‍👧‍👦 [\s\S]* concept · edited in the graph · new/);
      for (const text of frames.flatMap((one) => one.split("\n"))) {
        expect(width(text), text).toBe(columns);
        expect(controlOrBidi.test(text), text).toBe(false);
      }
    });

    test("in ASCII", async () => {
      await open({ ascii: true });
      await edit();
      at.press("r");
      await at.sees("x 1 difference ");
      expect(at.frame(120, 40)).toMatch(/^[\x20-\x7e\n]*$/);
      expect(at.frame(120, 40)).toMatch(/> all +58 +58 +- +- +1/);
    });
  });
});

describe("a deep check", () => {
  /** A check that is as long as the test wants it to be. */
  const slow = (): { signals: AbortSignal[] } => {
    const signals: AbortSignal[] = [];
    at.own.backend = {
      ...(at.own.backend as Backend),
      recordedCheck: (_session, _records, { signal, onProgress } = {}) => {
        if (signal !== undefined) signals.push(signal);
        onProgress?.({ step: "progress", done: 250_000, total: 1_000_000 });
        return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new DatabaseError("cancelled", "sql", "cancelled"))));
      },
    };
    return { signals };
  };
  beforeEach(() => projectAll(demo.databases));

  test("shows how far it is, and esc ends it on the server; what was known stays", async () => {
    await open();
    const { signals } = slow();
    at.press("r");
    expect(at.frame()).toMatch(/comparing progress +█{6}░{18} +250,000 of 1,000,000 +esc cancels/);
    at.press("r");
    expect(signals).toHaveLength(1);
    at.press("escape");
    expect(signals[0]?.aborted).toBe(true);
    await at.sees("cancelled");
    expect(at.frame()).toMatch(/✔ in sync +deep check/);
    expect(at.frame()).not.toContain("comparing");
  });

  test("ends with the program", async () => {
    await open();
    const { signals } = slow();
    at.press("r", "q");
    expect(at.ended).toEqual([0]);
    expect(signals[0]?.aborted).toBe(true);
  });

  test("w repeats it every 30 s, until the screen is left", async () => {
    await open();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    at.press("w");
    expect(line("deep check")).toContain("watching, every 30 s");
    // No `vi.waitFor`: it would move the interval on. Only that is faked, so that this waits for real.
    while (screen().deep.resource.loading) await new Promise((resolve) => setTimeout(resolve, 5));
    await edit();
    vi.advanceTimersByTime(29_000);
    expect(screen().deep.resource.loading).toBe(false);
    vi.advanceTimersByTime(1_000);
    await at.sees("✖ 1 difference ");
    at.press("1", "6");
    expect(screen().deep.watching).toBe(false);
    expect(at.frame()).not.toContain("watching, every");
    at.press("w", "w");
    expect(screen().deep.watching).toBe(false);
  });

  test("while a side is out of reach tells which, why and what next", async () => {
    const dead = new DatabaseError("cannot-connect", "graph", "connection refused", { hint: "start it" });
    const refuse = (): Promise<never> => Promise.reject(dead);
    const { graph: alive } = demo.databases;
    const broken = new Proxy(alive, { get: (target, name) => (["query", "read", "stream", "version"].includes(String(name)) ? refuse : Reflect.get(target, name)) as unknown });
    at = await connected({ ...demo, session: { ...demo.session, databases: { ...demo.databases, graph: broken } } }, { screen: "consistency" });
    at.press("r");
    await at.sees(/✖ graph: connection refused[\s\S]*start it[\s\S]*r tries again[\s\S]*both databases must answer/);
    expect(at.frame()).toContain("not compared yet");
  });
});

describe("a past check", () => {
  const none = { count: 0, examples: [] };
  const past: PastCheck = { at: "2026-01-02T00:00:00.000Z", took_ms: 5, mode: "fast", in_sync: true, sql_rows: 7, graph_rows: 6, findings_total: 0, findings: [], sums: [], open: [], apart: [], came: none, went: none };
  const plain = (lines: readonly Spans[]): string => lines.map((spans) => spans.map((span) => (typeof span === "string" ? span : span[1])).join("")).join("\n");
  beforeEach(() => void (at = openExplorer(demo)));

  test("by counts and sums that left something open is not called in sync", () => {
    const { theme } = at.own;
    const sum = (name: string): PastCheck["open"][number] => ({ name, text: `${name} (SQL 7, graph 6)` });
    const open = { ...past, open: [sum("count of user"), sum("count of concept")], apart: ["count of user"] };
    expect(plain(checkLines(theme, open, 0, "UTC"))).toMatch(/fast {2}▲ no known difference /);
    expect(checkLines(theme, open, 0, "UTC")[0]).toContainEqual(["warn", "▲ no known difference"]);
    const details = plain(checkDetails(theme, open, 80, "UTC"));
    expect(details).toMatch(/^▲ no known difference[^\n]*\n\n▲ count of user \(SQL 7, graph 6\) {2}differed before; changes on their way may explain it\n▲ count of concept \(SQL 7, graph 6\) {2}changes on their way may explain it$/);
    expect(plain(checkDetails(theme, past, 80, "UTC"))).toMatch(/^✔ in sync[\s\S]*counts and sums agreed$/);
    // What differs is said first.
    expect(plain(checkDetails(theme, { ...open, in_sync: false, sums: [sum("count of progress")] }, 80, "UTC"))).toMatch(/^✖ differs[^\n]*\n\n✖ count of progress [^\n]*\n▲ count of user /);
  });

  test("marks as new what came with it, and claims nothing of what it only looked at first", () => {
    const finding = (key: string, since: string, fresh: boolean): PastCheck["findings"][number] => ({ entity: "user", key, kind: "differing", cause: "unknown", since, fresh });
    const deep: PastCheck = { ...past, mode: "deep", in_sync: false, findings_total: 3, findings: [finding("ada", past.at, true), finding("bob", past.at, false), finding("eve", "2026-01-01T00:00:00.000Z", false)] };
    const details = plain(checkDetails(at.own.theme, deep, 80, "UTC"));
    expect(details).toMatch(/\n\+ different +ada\n {2}user · [^\n]* · new\n {2}different +bob\n {2}user · [^\n]* · not known since when\n {2}different +eve\n {2}user · [^\n]* · since 2026-01-01 00:00:00$/);
  });
});

describe("databases that are empty", () => {
  let empty: TemporarySession;
  beforeAll(async () => void (empty = await openSession()));
  afterAll(() => empty.close());

  test("both: what would be here, and what puts it there", async () => {
    at = await connected(empty, { screen: "consistency" });
    await at.sees(/in sync .*deep check/);
    expect(at.frame()).toMatch(/▲ both databases are empty: `jeseci seed`/);
    at.press("R");
    expect(at.frame()).toContain("there is nothing to repair");
  });

  test("the graph alone: that is no repair", async () => {
    await empty.databases.sql.write((transaction) => transaction.query("INSERT INTO users (user_id, username) VALUES ('u', 'ada')"));
    await empty.databases.sql.write((transaction) => transaction.query("DELETE FROM jeseci.sync_mark"));
    at = await connected(empty, { screen: "consistency", ...settings({ readOnly: false }) });
    await at.sees("✖ 1 difference ");
    expect(at.frame()).toMatch(/▲ the graph holds nothing of these tables: `jeseci sync --full`/);
    at.press("R");
    await at.sees(/refused everything {2}graph empty · 1/);
  });
});
