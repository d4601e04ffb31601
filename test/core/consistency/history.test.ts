import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadHistory, pastOf, recordCheck, type HistoryPlace, type PastCheck } from "../../../src/core/consistency/history.ts";
import type { CheckReport, Finding, SumCheck } from "../../../src/core/consistency/types.ts";

/* What is kept of checks, told by reports that no database had to be made different for. */

let folder: string;
let place: HistoryPlace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jeseci-history-"));
  place = { file: join(folder, "consistency.json"), key: "pair" };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let minute = 0;
const began = { snapshot: "1:1:", cluster: null };
const report = (more: Partial<CheckReport>): CheckReport => {
  minute += 1;
  const at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return { in_sync: false, mode: "deep", started_at: at, finished_at: at, entities: [], sums: null, findings: [], findings_total: 0, truncated: false, warnings: [], ...more };
};
const finding = (id: string): Omit<Finding, "first_seen" | "last_seen"> => ({ entity: "user", key: `name of ${id}`, ids: [id], kind: "differing", cause: "unknown", evidence: "", fields: [], repair: "" });
/** A check that found these, and keeps the first so many of them. */
const deep = (ids: readonly string[], limit = Infinity): PastCheck => {
  const made = report({ in_sync: ids.length === 0, findings_total: ids.length });
  const past = pastOf(place);
  const findings = ids.slice(0, limit).map((id) => ({ ...finding(id), first_seen: past.firstSeen(finding(id)) ?? made.finished_at, last_seen: made.finished_at }));
  return recordCheck(place, { ...made, findings, truncated: findings.length < ids.length }, began);
};
const named = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => String(from + index).padStart(6, "0"));
const changed = ({ came, went }: PastCheck): number[] => [came.count, went.count];
const since = (id: string): string | undefined => pastOf(place).firstSeen(finding(id));

interface Own {
  checks: { fresh?: string; sums?: unknown; open?: unknown; apart?: unknown }[];
  before?: unknown;
}
/** Turns the file into one that an older version has written. */
const older = (turn: (own: Own) => object): void => {
  const { pair } = JSON.parse(readFileSync(place.file, "utf8")) as { pair: Own };
  writeFileSync(place.file, JSON.stringify({ pair: turn(pair) }));
};

describe("checks that keep more and less of the same differences", () => {
  test("see nothing come and nothing go", () => {
    expect(changed(deep(named(5_000)))).toEqual([5_000, 0]);
    const first = since("004999");
    for (const limit of [1_000, 100_000, 10, 0, 1, 3_000]) expect(changed(deep(named(5_000), limit)), String(limit)).toEqual([0, 0]);
    expect(since("004999")).toBe(first);
  });

  test("nor do they where there are more than are kept from one to the next", () => {
    expect(changed(deep(named(30_000)))).toEqual([30_000, 0]);
    for (const limit of [100_000, 1_000, 10_000, 20_000]) expect(changed(deep(named(30_000), limit)), String(limit)).toEqual([0, 0]);
    expect(changed(deep([]))).toEqual([0, 10_000]);
  });

  test("see what came and went as far as both know", () => {
    deep(named(5_000));
    const narrow = deep([...named(500, 500), "000999b", ...named(4_000, 1_000)], 1_000);
    expect(changed(narrow)).toEqual([1, 500]);
    expect(narrow.came.examples).toEqual(["differing user name of 000999b"]);
    // Past its end nothing new is told of, though it stays known since when things are there.
    const first = since("004999");
    const wide = deep(named(4_000, 1_001));
    expect(changed(wide)).toEqual([0, 502]);
    expect([since("001000"), since("004999"), since("005000")]).toEqual([undefined, first, wide.at]);
  });

  test("see none come of which the first check of all kept nothing", () => {
    expect(changed(deep(named(5_000), 1_000))).toEqual([1_000, 0]);
    expect(changed(deep(named(5_000)))).toEqual([0, 0]);
    expect(changed(deep(named(5_001)))).toEqual([1, 0]);
  });

  test("nor where an older version kept the first, and did not say so", () => {
    const withoutEnd = (): void => older(({ before: _before, ...own }) => own);
    deep(named(5_000), 1_000);
    withoutEnd();
    expect(changed(deep(named(5_000)))).toEqual([0, 0]);
    // It kept all where it found no more than it kept; what was not there then has come.
    deep(named(5));
    withoutEnd();
    expect(changed(deep(named(7)))).toEqual([2, 0]);
    deep(named(7), 0);
    older(({ before: _before, ...own }) => ({ ...own, open: {} }));
    expect(changed(deep(named(7)))).toEqual([0, 0]);
  });

  test("a key of which one fault was kept and the other cut is no change", () => {
    const twice = [finding("a"), { ...finding("b"), kind: "duplicate_in_graph" as const }, finding("b")].map((one) => ({ ...one, first_seen: "", last_seen: "" }));
    recordCheck(place, report({ findings: twice, findings_total: 3 }), began);
    expect(changed(recordCheck(place, report({ findings: twice.slice(0, 2), findings_total: 3, truncated: true }), began))).toEqual([0, 0]);
  });
});

