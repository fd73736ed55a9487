import type { LabelledMessage } from './corpus.ts';

export interface PairScore {
  readonly precision: number;
  readonly recall: number;
  readonly wrong: number;
  readonly missed: number;
  readonly labelled: number;
}

/** Over all pairs of messages: linked and of one campaign, linked and not, of one campaign and not linked. */
export function scorePairs(
  messages: readonly Pick<LabelledMessage, 'campaign'>[],
  groups: readonly (number | string)[],
): PairScore {
  let right = 0;
  let wrong = 0;
  let missed = 0;
  messages.forEach(({ campaign }, a) => {
    for (let b = 0; b < a; b++) {
      const isSame = campaign !== '' && campaign === messages[b]?.campaign;
      const isLinked = groups[a] === groups[b];
      if (isSame && isLinked) right++;
      else if (isLinked) wrong++;
      else if (isSame) missed++;
    }
  });
  return scoreOf(right, wrong, missed);
}

/** The pairs of several sets of messages together. */
export function sumOfScores(scores: readonly PairScore[]): PairScore {
  const sum = (of: (score: PairScore) => number) => scores.reduce((all, score) => all + of(score), 0);
  const missed = sum((score) => score.missed);
  return scoreOf(
    sum((score) => score.labelled) - missed,
    sum((score) => score.wrong),
    missed,
  );
}

function scoreOf(right: number, wrong: number, missed: number): PairScore {
  return {
    precision: right + wrong === 0 ? 1 : right / (right + wrong),
    recall: right / (right + missed),
    ...{ wrong, missed, labelled: right + missed },
  };
}

export const SCORE_HEADER = `${'method'.padEnd(36)}  half       strength  precision  recall   wrong  missed   pairs`;

export function printScore(name: string, half: string, strength: number, score: PairScore): void {
  const { precision, recall, wrong, missed, labelled } = score;
  console.log(
    [
      name.padEnd(36),
      half.padEnd(9),
      strength.toFixed(1).padStart(8),
      precision.toFixed(4).padStart(9),
      recall.toFixed(4).padStart(7),
      String(wrong).padStart(6),
      String(missed).padStart(6),
      String(labelled).padStart(6),
    ].join('  '),
  );
}
