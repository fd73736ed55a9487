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

/** What was learned, as far as scoring needs it. */
export interface ScoringModel {
  readonly channels: readonly (ChannelFacts & { readonly category: string; readonly onProbation: boolean })[];
  readonly weights: Weights;
  readonly habits: Habits;
  /** Reporters whose habits are known, their share in the verdict (0..1) and how much they report. */
  readonly known: readonly { readonly reporter: number; readonly share: number; readonly scale: number }[];
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

/** Each doubling of the voices that named a subject multiplies its rate by 2 to this; see docs/reputation.md. */
export const AGREEMENT = 3;
/** How far reporters of little are raised: 0 counts reports, 1 counts reporters. */
export const EVENNESS = 0.7;
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
const mine: number[] = [];

/** Natural logarithm of how much more a subject is to be feared than the average one, before calibration. */
export function riskOf(
  reports: readonly ReportState[],
  neighbourhood: Neighbourhood,
  model: ScoringModel,
  now: number,
  tell?: (factor: string, amount: number) => void,
): number {
  const { weights, habits, channels } = model;
  factorsOf(reports, neighbourhood, channels, now, -1, shared);
  const plain = capped(model, weights, tell);
  const strange = weights.sum(shared, 0, shared.length) + (weights.value[QUESTION.own + STATES] ?? 0);
  let lift = 0;
  let total = 0;
  for (const { reporter, share, scale } of model.known) {
    let z = strange;
    let own = STATES;
    let factors = shared;
    if (reports.some(({ channel }) => channels[channel]?.reporter === reporter)) {
      own = ownStateOf(reports, channels, reporter, now);
      factorsOf(reports, neighbourhood, channels, now, reporter, apart);
      factors = apart;
      z = weights.sum(apart, 0, apart.length) + (weights.value[QUESTION.own + STATES] ?? 0);
    }
    habits.factorsOf(reporter, STATES, factors, 0, factors.length, mine);
    const habit = habits.sum(mine);
    const asStranger = logistic(z + habit);
    let ofOwn = 0;
    if (own === STATES) ofOwn = asStranger;
    else if (own >= 0) {
      const first = habits.weights.value;
      const change = (first[(mine[0] ?? 0) + 1 + own] ?? 0) - (first[(mine[0] ?? 0) + 1 + STATES] ?? 0);
      ofOwn = logistic(
        z +
          habit +
          change +
          (weights.value[QUESTION.own + own] ?? 0) -
          (weights.value[QUESTION.own + STATES] ?? 0),
      );
    }
    // A standing report cannot become new; the rest of the members decide.
    lift += share * scale * (asStranger + ofOwn);
    total += share * (own < 0 ? 1 : 2);
  }
  const voices = voicesOf(reports, model);
  const agreement = AGREEMENT * Math.log(Math.max(1, voices));
  tell?.('agreement', agreement);
  if (total === 0) return plain + agreement;
  // Nobody's habits are known at first; they take over as they are learned.
  const known = Math.log(lift / total) - (strange - plain);
  tell?.('member-habits', known - plain);
  return known + agreement;
}

function voicesOf(reports: readonly ReportState[], { channels }: ScoringModel): number {
  const voices = new Set<number>();
  for (const { channel } of reports) {
    const facts = channels[channel];
    if (facts?.isGood === false) voices.add(facts.voice);
  }
  return voices.size;
}

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** The shared factors' sum, less what reporters on probation or above their part would add. */
function capped(
  model: ScoringModel,
  weights: Weights,
  tell?: (factor: string, amount: number) => void,
): number {
  const ofReporter = new Map<number, number>();
  let positive = 0;
  let sum = 0;
  let channel = 0;
  let reporter = -1;
  let name = '';
  for (let i = 0; i < shared.length; i++) {
    const factor = shared[i] ?? 0;
    let weight = weights.value[factor] ?? 0;
    const isReport = factor < QUESTION.standing || factor >= SHARED_FACTORS;
    if (isReport) {
      if (factor < QUESTION.evidence) {
        // The third factor of the four of a report says whose it is.
        channel = Math.floor(((shared[i + 2] ?? 0) - SHARED_FACTORS) / CHANNEL_FACTORS);
        const facts = model.channels[channel];
        reporter = facts?.reporter ?? -1;
        name = `${facts?.category ?? ''}/${EVIDENCE[facts?.evidence ?? 0] ?? ''}`;
      }
      if (factor >= SHARED_FACTORS && weight > 0 && model.channels[channel]?.onProbation === true) weight = 0;
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
  const voices = voicesOf(reports, model);
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
