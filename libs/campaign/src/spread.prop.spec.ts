import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Clusters, SKETCH_BYTES, type Fingerprint } from './index.js';
import { spreadLimit, strangerAmong } from './spread.js';

const bytes = (seed: number) =>
  Uint8Array.from(
    { length: SKETCH_BYTES },
    (_, i) => (Math.imul(Math.imul(i + 1, 2654435761) ^ (seed * 40503), 0x85ebca6b) >>> 13) & 255,
  );
/** Everything but the sketch is the same for all: a long text. */
const printOf = (sketch: Uint8Array): Fingerprint => ({
  ...{ month: '2026-11', kind: 'text', sizeClass: 16, textDigest: undefined },
  ...{ hostsDigest: undefined, attachmentsDigest: undefined, sketch },
});
/** Places of a byte in the indexed and the other values over pairs of words; what follows are runs of four words. */
const PAIR_BYTES = 432;
const share = (seed: number, at: number) =>
  ((Math.imul(seed * 977 + at + 1, 0x9e3779b1) >>> 8) % 1_000) / 1_000;
/** Has the pairs of words of `original` but for a part of them, which is its own; no run of four words is left. */
const variedBy = (original: Uint8Array, part: number, seed: number) => {
  const own = bytes(1_000 + seed);
  return printOf(
    original.map((value, i) => (i < PAIR_BYTES && share(seed, i) >= part ? value : (own[i] ?? 0))),
  );
};
/** A tenth of it differs: as like as copies with another name in them. */
const copy = (original: Uint8Array, seed: number) => variedBy(original, 0.05, seed);
/** Two of these are half alike, as is one of them and a copy. */
const version = (original: Uint8Array, seed: number) => variedBy(original, 0.28, seed);
/** In the frame of `original`, two of one number being alike. */
const wording = (original: Uint8Array, number: number) => variedBy(original, 0.42, 100 + number).sketch;

const groupsOf = (prints: readonly Fingerprint[]): number[] => {
  const clusters = new Clusters(64);
  const slots = prints.map((print) => clusters.add(print).slot);
  const campaigns = slots.map((slot) => clusters.campaignOf(slot) ?? -1);
  return campaigns.map((campaign) => campaigns.indexOf(campaign));
};
const original = bytes(1);
const times = (count: number, of: (i: number) => Fingerprint) =>
  Array.from({ length: count }, (_, i) => of(i));

describe('the spread of a campaign', () => {
  it('refuses another text in the frame of copies, and takes it among versions', () => {
    const other = wording(original, 1);
    const copies = groupsOf([...times(4, (i) => copy(original, i)), copy(other, 50)]);
    expect(copies).toEqual([0, 0, 0, 0, 4]);
    const versions = groupsOf([...times(4, (i) => version(original, i)), copy(other, 50)]);
    expect(versions).toEqual([0, 0, 0, 0, 0]);
  });

  it('does not merge two campaigns of copies in one frame by what lies between them', () => {
    const other = wording(original, 1);
    const between = printOf(original.map((value, i) => (i % 10 < 5 ? value : (other[i] ?? 0))));
    const prints = [...times(4, (i) => copy(original, i)), ...times(4, (i) => copy(other, 50 + i))];
    expect(new Set(groupsOf([...prints, between])).size).toBeGreaterThan(1);
  });

  it('takes versions for one sender however many copies of each come in a row', () => {
    const prints = [1, 2, 3, 4].flatMap((number) => {
      const { sketch } = version(original, number);
      return times(3, (i) => copy(sketch, 10 * number + i));
    });
    expect(new Set(groupsOf(prints)).size).toBe(1);
  });

  it('loses no more than one version to whoever sends copies of it, and the rest takes the next', () => {
    const { sketch } = version(original, 1);
    const copies = times(3, (i) => copy(sketch, 50 + i));
    const groups = groupsOf([...[1, 2, 3].map((i) => version(original, i)), ...copies, version(original, 4)]);
    expect(groups).toEqual([0, 1, 1, 0, 0, 0, 1]);
  });

  test.prop([fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })], { numRuns: 40 })(
    'tells two wordings of one frame apart in whatever order their copies come',
    (order) => {
      const other = wording(original, 1);
      const prints = times(6, (i) => copy(i < 3 ? original : other, i));
      const groups = groupsOf(order.map((i) => prints[i] ?? copy(original, i)));
      const group = (i: number) => groups[order.indexOf(i)];
      expect([group(1), group(2)]).toEqual([group(0), group(0)]);
      expect([group(4), group(5)]).toEqual([group(3), group(3)]);
      expect(group(3)).not.toBe(group(0));
    },
  );
});

describe('spreadLimit', () => {
  /** Similarities of alike members, the first `odd` of which are like nothing. */
  const withOdd = (count: number, odd: number, alike: number) =>
    Array.from({ length: count }, (_, a) =>
      Array.from({ length: a }, (_, b) => (b < odd ? 0.4 : alike)),
    ).flat();

  test.prop([fc.integer({ min: 4, max: 8 }), fc.double({ min: 0.5, max: 1, noNaN: true })])(
    'is not moved by one odd member of four and more',
    (count, alike) => {
      expect(spreadLimit(withOdd(count, 1, alike))).toBe(spreadLimit(withOdd(count, 0, alike)));
    },
  );

  test.prop([fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 28 })])(
    'never asks for more than the labels do, nor for anything of the first two',
    (similarities) => {
      expect(spreadLimit(similarities)).toBeLessThanOrEqual(0.6);
      expect(spreadLimit([])).toBe(0);
    },
  );

  it('names the odd one, unless it is bound', () => {
    const similarities = withOdd(5, 1, 0.9);
    expect(strangerAmong(similarities, () => false)).toBe(0);
    expect(strangerAmong(similarities, (of) => of === 0)).toBeUndefined();
    expect(strangerAmong(withOdd(5, 1, 0.5), () => false)).toBeUndefined();
  });
});
