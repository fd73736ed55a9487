// The outbreak alarm: a cluster never seen before whose member-normalised copies exceed what a baseline of ordinary new
// clusters makes likely. Counts of ordinary clusters are over-dispersed, so the baseline is a negative binomial fitted
// by moments; but the alarm is about its far tail, which moments say little of. So the tail is fitted by itself, to what
// exceeds a high quantile (peaks over threshold, Pickands 1975), at the upper end of its confidence.

/** A cluster is new for so long; a later rise is growth of something known. */
export const NOVELTY_MS = 24 * 3_600_000;
export const OUTBREAK_WINDOW_MS = 30 * 60_000;
/** One member's copies in a window count as at most this many: one flooded mailbox is not an outbreak. */
const MAX_COPIES_OF_MEMBER = 3;
const MIN_MEMBERS = 3;

export interface Sample {
  readonly member: string;
  readonly at: number;
  readonly copies: number;
}

export interface Baseline {
  /** Mean of windowStatistic over ordinary new clusters. */
  readonly mean: number;
  /** Shape of the negative binomial; Infinity is Poisson. */
  readonly shape: number;
  /** What exceeds a high quantile; without it only the negative binomial is used. */
  readonly tail?: Tail;
}

export interface Tail {
  /** Integer: the quantile. */
  readonly above: number;
  /** Share of ordinary clusters above it. */
  readonly share: number;
  /** Of those that reach a count above it, so many reach one more. */
  readonly ratio: number;
}

export interface Alarm {
  readonly isOutbreak: boolean;
  /** Member-normalised copies in the window. */
  readonly statistic: number;
  /** The chance that an ordinary new cluster reaches this, by the baseline. */
  readonly probability: number;
}

/** Member-normalised copies of the last window: each member's are capped. */
export function windowStatistic(samples: readonly Sample[], now: number): number {
  const byMember = new Map<string, number>();
  for (const { member, at, copies } of samples) {
    if (at > now - OUTBREAK_WINDOW_MS && at <= now)
      byMember.set(member, (byMember.get(member) ?? 0) + copies);
  }
  let sum = 0;
  for (const copies of byMember.values()) sum += Math.min(copies, MAX_COPIES_OF_MEMBER);
  return sum;
}

/** Fitted to windowStatistic of ordinary new clusters, the highest of all moments. @throws {RangeError} for fewer than 30 clusters: no tail can be fitted to them */
export function fitBaseline(statistics: readonly number[]): Baseline {
  if (statistics.length < 30) throw new RangeError(`a baseline needs 30 clusters, has ${statistics.length}`);
  const mean = statistics.reduce((sum, value) => sum + value, 0) / statistics.length;
  const variance = statistics.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (statistics.length - 1);
  return {
    mean,
    shape: variance > mean ? mean ** 2 / (variance - mean) : Infinity,
    tail: fitTail(statistics),
  };
}

/** At least one cluster in fifty is the tail: the tenth that was tried first is not yet the tail's own shape. */
const TAIL_SHARE = 0.02;
/** Standard errors added to the share and the mean excess. */
const CAUTION = 3;

function fitTail(statistics: readonly number[]): Tail {
  const sorted = statistics.toSorted((a, b) => a - b);
  const atQuantile = Math.floor(sorted[Math.floor((1 - TAIL_SHARE) * sorted.length)] ?? 0);
  // Counts are whole and many are equal: one lower, so that what equals the quantile is in the tail.
  const above = Math.max(0, atQuantile - 1);
  const excesses = sorted.filter((value) => value > above).map((value) => value - above);
  const number = Math.max(1, excesses.length);
  const meanExcess = Math.max(1, excesses.reduce((sum, value) => sum + value, 0) / number);
  // Nothing exceeds: as if one cluster did by two, so that the ratio is not zero.
  const cautious = Math.max(meanExcess, 1 + 1 / number) * (1 + CAUTION / Math.sqrt(number));
  return {
    above,
    share: Math.min(1, (number + CAUTION * Math.sqrt(number)) / sorted.length),
    ratio: 1 - 1 / cautious,
  };
}

/** P(X >= count) of the baseline: the larger of the fit to all and the fit to the tail. */
export function tailProbability({ mean, shape, tail }: Baseline, count: number): number {
  const inTail =
    tail === undefined || count <= tail.above
      ? 0
      : tail.share * tail.ratio ** (Math.ceil(count) - tail.above - 1);
  return Math.max(inTail, negativeBinomialTail(mean, shape, count));
}

function negativeBinomialTail(mean: number, shape: number, count: number): number {
  if (mean <= 0) return count <= 0 ? 1 : 0;
  const isPoisson = shape === Infinity;
  let term = isPoisson ? Math.exp(-mean) : (shape / (shape + mean)) ** shape;
  const ratio = isPoisson ? mean : mean / (shape + mean);
  let below = 0;
  for (let k = 0; k < Math.ceil(count); k++) {
    below += term;
    term *= isPoisson ? ratio / (k + 1) : (ratio * (shape + k)) / (k + 1);
  }
  return Math.max(0, 1 - below);
}

/** Judges one cluster at one moment. `falseAlarmRate`: wanted share of ordinary new clusters that raise an alarm. */
export function judgeOutbreak(
  samples: readonly Sample[],
  firstSeen: number,
  baseline: Baseline,
  { now, falseAlarmRate }: { readonly now: number; readonly falseAlarmRate: number },
): Alarm {
  const statistic = windowStatistic(samples, now);
  const probability = tailProbability(baseline, statistic);
  const members = new Set(
    samples.filter(({ at }) => at > now - OUTBREAK_WINDOW_MS && at <= now).map(({ member }) => member),
  ).size;
  const isNovel = now - firstSeen <= NOVELTY_MS;
  return {
    isOutbreak: isNovel && members >= MIN_MEMBERS && probability < falseAlarmRate,
    statistic,
    probability,
  };
}
