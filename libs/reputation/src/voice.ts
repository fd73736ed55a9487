// Who speaks with whose voice: a member that repeats what another said, or reads the same source, is no second witness.
import { wilsonInterval } from './quality/wilson.js';

export const VOICE = Object.freeze({
  /** A report is taken as repeated when another member reported the same within this time before it. */
  followMs: 6 * 3_600_000,
  /** Repeated reports that must have been looked at. */
  minFollowed: 50,
  /** Share of a member's reports that must repeat one other member's, by the lower end of the 95 % interval. */
  minShare: 0.5,
});

/** What was looked at of one member's reports in some time. */
export interface RepeatedReports {
  readonly reporter: string;
  /** Sum of the weights of the reports looked at, and of their squares. */
  readonly weight: number;
  readonly squaredWeight: number;
  /** By other member: weight of the reports that repeat one of its. */
  readonly repeated: ReadonlyMap<string, number>;
}

export interface VoiceShare {
  /** The member whose voice it is. */
  readonly voice: string;
  /** The member that is repeated most, and how much of all repeats it, 0..1. */
  readonly leader: string;
  readonly share: number;
}

/**
 * The members that speak with another's voice. Each joins the one that it repeats most, and with it whom that one
 * repeats; nobody is joined to another by what a third does, or a liar that repeats two honest members could make one of them.
 * Members that repeat each other in a circle are the one of them that comes first by name.
 */
export function voicesOf(looked: readonly RepeatedReports[]): Map<string, VoiceShare> {
  const repeats = new Map<string, Omit<VoiceShare, 'voice'>>();
  for (const one of looked) {
    const leader = leaderOf(one);
    if (leader) repeats.set(one.reporter, leader);
  }
  const leaders = new Map(Array.from(repeats, ([reporter, { leader }]) => [reporter, leader]));
  const voices = new Map<string, VoiceShare>();
  for (const [reporter, found] of repeats) {
    const voice = voiceOf(reporter, leaders);
    if (voice !== reporter) voices.set(reporter, { voice, ...found });
  }
  return voices;
}

function leaderOf({ weight, squaredWeight, repeated }: RepeatedReports) {
  if (squaredWeight <= 0) return undefined;
  const [most] = [...repeated].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (!most) return undefined;
  const [leader, ofLeader] = most;
  // Reports that stand for others say as much as so many that stand for themselves.
  const effective = (weight * weight) / squaredWeight;
  const share = Math.min(1, ofLeader / weight);
  return isCopying(share * effective, effective) ? { leader, share } : undefined;
}

/** Whether so many of so many reports are more than independent members have in common. */
export const isCopying = (repeated: number, looked: number): boolean =>
  repeated >= VOICE.minFollowed && wilsonInterval(repeated, looked).low >= VOICE.minShare;

/** Whom one follows in the end; of a circle the least. */
export function voiceOf<T extends string | number>(reporter: T, leaders: ReadonlyMap<T, T>): T {
  const path: T[] = [];
  let at = reporter;
  while (!path.includes(at)) {
    path.push(at);
    const next = leaders.get(at);
    if (next === undefined) return at;
    at = next;
  }
  return path.slice(path.indexOf(at)).reduce((first, one) => (one < first ? one : first));
}
