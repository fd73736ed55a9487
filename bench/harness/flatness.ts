// Whether a figure grows with time. A process that was just started grows for a while and is not leaking: the first third of
// a run is left out, and the last third is held against the middle one.
import { median } from '#harness/figures';

export interface Flatness {
  /** Of the middle third, and of the last one. */
  readonly medians: readonly [number, number];
  readonly leasts: readonly [number, number];
  readonly isFlat: boolean;
}

/**
 * `share`: growth from third to third that still counts as flat; `least`: and growth by so much, in the figure's unit.
 * `by`: what is held against each other. What leaks is never given back, so it is in the least of a third; a moment in which the
 * machine was slow, and much was open at once, is not.
 */
export function flatness(
  samples: readonly number[],
  { share, least, by }: { share: number; least: number; by: 'median' | 'least' },
): Flatness {
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const medians = [median(middle), median(last)] as const;
  const leasts = [Math.min(...middle), Math.min(...last)] as const;
  const [before, after] = by === 'least' ? leasts : medians;
  return { medians, leasts, isFlat: after - before <= Math.max(least, before * share) };
}
