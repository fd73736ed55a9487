// Whether a figure grows with time. A process that was just started grows for a while and is not leaking: the first third of
// a run is left out, and the last third is held against the middle one.
import { median } from '#harness/figures';

export interface Flatness {
  readonly middle: number;
  readonly last: number;
  readonly isFlat: boolean;
}

/** `share`: growth from third to third that still counts as flat; `least`: and growth by so much, in the figure's unit. */
export function flatness(
  samples: readonly number[],
  { share, least }: { share: number; least: number },
): Flatness {
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [median(samples.slice(third, 2 * third)), median(samples.slice(2 * third))];
  return { middle, last, isFlat: last - middle <= Math.max(least, middle * share) };
}
