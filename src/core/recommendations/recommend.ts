import { named } from "../../databases/types.ts";
import { Gathering, type Missing } from "../catalogue/gather.ts";
import { unknownConcept } from "../concepts/concepts.ts";
import { InputError } from "../errors.ts";
import { compareText } from "../projection/compare.ts";
import type { LoadOptions, Session } from "../session.ts";
import { unknownUser } from "../users/users.ts";
import { evidence, shownEvidence, type Alike, type ConceptFacts, type Facts, type Outcome, type PathFacts } from "./facts.ts";
import { recommendNext } from "./next.ts";
import { routeTo } from "./route.ts";
import type { Excluded, Item, Recommendations, Recommended, Strategy } from "./types.ts";

export interface Asked {
  username: string;
  strategy?: Strategy;
  /** Name of the concept to reach; needed by `route`, and by nothing else. */
  goal?: string;
  /** For `paths`: as the query graph/path-optimization takes them. */
  minCompletionRate?: number;
  difficulty?: string;
}

/** Recommendations with their reasons. Throws `InputError` for an unknown user or goal, and for a route without a goal. */
export async function loadRecommendations(session: Session, asked: Asked, options: LoadOptions = {}): Promise<Recommendations & { missing_sides: Missing }> {
  const { username, strategy = "next", goal } = asked;
  if (strategy === "route" && goal === undefined) throw new InputError("usage", "a route needs a goal", "name the concept to reach with --goal CONCEPT; `jeseci concepts` lists them");
  if (strategy !== "route" && goal !== undefined) throw new InputError("usage", "only a route has a goal", "add --strategy route, or leave --goal out");
  const gathering = new Gathering(session, options);
  const { missing, trace } = gathering;
  const found = strategy === "paths" ? await recommendPaths(gathering, asked) : await recommendConcepts(session, gathering, asked, options);
  if (missing.sql === undefined && !found.known) throw await unknownUser(session, username, options);
  return { username, strategy, items: found.items, excluded: found.excluded, trace, missing_sides: missing };
}

type Found = Recommended & { known: boolean };

async function recommendConcepts(session: Session, gathering: Gathering, { username, goal }: Asked, options: LoadOptions): Promise<Found> {
  const ranked = goal === undefined;
  const unasked = Promise.resolve({ columns: [], rows: [] });
  const [user, reachable, concepts, prerequisites, outcomes, paths, alike] = await gathering.all([
    gathering.run("screens/dashboard/user", { username }),
    ranked ? unasked : gathering.run("screens/recommendations/goal", { username, goal }),
    gathering.run("screens/recommendations/concepts", { username }),
    gathering.run("screens/recommendations/prerequisites"),
    gathering.run("screens/recommendations/outcomes"),
    // Only the score asks for these two.
    ranked ? gathering.run("screens/recommendations/paths") : unasked,
    ranked ? gathering.run("screens/recommendations/similar", { username }) : unasked,
  ]);
  const facts: Facts = {
    concepts: named(concepts) as unknown as ConceptFacts[],
    prerequisites: prerequisites.rows.flatMap(([concept, names]) => (names as string[]).map((name) => [name, String(concept)] as const)),
    paths: named(paths) as unknown as PathFacts[],
    outcomes: new Map(named(outcomes).map((row) => [String(row["concept"]), row as unknown as Outcome])),
    alike: new Map(named(alike).map((row) => [String(row["concept"]), row as unknown as Alike])),
  };
  const known = user.rows.length > 0;
  if (ranked) return { ...recommendNext(facts), known };
  if (known && gathering.missing.graph === undefined && reachable.rows[0]?.[1] !== true) throw await unknownConcept(session, goal, options);
  return { ...routeTo(facts, goal), known };
}

/**
 * Paths that share something completed, most shared first. The rate is 0 here unless it is asked for, though 0.7 is what
 * graph/path-optimization takes by itself: nobody who named no rate should wonder where a path went.
 */
async function recommendPaths(gathering: Gathering, { username, minCompletionRate = 0, difficulty }: Asked): Promise<Found> {
  const [user, sharing, fitting, paths, concepts] = await gathering.all([
    gathering.run("screens/dashboard/user", { username }),
    gathering.run("graph/path-recommendations", { username }),
    gathering.run("graph/path-optimization", { username, min_completion_rate: minCompletionRate, difficulty: difficulty ?? null }),
    gathering.run("screens/recommendations/paths"),
    gathering.run("screens/recommendations/concepts", { username }),
  ]);
  const completion = new Map(named(fitting).map((row) => [String(row["path"]), row["path_completion"] as number]));
  const all = named(paths) as unknown as (PathFacts & { difficulty: string | null })[];
  const byTitle = new Map(all.map((path) => [path.path, path]));
  const completed = new Set((named(concepts) as unknown as ConceptFacts[]).flatMap(({ concept, status }) => (status === "completed" ? [concept] : [])));
  const items: Item[] = [];
  for (const row of named(sharing)) {
    const item = String(row["path"]);
    const score = completion.get(item);
    if (score === undefined) continue;
    const [done, left] = [row["completed"] as string[], row["remaining"] as string[]];
    const hours = byTitle.get(item)?.estimated_hours ?? null;
    items.push({
      item,
      score,
      terms: [],
      because: done.slice(0, shownEvidence).map((concept) => evidence(item, "CONTAINS", concept)),
      hours: hours === null ? null : Math.round((hours * left.length * 10) / (done.length + left.length)) / 10,
      step: null,
      shared: done,
      missing: left,
    });
  }
  const recommended = new Set(items.map(({ item }) => item));
  const reasonAgainst = (path: (typeof all)[number]): string => {
    if (path.concepts.length === 0) return "has no concepts";
    if (path.concepts.every((concept) => completed.has(concept))) return "completed";
    if (!path.concepts.some((concept) => completed.has(concept))) return "shares nothing that is completed";
    return difficulty !== undefined && path.difficulty !== difficulty ? `not of difficulty ${difficulty}` : "for users who complete more of what they begin";
  };
  const excluded = all.flatMap((path): Excluded[] => (recommended.has(path.path) ? [] : [{ item: path.path, reason: reasonAgainst(path) }]));
  return { items, excluded: excluded.sort((a, b) => compareText(a.item, b.item)), known: user.rows.length > 0 };
}
