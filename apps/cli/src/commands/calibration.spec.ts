import { expect, it } from 'vitest';
import { formatCalibration } from './calibration.js';

const trust = {
  trust: 0.762,
  byRule: 0.762,
  reason: null,
  newUntil: null,
  repeats: null,
  right: 0,
  wrong: 1,
};

it('prints what became of the reports, and how little is told where few confirmed', () => {
  const text = formatCalibration({
    ...{ asOf: '2026-11-30T00:00:00.000Z', days: 30, trust },
    channels: [
      {
        ...{ category: 'zombie', evidence: 'trap', reported: 1_200, checked: 400, refuted: 1 },
        confirmation: { confirmed: 300, unknown: 99, share: 0.75, shareLow: 0.705, shareHigh: 0.79 },
      },
      { category: null, evidence: null, reported: 7, checked: 7, refuted: 0, confirmation: null },
    ],
  });
  expect(text).toBe(`trust in force     0.762
trust by the rule  0.762 = 0.8 x max(1/2, (20 + right) / (20 + right + wrong))
appeals of a year  right 0, wrong 1

reports of 30 days, as of 2026-11-30T00:00:00.000Z
CATEGORY  EVIDENCE  REPORTED  CHECKED  CONFIRMED  REFUTED  UNKNOWN   SHARE    95 % INTERVAL
zombie    trap         1,200      400        300        1       99  75.0 %  70.5 % - 79.0 %
the rest  -                7        7    too few        0        -       -                -
`);
});

it('says why the operator has set the trust', () => {
  const set = { ...trust, trust: 0.5, reason: 'traps of its own mailing lists' };
  const text = formatCalibration({ asOf: null, days: 30, trust: set, channels: [] });
  expect(text).toMatch(/^trust in force +0\.500\n/);
  expect(text).toMatch(/^set by the operator +traps of its own mailing lists$/m);
});

it('says who is new, and who is one voice with another', () => {
  const standing = { ...trust, newUntil: '2026-12-24T00:00:00.000Z', repeats: 0.812 };
  const text = formatCalibration({ asOf: null, days: 30, trust: standing, channels: [] });
  expect(text).toMatch(
    /^on probation +until 2026-12-24T00:00:00\.000Z: your reports list nothing by themselves$/m,
  );
  expect(text).toMatch(/^one voice +81\.2 % repeat another member, and count as its$/m);
});

it('says so when nothing was looked at yet', () => {
  expect(formatCalibration({ asOf: null, days: 30, trust, channels: [] })).toContain('after a day');
});
