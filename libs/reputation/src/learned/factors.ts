// Which weights speak about a subject. A factor is one bin of one question ("how long ago", "how many voices"); the
// log-odds of a subject are the sum of its factors' weights.
import { EVIDENCE, type Evidence } from '@sekisho/report';
import { fade, FAST_S, SLOW_S, type Neighbourhood, type NetworkCount, type ReportState } from './evidence.js';
import { HOUR_S } from './observation.js';

/** Upper ends of the bins of age: minutes, hours, days, weeks. */
const AGE_HOURS = [0.5, 2, 5, 12, 24, 48, 96, 192, 384];
const AGES = AGE_HOURS.length + 1;
/** Standing by age, standing of unknown age, ended by age. */
export const STATES = 2 * AGES + 1;
const MAX_VOICES = 8;

let size = 1;
const block = (bins: number) => {
  const first = size;
  size += bins;
  return first;
};

/** First factor of each question. */
export const QUESTION = {
  base: 0,
  state: block(STATES),
  evidence: block(EVIDENCE.length * STATES),
  standing: block(MAX_VOICES),
  voices: block(MAX_VOICES),
  freshVoices: block(MAX_VOICES),
  bestWithVoices: block((STATES + 1) * MAX_VOICES),
  recency: block(16),
  recurrence: block(12),
  nearFast: block(14),
  nearSlow: block(14),
  nearKnown: block(14),
  nearReporters: block(MAX_VOICES),
  wideFast: block(18),
  good: block(16),
  /** The own state of the reporter that is asked about: what it said itself. */
  own: block(STATES + 1),
  ownEpisodes: block(4),
};
export const SHARED_FACTORS = size;
/** Of each channel: its states, and how often it came back. */
export const CHANNEL_FACTORS = STATES + 4;

export interface ChannelFacts {
  readonly reporter: number;
  /** Copies of one another share a voice. */
  readonly voice: number;
  readonly evidence: number;
  readonly isGood: boolean;
}

export const evidenceIndex = (evidence: Evidence) => EVIDENCE.indexOf(evidence);

function ageBin(ageS: number): number {
  let bin = 0;
  while (bin < AGE_HOURS.length && ageS >= (AGE_HOURS[bin] ?? 0) * HOUR_S) bin++;
  return bin;
}

export function stateOf(report: ReportState, now: number): number {
  if (report.endedAt > 0) return AGES + 1 + ageBin(now - report.endedAt);
  return report.ageKnown ? ageBin(now - report.lastNewAt) : AGES;
}

/** 0 below 1/4, then two bins an octave up to the last. */
const octave = (value: number, bins: number) =>
  value < 0.25 ? 0 : Math.min(bins - 1, 1 + Math.floor(2 * Math.log2(value * 4)));
const coarse = (value: number, bins: number) =>
  value < 0.25 ? 0 : Math.min(bins - 1, 1 + Math.floor(Math.log2(value * 4)));

function sumOf(
  counts: readonly NetworkCount[],
  now: number,
  without: number,
): [number, number, number, number] {
  let fast = 0;
  let slow = 0;
  let known = 0;
  let reporters = 0;
  for (const count of counts) {
    if (count.reporter === without) continue;
    const age = now - count.at;
    fast += count.fast * fade(age, FAST_S);
    slow += count.slow * fade(age, SLOW_S);
    known += count.known;
    if (count.slow * fade(age, SLOW_S) >= 0.25) reporters++;
  }
  return [fast, slow, known, reporters];
}

const seen: number[] = [];
function addVoice(from: number, voice: number): void {
  for (let i = from; i < seen.length; i++) if (seen[i] === voice) return;
  seen.push(voice);
}

/**
 * Writes the factors of a subject into `out`, the shared ones first; from `out[k]` on, where k is returned, factors belong to
 * single channels. `without` leaves a reporter's word out (-1: none), as if it had never spoken.
 */
export function factorsOf(
  reports: readonly ReportState[],
  neighbourhood: Neighbourhood,
  channels: readonly ChannelFacts[],
  now: number,
  without: number,
  out: number[],
): void {
  out.length = 0;
  let standing = 0;
  let voices = 0;
  let freshVoices = 0;
  let episodes = 0;
  let best = STATES;
  let latest = 0;
  let ownFast = 0;
  let ownSlow = 0;
  let own = 0;
  let good = 0;
  const ownReporters = 0;
  for (let pass = 0; pass < 3; pass++) {
    seen.length = 0;
    for (const report of reports) {
      const channel = channels[report.channel];
      if (channel === undefined || channel.reporter === without || channel.isGood) continue;
      const isFresh = report.ageKnown && now - report.lastNewAt < 3 * HOUR_S;
      if (pass === 0 || (pass === 1 && report.endedAt === 0) || (pass === 2 && isFresh))
        addVoice(0, channel.voice);
    }
    if (pass === 0) voices = seen.length;
    else if (pass === 1) standing = seen.length;
    else freshVoices = seen.length;
  }
  for (const report of reports) {
    const channel = channels[report.channel];
    if (channel === undefined || channel.reporter === without) continue;
    if (channel.isGood) {
      good += report.count * fade(now - report.lastAt, 30 * SLOW_S);
      continue;
    }
    const state = stateOf(report, now);
    out.push(QUESTION.state + state, QUESTION.evidence + channel.evidence * STATES + state);
    const mine = SHARED_FACTORS + report.channel * CHANNEL_FACTORS;
    out.push(mine + state, mine + STATES + Math.min(3, report.episodes - 1));
    best = Math.min(best, state);
    episodes += report.episodes;
    own++;
    if (report.ageKnown) {
      latest = Math.max(latest, report.lastNewAt);
      ownFast += fade(now - report.lastNewAt, FAST_S);
      ownSlow += fade(now - report.lastNewAt, SLOW_S);
    }
  }
  const top = MAX_VOICES - 1;
  out.push(QUESTION.standing + Math.min(top, standing), QUESTION.voices + Math.min(top, voices));
  out.push(QUESTION.freshVoices + Math.min(top, freshVoices));
  out.push(QUESTION.bestWithVoices + best * MAX_VOICES + Math.min(top, standing));
  out.push(
    QUESTION.recency + (latest === 0 ? 15 : Math.min(14, octave(((now - latest) / HOUR_S) * 0.5, 15))),
  );
  out.push(QUESTION.recurrence + Math.min(11, episodes));
  const [fast, slow, known, reporters] = sumOf(neighbourhood.near, now, without);
  out.push(QUESTION.nearFast + coarse(fast - ownFast, 14), QUESTION.nearSlow + coarse(slow - ownSlow, 14));
  out.push(QUESTION.nearKnown + octave(known - own, 14));
  out.push(QUESTION.nearReporters + Math.min(top, Math.max(0, reporters - ownReporters)));
  const [wideFast] = sumOf(neighbourhood.wide, now, without);
  out.push(QUESTION.wideFast + coarse(wideFast - ownFast, 18));
  if (good > 0) out.push(QUESTION.good + coarse(good / 4, 16));
}

/** What a reporter itself last said of a subject: STATES if nothing, -1 while it stands. */
export function ownStateOf(
  reports: readonly ReportState[],
  channels: readonly ChannelFacts[],
  reporter: number,
  now: number,
): number {
  let own = STATES;
  for (const report of reports) {
    if (channels[report.channel]?.reporter !== reporter) continue;
    if (report.endedAt === 0) return -1;
    own = Math.min(own, stateOf(report, now));
  }
  return own;
}
