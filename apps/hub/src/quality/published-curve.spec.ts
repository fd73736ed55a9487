import type { ForecastRepository, ModelQuality } from '@sekisho/persistence';
import { MODEL_VERSION } from '@sekisho/reputation';
import { expect, it } from 'vitest';
import type { Platform } from '../platform/platform.js';
import { PublishedCurve } from './published-curve.service.js';

const measured = (modelVersion: string, top: number) => {
  const accuracy = { rate: 0.1, brier: 0.1, brierOfConstant: 0.1 };
  const bin = (from: number, came: number) => ({
    ...{ from, to: from + 9, forecasts: 300, foretold: (from + 5) / 100, came },
    ...{ cameLow: 0, cameHigh: 1, cameByAnother: 0 },
  });
  return {
    ...{ modelVersion, forecasts: 600, anyMember: accuracy, anotherMember: accuracy },
    bins: [bin(0, 0.01), bin(90, top)],
  };
};

function curveOver(published: ModelQuality | undefined) {
  let now = new Date('2026-11-20T00:00:00Z');
  let reads = 0;
  const state = { published, reads: () => reads, pass: (ms: number) => (now = new Date(now.getTime() + ms)) };
  const curve = new PublishedCurve(
    { now: () => now } as Platform,
    {
      published: () => {
        reads++;
        return Promise.resolve(state.published);
      },
    } as ForecastRepository,
  );
  return { curve, state };
}
const asOf = new Date('2026-11-20T00:00:00Z');

it('is the curve of the model in force alone', async () => {
  const { curve } = curveOver({ asOf, measurements: [measured('0', 0.9), measured(MODEL_VERSION, 0.4)] });
  expect(await curve.find()).toEqual({
    modelVersion: MODEL_VERSION,
    points: [
      { score: 5, probability: 0.01 },
      { score: 95, probability: 0.4 },
    ],
  });
  expect(await curveOver({ asOf, measurements: [measured('0', 0.9)] }).curve.find()).toBeUndefined();
});

it('is asked for once a minute, also while there is none', async () => {
  const { curve, state } = curveOver(undefined);
  expect(await curve.find()).toBeUndefined();
  state.published = { asOf, measurements: [measured(MODEL_VERSION, 0.4)] };
  state.pass(59_000);
  expect(await curve.find()).toBeUndefined();
  expect(state.reads()).toBe(1);
  state.pass(1_000);
  expect((await curve.find())?.points).toHaveLength(2);
  expect(state.reads()).toBe(2);
});