describe("each past check", () => {
  test("has its findings, with cause and since when; the newest first", () => {
    deep(["a"]);
    deep(["a", "b"]);
    deep([]);
    const [clean, both, one] = loadHistory(place);
    expect(clean).toMatchObject({ in_sync: true, findings: [], went: { count: 2 } });
    expect(one?.findings).toEqual([{ entity: "user", key: "name of a", kind: "differing", cause: "unknown", since: expect.any(String) as string, fresh: true }]);
    expect(both?.findings.map(({ key }) => key)).toEqual(["name of a", "name of b"]);
    expect(both?.findings).toMatchObject([{ since: one?.at, fresh: false }, { since: both?.at, fresh: true }]);
  });

  test("has its first two hundred, and two hundred checks of the same take little room", () => {
    deep(named(300));
    const one = statSync(place.file).size;
    for (let check = 1; check < 210; check += 1) deep(named(300));
    const checks = loadHistory(place);
    expect([checks.length, checks[0]?.findings.length, checks[199]?.findings.length]).toEqual([200, 200, 200]);
    expect(checks[199]?.findings).toEqual(checks[0]?.findings);
    expect(checks[0]?.findings.some(({ fresh }) => fresh)).toBe(false);
    expect(statSync(place.file).size).toBeLessThan(one + 200 * 1_500);
  });

  test("of an older version has none, and a damaged part of the file harms nothing", () => {
    const old = { at: "2026-01-01T00:00:00.000Z", took_ms: 1, mode: "fast", in_sync: true, sql_rows: 1, graph_rows: 1, findings_total: 0, came: null, went: null };
    const past = { ...old, findings: [], sums: [], open: [], apart: null, came: { count: 0, examples: [] }, went: { count: 0, examples: [] } };
    writeFileSync(place.file, JSON.stringify({ pair: { clean: null, open: {}, before: "?", findings: [null], checks: [old, { ...old, findings: "0 7 x" }, 5] } }));
    expect(loadHistory(place)).toEqual([past, past]);
    expect(changed(deep(["a"]))).toEqual([1, 0]);
  });

  test("marks as new no finding that the check before would not have kept", () => {
    deep(named(50), 10);
    const wide = deep(["000005b", ...named(50)].sort());
    expect(wide.came.examples).toEqual(["differing user name of 000005b"]);
    expect(loadHistory(place)).toMatchObject([{ findings: wide.findings }, { findings: { length: 10 } }]);
    expect(wide.findings.filter(({ fresh }) => fresh).map(({ key }) => key)).toEqual(["name of 000005b"]);
    // Those past its end are first seen now, and not known since when.
    expect(wide.findings.filter(({ since }) => since === wide.at).map(({ key }) => key)).toEqual(["name of 000005b", ...named(40, 10).map((id) => `name of ${id}`)]);
    expect(deep(["000005b", ...named(50)].sort()).findings.some(({ fresh }) => fresh)).toBe(false);
  });

  test("of an older version, which did not mark those that were new, has as such those that it saw first", () => {
    deep(["a"]);
    deep(["a", "b"]);
    older((own) => ({ ...own, checks: own.checks.map(({ fresh: _fresh, ...check }) => check) }));
    expect(loadHistory(place).map(({ findings }) => findings.map(({ fresh }) => fresh))).toEqual([[false, true], [true]]);
  });
});

