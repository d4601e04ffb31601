import { compareText } from "../../src/core/projection/compare.ts";
import type { Value } from "../../src/databases/values.ts";
import type { LearningGraph } from "../support/random-graph.ts";

/*
 * What each canned query must give, computed the slow and obvious way from plain objects, straight from the contract and
 * without a look at the statements.
 */

type Rows = Value[][];
type Parameters = Record<string, Value>;

/** Half up at so many decimals, on the exact ratio of two whole numbers. */
function ratio(a: number, b: number, decimals: number): number {
  const scale = 10n ** BigInt(decimals);
  const doubled = (2n * BigInt(a) * scale + BigInt(b)) / (2n * BigInt(b));
  return Number(doubled) / Number(scale);
}

type Key = (row: Value[]) => Value;
/** Orders rows by several keys; a `-` before the place means descending. */
function ordered(rows: Rows, ...keys: (number | Key)[]): Rows {
  const compare = (a: Value, b: Value): number => (typeof a === "string" && typeof b === "string" ? compareText(a, b) : Number(a) - Number(b));
  return rows.toSorted((a, b) => {
    for (const key of keys) {
      const descending = typeof key === "number" && key < 0;
      const of: Key = typeof key === "number" ? (row) => row[Math.abs(key) - 1] ?? null : key;
      const order = compare(of(a), of(b)) * (descending ? -1 : 1);
      if (order !== 0) return order;
    }
    return 0;
  });
}

export class Model {
  readonly #graph: LearningGraph;
  readonly #conceptById: Map<string, LearningGraph["concepts"][number]>;
  readonly #conceptByName: Map<string, LearningGraph["concepts"][number]>;
  readonly #next = new Map<string, Set<string>>();
  readonly #previous = new Map<string, Set<string>>();

  constructor(graph: LearningGraph) {
    this.#graph = graph;
    this.#conceptById = new Map(graph.concepts.map((concept) => [concept.id, concept]));
    this.#conceptByName = new Map(graph.concepts.map((concept) => [concept.name, concept]));
    for (const { from, type, to } of graph.edges) {
      if (type !== "PREREQUISITE") continue;
      this.#next.set(from, (this.#next.get(from) ?? new Set()).add(to));
      this.#previous.set(to, (this.#previous.get(to) ?? new Set()).add(from));
    }
  }

  rows(id: string, parameters: Parameters): Rows {
    const query = this.#queries[id];
    if (query === undefined) throw new Error(`the model has no ${id}`);
    return query(parameters);
  }

  get ids(): string[] {
    return Object.keys(this.#queries);
  }

  #name(id: string): string {
    return this.#conceptById.get(id)?.name ?? "";
  }

