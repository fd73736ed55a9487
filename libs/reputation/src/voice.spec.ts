import { describe, expect, it } from 'vitest';
import { voicesOf, type RepeatedReports } from './voice.js';

const looked = (reporter: string, reports: number, repeated: Record<string, number>): RepeatedReports => ({
  ...{ reporter, weight: reports, squaredWeight: reports },
  repeated: new Map(Object.entries(repeated)),
});
const voices = (...all: RepeatedReports[]) =>
  Object.fromEntries(Array.from(voicesOf(all), ([reporter, { voice }]) => [reporter, voice]));

describe('who speaks with whose voice', () => {
  it('is who repeats another in most of its reports', () => {
    expect(voicesOf([looked('b', 200, { a: 160 }), looked('a', 200, { b: 10 })])).toEqual(
      new Map([['b', { voice: 'a', leader: 'a', share: 0.8 }]]),
    );
  });

  it('takes fifty repeated reports, and certainty that it is half of all', () => {
    expect(voices(looked('b', 49, { a: 49 }))).toEqual({});
    expect(voices(looked('b', 50, { a: 50 }))).toEqual({ b: 'a' });
    expect(voices(looked('b', 200, { a: 105 }))).toEqual({});
    expect(voices(looked('b', 2_000, { a: 1_050 }))).toEqual({ b: 'a' });
  });

  it('counts reports that stand for many by how much they say', () => {
    // Ten that stand for ten each say as much as ten.
    const few = { reporter: 'b', weight: 100, squaredWeight: 1_000, repeated: new Map([['a', 100]]) };
    expect(voicesOf([few]).size).toBe(0);
  });

  it('goes on along those who repeat one another, and a circle is its first by name', () => {
    expect(voices(looked('c', 100, { b: 90 }), looked('b', 100, { a: 90 }))).toEqual({ b: 'a', c: 'a' });
    const circle = [looked('b', 100, { c: 90 }), looked('c', 100, { b: 90 }), looked('d', 100, { c: 90 })];
    expect(voices(...circle)).toEqual({ c: 'b', d: 'b' });
  });

  it('does not make one of two honest members because a third repeats both', () => {
    expect(
      voices(looked('liar', 200, { a: 190, b: 190 }), looked('a', 200, {}), looked('b', 200, {})),
    ).toEqual({ liar: 'a' });
  });
});
