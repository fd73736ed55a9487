import { viewAt, type Checkpoint } from './checkpoint.js';
import { QUESTION } from './factors.js';
import type { Habits } from './habits.js';
import type { Weights } from './learned-model.js';
import type { View } from './lift.js';
import { scramble } from './scramble.js';

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

/** Learns from one checkpoint once its time is over. `reportersOf` are those that newly reported each subject since. */
export function learnFrom(
  checkpoint: Checkpoint,
  reportersOf: ReadonlyMap<number, readonly number[]>,
  weights: Weights,
  habits: Habits,
  share: LabelShare,
  constants: LearningConstants,
): void {
  const positives = new Map<number, number>();
  for (const subject of checkpoint.subjects) {
    for (const reporter of reportersOf.get(subject) ?? [])
      positives.set(reporter, (positives.get(reporter) ?? 0) + 1);
  }
  share.add(positives, checkpoint.subjects.length);
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
  const view: View = { factors: checkpoint.factors, from: 0, to: 0, own: 0 };
  for (let epoch = 0; epoch < constants.epochs; epoch++) {
    shuffle(examples, epoch + checkpoint.at);
    for (const key of examples) {
      const position = Math.floor(key / size);
      const reporter = reporters[key % size] ?? -1;
      viewAt(checkpoint, position, reporter, view);
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

/** Fisher and Yates with fixed chances: subjects in the order of their arrival would train in waves. */
function shuffle(items: number[], seed: number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(scramble(i + 31 * seed) * (i + 1));
    const item = items[i] ?? 0;
    items[i] = items[j] ?? 0;
    items[j] = item;
  }
}
