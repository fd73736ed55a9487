// What an action achieved, who acted, and what it cost: written once, when the last figures are there.
import type { Action, Transition } from './action.js';
import { distributionOf, type BucketShare, type Counts } from './counts.js';
import type { Tally } from './tally.js';
import type { ActionKind, Participation } from './vocabulary.js';

export interface AfterActionReport {
  readonly version: 1;
  readonly action: {
    readonly id: string;
    readonly kind: ActionKind;
    readonly title: string;
    readonly reason: string;
    readonly subjects: readonly string[];
    readonly category: string | null;
    readonly isEmergency: boolean;
    readonly proposedBy: string;
  };
  /** Milliseconds since 1970. */
  readonly effectiveAt: number;
  readonly endedAt: number;
  readonly end: 'expired' | 'rolled-back';
  readonly endReason: string;
  readonly isApproved: boolean | null;
  readonly tally: Tally;
  /** Messages that members reported, to the order of magnitude, in as long a time before T0 and from T0 to the end. */
  readonly volume: { readonly before: number; readonly during: number };
  /** The same of what lies around the subjects and in their campaign, without them. */
  readonly elsewhere: { readonly before: number; readonly during: number };
  /** Ten times as much as before was reported elsewhere. */
  readonly hasMoved: boolean;
  readonly rehearsed: readonly BucketShare[];
  readonly actual: readonly BucketShare[];
  readonly participation: {
    readonly members: number;
    readonly applied: number;
    readonly vetoed: number;
    readonly notActed: number;
  };
  /** Of the members that applied it; null when none did. */
  readonly skewMs: { readonly median: number; readonly most: number } | null;
  readonly participants: readonly {
    readonly memberId: string;
    readonly state: Participation;
    readonly skewMs: number | null;
    readonly removalSkewMs: number | null;
  }[];
}

export interface ReportInput {
  readonly action: Action &
    Omit<AfterActionReport['action'], 'category'> & { readonly category: string | undefined };
  readonly end: Pick<Transition, 'state' | 'reason'>;
  readonly tally: Tally;
  readonly volume: AfterActionReport['volume'];
  readonly elsewhere: AfterActionReport['elsewhere'];
  readonly participants: readonly (AfterActionReport['participants'][number] & {
    readonly rehearsal: Counts | undefined;
    readonly actual: Counts | undefined;
  })[];
}

/** The largest power of ten that is not above a count: more exact figures could show who reported. */
const magnitude = (count: number): number => (count < 1 ? 0 : 10 ** Math.floor(Math.log10(count)));
const coarse = ({ before, during }: AfterActionReport['volume']) => ({
  before: magnitude(before),
  during: magnitude(during),
});

const MOVED_FACTOR = 10;

export function afterActionReport({
  action,
  end,
  tally,
  participants,
  ...measured
}: ReportInput): AfterActionReport {
  const { id, kind, title, reason, subjects, isEmergency, proposedBy } = action;
  const volume = coarse(measured.volume);
  const elsewhere = coarse(measured.elsewhere);
  const skews = participants.flatMap(({ skewMs }) => (skewMs === null ? [] : [skewMs])).sort((a, b) => a - b);
  const median = skews[Math.floor(skews.length / 2)];
  const having = (...states: readonly Participation[]) =>
    participants.filter(({ state }) => states.includes(state)).length;
  return {
    version: 1,
    action: {
      ...{ id, kind, title, reason, subjects: [...subjects], isEmergency, proposedBy },
      category: action.category ?? null,
    },
    effectiveAt: action.effectiveAt ?? 0,
    endedAt: action.endedAt ?? 0,
    end: end.state === 'rolled-back' ? 'rolled-back' : 'expired',
    endReason: end.reason,
    isApproved: action.isApproved ?? null,
    ...{ tally, volume, elsewhere },
    hasMoved: elsewhere.during >= MOVED_FACTOR * Math.max(1, elsewhere.before),
    rehearsed: distributionOf(participants.flatMap(({ rehearsal }) => rehearsal ?? [])),
    actual: distributionOf(participants.flatMap(({ actual }) => actual ?? [])),
    participation: {
      members: participants.length,
      applied: having('applied', 'removed'),
      vetoed: having('vetoed'),
      notActed: having('silent', 'ready'),
    },
    skewMs: median === undefined ? null : { median, most: Math.max(...skews.map(Math.abs)) },
    participants: participants.map(({ memberId, state, skewMs, removalSkewMs }) => ({
      ...{ memberId, state, skewMs, removalSkewMs },
    })),
  };
}
