// The outbreak alarm: a cluster never seen before whose member-normalised copies exceed what a baseline of ordinary new
// clusters makes likely. Counts of ordinary clusters are over-dispersed, so the baseline is a negative binomial fitted
// by moments; the alarm is its tail.

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

/** @throws {RangeError} for fewer than 30 clusters: no tail can be fitted to them */
export function fitBaseline(statistics: readonly number[]): Baseline {
  if (statistics.length < 30) throw new RangeError(`a baseline needs 30 clusters, has ${statistics.length}`);
  const mean = statistics.reduce((sum, value) => sum + value, 0) / statistics.length;
  const variance = statistics.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (statistics.length - 1);
  return { mean, shape: variance > mean ? mean ** 2 / (variance - mean) : Infinity };
}

/** P(X >= count) of the baseline. */
function tailProbability({ mean, shape }: Baseline, count: number): number {
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
