// When two fingerprints are one campaign. The constants were chosen on one half of the labelled corpus
// (docs/campaigns.md); short texts share footers and set phrases, so they must agree more.

export const KIND_NUMBER = { none: 0, short: 1, text: 2 } as const;
const SHORT_THRESHOLD = 0.62;
const TEXT_THRESHOLD = 0.62;
/** Half-octaves: 12 is 64 to 90 different shingles, where TEXT_THRESHOLD holds. */
const SMALL_SIZE_CLASS = 12;
/** The threshold sinks by this for each half-octave more, as chance agreement through footers does. */
const RELIEF_BY_CLASS = 0.03;
const LOWEST_THRESHOLD = 0.45;

/** The estimated similarity from which two fingerprints of one kind are one campaign. */
export function linkThreshold(kind: number, sizeClassA: number, sizeClassB: number): number {
  if (kind === KIND_NUMBER.short) return SHORT_THRESHOLD;
  const relief = Math.max(0, Math.min(sizeClassA, sizeClassB) - SMALL_SIZE_CLASS) * RELIEF_BY_CLASS;
  return Math.max(LOWEST_THRESHOLD, TEXT_THRESHOLD - relief);
}
