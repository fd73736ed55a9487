// What the learning model says of one subject, under the listing policy: the backtest's answer and the rehearsal's.
import { readSubject } from '@sekisho/subject';
import type { Contribution } from '../learned/assessment.js';
import type { Ledger } from '../learned/ledger.js';
import { protectionOf, type WarningLists } from '../warning-list.js';
import { isListed } from './listing.js';

export interface LearnedVerdict {
  /** 0..100, to four decimal places: a hundred times the probability. */
  readonly score: number;
  /** 0..100. */
  readonly confidence: number;
  readonly listed: boolean;
  /** They sum to ln(p / (1 − p)) of the probability. */
  readonly contributions: readonly Contribution[];
}

export interface VerdictOptions {
  /** Milliseconds since 1970, not before what the ledger has observed. */
  readonly at: number;
  readonly horizonHours: number;
  readonly warningLists: WarningLists;
  /** Hysteresis: what is listed stays so down to a lower score. */
  readonly wasListed: boolean;
}

/** @returns undefined when no report of the subject counts */
export function learnedVerdict(
  ledger: Ledger,
  subject: string,
  { at, horizonHours, warningLists, wasListed }: VerdictOptions,
): LearnedVerdict | undefined {
  ledger.catchUp(at);
  if (ledger.evidenceOf(subject).length === 0) return undefined;
  const { probability, confidence, voices, contributions } = ledger.assess(subject, at, horizonHours);
  const parsed = readSubject(subject);
  const score = Math.round(1e6 * probability) / 1e4;
  const isProtected = protectionOf(parsed, warningLists) !== undefined;
  const listed = isListed({ type: parsed.type, score, voices, isProtected, wasListed });
  return { score, confidence, listed, contributions };
}
