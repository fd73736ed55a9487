// Whether a probability puts a subject on a list. Apart from the scoring: the same figures under another policy list other
// subjects and change no score.
import type { SubjectType } from '@sekisho/subject';
import { MODEL } from '../model.js';

export interface ListingCase {
  readonly type: SubjectType;
  /** 0..100, need not be whole. */
  readonly score: number;
  /** Independent reporters of abuse; those who copy one another are one. */
  readonly voices: number;
  /** On a warning list. */
  readonly isProtected: boolean;
  /** Listed at the last scoring (hysteresis). */
  readonly wasListed: boolean;
}

/**
 * Listed from 70 points on and kept until below 55 (`MODEL.listing`), on the word of two voices at least; never a subscriber,
 * whom a person reviews, and never what a warning list protects.
 */
export function isListed({ type, score, voices, isProtected, wasListed }: ListingCase): boolean {
  const { listAt, delistBelow, minReporters } = MODEL.listing;
  if (type === 'subscriber' || isProtected || voices < minReporters) return false;
  return score >= (wasListed ? delistBelow : listAt);
}