describe("fast checks", () => {
  const open = (property: string): SumCheck => ({ ...sum(property, 2), verdict: "open" });
  const sum = (property: string, graph: SumCheck["graph"]): SumCheck => ({ entity: "progress", of: "sum", property, sql: 1, graph, marked: 0, verdict: graph === 1 ? "same" : "differs" });
  const fast = (...sums: SumCheck[]): PastCheck => recordCheck(place, report({ mode: "fast", sums, in_sync: sums.every(({ verdict }) => verdict !== "differs") }), began);

  test("tell which counts and sums came apart and which came together again", () => {
    expect(changed(fast(sum("a", 1)))).toEqual([0, 0]);
    expect(fast(sum("a", 2)).came).toEqual({ count: 1, examples: ["sum of progress.a"] });
    expect(changed(fast(sum("a", 9007199254740993n), sum("b", 2)))).toEqual([1, 0]);
    // A deep check in between is of another kind.
    deep(["a"]);
    const last = fast(sum("b", 2));
    expect(last).toMatchObject({ came: { count: 0 }, went: { count: 1, examples: ["sum of progress.a"] }, sums: [{ name: "sum of progress.b", text: "sum of progress.b (SQL 1, graph 2)" }] });
    expect(loadHistory(place).map(({ mode }) => mode)).toEqual(["fast", "deep", "fast", "fast", "fast"]);
  });

  test("of those in a row that say the same the newest is kept, with what the first saw come", () => {
    fast(sum("a", 1));
    fast(sum("a", 2));
    const again = fast(sum("a", 3));
    expect(changed(again)).toEqual([0, 0]);
    expect(loadHistory(place)).toMatchObject([{ at: again.at, came: { count: 1 }, sums: [{ text: "sum of progress.a (SQL 1, graph 3)" }] }, { in_sync: true }]);
    expect(JSON.parse(readFileSync(place.file, "utf8"))).toHaveProperty("pair.checks");
  });

  test("see nothing go that is only not known to differ any more, nor come when it does again", () => {
    expect(changed(fast(open("b")))).toEqual([0, 0]);
    expect(changed(fast(sum("a", 2), open("b")))).toEqual([1, 0]);
    for (let round = 0; round < 3; round += 1) {
      const undecided = fast(open("a"), open("b"));
      expect(changed(undecided)).toEqual([0, 0]);
      expect(undecided).toMatchObject({ in_sync: true, sums: [], open: [{ text: "sum of progress.a (SQL 1, graph 2)" }, { name: "sum of progress.b" }], apart: ["sum of progress.a"] });
      expect(changed(fast(sum("a", 2), open("b")))).toEqual([0, 0]);
    }
    fast(open("a"), open("b"));
    expect(fast(sum("a", 1), open("b"))).toMatchObject({ came: { count: 0 }, went: { count: 1, examples: ["sum of progress.a"] }, apart: [] });
    expect(changed(fast(sum("a", 2), sum("b", 2)))).toEqual([2, 0]);
  });

  test("that can tell and can't in turn drive nothing else out", () => {
    deep(["a"]);
    fast(sum("a", 2));
    let last: PastCheck[] = [];
    for (let round = 0; round < 10; round += 1) last = [fast(open("a")), fast(sum("a", 2))];
    expect(loadHistory(place)).toMatchObject([{ at: last[1]?.at, in_sync: false }, { at: last[0]?.at, in_sync: true }, { in_sync: false, came: { count: 1 } }, { mode: "deep" }]);
  });

  test("after one of an older version, which kept no sums, tell of no change; after one that kept what differed, of all", () => {
    fast(sum("a", 2), sum("b", 1));
    older((own) => ({ ...own, checks: own.checks.map(({ sums: _sums, open: _open, apart: _apart, ...check }) => check) }));
    // Also when others wrote the file since.
    deep(["a"]);
    expect(changed(fast(sum("a", 2), sum("b", 1)))).toEqual([0, 0]);
    older((own) => ({ ...own, checks: own.checks.map(({ open: _open, apart: _apart, ...check }) => check) }));
    expect(changed(fast(sum("a", 1), sum("b", 2)))).toEqual([1, 1]);
  });
});
