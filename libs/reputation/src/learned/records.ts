import { PROBATION } from '../probation.js';
import { wilsonInterval } from '../quality/wilson.js';

/** What became of the reports of one reporter, category and evidence class. */
export interface ChannelRecord {
  readonly reporter: string;
  readonly category: string;
  readonly evidence: string;
  readonly reported: number;
  /** Another voice reported the same subject within 24 h after, or somebody who knows said so. */
  readonly confirmed: number;
  readonly refuted: number;
  /** Neither: silence says little. */
  readonly unknown: number;
  /** How much oftener its reports were confirmed than reports at large; 1 while nothing is known. */
  readonly likelihoodRatio: number;
  /** Lower end of its 95 % interval: what it is trusted with. */
  readonly lowerLikelihoodRatio: number;
  readonly onProbation: boolean;
}

export interface Tally {
  reported: number;
  confirmed: number;
  refuted: number;
}

/** A newcomer stays on probation for 30 days or until the outcome of 200 reports is known, whichever is first. */
export function isOnProbation(tally: Tally, ageS: number): boolean {
  return 1_000 * ageS < PROBATION.ms && tally.confirmed + tally.refuted < PROBATION.judgedReports;
}

/** Shares shrunk to the one of all reporters as if 20 more reports had gone like theirs. */
export function likelihoodRatios(tally: Tally, all: Tally): [number, number] {
  const share = (all.confirmed + 1) / (all.reported + 20);
  const confirmed = Math.max(0, tally.confirmed - tally.refuted) + 20 * share;
  const reported = Math.max(tally.reported, tally.confirmed) + 20;
  return [confirmed / reported / share, wilsonInterval(confirmed, reported).low / share];
}
