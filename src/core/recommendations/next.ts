import { compareText } from "../projection/compare.ts";
import { evidence, hoursOf, isMastered, neighbours, shownEvidence, type ConceptFacts, type Facts } from "./facts.ts";
import { cycleReason, openPart, type OpenPart } from "./open-part.ts";
import { Bits, closure } from "./reach.ts";
import type { Excluded, Item, Recommended, Term } from "./types.ts";
import { termNames, terms, wilsonLower, type TermName } from "./weights.ts";

const levels = ["beginner", "intermediate", "advanced"];

/** 0, 1 or 2; undefined for any other word. */
function levelOf({ difficulty }: ConceptFacts): number | undefined {
  const level = levels.indexOf((difficulty ?? "").toLowerCase());
  return level === -1 ? undefined : level;
}

/** The ready concepts, the best first by the formula of `weights.ts`, and by name why every other one is left out. */
export function recommendNext(facts: Facts): Recommended {
  const { concepts } = facts;
  const number = new Map(concepts.map(({ concept }, index) => [concept, index]));
  const { before, after } = neighbours(facts);
  const numbersOf = (names: readonly string[]): number[] => names.flatMap((name) => number.get(name) ?? []);
  const reach = closure(concepts.length, concepts.map(({ concept }) => numbersOf(after.get(concept) ?? [])));
  const open = new Bits(concepts.length, concepts.flatMap((concept, index) => (isMastered(concept) ? [] : [index])));
  const unmastered = openPart(facts);

  const candidates: { concept: ConceptFacts; own: number; ahead: Bits }[] = [];
  const excluded: Excluded[] = [];
  concepts.forEach((concept, own) => {
    const waits = (before.get(concept.concept) ?? []).flatMap((name) => unmastered.concepts.get(name) ?? []);
    const reason = reasonAgainst(concept, waits, unmastered);
    if (reason !== null) return void excluded.push({ item: concept.concept, reason });
    // Not yet mastered, and led to.
    const ahead = reach.from(own).common(open);
    ahead.delete(own);
    candidates.push({ concept, own, ahead });
  });

  const started = facts.paths
    .map(({ path, concepts: names }) => ({ path, names, taught: numbersOf(names).flatMap((index) => concepts[index] ?? []) }))
    .filter(({ taught }) => taught.some(({ status }) => status !== null) && !taught.every(({ status }) => status === "completed"))
    .map(({ path, names }) => ({ path, names, members: new Bits(concepts.length, numbersOf(names)) }));
  const most = Math.max(0, ...candidates.map(({ ahead }) => ahead.size));
  const mastered = concepts.filter(isMastered).flatMap((concept) => levelOf(concept) ?? []);
  const highest = mastered.length === 0 ? undefined : Math.max(...mastered);

  const items = candidates.map(({ concept, own, ahead }): Item => {
    const name = concept.concept;
    const leadsTo = (other: string): boolean => ahead.has(number.get(other) ?? -1);
    const needing = started.filter(({ members }) => members.has(own) || members.overlaps(ahead));
    const outcome = facts.outcomes.get(name);
    const alike = facts.alike.get(name);
    const level = levelOf(concept);
    const similar = alike === undefined ? 0 : alike.shared / alike.together;
    const values: Record<TermName, readonly [value: number, detail: string]> = {
      opens: [most === 0 ? 0 : ahead.size / most, ahead.size === 0 ? "opens nothing further" : `opens ${ahead.size}`],
      needed: [started.length === 0 ? 0 : needing.length / started.length, started.length === 0 ? "no path is begun" : `on ${needing.length} of ${started.length} started ${started.length === 1 ? "path" : "paths"}`],
      finish: [outcome === undefined ? 0 : wilsonLower(outcome.completed, outcome.learners), outcome === undefined ? "nobody tried it yet" : `${outcome.completed} of ${outcome.learners} finish it`],
      level: [highest === undefined || level === undefined ? 0 : 1 - Math.abs(level - highest) / 2, levelText(highest, level)],
      similar: [similar, alike === undefined ? "nobody alike completed it" : `like ${alike.learner} (${similar.toFixed(2)})`],
    };
    const scored = termNames.map((term): Term => {
      const [value, detail] = values[term];
      const { weight } = terms[term];
      return { term, value, weight, contribution: weight * value, detail };
    });
    return {
      item: name,
      score: scored.reduce((sum, { contribution }) => sum + contribution, 0),
      terms: scored,
      because: [
        ...(before.get(name) ?? []).slice(0, shownEvidence).map((needed) => evidence(needed, "PREREQUISITE", name)),
        ...(after.get(name) ?? []).filter(leadsTo).slice(0, shownEvidence).map((next) => evidence(name, "PREREQUISITE", next)),
        ...needing.slice(0, shownEvidence).map(({ path, names, members }) => evidence(path, "CONTAINS", members.has(own) ? name : (names.find(leadsTo) ?? name))),
        ...(alike === undefined ? [] : [`(${alike.learner})-[:HAS_PROGRESS {status: completed}]->(${name})`]),
      ],
      hours: hoursOf(outcome?.median_minutes),
      step: null,
      shared: [],
      missing: [],
    };
  });
  items.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || compareText(a.item, b.item));
  return { items, excluded: excluded.sort((a, b) => compareText(a.item, b.item)) };
}

function reasonAgainst(concept: ConceptFacts, waits: readonly ConceptFacts[], unmastered: OpenPart): string | null {
  if (concept.status === "completed") return "completed";
  if (isMastered(concept)) return `mastered (${concept.progress_percent} %)`;
  if (waits.length === 0) return null;
  const cycle = unmastered.cycleThrough(concept.concept);
  if (cycle !== null) return cycleReason(cycle);
  return `waits for ${waits.map(({ concept: name, progress_percent: percent }) => `${name} (${percent ?? 0} %)`).join(", ")}`;
}

function levelText(highest: number | undefined, level: number | undefined): string {
  if (level === undefined) return "of no known level";
  if (highest === undefined) return "nothing mastered yet";
  const apart = Math.abs(level - highest);
  return apart === 0 ? "right level" : `${apart} ${apart === 1 ? "level" : "levels"} ${level > highest ? "above" : "below"} yours`;
}
