import type { CheckReport, Finding } from "./types.ts";

/** What is kept of a finding of a past check. */
export interface PastFinding extends Pick<Finding, "entity" | "key" | "kind" | "cause"> {
  /** ISO 8601: when it was first seen. */
  since: string;
}

/** Findings that are kept of each past check. */
const keptOfCheck = 200;

/** The first findings of a check, in the order of its report. */
export function pastFindingsOf({ findings }: Pick<CheckReport, "findings">): PastFinding[] {
  return findings.slice(0, keptOfCheck).map(({ entity, key, kind, cause, first_seen }) => ({ entity, key, kind, cause, since: first_seen }));
}

/** Checks as they are written down: each finding once, and in each check the numbers of those that it found. */
export interface Packed<T extends { findings: PastFinding[] }> {
  checks: (Omit<T, "findings"> & { findings: string })[];
  findings: PastFinding[];
}

/** Checks that follow each other mostly find the same: two hundred times two hundred findings would be a file of megabytes. */
export function pack<T extends { findings: PastFinding[] }>(checks: readonly T[]): Packed<T> {
  const numbers = new Map<string, number>();
  const findings: PastFinding[] = [];
  const numberOf = (finding: PastFinding): number => {
    const text = JSON.stringify([finding.entity, finding.key, finding.kind, finding.cause, finding.since]);
    const number = numbers.get(text) ?? findings.push(finding) - 1;
    numbers.set(text, number);
    return number;
  };
  return { checks: checks.map((check) => ({ ...check, findings: check.findings.map(numberOf).join(" ") })), findings };
}

/** The findings of a check that was written down; none of one that is damaged or older than that. */
export function unpack(numbers: unknown, findings: readonly PastFinding[]): PastFinding[] {
  return typeof numbers !== "string" || numbers === "" ? [] : numbers.split(" ").flatMap((number) => findings[Number(number)] ?? []);
}
