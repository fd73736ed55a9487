export const RANGES = ['day', 'fortnight', 'quarter'] as const;
export type Range = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;
/** The hub keeps evidence for 60 days, and answers nothing older. */
const LENGTH_MS: Readonly<Record<Range, number>> = {
  day: 24 * HOUR_MS,
  fortnight: 14 * 24 * HOUR_MS,
  quarter: 59 * 24 * HOUR_MS,
};
const POINTS = 14;

/** Fourteen moments from the start of the range to `now`, oldest first. */
export function historyTimes(range: string, now: Date): Date[] {
  const length = LENGTH_MS[RANGES.find((known) => known === range) ?? 'day'];
  return Array.from(
    { length: POINTS },
    (_, i) => new Date(now.getTime() - (length * (POINTS - 1 - i)) / (POINTS - 1)),
  );
}
