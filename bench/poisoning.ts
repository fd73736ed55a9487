// What colluding members can do to the scores: docs/trust.md.
//   npm run bench:poisoning
import { simulatePoisoning } from '@sekisho/testing';
import { printTable } from '#harness/figures';

const MEMBERS = 100;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

printTable(
  [
    'colluders',
    'unknown listed',
    'known listed',
    'warning list',
    'bots cleared',
    'own cleared',
    '/24 listed',
    'fixes denied',
    '1 or 2 told',
    'reporters named',
  ],
  [false, true]
    .flatMap((areNew) => [1, 2, 5, 20].map((colluders) => ({ colluders, areNew })))
    .map((options) => {
      const harm = simulatePoisoning({ ...options, members: MEMBERS, subjects: 2_000, seed: 1 });
      return [
        `${String(options.colluders)} of ${String(MEMBERS)}${options.areNew ? ', new' : ''}`,
        percent(harm.listedUnknown),
        percent(harm.listedKnown),
        percent(harm.listedOnWarningList),
        percent(harm.clearedBots),
        percent(harm.clearedOwnBots),
        harm.isNetworkListed ? 'yes' : 'no',
        percent(harm.failedFixes),
        percent(harm.countGuessed),
        percent(harm.namedReporters),
      ];
    }),
);
