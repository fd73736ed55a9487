// The one function that scores: the ledger, the hub and every replay use it.
import { EVIDENCE } from '@sekisho/report';
import type { Calibration } from './calibration.js';
import { fade, SLOW_S, type Neighbourhood, type ReportState } from './evidence.js';
import {
  CHANNEL_FACTORS,
  factorsOf,
  ownStateOf,
  QUESTION,
  SHARED_FACTORS,
  STATES,
  type ChannelFacts,
} from './factors.js';
import type { Habits } from './habits.js';
import type { Weights } from './learned-model.js';
import { logistic, logLiftOf, type Known, type View } from './lift.js';
import { riskFrom, type Mixture, type RiskParts } from './mixture.js';
import { HOUR_S } from './observation.js';

/** What was learned, as far as scoring needs it. */
export interface ScoringModel {
  readonly channels: readonly (ChannelFacts & { readonly category: string; readonly onProbation: boolean })[];
  readonly weights: Weights;
  readonly habits: Habits;
  readonly known: readonly Known[];
  readonly mixture: Mixture;
  readonly calibration: Calibration;
  /** What the calibration was fitted on, seconds. */
  readonly horizonS: number;
}

export interface Contribution {
  /** A group of factors; never a reporter. */
  readonly factor: string;
  /** Natural logarithm of odds. */
  readonly logOdds: number;
}

export interface Assessment {
  /** Of a new report of abuse within the horizon (24 h unless told otherwise), 0..1. */
  readonly probability: number;
  /** 100 times the probability, whole. */
  readonly score: number;
  /** 0..100: how much independent evidence there is, not how bad it is. */
  readonly confidence: number;
  /** Independent reporters of abuse; those who copy one another are one. */
  readonly voices: number;
  /** They sum to ln(p / (1 - p)) of the probability. */
  readonly contributions: readonly Contribution[];
}

/** Share of the verdict's positive log-odds that one reporter may give. */
const REPORTER_CAP = 0.25;
/** Log-odds that one reporter may always give: with little evidence a quarter of it would be nothing. */
const REPORTER_FLOOR = 1;
/** Log-odds of 65 points: whatever a single voice trained the model to expect of itself, it lists nobody. */
const SINGLE_VOICE = Math.log(0.65 / 0.35);
/** Exponent with which the odds of a report grow with the time one waits. */
const WAITING = 0.7;

const shared: number[] = [];
const apart: number[] = [];
const full: View = { factors: shared, from: 0, to: 0, own: STATES };
const without: View = { factors: apart, from: 0, to: 0, own: STATES };

type Tell = (factor: string, amount: number) => void;

/** Natural logarithm of how much more a subject is to be feared than the average one, before calibration. */
export function riskOf(
  reports: readonly ReportState[],
  neighbourhood: Neighbourhood,
  model: ScoringModel,
  now: number,
  tell?: Tell,
): number {
  const parts = riskPartsOf(reports, neighbourhood, model, now, tell);
  tell?.('agreement', model.mixture.agreement * parts.agreement);
  tell?.('recency', model.mixture.recency * parts.recency);
  return riskFrom(parts, model.mixture);
}

/** What the risk is mixed from; `tell` hears of the learned part only. */
export function riskPartsOf(
  reports: readonly ReportState[],
  neighbourhood: Neighbourhood,
  model: ScoringModel,
  now: number,
  tell?: Tell,
): RiskParts {
  const { channels } = model;
  factorsOf(reports, neighbourhood, channels, now, -1, shared);
  full.to = shared.length;
  const learned = learnedRisk(
    model,
    full,
    (reporter) => {
      if (!reports.some(({ channel }) => channels[channel]?.reporter === reporter)) return full;
      factorsOf(reports, neighbourhood, channels, now, reporter, apart);
      without.to = apart.length;
      without.own = ownStateOf(reports, channels, reporter, now);
      return without;
    },
    tell,
  );
  return { learned, ...agreementAndRecency(reports, channels, now) };
}

/** The lift over all known reporters, less what the caps take off what everybody sees (`everything`). */
export function learnedRisk(
  { known, weights, habits, channels }: ScoringModel,
  everything: View,
  viewWithout: (reporter: number) => View,
  tell?: Tell,
): number {
  const { factors, from, to } = everything;
  const plain = capped(channels, weights, factors, from, to, tell);
  const strange = weights.sum(factors, from, to) + (weights.value[QUESTION.own + STATES] ?? 0);
  const lift = logLiftOf(known, weights, habits, viewWithout);
  // Nobody's habits are known at first; they take over as they are learned.
  const learned = lift === undefined ? plain : lift - (strange - plain);
  tell?.('member-habits', learned - plain);
  return learned;
}

