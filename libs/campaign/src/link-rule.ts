// When two texts are one campaign. The constants were chosen on one half of the labelled corpus (docs/campaigns.md).

export const KIND_NUMBER = { none: 0, short: 1, text: 2 } as const;

interface Limits {
  /** Similarity over pairs of words from which texts can be one campaign. */
  readonly pairs: number;
  /** Shared part: how much of the two texts comes from one original. */
  readonly shared: number;
}

/** By the smaller size class (half-octaves of different pairs): fewer than 32, up to 64, up to 90, and more. */
const LIMITS: readonly (readonly [upTo: number, limits: Limits])[] = [
  [9, { pairs: 0.62, shared: 0.7 }],
  [11, { pairs: 0.44, shared: 0.7 }],
  [12, { pairs: 0.42, shared: 0.7 }],
];
const LONG_TEXT: Limits = { pairs: 0.33, shared: 0.66 };
/** Texts as near as this are one campaign whatever differs: the labels themselves say so at about 0.6. */
const SURE = 0.65;

/**
 * Whether texts of these similarities (0 to 1, over pairs and over runs of four words) are one campaign. For averages
 * of several comparisons too.
 */
export function isNear(pairs: number, runs: number, sizeClass: number): boolean {
  const limits = LIMITS.find(([upTo]) => sizeClass <= upTo)?.[1] ?? LONG_TEXT;
  if (pairs < limits.pairs) return false;
  return pairs >= SURE || sharedPart(pairs, runs) >= limits.shared;
}

/**
 * Two copies share the part f of their text, and there each word survives in both with the chance r. Then Dice's
 * coefficient is f r^2 over pairs of words and f r^4 over runs of four, so f is the square of the first over the
 * second. Words changed here and there leave f at 1, another text in the same frame does not.
 */
export function sharedPart(pairs: number, runs: number): number {
  const dice = (jaccard: number) => (2 * jaccard) / (1 + jaccard);
  return dice(pairs) ** 2 / Math.max(dice(runs), 0.02);
}
