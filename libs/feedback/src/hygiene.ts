// How clean a member's network is, and how that compares. What each figure counts is in docs/feedback.md.

/** Undefined where there is nothing to measure by: no address, no dynamic range, no fix. */
export interface HygieneFigures {
  readonly listedPerThousand: number | undefined;
  readonly leakingPerThousand: number | undefined;
  readonly port25BlockedShare: number | undefined;
  readonly medianHoursToFixed: number | undefined;
  readonly reappearanceRate: number | undefined;
}

export const HYGIENE_FIGURES = [
  'listedPerThousand',
  'leakingPerThousand',
  'port25BlockedShare',
  'medianHoursToFixed',
  'reappearanceRate',
] as const satisfies readonly (keyof HygieneFigures)[];

/** Quartiles of the members that have the figure, to one digit. */
export interface HygieneSpread {
  readonly figure: keyof HygieneFigures;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * How a figure is spread over the members. Of fewer than k members besides the asker nothing is said: the asker knows its
 * own figure, and what is left must not point at one. A quartile may be one member's figure, hence one digit.
 */
export function spreadOf(others: readonly HygieneFigures[], own: HygieneFigures, k: number): HygieneSpread[] {
  return HYGIENE_FIGURES.flatMap((figure) => {
    const known = others.flatMap((figures) => figures[figure] ?? []);
    if (known.length < k) return [];
    const mine = own[figure];
    const sorted = (mine === undefined ? known : [...known, mine]).toSorted((a, b) => a - b);
    const at = (share: number) => oneDigit(sorted[Math.round(share * (sorted.length - 1))] ?? 0);
    return [{ figure, low: at(0.25), median: at(0.5), high: at(0.75) }];
  });
}

/** The first digit that is not 0: 0.347 is 0.3, 12.6 is 10. */
export const oneDigit = (value: number): number => Number(value.toPrecision(1));
