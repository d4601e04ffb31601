import type { LearningGraph } from "../../support/random-graph.ts";

// What recommendations should be, worked out the slow way from the plain objects: sets and walks from every concept, none
// of the product's code.

export interface Expected {
  /** Score and the five values, by concept, the best first. */
  items: { item: string; score: number; values: number[] }[];
  excluded: string[];
}

const levels = ["Beginner", "Intermediate", "Advanced"];

class Learner {
  readonly graph: LearningGraph;
  readonly rows: Map<string, { status: string; progress_percent: number }>;
  readonly user: string;

  constructor(graph: LearningGraph, user: string) {
    this.graph = graph;
    this.user = user;
    const nameOf = new Map(graph.concepts.map(({ id, name }) => [id, name]));
    this.rows = new Map(graph.progress.filter((row) => row.user === user).map((row) => [nameOf.get(row.concept) ?? "", row]));
  }

  mastered(name: string): boolean {
    return (this.rows.get(name)?.progress_percent ?? 0) >= 75;
  }

  before(name: string): string[] {
    return this.graph.edges.filter(({ type, to }) => type === "PREREQUISITE" && to === name).map(({ from }) => from);
  }

  after(name: string): string[] {
    return this.graph.edges.filter(({ type, from }) => type === "PREREQUISITE" && from === name).map(({ to }) => to);
  }

  /** Everything that a walk from a concept comes to, not passing where `through` forbids. */
  walk(name: string, step: (from: string) => string[]): Set<string> {
    const seen = new Set<string>();
    const visit = (from: string): void => {
      for (const to of step(from)) {
        if (seen.has(to)) continue;
        seen.add(to);
        visit(to);
      }
    };
    visit(name);
    return seen;
  }
}

export function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function expectedNext(graph: LearningGraph, user: string): Expected {
  const me = new Learner(graph, user);
  const names = graph.concepts.map(({ name }) => name);
  const idOf = new Map(graph.concepts.map(({ id, name }) => [name, id]));
  const difficulty = new Map(graph.concepts.map((concept) => [concept.name, levels.indexOf(concept.difficulty)]));
  const ready = names.filter((name) => me.rows.get(name)?.status !== "completed" && !me.mastered(name) && me.before(name).every((needed) => me.mastered(needed)));
  const ahead = new Map(ready.map((name) => [name, new Set([...me.walk(name, (from) => me.after(from))].filter((other) => other !== name && !me.mastered(other)))]));
  const most = Math.max(0, ...[...ahead.values()].map(({ size }) => size));
  const nameOf = new Map(graph.concepts.map(({ id, name }) => [id, name]));
  const paths = graph.paths.map(({ id }) => graph.contains.filter(({ path }) => path === id).map(({ concept }) => nameOf.get(concept) ?? ""));
  const started = paths.filter((concepts) => concepts.some((name) => me.rows.has(name)) && !concepts.every((name) => me.rows.get(name)?.status === "completed"));
  const masteredLevels = names.filter((name) => me.mastered(name)).map((name) => difficulty.get(name) ?? 0);
  const completedOf = (learner: string): Set<string> => new Set(graph.progress.filter((row) => row.user === learner && row.status === "completed").map(({ concept }) => concept));
  const mine = completedOf(user);
  const items = ready.map((name) => {
    const leads = ahead.get(name) ?? new Set();
    const needing = started.filter((concepts) => concepts.some((concept) => concept === name || leads.has(concept)));
    const rows = graph.progress.filter(({ concept }) => concept === idOf.get(name));
    const [n, done] = [rows.length, rows.filter(({ status }) => status === "completed").length];
    const z = 1.959963984540054;
    const wilson = n === 0 ? 0 : (done / n + z ** 2 / (2 * n) - z * Math.sqrt((done / n) * (1 - done / n) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
    const jaccards = rows
      .filter((row) => row.status === "completed" && row.user !== user)
      .map((row) => completedOf(row.user))
      .map((theirs) => new Set([...mine].filter((concept) => theirs.has(concept))).size / new Set([...mine, ...theirs]).size);
    const values = [
      most === 0 ? 0 : leads.size / most,
      started.length === 0 ? 0 : needing.length / started.length,
      Math.max(0, wilson),
      masteredLevels.length === 0 ? 0 : 1 - Math.abs((difficulty.get(name) ?? 0) - Math.max(...masteredLevels)) / 2,
      Math.max(0, ...jaccards),
    ];
    const score = [0.3, 0.25, 0.2, 0.15, 0.1].reduce((sum, weight, index) => sum + weight * (values[index] ?? 0), 0);
    return { item: name, score, values };
  });
  return { items, excluded: names.filter((name) => !ready.includes(name)).sort(byCodePoint) };
}

/** What a route must hold, and what it can't: by sets, since of several orders the test looks at the rule itself. */
export function expectedRoute(graph: LearningGraph, user: string, goal: string): { learnable: Set<string>; stuck: Set<string>; onCycle: Set<string>; before: (name: string) => string[]; medianMinutes: (name: string) => number } {
  const me = new Learner(graph, user);
  const open = (name: string): string[] => me.before(name).filter((needed) => !me.mastered(needed));
  const needed = me.mastered(goal) ? new Set<string>() : new Set([goal, ...me.walk(goal, open)]);
  const onCycle = new Set([...needed].filter((name) => me.walk(name, open).has(name)));
  const stuck = new Set([...needed].filter((name) => onCycle.has(name) || [...me.walk(name, open)].some((other) => onCycle.has(other))));
  const idOf = new Map(graph.concepts.map(({ id, name }) => [name, id]));
  return {
    learnable: new Set([...needed].filter((name) => !stuck.has(name))),
    stuck,
    onCycle,
    before: open,
    medianMinutes: (name) => {
      const minutes = graph.progress.filter(({ concept }) => concept === idOf.get(name)).map((row) => row.minutes).sort((a, b) => a - b);
      if (minutes.length === 0) return Infinity;
      const middle = (minutes.length - 1) / 2;
      return ((minutes[Math.floor(middle)] ?? 0) + (minutes[Math.ceil(middle)] ?? 0)) / 2;
    },
  };
}