  #userId(username: Value | undefined): string | undefined {
    return this.#graph.users.find((user) => user.username === username)?.id;
  }

  #progressOf(username: Value | undefined): LearningGraph["progress"] {
    const id = this.#userId(username);
    return this.#graph.progress.filter((row) => row.user === id && id !== undefined);
  }

  #completedOf(username: Value | undefined): Set<string> {
    return new Set(this.#progressOf(username).filter(({ status }) => status === "completed").map(({ concept }) => this.#name(concept)));
  }

  /** Names of a path's concepts. */
  #taught(path: string): string[] {
    return this.#graph.contains.filter((row) => row.path === path).map(({ concept }) => this.#name(concept));
  }

  /** Distances over a map of neighbours, by breadth; the start only if a cycle leads back to it. */
  #reach(start: string, neighbours: Map<string, Set<string>>): Map<string, number> {
    const distances = new Map<string, number>();
    let border = [start];
    for (let distance = 1; border.length > 0; distance += 1) {
      const found = new Set(border.flatMap((name) => [...(neighbours.get(name) ?? [])]).filter((name) => !distances.has(name)));
      for (const name of found) distances.set(name, distance);
      border = [...found];
    }
    return distances;
  }

  readonly #queries: Record<string, (parameters: Parameters) => Rows> = {
    "graph/paths-with-concept": ({ concept }) =>
      ordered(this.#graph.paths.flatMap(({ id, title, difficulty }) => this.#taught(id).filter((name) => name.includes(String(concept))).map((name) => [title, difficulty, name])), 1, 3),
    "graph/shared-concepts": ({ min_paths }) =>
      ordered(
        this.#graph.concepts
          .map(({ id, name }): Value[] => {
            const titles = this.#graph.paths.filter((path) => this.#graph.contains.some((row) => row.path === path.id && row.concept === id)).map(({ title }) => title);
            return [name, titles.toSorted(compareText), titles.length];
          })
          .filter((row) => Number(row[2]) >= Number(min_paths)),
        -3,
        1,
      ),
    "graph/learning-journey": ({ username }) =>
      ordered(
        this.#progressOf(username).map((row): Value[] => {
          const titles = this.#graph.paths.filter((path) => this.#graph.contains.some((link) => link.path === path.id && link.concept === row.concept)).map(({ title }) => title);
          return [username ?? null, this.#name(row.concept), row.status, row.progress_percent, titles.toSorted(compareText)];
        }),
        -4,
        2,
      ),
    "graph/path-recommendations": ({ username }) => {
      if (this.#userId(username) === undefined) return [];
      const done = this.#completedOf(username);
      const rows = this.#graph.paths.map(({ id, title, difficulty }): Value[] => {
        const names = this.#taught(id).toSorted(compareText);
        const completed = names.filter((name) => done.has(name));
        return [title, difficulty, completed.length, completed, names.filter((name) => !done.has(name))];
      });
      return ordered(rows.filter((row) => Number(row[2]) > 0 && (row[4] as string[]).length > 0), -3, 1);
    },
    "graph/next-concepts": ({ username, all_prerequisites }) => {
      const begun = new Set(this.#progressOf(username).map(({ concept }) => this.#name(concept)));
      const done = this.#completedOf(username);
      const rows = this.#graph.concepts.flatMap((concept): Rows => {
        const before = [...(this.#previous.get(concept.name) ?? [])];
        const unlocked = before.filter((name) => done.has(name)).toSorted(compareText);
        if (begun.has(concept.name) || unlocked.length === 0 || (all_prerequisites === true && unlocked.length < before.length)) return [];
        return [[concept.name, concept.display_name, concept.difficulty, unlocked]];
      });
      return ordered(rows, 1);
    },
    "graph/path-optimization": ({ username, min_completion_rate, difficulty }) => {
      const progress = this.#progressOf(username);
      if (progress.length === 0) return [];
      const done = this.#completedOf(username);
      const rate = ratio(done.size, progress.length, 2);
      if (rate < Number(min_completion_rate)) return [];
      const rows = this.#graph.paths.flatMap((path): Rows => {
        const names = this.#taught(path.id);
        const completed = names.filter((name) => done.has(name)).length;
        if (names.length === 0 || completed === names.length || (difficulty !== null && path.difficulty !== difficulty)) return [];
        return [[path.title, path.difficulty, path.estimated_hours, rate, ratio(completed, names.length, 2)]];
      });
      return ordered(rows, -5, (row) => (row[2] === null ? 1e15 : (row[2] ?? null)), 1);
    },
    "graph/concept-difficulty": () =>
      ordered(
        this.#graph.concepts.flatMap(({ id, name }): Rows => {
          const rows = this.#graph.progress.filter((row) => row.concept === id);
          return rows.length === 0 ? [] : [[name, ratio(sum(rows.map((row) => row.progress_percent)), rows.length, 1), rows.length]];
        }),
        -2,
        1,
      ),
    "graph/relationship-counts": () => {
      const counts = new Map<string, number>();
      for (const type of [...this.#graph.edges.map((edge) => edge.type as string), ...this.#graph.contains.map(() => "CONTAINS"), ...this.#graph.progress.map(() => "HAS_PROGRESS")]) counts.set(type, (counts.get(type) ?? 0) + 1);
      return ordered([...counts], -2, 1);
    },
    "graph/health": () => [[this.#graph.concepts.length, this.#graph.edges.length, this.#graph.concepts.filter(({ name }) => !this.#graph.edges.some(({ from, to }) => from === name || to === name)).length]],
    "graph/engagement": () => {
      const { progress } = this.#graph;
      return [[new Set(progress.map(({ user }) => user)).size, progress.length === 0 ? null : ratio(sum(progress.map((row) => row.progress_percent)), progress.length, 1)]];
    },
    "graph/concept-neighbours": ({ concept }) => {
      const own = this.#conceptByName.get(String(concept));
      if (own === undefined) return [];
      const other = (direction: string, type: string, name: string): Value[] => [direction, type, "Concept", name, this.#conceptByName.get(name)?.display_name ?? null];
      const rows: Rows = [
        ...this.#graph.edges.filter(({ from }) => from === own.name).map(({ type, to }) => other("out", type, to)),
        ...this.#graph.edges.filter(({ to }) => to === own.name).map(({ type, from }) => other("in", type, from)),
        ...this.#graph.contains.filter((row) => row.concept === own.id).map((row): Value[] => {
          const title = this.#graph.paths.find(({ id }) => id === row.path)?.title ?? "";
          return ["in", "CONTAINS", "LearningPath", title, title];
        }),
        ...this.#graph.progress.filter((row) => row.concept === own.id).map((row): Value[] => {
          const user = this.#graph.users.find(({ id }) => id === row.user);
          return ["in", "HAS_PROGRESS", "User", user?.username ?? "", [user?.first_name, user?.last_name].filter((part) => typeof part === "string").join(" ") || null];
        }),
      ];
      return ordered(rows, 1, 2, 3, 4);
    },
    "graph/prerequisites-of": ({ concept }) => this.#reachable(String(concept), this.#previous),
    "graph/unlocked-by": ({ concept }) => this.#reachable(String(concept), this.#next),
    "graph/shortest-route": ({ from, to }) => {
      const [start, goal] = [String(from), String(to)];
      if (!this.#conceptByName.has(start) || !this.#conceptByName.has(goal)) return [];
      if (start === goal) return [[0, start]];
      let routes = [[start]];
      const seen = new Set([start]);
      while (routes.length > 0) {
        const arrived = routes.filter((route) => route.at(-1) === goal);
        const [first] = arrived.toSorted((a, b) => a.map((name, index) => compareText(name, b[index] ?? "")).find((order) => order !== 0) ?? 0);
        if (first !== undefined) return first.map((name, step) => [step, name]);
        routes = routes.flatMap((route) => [...(this.#next.get(route.at(-1) ?? "") ?? [])].filter((name) => !seen.has(name)).map((name) => [...route, name]));
        for (const route of routes) seen.add(route.at(-1) ?? "");
      }
      return [];
    },
    "graph/gatekeepers": ({ limit }) =>
      ordered(
        this.#graph.concepts.flatMap(({ name }): Rows => {
          const direct = this.#next.get(name)?.size ?? 0;
          const all = this.#reach(name, this.#next);
          all.delete(name);
          return direct === 0 ? [] : [[name, direct, all.size]];
        }),
        -3,
        -2,
        1,
      ).slice(0, Number(limit)),
    "graph/prerequisite-cycles": () => ordered(this.#graph.concepts.filter(({ name }) => this.#reach(name, this.#next).has(name)).map(({ name }) => [name]), 1),
    "graph/isolated-concepts": () => ordered(this.#graph.concepts.filter(({ name }) => !this.#graph.edges.some(({ from, to }) => (from === name) !== (to === name))).map(({ name }) => [name]), 1),
    "graph/path-order-faults": () =>
      ordered(
        this.#graph.contains.flatMap((link): Rows => {
          const name = this.#name(link.concept);
          const title = this.#graph.paths.find(({ id }) => id === link.path)?.title ?? "";
          return [...(this.#previous.get(name) ?? [])].flatMap((before): Rows => {
            const other = this.#graph.contains.find((row) => row.path === link.path && this.#name(row.concept) === before);
            if (other === undefined) return [[title, name, before, "absent"]];
            return other.sequence_order > link.sequence_order ? [[title, name, before, "after"]] : [];
          });
        }),
        1,
        2,
        3,
      ),
    "graph/similar-learners": ({ username, limit }) => {
      const mine = this.#completedOf(username);
      const rows = this.#graph.users.flatMap((user): Rows => {
        const theirs = this.#completedOf(user.username);
        const shared = [...theirs].filter((name) => mine.has(name)).length;
        if (user.username === username || shared === 0) return [];
        const similarity = ratio(shared, mine.size + theirs.size - shared, 3);
        return similarity > 0 ? [[user.username, shared, similarity]] : [];
      });
      return ordered(rows, -3, 1).slice(0, Number(limit));
    },
    "sql/dashboard-stats": ({ username }) => {
      if (this.#userId(username) === undefined) return [];
      const rows = this.#progressOf(username);
      const days = new Set(rows.flatMap(({ days_ago }) => (days_ago === null ? [] : [days_ago])));
      let streak = 0;
      for (let day = days.has(0) ? 0 : 1; days.has(day); day += 1) streak += 1;
      return [[rows.length === 0 ? null : ratio(sum(rows.map((row) => row.progress_percent)), rows.length, 0), ratio(sum(rows.map(({ minutes }) => minutes)), 60, 1), rows.filter((row) => row.progress_percent >= 75).length, streak]];
    },
    "sql/progress-by-category": ({ username }) => {
      const groups = Map.groupBy(this.#progressOf(username), (row) => this.#conceptById.get(row.concept)?.category ?? null);
      const rows = [...groups].map(([category, own]): Value[] => [category, own.length, ratio(sum(own.map((row) => row.progress_percent)), own.length, 1), sum(own.map(({ minutes }) => minutes))]);
      return ordered(rows, (row) => (row[0] === null ? 1 : 0), (row) => row[0] ?? "");
    },
    "sql/concept-engagement": () =>
      ordered(
        this.#graph.concepts.flatMap(({ id, name }): Rows => {
          const rows = this.#graph.progress.filter((row) => row.concept === id);
          const completed = rows.filter(({ status }) => status === "completed").length;
          return rows.length === 0 ? [] : [[name, rows.length, completed, ratio(completed, rows.length, 2), ratio(sum(rows.map(({ minutes }) => minutes)), rows.length, 1)]];
        }),
        -2,
        1,
      ),
    "sql/stalled-learners": ({ days }) => {
      const rows = this.#graph.progress
        .filter((row) => row.status === "in_progress" && row.days_ago !== null && row.days_ago >= Number(days))
        .map((row): Value[] => [this.#graph.users.find(({ id }) => id === row.user)?.username ?? "", this.#name(row.concept), row.progress_percent, row.days_ago]);
      return ordered(rows, -4, 1, 2);
    },
  };

  #reachable(concept: string, neighbours: Map<string, Set<string>>): Rows {
    const found = [...this.#reach(concept, neighbours)].filter(([name]) => name !== concept);
    return ordered(
      found.map(([name, distance]): Value[] => [name, this.#conceptByName.get(name)?.display_name ?? null, this.#conceptByName.get(name)?.difficulty ?? null, distance]),
      4,
      1,
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
