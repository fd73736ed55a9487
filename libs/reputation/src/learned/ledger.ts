import type { Category } from '@sekisho/report';
import { assess, riskOf, type Assessment, type ScoringModel } from './assessment.js';
import { Calibration, CalibrationLooks } from './calibration.js';
import { Chairman } from './chairman.js';
import { reportersAfter, takeLook, type Checkpoint, type Label } from './checkpoint.js';
import { Copies, FOLLOW_S } from './copies.js';
import { Directory, type Channel } from './directory.js';
import type { Neighbourhood, ReportState } from './evidence.js';
import { CHANNEL_FACTORS, factorsOf, SHARED_FACTORS } from './factors.js';
import { Habits } from './habits.js';
import { Weights } from './learned-model.js';
import { LabelShare, learnFrom, type LearningConstants } from './learner.js';
import { Networks } from './networks.js';
import { byTimeThenText, HOUR_S, toSeconds, type Observation, type Outcome } from './observation.js';
import { isOnProbation, likelihoodRatios, type ChannelRecord } from './records.js';
import { scramble } from './scramble.js';
import { trialOf } from './trial.js';

/** Changes whenever a figure that the ledger makes of the same reports can change. Stored beside what it foretold. */
export const LEARNED_VERSION = 'learned-1';

/** Chosen on one window for the other; see docs/reputation.md. */
export const LEARNING: LearningConstants & { readonly horizonS: number; readonly knownFrom: number } = {
  step: 0.1,
  shrinkage: 1e-5,
  habitStep: 0.1,
  habitShrinkage: 1e-3,
  epochs: 1,
  balance: 1,
  balanceFrom: 20,
  quietShare: 0.1,
  horizonS: 3 * HOUR_S,
  knownFrom: 5,
};
/** Reporters whose habits are asked for each subject; those that report most. */
const MAX_KNOWN = 24;
const MAX_SUBJECTS_AT_ONCE = 200_000;
const OUTCOME_WEIGHT = 10;
const NO_REPORTS: readonly ReportState[] = [];
/** What a range is, and who is the victim. */
const SAYS_NO_ABUSE: ReadonlySet<Category> = new Set(['dynamic-range', 'forged-domain']);

/**
 * Takes reports as they come and learns from them what they foretell. What it knows at a time depends on what was reported
 * until then, not on the order in which reports of the same step (an hour at least) were handed over.
 */
export class Ledger {
  readonly #constants: typeof LEARNING;
  readonly #directory = new Directory();
  readonly #channels = this.#directory.channels;
  readonly #subjectOf = new Map<string, number>();
  readonly #subjects: string[] = [];
  readonly #reports: (readonly ReportState[])[] = [];
  readonly #neighbourhoods: (Neighbourhood | undefined)[] = [];
  readonly #networks = new Networks();
  #waiting: Observation[] = [];
  #labels: Label[] = [];
  readonly #checkpoints: Checkpoint[] = [];
  #nextCheckpoint = 0;
  #start = 0;
  #hasLooked = false;
  readonly #weights = new Weights();
  readonly #habits = new Habits();
  readonly #share = new LabelShare();
  readonly #calibration = new Calibration();
  readonly #calibrationLooks = new CalibrationLooks();
  readonly #chairman = new Chairman();
  readonly #copies = new Copies();
  #model: ScoringModel | undefined;

  constructor(constants: Partial<typeof LEARNING> = {}) {
    this.#constants = { ...LEARNING, ...constants };
  }

  observe(observation: Observation): void {
    if (observation.influenced === true || SAYS_NO_ABUSE.has(observation.category)) return;
    const at = toSeconds(observation.time);
    // Until the first look the earliest report sets the clock, whichever came first.
    if (this.#start === 0 || (!this.#hasLooked && at < this.#start)) {
      this.#start = at;
      this.#nextCheckpoint = at + 1.5 * HOUR_S;
    }
    if (at > this.#nextCheckpoint) this.#advance(at);
    this.#waiting.push(observation);
  }

  #advance(now: number): void {
    this.#settle();
    while (this.#nextCheckpoint < now) {
      const at = this.#nextCheckpoint;
      this.#resolve(at);
      this.#look(at);
      this.#nextCheckpoint = at + Math.max(HOUR_S, Math.floor(this.#horizon(at) / 3));
    }
    this.#resolve(now);
  }

  #horizon(at: number): number {
    return Math.min(24 * HOUR_S, Math.max(this.#constants.horizonS, (at - this.#start) / 3));
  }

  #settle(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    batch.sort(byTimeThenText);
    for (const observation of batch) this.#take(observation);
  }

