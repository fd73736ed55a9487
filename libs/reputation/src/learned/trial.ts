import { learnedRisk, type ScoringModel } from './assessment.js';
import type { Trial } from './chairman.js';
import { viewAt, type Checkpoint } from './checkpoint.js';
import { STATES } from './factors.js';
import type { View } from './lift.js';
import type { RiskParts } from './mixture.js';
import { scramble } from './scramble.js';

/** Subjects of a look that the chairman judges by, of those that were named again and of the rest each. */
const MOST_JUDGED = 4_000;

/** A bounded part of a look whose time is over, as the model that has not learned from it yet would have ranked it. */
export function trialOf(
  checkpoint: Checkpoint,
  reportersOf: ReadonlyMap<number, readonly number[]>,
  model: ScoringModel,
): Trial {
  const { at, subjects, agreement, recency } = checkpoint;
  const named = subjects.reduce((sum, subject) => sum + (reportersOf.has(subject) ? 1 : 0), 0);
  const shareOfNamed = Math.min(1, MOST_JUDGED / named);
  const shareOfQuiet = Math.min(1, MOST_JUDGED / (subjects.length - named));
  const positions: number[] = [];
  const weights: number[] = [];
  for (const [position, subject] of subjects.entries()) {
    const share = reportersOf.has(subject) ? shareOfNamed : shareOfQuiet;
    if (scramble(subject + 29 * at) >= share) continue;
    positions.push(position);
    weights.push(1 / share);
  }
  const [full, apart]: [View, View] = [{ ...NO_VIEW }, { ...NO_VIEW }];
  const parts = positions.map((position): RiskParts => {
    const learned = learnedRisk(model, viewAt(checkpoint, position, -1, full), (reporter) =>
      viewAt(checkpoint, position, reporter, apart),
    );
    return { learned, agreement: agreement[position] ?? 0, recency: recency[position] ?? 0 };
  });
  const reporters = model.known.map(({ reporter }) => ({
    isCandidate: Uint8Array.from(positions, (position) =>
      viewAt(checkpoint, position, reporter, apart).own >= 0 ? 1 : 0,
    ),
    isHit: Uint8Array.from(positions, (position) =>
      reportersOf.get(subjects[position] ?? -1)?.includes(reporter) === true ? 1 : 0,
    ),
  }));
  return { parts, weights: Float64Array.from(weights), reporters };
}

const NO_VIEW: View = { factors: [], from: 0, to: 0, own: STATES };
