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
  [1, 2, 5, 20].map((colluders) => {
    const harm = simulatePoisoning({ members: MEMBERS, colluders, subjects: 2_000, seed: 1 });
    return [
      `${String(colluders)} of ${String(MEMBERS)}`,
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
