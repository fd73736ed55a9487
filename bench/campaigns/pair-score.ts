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
  messages: readonly LabelledMessage[],
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
  return {
    precision: right + wrong === 0 ? 1 : right / (right + wrong),
    recall: right / (right + missed),
    wrong,
    missed,
    labelled: right + missed,
  };
}