  #take(observation: Observation): void {
    const at = toSeconds(observation.time);
    const channel = this.#channel(observation, at);
    const subject = this.#subject(observation.subject);
    let reports = this.#reports[subject] ?? NO_REPORTS;
    let report = reports.find((known) => known.channel === channel);
    if (observation.ended === true) {
      if (report?.endedAt === 0) report.endedAt = Math.max(at, report.lastAt);
      return;
    }
    const facts = this.#channels[channel];
    if (facts === undefined) return;
    let idleSince = 0;
    let isNew = true;
    if (report === undefined) {
      const ageKnown = at - facts.firstAt > 60;
      report = {
        channel,
        lastNewAt: at,
        lastAt: at,
        episodes: 1,
        endedAt: 0,
        ageKnown,
        count: observation.count,
        confirmedEpisode: 0,
      };
      // Just long enough: an array that is pushed to has room for sixteen more.
      reports = reports.concat(report);
      this.#reports[subject] = reports;
      isNew = ageKnown;
      facts.tally.reported++;
      this.#networks.meet(observation.subject, facts.reporter);
    } else {
      idleSince = report.endedAt > 0 ? report.endedAt : report.lastAt;
      isNew = report.endedAt > 0 && at - idleSince >= HOUR_S;
      report.endedAt = 0;
      report.lastAt = Math.max(report.lastAt, at);
      report.count += observation.count;
      if (isNew) {
        report.episodes++;
        facts.tally.reported++;
        report.lastNewAt = at;
        report.ageKnown = true;
      }
    }
    if (!isNew || facts.isGood) return;
    // Seen by the same voice all along: nothing new.
    for (const other of reports) {
      if (other === report || this.#channels[other.channel]?.voice !== facts.voice) continue;
      idleSince = Math.max(idleSince, other.endedAt === 0 ? at : other.endedAt);
    }
    this.#confirm(reports, facts, at);
    this.#labels.push({ subject, reporter: facts.reporter, at, idleSince });
    this.#networks.count(observation.subject, facts.reporter, at);
  }

