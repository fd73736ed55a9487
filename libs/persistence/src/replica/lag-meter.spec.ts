import { describe, expect, it } from 'vitest';
import { LagMeter } from './lag-meter.js';

describe('the lag of a replica', () => {
  it('is nothing when it has all that the primary had at the last look', () => {
    const meter = new LagMeter(10_000);
    meter.note(1_000, 50);
    expect(meter.lagMs(1_010, 50)).toBe(0);
    expect(meter.lagMs(1_010, 60)).toBe(0);
  });

  it('grows while the primary goes on and the replica stands', () => {
    const meter = new LagMeter(10_000);
    for (const [at, position] of [
      [0, 10],
      [1_000, 20],
      [2_000, 30],
    ] as const) {
      meter.note(at, position);
    }
    expect(meter.lagMs(2_100, 20)).toBe(1_100);
    expect(meter.lagMs(2_100, 9)).toBe(Infinity);
  });

  it('does not grow on a primary that writes nothing', () => {
    const meter = new LagMeter(5_000);
    for (let at = 0; at <= 60_000; at += 1_000) meter.note(at, 10);
    expect(meter.lagMs(60_000, 10)).toBe(0);
  });

  it('begins anew when the log of the primary goes back', () => {
    const meter = new LagMeter(10_000);
    meter.note(0, 100);
    meter.note(1_000, 40);
    expect(meter.lagMs(1_000, 39)).toBe(Infinity);
    expect(meter.lagMs(1_000, 40)).toBe(0);
  });
});
