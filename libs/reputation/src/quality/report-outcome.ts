// What became of a member's reports: the published rule of docs/reputation.md, "What became of your reports".
import { CATEGORIES, type Category } from '@sekisho/report';
import { SUBJECT_TYPES, type SubjectType } from '@sekisho/subject';
import { FAMILIES } from '../family.js';
import { HOUR_MS } from '../model.js';
import { wilsonInterval } from './wilson.js';

export const REPORT_OUTCOME = Object.freeze({
  /** Another member's report confirms when it comes within this time after. */
  echoMs: 24 * HOUR_MS,
  /** Reports of it are waited for a little longer. */
  settlingMs: HOUR_MS,
  /** A report's outcome can change for so long, and counts for so long. */
  windowMs: 30 * 24 * HOUR_MS,
  /** Reports looked at of one member, category and evidence class in an hour; the rest is weighed in. */
  perHour: 20,
});

/** What is known of one report. */
export interface ReportFate {
  /** What people decided of its subject after it: an appeal, the working group or the operator. */
  readonly ruling: 'right' | 'wrong' | undefined;
  /** The owner of the address said that it found or fixed something. */
  readonly isOwnedUp: boolean;
  /** Another member reported the same. */
  readonly isEchoed: boolean;
}

export type ReportOutcome = 'confirmed' | 'refuted' | 'unknown';

/** People win over the owner, and the owner over other members. Silence says nothing. */
export function outcomeOf({ ruling, isOwnedUp, isEchoed }: ReportFate): ReportOutcome {
  if (ruling === 'wrong') return 'refuted';
  return ruling === 'right' || isOwnedUp || isEchoed ? 'confirmed' : 'unknown';
}

export interface Echo {
  readonly type: SubjectType;
  readonly category: Category;
  /** A report of this category says the same. */
  readonly confirmedBy: Category;
}

/** Which categories confirm which: those of one family. Good mail and dynamic ranges are in none. */
export const ECHOES: readonly Echo[] = SUBJECT_TYPES.flatMap((type) =>
  FAMILIES[type].flatMap(({ categories }) =>
    CATEGORIES.filter((category) => categories.includes(category)).flatMap((category) =>
      categories.map((confirmedBy) => ({ type, category, confirmedBy })),
    ),
  ),
);

/** Reports of one fate in one category and evidence class. */
export interface FateCount extends ReportFate {
  readonly category: string;
  readonly evidence: string;
  /** Looked at. */
  readonly checked: number;
  /** Of how many those stand. */
  readonly weight: number;
  readonly squaredWeight: number;
}

/** Members whose word confirmed reports of a category and evidence class; more than k need not be named. */
export interface Confirmers {
  readonly category: string;
  readonly evidence: string;
  readonly members: readonly string[];
}

export interface CalibrationChannel {
  /** Undefined for what is too little to be told apart. */
  readonly category: string | undefined;
  readonly evidence: string | undefined;
  /** Reports that were news, estimated where not all were looked at. */
  readonly reported: number;
  /** Looked at. */
  readonly checked: number;
  readonly refuted: number;
  /** Undefined where fewer than k members confirmed, so that nobody is pointed at. */
  readonly confirmation: ConfirmedShare | undefined;
}

export interface ConfirmedShare {
  readonly confirmed: number;
  readonly unknown: number;
  /** Of all that was reported, 0..1, and its 95 % interval. */
  readonly share: number;
  readonly shareLow: number;
  readonly shareHigh: number;
}

/**
 * One member's calibration report. Channels that fewer than `k` members (but some) confirmed are told as one; there is no
 * sum over all, so none of them can be had by subtraction.
 */
export function calibrationOf(
  fates: readonly FateCount[],
  confirmers: readonly Confirmers[],
  { k }: { readonly k: number },
): CalibrationChannel[] {
  const confirmersOf = new Map(confirmers.map((one) => [nameOf(one), one.members]));
  const tallies = [...Map.groupBy(fates, nameOf)].map(([name, counts]): Tally => {
    const [first] = counts;
    return {
      ...{ category: first?.category, evidence: first?.evidence },
      ...{ counts, members: new Set(confirmersOf.get(name)) },
    };
  });
  const [told, small] = [tallies.filter((tally) => isTold(tally, k)), tallies.filter((t) => !isTold(t, k))];
  const rest: Tally = {
    ...{ category: undefined, evidence: undefined },
    counts: small.flatMap(({ counts }) => counts),
    members: new Set(small.flatMap(({ members }) => [...members])),
  };
  return [
    ...told.map((tally) => toChannel(tally, true)).sort((a, b) => b.reported - a.reported),
    ...(small.length > 0 ? [toChannel(rest, isTold(rest, k))] : []),
  ];
}

interface Tally {
  readonly category: string | undefined;
  readonly evidence: string | undefined;
  readonly counts: readonly FateCount[];
  readonly members: ReadonlySet<string>;
}

const nameOf = ({ category, evidence }: { category: string; evidence: string }) => `${category}/${evidence}`;

const isTold = ({ counts, members }: Tally, k: number) =>
  members.size >= k || counts.every((count) => outcomeOf(count) !== 'confirmed' || count.ruling === 'right');

const sumOf = (counts: readonly FateCount[], of: (count: FateCount) => number) =>
  counts.reduce((total, count) => total + of(count), 0);

function toChannel({ category, evidence, counts }: Tally, isOpen: boolean): CalibrationChannel {
  const checkedAs = (outcome: ReportOutcome) =>
    sumOf(counts, (count) => (outcomeOf(count) === outcome ? count.checked : 0));
  const weight = sumOf(counts, (count) => count.weight);
  return {
    ...{ category, evidence, reported: Math.round(weight), checked: sumOf(counts, ({ checked }) => checked) },
    refuted: checkedAs('refuted'),
    confirmation: isOpen
      ? {
          ...{ confirmed: checkedAs('confirmed'), unknown: checkedAs('unknown') },
          ...shareOf(counts, weight),
        }
      : undefined,
  };
}

function shareOf(counts: readonly FateCount[], weight: number) {
  const share =
    sumOf(counts, (count) => (outcomeOf(count) === 'confirmed' ? count.weight : 0)) / Math.max(weight, 1);
  // Unequal weights tell less than as many equal ones (Kish 1965).
  const effective =
    (weight * weight) /
    Math.max(
      1,
      sumOf(counts, ({ squaredWeight }) => squaredWeight),
    );
  const { low, high } = wilsonInterval(share * effective, effective);
  return { share, shareLow: low, shareHigh: high };
}
