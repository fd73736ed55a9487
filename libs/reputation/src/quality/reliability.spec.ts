import { describe, expect, it } from 'vitest';
import { abuseOf, binOf } from './forecast-sample.js';
import { measureForecasts, type ForecastCell } from './reliability.js';
import { wilsonInterval } from './wilson.js';

const cell = (bin: number, came: number, reporters: string[]): ForecastCell => {
  const p = bin / 10 + 0.05;
  const squaredError = came * (1 - p) ** 2 + (10 - came) * p ** 2;
  return {
    ...{ bin, forecasts: 10, weight: 10, squaredWeight: 10, foretold: 10 * p, reporters },
    ...{ anyMember: { came, squaredError }, anotherMember: { came: 0, squaredError: 10 * p ** 2 } },
  };
};

describe('the reliability of forecasts', () => {
  it('of an honest model lies on the diagonal and beats the constant', () => {
    const measurement = measureForecasts([cell(9, 9.5, ['a', 'b', 'c']), cell(0, 0.5, ['a', 'b', 'c'])], {
      k: 3,
    });
    expect(measurement?.bins.map(({ foretold, came }) => [foretold, came])).toEqual([
      [0.05, 0.05],
      [0.95, 0.95],
    ]);
    expect(measurement?.anyMember.rate).toBeCloseTo(0.5);
    expect(measurement?.anyMember.brierOfConstant).toBeCloseTo(0.25);
    expect(measurement?.anyMember.brier).toBeCloseTo(0.0475);
  });

  it('puts a bin that two members made to the next one, and leaves a silent one alone', () => {
    const bins = measureForecasts(
      [cell(0, 0, []), cell(3, 2, ['a', 'b']), cell(5, 5, ['b', 'c']), cell(8, 8, ['a'])],
      { k: 3 },
    )?.bins.map(({ from, to, forecasts }) => [from, to, forecasts]);
    expect(bins).toEqual([
      [0, 9, 10],
      [30, 89, 30],
    ]);
  });

  it('says nothing where fewer than k members made all of it', () => {
    expect(measureForecasts([cell(9, 9, ['a', 'b'])], { k: 3 })).toBeUndefined();
    expect(measureForecasts([], { k: 3 })).toBeUndefined();
  });
});

it('a score is in the bin of its tens, and 100 in the last', () => {
  expect([0, 9, 10, 69, 70, 99, 100].map(binOf)).toEqual([0, 0, 1, 6, 7, 9, 9]);
});

it('what counts as abuse of a domain is what it did: forged, it is the victim', () => {
  expect(abuseOf('domain')).toEqual(['phishing', 'spam-domain']);
  expect(abuseOf('ip')).not.toContain('ham');
  expect(abuseOf('ip')).not.toContain('dynamic-range');
});

it("Wilson's interval of 8 of 10 is 0.49 to 0.94, and of nothing everything", () => {
  const { low, high } = wilsonInterval(8, 10);
  expect([low, high].map((end) => Math.round(end * 100) / 100)).toEqual([0.49, 0.94]);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});

it('an end that is the share itself is not put past it by rounding', () => {
  expect(wilsonInterval(0, 5_098).low).toBe(0);
  expect(wilsonInterval(5_098, 5_098).high).toBe(1);
});