  #channel(observation: Observation, at: number): number {
    const index = this.#directory.indexOf(observation, at);
    this.#weights.reserve(SHARED_FACTORS + (index + 1) * CHANNEL_FACTORS);
    return index;
  }

  #subject(text: string): number {
    const known = this.#subjectOf.get(text);
    if (known !== undefined) return known;
    const index = this.#subjects.length;
    this.#subjectOf.set(text, index);
    this.#subjects.push(text);
    this.#reports.push(NO_REPORTS);
    return index;
  }

  /** A new report confirms what other voices said in the day before it. */
  #confirm(reports: readonly ReportState[], by: Channel, at: number): void {
    const before: number[] = [];
    for (const other of reports) {
      const channel = this.#channels[other.channel];
      if (channel === undefined || channel.reporter === by.reporter || channel.isGood) continue;
      const age = at - other.lastNewAt;
      if (other.ageKnown && age <= FOLLOW_S && !before.includes(channel.reporter))
        before.push(channel.reporter);
      if (channel.voice === by.voice || age > 24 * HOUR_S || other.confirmedEpisode === other.episodes)
        continue;
      other.confirmedEpisode = other.episodes;
      channel.tally.confirmed++;
    }
    this.#copies.add(by.reporter, before);
  }

  #someSubjects(at: number): number[] {
    const share = MAX_SUBJECTS_AT_ONCE / this.#subjects.length;
    const all = Array.from(this.#subjects.keys());
    return share >= 1 ? all : all.filter((subject) => scramble(subject ^ at) < share);
  }

  /** Judges who is on probation and who copies whom; between checkpoints neither changes. */
  #review(at: number): void {
    const voices = this.#copies.voices(this.#directory.reporters);
    for (const channel of this.#channels) {
      channel.voice = voices[channel.reporter] ?? channel.reporter;
      channel.onProbation = isOnProbation(channel.tally, at - channel.firstAt);
    }
    this.#model = undefined;
  }

  #look(at: number): void {
    this.#hasLooked = true;
    this.#review(at);
    const known = (subject: number) => ({
      reports: this.#reports[subject] ?? NO_REPORTS,
      neighbourhood: this.#around(subject),
    });
    const until = at + this.#horizon(at);
    this.#checkpoints.push(takeLook(at, until, this.#someSubjects(at), known, this.model()));
  }

  /** What is counted in its networks goes on being counted in the same object, once somebody has reported of it. */
  #around(subject: number): Neighbourhood {
    const known = this.#neighbourhoods[subject];
    if (known !== undefined) return known;
    const around = this.#networks.around(this.#subjects[subject] ?? '');
    if ((this.#reports[subject] ?? NO_REPORTS).length > 0) this.#neighbourhoods[subject] = around;
    return around;
  }

  #resolve(now: number): void {
    for (;;) {
      const [checkpoint] = this.#checkpoints;
      if (checkpoint === undefined || checkpoint.until > now) return;
      this.#checkpoints.shift();
      const reportersOf = reportersAfter(checkpoint, this.#labels);
      // Judged by what was known before this look taught anything.
      this.#chairman.judge(trialOf(checkpoint, reportersOf, this.model()));
      this.#calibrationLooks.add(checkpoint, (subject) => reportersOf.has(subject));
      this.#calibrationLooks.fit(this.#calibration, this.#chairman.mixture);
      learnFrom(checkpoint, reportersOf, this.#weights, this.#habits, this.#share, this.#constants);
      this.#model = undefined;
      const oldest = this.#checkpoints[0]?.at ?? now;
      this.#labels = this.#labels.filter(({ at }) => at > oldest);
    }
  }

  /** What scoring needs of what was learned so far. */
  model(): ScoringModel {
    if (this.#model !== undefined) return this.#model;
    const most = [...this.#share.counts].sort(([a, x], [b, y]) => y - x || a - b).slice(0, MAX_KNOWN);
    const known = most.map(([reporter, count]) => ({
      reporter,
      share: count / (count + this.#constants.knownFrom),
      // Probabilities become multiples of what the reporter usually reports.
      scale: (this.#share.subjects + 1) / (count + 0.5),
    }));
    this.#model = {
      channels: this.#channels,
      weights: this.#weights,
      habits: this.#habits,
      known,
      mixture: this.#chairman.mixture,
      calibration: this.#calibration,
      horizonS: this.#horizon(this.#nextCheckpoint),
    };
    return this.#model;
  }

  evidenceOf(subject: string): readonly ReportState[] {
    return this.#reports[this.#subjectOf.get(subject) ?? -1] ?? [];
  }

  /** As of a time, which must not lie before what was observed; `horizonHours` as in `Assessment`. */
  assess(subject: string, time: number, horizonHours = 24): Assessment {
    this.catchUp(time);
    return assess(
      this.evidenceOf(subject),
      this.#networks.around(subject),
      this.model(),
      toSeconds(time),
      horizonHours * HOUR_S,
    );
  }

  /** Finer than the score, for ranking. */
  riskOf(subject: string, time: number): number {
    this.catchUp(time);
    return riskOf(this.evidenceOf(subject), this.#networks.around(subject), this.model(), toSeconds(time));
  }

  /** The first whole hour at which, nothing more being reported, the score is below `score`; undefined: not within 60 days. */
  fallsBelowAt(subject: string, time: number, score: number): number | undefined {
    this.catchUp(time);
    const [reports, around, model] = [this.evidenceOf(subject), this.#networks.around(subject), this.model()];
    const isBelow = (hours: number) =>
      assess(reports, around, model, toSeconds(time) + hours * HOUR_S).score < score;
    for (let hours = 0; hours <= 60 * 24; hours += hours < 48 ? 1 : 6) {
      if (isBelow(hours)) return time + hours * HOUR_S * 1_000;
    }
    return undefined;
  }

  /** What somebody who knows found out: it trains, and stands in the record of those who reported. */
  adjudicate(outcome: Outcome): void {
    this.catchUp(outcome.time);
    const at = toSeconds(outcome.time);
    const index = this.#subjectOf.get(outcome.subject);
    const reports = this.#reports[index ?? -1] ?? [];
    for (const report of reports) {
      const tally = this.#channels[report.channel]?.tally;
      if (tally === undefined) continue;
      if (!outcome.abusive) tally.refuted++;
      else if (report.confirmedEpisode !== report.episodes) {
        report.confirmedEpisode = report.episodes;
        tally.confirmed++;
      }
    }
    const factors: number[] = [];
    factorsOf(reports, this.#networks.around(outcome.subject), this.#channels, at, -1, factors);
    const p = assess(reports, this.#networks.around(outcome.subject), this.model(), at).probability;
    const error = OUTCOME_WEIGHT * (p - (outcome.abusive ? 1 : 0));
    const rate = { step: this.#constants.step / 10, shrinkage: this.#constants.shrinkage };
    for (const factor of factors) this.#weights.move(factor, error, rate);
    const isOver =
      outcome.source === 'owner-fixed' || (outcome.source === 'appeal-upheld' && !outcome.abusive);
    if (isOver && index !== undefined) this.#reports[index] = NO_REPORTS;
  }

  /** What became of each reporter's reports, by category and evidence class. */
  records(): ChannelRecord[] {
    const all = { reported: 0, confirmed: 0, refuted: 0 };
    for (const { tally } of this.#channels) {
      all.reported += tally.reported;
      all.confirmed += tally.confirmed;
    }
    return this.#channels.map(({ reporterName, category, evidenceClass, tally, onProbation }) => {
      const [likelihoodRatio, lowerLikelihoodRatio] = likelihoodRatios(tally, all);
      return {
        reporter: reporterName,
        category,
        evidence: evidenceClass,
        ...tally,
        unknown: Math.max(0, tally.reported - tally.confirmed - tally.refuted),
        likelihoodRatio,
        lowerLikelihoodRatio,
        onProbation,
      };
    });
  }

  /** Learns all that can be learned up to a time. */
  catchUp(time: number): void {
    const at = toSeconds(time);
    if (this.#waiting.length > 0) this.#settle();
    if (this.#start > 0) this.#advance(at);
  }

  subjects(): readonly string[] {
    return this.#subjects;
  }
}