export function agreementAndRecency(
  reports: readonly ReportState[],
  channels: readonly ChannelFacts[],
  now: number,
): Omit<RiskParts, 'learned'> {
  let latest = 0;
  for (const { channel, lastNewAt } of reports)
    if (channels[channel]?.isGood === false) latest = Math.max(latest, lastNewAt);
  return {
    agreement: Math.log(Math.max(1, voicesOf(reports, channels))),
    recency: -Math.log1p(Math.max(0, now - latest) / HOUR_S),
  };
}

function voicesOf(reports: readonly ReportState[], channels: readonly ChannelFacts[]): number {
  const voices = new Set<number>();
  for (const { channel } of reports) {
    const facts = channels[channel];
    if (facts?.isGood === false) voices.add(facts.voice);
  }
  return voices.size;
}

/** The shared factors' sum, less what reporters on probation or above their part would add. */
function capped(
  channels: ScoringModel['channels'],
  weights: Weights,
  factors: ArrayLike<number>,
  from: number,
  to: number,
  tell?: Tell,
): number {
  const ofReporter = new Map<number, number>();
  let positive = 0;
  let sum = 0;
  let channel = 0;
  let reporter = -1;
  let name = '';
  for (let i = from; i < to; i++) {
    const factor = factors[i] ?? 0;
    let weight = weights.value[factor] ?? 0;
    const isReport = factor < QUESTION.standing || factor >= SHARED_FACTORS;
    if (isReport) {
      if (factor < QUESTION.evidence) {
        // The third factor of the four of a report says whose it is.
        channel = Math.floor(((factors[i + 2] ?? 0) - SHARED_FACTORS) / CHANNEL_FACTORS);
        const facts = channels[channel];
        reporter = facts?.reporter ?? -1;
        name = `${facts?.category ?? ''}/${EVIDENCE[facts?.evidence ?? 0] ?? ''}`;
      }
      if (factor >= SHARED_FACTORS && weight > 0 && channels[channel]?.onProbation === true) weight = 0;
      ofReporter.set(reporter, (ofReporter.get(reporter) ?? 0) + weight);
      tell?.(name, weight);
    } else {
      positive += Math.max(0, weight);
      tell?.(groupOf(factor), weight);
    }
    sum += weight;
  }
  for (const amount of ofReporter.values()) positive += Math.max(0, amount);
  let excess = 0;
  for (const amount of ofReporter.values())
    excess += Math.max(0, amount - Math.max(REPORTER_FLOOR, REPORTER_CAP * positive));
  if (excess > 0) tell?.('reporter-cap', -excess);
  return sum - excess;
}

function groupOf(factor: number): string {
  if (factor < QUESTION.recency) return 'agreement';
  if (factor < QUESTION.recurrence) return 'recency';
  if (factor < QUESTION.nearFast) return 'recurrence';
  return factor < QUESTION.good ? 'neighbourhood' : 'good-mail';
}

/** `now` in seconds since 1970, `horizonS` in seconds. */
export function assess(
  reports: readonly ReportState[],
  neighbourhood: Neighbourhood,
  model: ScoringModel,
  now: number,
  horizonS = SLOW_S,
): Assessment {
  if (reports.length === 0) return { probability: 0, score: 0, confidence: 0, voices: 0, contributions: [] };
  const { slope, intercept } = model.calibration;
  const groups = new Map<string, number>();
  const tell = (factor: string, amount: number) =>
    groups.set(factor, (groups.get(factor) ?? 0) + slope * amount);
  riskOf(reports, neighbourhood, model, now, tell);
  groups.set('base-rate', intercept + WAITING * Math.log(horizonS / model.horizonS));
  const sumOf = () => [...groups.values()].reduce((sum, part) => sum + part, 0);
  const voices = voicesOf(reports, model.channels);
  if (voices <= 1 && sumOf() > SINGLE_VOICE) groups.set('single-voice', SINGLE_VOICE - sumOf());
  const logOdds = sumOf();
  const probability = logistic(logOdds);

  const byVoice = new Map<number, number>();
  for (const { channel, lastAt, endedAt } of reports) {
    const facts = model.channels[channel];
    if (facts === undefined) continue;
    const fresh = endedAt === 0 ? 1 : fade(now - Math.max(lastAt, endedAt), 2 * SLOW_S);
    const worth = fresh * (facts.onProbation ? 0.5 : 1);
    byVoice.set(facts.voice, Math.max(byVoice.get(facts.voice) ?? 0, worth));
  }
  const effective = [...byVoice.values()].reduce((sum, worth) => sum + worth, 0);
  return {
    probability,
    score: Math.round(100 * probability),
    confidence: Math.round(100 * (1 - 2 ** -effective)),
    voices,
    contributions: [...groups].map(([factor, amount]) => ({ factor, logOdds: amount })),
  };
}
