import { compareText } from "../projection/compare.ts";
import { entityNames, type EntityName } from "../projection/types.ts";
import type { CheckReport, Finding } from "./types.ts";

/*
 * The findings that were open when these databases were last compared. A check of many differences keeps the first of them
 * only, and each front door as many as it can use: what is beyond is not known, which is not the same as gone or new.
 */

/** By `idOf`: since when, and what they are called. */
export type Open = Record<string, { since: string; name: string }>;

/** A key where checks pass by: they go by entity, then by ids. */
export interface Place {
  entity: EntityName;
  ids: readonly string[];
}

/** Open findings, complete up to a place and without it, or, with null, all; past it those that an earlier check saw. */
export interface Known {
  open: Open;
  before: Place | null;
}

export const nothingOpen: Known = { open: {}, before: null };
/** Open findings that are kept from one check to the next. */
const keptOpen = 10_000;

/** What a deep check knows of open findings. Where it was cut, of the last key maybe not all. */
export function knownOf({ findings, truncated }: Pick<CheckReport, "findings" | "truncated">): Known {
  const open = Object.fromEntries(findings.map((finding) => [idOf(finding), { since: finding.first_seen, name: `${finding.kind} ${finding.entity} ${finding.key}` }]));
  return { open, before: truncated ? lastOf(findings) : null };
}

/**
 * The names of findings that are new since the check before, and of those that are no more. One that is there now is new only
 * where the check before would have kept it, and one that was there is gone only where this check would have.
 */
export function changesOf(before: Known, now: Known): { came: string[]; went: string[] } {
  const only = (these: Open, those: Known): string[] => Object.entries(these).flatMap(([id, { name }]) => (lacks(those, id) ? [name] : []));
  return { came: inOrder(only(now.open, before)), went: inOrder(only(before.open, now)) };
}

/** Whether a finding was not there: it isn't known, and would be. */
export function lacks({ open, before }: Known, id: string): boolean {
  return !(id in open) && isBefore(placeOf(id), before);
}

/**
 * What an older version kept, which did not write down how far that goes: it kept as many findings as its caller asked for,
 * the first ones, and of the last key maybe not all.
 */
export function knownOfOlder(open: Open, findingsTotal: number): Known {
  const ids = Object.keys(open);
  return { open, before: findingsTotal > ids.length ? lastOf(ids.map(placeOf)) : null };
}

/** In the order of a report. A name is a kind, an entity and a key. */
function inOrder(names: readonly string[]): string[] {
  const parted = names.map((name) => {
    const [, kind = "", entity = "", key = ""] = /^(\w+) (\w+) (.*)$/s.exec(name) ?? [];
    return { name, kind, entity: entityNames.findIndex((known) => known === entity), key };
  });
  return parted.sort((a, b) => a.entity - b.entity || compareText(a.key, b.key) || compareText(a.kind, b.kind)).map(({ name }) => name);
}

/** What is known after a check: what it says, and past where it was cut since when things were there that were seen before. */
export function known(before: Known, now: Known): Known {
  const past = Object.entries(before.open).filter(([id]) => !(id in now.open) && !isBefore(placeOf(id), now.before));
  const all = [...Object.entries(now.open), ...past].map(([id, entry]) => ({ id, entry, place: placeOf(id) })).sort((a, b) => comparePlaces(a.place, b.place));
  const end = all[keptOpen]?.place ?? null;
  return { open: Object.fromEntries(all.flatMap(({ id, entry, place }) => (isBefore(place, end) ? [[id, entry]] : []))), before: nearer(end, now.before) };
}

/** One finding among all of a pair of databases. */
export function idOf({ kind, entity, ids }: Pick<Finding, "kind" | "entity" | "ids">): string {
  return JSON.stringify([kind, entity, ...ids]);
}

function placeOf(id: string): Place {
  const [, entity, ...ids] = JSON.parse(id) as [string, EntityName, ...string[]];
  return { entity, ids };
}

/** The last place among findings; the first of all where there are none. */
function lastOf(findings: readonly Place[]): Place {
  const first: Place = { entity: entityNames[0], ids: [] };
  return findings.reduce<Place>((last, { entity, ids }) => (comparePlaces({ entity, ids }, last) > 0 ? { entity, ids } : last), first);
}

function comparePlaces(a: Place, b: Place): number {
  return entityNames.indexOf(a.entity) - entityNames.indexOf(b.entity) || compareText(a.ids[0] ?? "", b.ids[0] ?? "") || compareText(a.ids[1] ?? "", b.ids[1] ?? "");
}

function isBefore(place: Place, end: Place | null): boolean {
  return end === null || comparePlaces(place, end) < 0;
}

function nearer(a: Place | null, b: Place | null): Place | null {
  if (a === null || b === null) return a ?? b;
  return comparePlaces(a, b) <= 0 ? a : b;
}
