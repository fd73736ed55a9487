import type { Calibration } from './calibration.js';
import { QUESTION } from './factors.js';
import type { Habits } from './habits.js';
import type { Weights } from './learned-model.js';

/** A look at many subjects at one moment, waiting for what comes. */
export interface Checkpoint {
  /** Seconds since 1970. */
  readonly at: number;
  readonly until: number;
  readonly subjects: Int32Array;
  /** Views of each subject: first as a stranger sees it, then without each reporter that spoke about it. */
  readonly viewsFrom: Int32Array;
  /** Of each view: the reporter left out (-1: none), its own state (-1 while its report stands), its factors. */
  readonly without: Int32Array;
  readonly own: Int32Array;
  readonly starts: Int32Array;
  readonly factors: Int32Array;
  /** Subjects that the calibration looks at, and their risk then. */
  readonly sampled: number[];
  readonly risks: number[];
}

export interface Label {
  readonly subject: number;
  readonly reporter: number;
  readonly at: number;
  /** Since when the reporter had not been seeing it. */
  readonly idleSince: number;
}

export interface LearningConstants {
  readonly step: number;
  readonly shrinkage: number;
  readonly habitStep: number;
  readonly habitShrinkage: number;
  readonly epochs: number;
  /** 0: each report trains alike; 1: each reporter trains alike. */
  readonly balance: number;
  readonly balanceFrom: number;
  /** Share of the quiet examples that is looked at. */
  readonly quietShare: number;
}

/** Whole-number hash (Wellons' lowbias32): a fixed choice that needs no randomness. */
export function scramble(value: number): number {
  let x = value | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return (x >>> 0) / 4_294_967_296;
}

/** New reports each reporter made of known subjects, fading: what its labels are weighed by. */
export class LabelShare {
  readonly counts = new Map<number, number>();

  /** Subjects looked at, fading as the counts do. */
  subjects = 0;

  add(positives: ReadonlyMap<number, number>, subjects: number): void {
    this.subjects = 0.8 * this.subjects + 0.2 * subjects;
    for (const [reporter, count] of this.counts) this.counts.set(reporter, 0.8 * count);
    for (const [reporter, count] of positives)
      this.counts.set(reporter, (this.counts.get(reporter) ?? 0) + 0.2 * count);
  }

  weightOf(reporter: number, constants: LearningConstants): number {
    const from = constants.balanceFrom;
    return (from / (from + (this.counts.get(reporter) ?? 0))) ** constants.balance;
  }
}

/** Learns from one checkpoint once its time is over. `labels` are the new reports since. */
export function learnFrom(
  checkpoint: Checkpoint,
  labels: readonly Label[],
  weights: Weights,
  habits: Habits,
  share: LabelShare,
  constants: LearningConstants,
  calibration: Calibration,
): void {
  const reportersOf = new Map<number, number[]>();
  for (const { subject, reporter, at, idleSince } of labels) {
    if (at <= checkpoint.at || at > checkpoint.until || idleSince > checkpoint.at) continue;
    const known = reportersOf.get(subject);
    if (known === undefined) reportersOf.set(subject, [reporter]);
    else if (!known.includes(reporter)) known.push(reporter);
  }
  const positives = new Map<number, number>();
  for (const subject of checkpoint.subjects) {
    for (const reporter of reportersOf.get(subject) ?? [])
      positives.set(reporter, (positives.get(reporter) ?? 0) + 1);
  }
  share.add(positives, checkpoint.subjects.length);
  calibration.fade(0.9);
  for (const [i, subject] of checkpoint.sampled.entries()) {
    calibration.add(checkpoint.risks[i] ?? 0, reportersOf.has(subject), 1);
  }
  const reporters = [...share.counts.keys()];
  const examples: number[] = [];
  const size = reporters.length;
  for (let position = 0; position < checkpoint.subjects.length; position++) {
    const hits = reportersOf.get(checkpoint.subjects[position] ?? 0);
    for (let r = 0; r < size; r++) {
      const key = position * size + r;
      if (hits?.includes(reporters[r] ?? -1) === true || scramble(key + checkpoint.at) < constants.quietShare)
        examples.push(key);
    }
  }
  const rate = { step: constants.step, shrinkage: constants.shrinkage };
  const habitRate = { step: constants.habitStep, shrinkage: constants.habitShrinkage };
  const baseRate = { step: 0.2, shrinkage: 0 };
  const mine: number[] = [];
  for (let epoch = 0; epoch < constants.epochs; epoch++) {
    shuffle(examples, epoch + checkpoint.at);
    for (const key of examples) {
      const position = Math.floor(key / size);
      const reporter = reporters[key % size] ?? -1;
      const view = viewOf(checkpoint, position, reporter);
      const own = view.own;
      if (own < 0) continue;
      const hit = reportersOf.get(checkpoint.subjects[position] ?? 0)?.includes(reporter) === true;
      habits.factorsOf(reporter, own, checkpoint.factors, view.from, view.to, mine);
      const z =
        weights.sum(checkpoint.factors, view.from, view.to) +
        (weights.value[QUESTION.own + own] ?? 0) +
        habits.sum(mine);
      const error = (1 / (1 + Math.exp(-z)) - (hit ? 1 : 0)) * (hit ? 1 : 1 / constants.quietShare);
      const shared = error * share.weightOf(reporter, constants);
      for (let i = view.from; i < view.to; i++) weights.move(checkpoint.factors[i] ?? 0, shared, rate);
      weights.move(QUESTION.own + own, shared, rate);
      habits.learn(mine, error, habitRate, baseRate);
    }
  }
}

const found = { from: 0, to: 0, own: 0 };
/** What is known of a subject apart from the reporter's own word. */
function viewOf(checkpoint: Checkpoint, position: number, reporter: number): typeof found {
  const first = checkpoint.viewsFrom[position] ?? 0;
  const end = checkpoint.viewsFrom[position + 1] ?? checkpoint.without.length;
  let view = first;
  for (let i = first + 1; i < end; i++) if (checkpoint.without[i] === reporter) view = i;
  found.from = checkpoint.starts[view] ?? 0;
  found.to = checkpoint.starts[view + 1] ?? checkpoint.factors.length;
  found.own = checkpoint.own[view] ?? 0;
  return found;
}

/** Fisher and Yates with fixed chances: subjects in the order of their arrival would train in waves. */
function shuffle(items: number[], seed: number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(scramble(i + 31 * seed) * (i + 1));
    const item = items[i] ?? 0;
    items[i] = items[j] ?? 0;
    items[j] = item;
  }
}
