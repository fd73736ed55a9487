// What a standard name server makes of the expanded zone (RFC 1034 section 4.3.2, RFC 4592), against the index itself.
import { test } from '@fast-check/vitest';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandChange } from './expansion-change.js';
import { QuestionKey } from './question-key.js';
import { testCode } from './test-entry.js';
import { diff, type ZoneEntry } from './zone-content.js';
import type { ExpandedName } from './zone-expansion.js';
import { finished } from './pause.js';
import { formerOf, stepOf, ZoneHistory } from './zone-history.js';
import { ZoneImage } from './zone-image.js';
import { ZoneIndex } from './zone-index.js';
import type { ZoneName } from './zone-name.js';

/** A name server that holds the expanded zone: exact names, then the wildcard of the closest encloser. */
class Secondary {
  private readonly codes = new Map<string, string>();
  private readonly exists = new Set<string>();

  constructor(names: Iterable<ExpandedName>) {
    for (const { owner, codes } of names) {
      if (this.codes.has(owner)) throw new Error(`${owner} is there twice`);
      this.codes.set(owner, codes.join());
      const labels = owner.split('.');
      for (let i = 0; i <= labels.length; i++) this.exists.add(labels.slice(i).join('.'));
    }
  }

  ask(name: string): string {
    const found = this.codes.get(name);
    if (found !== undefined || this.exists.has(name)) return found ?? '';
    const labels = name.split('.');
    let i = 1;
    while (!this.exists.has(labels.slice(i).join('.'))) i++;
    return this.codes.get(['*', ...labels.slice(i)].join('.')) ?? '';
  }
}

const wireOf = (name: string) =>
  Uint8Array.from(name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]));

function ask(index: ZoneIndex, name: string): string {
  const bytes = wireOf(name);
  const key = new QuestionKey().read(index.zone, bytes, 0, bytes.length);
  const fixed = testCode(key, index.zone);
  if (fixed !== undefined) return fixed === 0 ? '' : String(fixed);
  const found = index.find(key);
  return found > 0 ? index.codesOf(found).join() : '';
}

const nameOf = (address: string): string => {
  const key = readSubject(address).value;
  if (!key.includes(':')) return key.split('.').reverse().join('.');
  const [head = '', tail = ''] = key.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0'));
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0000');
  return Array.from([...groups(head), ...zeros, ...groups(tail)].join(''))
    .reverse()
    .join('.');
};

// Few values at each place, so that networks, addresses and domains fall inside one another.
const octet = fc.constantFrom(0, 1, 2, 9, 10, 127, 192, 255);
const dotted = fc.tuple(fc.constantFrom(2, 10, 127), octet, octet, octet).map((octets) => octets.join('.'));
const group = fc.constantFrom('0', '1', 'a', '8000', 'ffff');
const colons = fc
  .tuple(
    fc.constantFrom('2001', '2002', '1', 'fd00'),
    group,
    group,
    group,
    fc.constant('0'),
    group,
    group,
    group,
  )
  .map((groups) => groups.join(':'));
const masked = (address: string, length: number): string => {
  const isV4 = !address.includes(':');
  const digits = isV4
    ? address
        .split('.')
        .map((part) => Number(part).toString(2).padStart(8, '0'))
        .join('')
    : address
        .split(':')
        .map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0'))
        .join('');
  const bits = digits.slice(0, length).padEnd(digits.length, '0');
  const parts = bits.match(isV4 ? /.{8}/g : /.{16}/g) ?? [];
  return parts.map((part) => Number.parseInt(part, 2).toString(isV4 ? 10 : 16)).join(isV4 ? '.' : ':');
};
const network4 = fc
  .tuple(
    dotted,
    fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(7, 8, 12) },
      { weight: 30, arbitrary: fc.constantFrom(16, 20, 22, 24, 25, 28, 31) },
    ),
  )
  .map(([address, length]) => `${masked(address, length)}/${length}`);
const network6 = fc
  .tuple(colons, fc.constantFrom(12, 16, 18, 32, 48, 63, 64, 65, 120))
  .map(([address, length]) => `${masked(address, length)}/${length}`);
const label = fc.constantFrom('a', 'b', 'test', 'invalid');
const domain = fc
  .tuple(fc.array(label, { maxLength: 3 }), fc.constantFrom('example', 'org', 'test'))
  .map(([labels, top]) => [...labels, 'shop', top].join('.'));

const code = (zone: ZoneName) =>
  fc
    .integer({ min: 60, max: 63 })
    .map((score) => (zone === 'score' ? 0x7f01_0000 : 0x7f00_0000) + score * 256 + 3);
const entryOf = (zone: ZoneName, subject: fc.Arbitrary<string>) =>
  fc
    .tuple(subject, fc.uniqueArray(code(zone), { minLength: 1, maxLength: 2 }))
    .map(([text, codes]): ZoneEntry => ({ subject: readSubject(text), codes: codes.sort((a, b) => a - b) }));
