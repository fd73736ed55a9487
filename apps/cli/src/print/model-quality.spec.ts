import { expect, it } from 'vitest';
import { formatModelQuality } from './model-quality.js';

const measured = {
  ...{ modelVersion: '1', use: 'IN_FORCE' as const, forecasts: 1_200, brierInForce: null },
  anyMember: { rate: 0.031, brier: 0.0412, brierOfConstant: 0.03 },
  anotherMember: { rate: 0.01, brier: 0.05, brierOfConstant: 0.0099 },
  bins: [],
};
const published = { asOf: '2026-11-30T00:00:00.000Z', days: 14, horizonHours: 24 };

it('prints the curve with what to compare it with', () => {
  const text = formatModelQuality({
    ...published,
    measurements: [
      {
        ...measured,
        bins: [
          {
            ...{ from: 0, to: 69, forecasts: 900, foretold: 0.12, came: 0.02 },
            ...{ cameLow: 0.011, cameHigh: 0.034, cameByAnother: 0.008 },
          },
        ],
      },
    ],
  });
  expect(text)
    .toBe(`as of 2026-11-30T00:00:00.000Z: scores of 14 days, and whether abusive mail was reported within 24 hours

model                    1, in force
forecasts                1200
came after               3.1 %
Brier score              0.0412; 0.0300 always saying the average
the same, new reporters  0.0500; 0.0099 always saying the average
SCORE  FORETOLD   CAME  95 % INTERVAL  BY A NEW REPORTER  FORECASTS
 0-69    12.0 %  2.0 %  1.1 % - 3.4 %              0.8 %        900
`);
});

it('says of a model in shadow how it did beside the one in force, over the same forecasts', () => {
  const text = formatModelQuality({
    ...published,
    measurements: [
      measured,
      {
        ...measured,
        ...{ modelVersion: 'learned-1', use: 'SHADOW', forecasts: 900 },
        anyMember: { rate: 0.031, brier: 0.0309, brierOfConstant: 0.03 },
        brierInForce: { anyMember: 0.0412, anotherMember: 0.04 },
      },
    ],
  });
  expect(text).toContain('model                    learned-1, in shadow: nothing depends on it');
  expect(text).toContain('in force, of the same    0.0412; this model is 25.0 % lower');
  expect(text).toContain('the same, new reporters  0.0400; this model is 25.0 % higher');
});

it('says when both did the same', () => {
  const brierInForce = { anyMember: 0.0412, anotherMember: 0 };
  const text = formatModelQuality({
    ...published,
    measurements: [{ ...measured, use: 'SHADOW', brierInForce }],
  });
  expect(text).toContain('in force, of the same    0.0412; as this model');
});
