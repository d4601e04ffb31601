import type { CheckReport, Finding } from "./types.ts";

/** What is kept of a finding of a past check. */
export interface PastFinding extends Pick<Finding, "entity" | "key" | "kind" | "cause"> {
  /** ISO 8601: when it was first seen. */
  since: string;
  /** It was not there at the check before. False, too, where that one kept nothing that far: then `since` is this check, and tells nothing. */
  fresh: boolean;
}

/** What is the same in each check that found it. */
type Shared = Omit<PastFinding, "fresh">;

/** Findings that are kept of each past check. */
const keptOfCheck = 200;

/** The first findings of a check, in the order of its report. */
export function pastFindingsOf({ findings }: Pick<CheckReport, "findings">, isFresh: (finding: Finding) => boolean): PastFinding[] {
  return findings.slice(0, keptOfCheck).map((finding) => {
    const { entity, key, kind, cause, first_seen } = finding;
    return { entity, key, kind, cause, since: first_seen, fresh: isFresh(finding) };
  });
}

/** Checks as they are written down: each finding once, and in each check the numbers of those that it found, and of those that were new. */
export interface Packed<T extends { findings: PastFinding[] }> {
  checks: (Omit<T, "findings"> & { findings: string; fresh: string })[];
  findings: Shared[];
}

/** Checks that follow each other mostly find the same: two hundred times two hundred findings would be a file of megabytes. */
export function pack<T extends { findings: PastFinding[] }>(checks: readonly T[]): Packed<T> {
  const numbers = new Map<string, number>();
  const findings: Shared[] = [];
  const numberOf = ({ entity, key, kind, cause, since }: PastFinding): number => {
    const text = JSON.stringify([entity, key, kind, cause, since]);
    const number = numbers.get(text) ?? findings.push({ entity, key, kind, cause, since }) - 1;
    numbers.set(text, number);
    return number;
  };
  const numbersOf = (these: readonly PastFinding[]): string => these.map(numberOf).join(" ");
  return { checks: checks.map((check) => ({ ...check, findings: numbersOf(check.findings), fresh: numbersOf(check.findings.filter(({ fresh }) => fresh)) })), findings };
}

/** The findings of a check that was written down; none of one that is damaged or older than that. */
export function unpack({ at, findings, fresh }: { at: string; findings?: unknown; fresh?: unknown }, shared: readonly Shared[]): PastFinding[] {
  const news = typeof fresh === "string" ? new Set(fresh.split(" ")) : undefined;
  // Older versions did not write down which were new.
  const isFresh = (number: string, { since }: Shared): boolean => news?.has(number) ?? since === at;
  const numbers = typeof findings !== "string" || findings === "" ? [] : findings.split(" ");
  return numbers.flatMap((number) => {
    const finding = shared[Number(number)];
    return finding === undefined ? [] : [{ ...finding, fresh: isFresh(number, finding) }];
  });
}