const entriesOf = (zone: ZoneName) => {
  const addresses = [dotted, network4, colons, network6];
  const subject = fc.oneof(
    ...(zone === 'domain' ? [domain] : zone === 'score' ? [...addresses, domain] : addresses),
  );
  return fc.uniqueArray(entryOf(zone, subject), {
    maxLength: 14,
    selector: ({ subject: { type, value } }) => `${type}:${value}`,
  });
};
const questionsOf = (entries: readonly ZoneEntry[], extra: readonly string[]) => {
  const names = extra.map((text) => (/^[\d.]+$|:/.test(text) ? nameOf(text) : text));
  for (const { subject } of entries) {
    if (subject.type === 'domain') names.push(subject.value, `x.${subject.value}`, `x.y.${subject.value}`);
    else names.push(nameOf(subject.value.split('/')[0] ?? ''));
  }
  for (let last = 0; last < 12; last++) names.push(`${last}.0.0.127`);
  return names;
};
const zones: ZoneName[] = ['ip', 'policy', 'domain', 'score'];
const indexOf = (zone: ZoneName, serial: number, entries: readonly ZoneEntry[]) =>
  ZoneIndex.from({ zone, serial, entries });

describe.each(zones)('the expanded zone %s', { timeout: 60_000 }, (zone) => {
  const asked = fc.array(
    zone === 'domain'
      ? domain
      : zone === 'score'
        ? fc.oneof(dotted, colons, domain)
        : fc.oneof(dotted, colons),
    {
      minLength: 30,
      maxLength: 60,
    },
  );

  test.prop([entriesOf(zone), asked], { numRuns: 60 })(
    'gives the answers of the index for every address and domain',
    (entries, extra) => {
      const index = indexOf(zone, 1, entries);
      const secondary = new Secondary(expandAll(index));
      for (const name of questionsOf(entries, extra)) {
        expect(`${name} ${secondary.ask(name)}`).toBe(`${name} ${ask(index, name)}`);
      }
    },
  );

  test.prop([entriesOf(zone), entriesOf(zone), entriesOf(zone)], { numRuns: 60 })(
    'is the same after the difference as when made anew',
    (first, second, third) => {
      const index = indexOf(zone, 1, first);
      const old = new Map(Array.from(expandAll(index), (name) => [name.owner, name] as const));
      const history = new ZoneHistory(1_000);
      const states = [first, second, third].map((entries, i) => ({ zone, serial: i + 1, entries }));
      for (const [i, next] of states.slice(1).entries()) {
        const delta = diff(states[i] ?? next, next);
        history.add(stepOf(index, delta));
        index.apply(delta);
      }
      const changes = finished(expandChange(index, formerAt(history, 1) ?? [])) ?? [];
      for (const { before, after } of changes) {
        if (before) {
          expect(old.get(before.owner)).toEqual(before);
          old.delete(before.owner);
        }
        if (after) {
          expect(old.has(after.owner)).toBe(false);
          old.set(after.owner, after);
        }
      }
      expect(sorted(old.values())).toEqual(sorted(expandAll(index)));
    },
  );
});

const expandAll = (index: ZoneIndex): ExpandedName[] =>
  [...ZoneImage.of(index).expand()].filter((name) => name !== undefined);
const formerAt = (history: ZoneHistory, since: number) => {
  const steps = history.stepsSince(since);
  return steps && finished(formerOf(steps));
};
const sorted = (names: Iterable<ExpandedName>) => [...names].sort((a, b) => (a.owner < b.owner ? -1 : 1));

describe('a zone history', () => {
  const subject: Subject = { type: 'ip', value: '203.0.113.9' };
  const delta = (from: number, codes: number[]) => ({
    ...{ zone: 'ip' as const, from, to: from + 1 },
    announce: codes.length > 0 ? [{ subject, codes }] : [],
    withdraw: codes.length > 0 ? [] : [subject],
  });

  it('keeps what a subject was first, and forgets the oldest steps', () => {
    const index = indexOf('ip', 5, []);
    const history = new ZoneHistory(2);
    for (const step of [delta(5, [0x7f003c03]), delta(6, [0x7f003d03]), delta(7, [])]) {
      history.add(stepOf(index, step));
      index.apply(step);
    }
    expect(formerAt(history, 5)).toBeUndefined();
    expect(formerAt(history, 6)).toEqual([{ subject, codes: [0x7f003c03] }]);
    expect(formerAt(history, 7)).toEqual([{ subject, codes: [0x7f003d03] }]);
    expect(formerAt(history, 8)).toBeUndefined();
    expect(formatSubject(subject)).toBe('203.0.113.9');
  });

  it('starts anew when a step is missing', () => {
    const history = new ZoneHistory(10);
    const index = indexOf('ip', 5, []);
    history.add(stepOf(index, delta(5, [0x7f003c03])));
    history.add(stepOf(index, delta(9, [0x7f003c03])));
    expect(formerAt(history, 5)).toBeUndefined();
    expect(history.serial).toBe(10);
  });
});
