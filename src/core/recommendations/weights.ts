/** The terms of the score, in the order in which they are shown. Each is a number from 0 to 1. */
export const termNames = ["opens", "needed", "finish", "level", "similar"] as const;

export type TermName = (typeof termNames)[number];

/**
 * The formula of the strategy `next`: the score is the sum of weight × value over the terms. This is its one place; the
 * help and the explorer show it from here. The weights add up to 1.
 */
export const terms: Readonly<Record<TermName, { weight: number; meaning: string }>> = {
  opens: { weight: 0.3, meaning: "how many unmastered concepts it opens the way to, near or far, against the most that any candidate opens" },
  needed: { weight: 0.25, meaning: "share of your begun and unfinished paths that teach it, or an unmastered concept further on" },
  finish: { weight: 0.2, meaning: "how surely learners complete it: the lower end of the 95 % Wilson interval of completed out of learners" },
  level: { weight: 0.15, meaning: "how near its difficulty is to the highest that you have mastered: 1 at the same, 0.5 one step away, 0 two steps" },
  similar: { weight: 0.1, meaning: "how alike you and the most similar learner who completed it are: the Jaccard index of completed concepts" },
};

/** The formula in lines of text, for the help. */
export function formulaLines(): string[] {
  return [`score = ${termNames.map((name) => `${terms[name].weight.toFixed(2)} ${name}`).join(" + ")}`, ...termNames.map((name) => `${name}: ${terms[name].meaning}`)];
}

/** The 97.5 % quantile of the standard normal distribution: with it the interval holds 95 %. */
export const z = 1.959963984540054;

/** Lower end of the 95 % score interval of a proportion (E. B. Wilson, 1927); 0 without trials. */
export function wilsonLower(successes: number, trials: number): number {
  if (trials === 0) return 0;
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const margin = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * trials)) / trials);
  return Math.max(0, (centre - margin) / (1 + (z * z) / trials));
}
