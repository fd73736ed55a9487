// When two fingerprints are one campaign. The constants were chosen on one half of the labelled corpus
// (docs/campaigns.md): unrelated texts of 90 words and more agreed to at most 0.36 there, those of 40 to 60 words, which
// share a footer, to 0.57; varied copies of one text agreed to 0.40 and more.

export const KIND_NUMBER = { none: 0, short: 1, text: 2 } as const;

/** By the smaller size class (half-octaves of different shingles): up to 64, up to 90, up to 128, and more. */
const THRESHOLDS: readonly (readonly [upTo: number, threshold: number])[] = [
  [11, 0.62],
  [12, 0.54],
  [13, 0.42],
];
const LOWEST_THRESHOLD = 0.38;

/** The estimated similarity, 0 to 1, from which two fingerprints are one campaign. */
export function linkThreshold(sizeClassA: number, sizeClassB: number): number {
  const smaller = Math.min(sizeClassA, sizeClassB);
  return THRESHOLDS.find(([upTo]) => smaller <= upTo)?.[1] ?? LOWEST_THRESHOLD;
}
