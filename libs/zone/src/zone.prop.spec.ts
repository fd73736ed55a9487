import { sha256 } from '@noble/hashes/sha2.js';
import {
  formatBytes,
  maskBytes,
  networkContains,
  parseIp,
  parseNetwork,
  type Subject,
} from '@sekisho/subject';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SnapshotDamaged } from './errors.js';
import { EMPTY_NON_TERMINAL } from './name-table.js';
import { queryName } from './query-name.js';
import { QuestionKey } from './question-key.js';
import { decodeSnapshot, encodeSnapshot } from './snapshot-codec.js';
import { apply, diff, sortEntries, type ZoneEntry, type ZoneSnapshot } from './zone-content.js';
import { ABSENT, ZoneIndex } from './zone-index.js';
import { ZONE_NAMES, type ZoneName } from './zone-name.js';

// Few distinct bytes, so that addresses, networks and names meet each other.
const byte = fc.constantFrom(0, 1, 2, 10, 128, 255);
const bytes = fc.oneof(
  fc.array(byte, { minLength: 4, maxLength: 4 }),
  fc.array(byte, { minLength: 14, maxLength: 14 }).map((tail) => [0x20, 0x01, ...tail]),
);
const ip = bytes.map((octets): Subject => ({ type: 'ip', value: formatBytes(Uint8Array.from(octets)) }));
const network = fc.tuple(bytes, fc.nat(127)).map(([octets, length]): Subject => {
  const prefix = octets.length === 4 ? length % 32 : length;
  return { type: 'network', value: `${formatBytes(maskBytes(Uint8Array.from(octets), prefix))}/${prefix}` };
});
const domain = fc
  .array(fc.constantFrom('a', 'b', 'shop', 'example'), { minLength: 1, maxLength: 4 })
  .map((labels): Subject => ({ type: 'domain', value: [...labels, 'com'].join('.') }));
const hash = fc
  .tuple(fc.constantFrom('address', 'fingerprint'), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([type, octets]): Subject => ({ type, value: Buffer.from(octets).toString('hex') }));

const subjectsOf: Record<ZoneName, fc.Arbitrary<Subject>> = {
  ip: fc.oneof(ip, network),
  'high.ip': ip,
  policy: network,
  domain,
  hash,
  score: fc.oneof(ip, network, domain, hash),
};
const codes = fc
  .uniqueArray(fc.tuple(fc.nat(100), fc.integer({ min: 2, max: 31 })), { minLength: 1, maxLength: 4 })
  .map((pairs) =>
    [...new Set(pairs.map(([score, last]) => 0x7f000000 + score * 256 + last))].sort((a, b) => a - b),
  );

const snapshotOf = (zone: ZoneName): fc.Arbitrary<ZoneSnapshot> =>
  fc
    .tuple(
      fc.uniqueArray(fc.record({ subject: subjectsOf[zone], codes }), {
        maxLength: 60,
        selector: ({ subject }) => `${subject.type}:${subject.value}`,
      }),
      fc.maxSafeNat(),
    )
    .map(([entries, serial]) => ({ zone, serial, entries: sortEntries(entries) }));
const zoneName = fc.constantFrom(...ZONE_NAMES);
const snapshot = zoneName.chain(snapshotOf);

function ask(index: ZoneIndex, name: string): readonly number[] | number {
  const octets = Uint8Array.from(name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]));
  const found = index.find(new QuestionKey().read(index.zone, octets, 0, octets.length));
  return found > 0 ? index.codesOf(found) : found;
}

/** What the index promises, the slow way. */
function expectedCodes(entries: readonly ZoneEntry[], asked: Subject): readonly number[] | undefined {
  const exact = entries.find(({ subject }) => subject.type === asked.type && subject.value === asked.value);
  if (exact) return exact.codes;
  if (asked.type === 'ip') {
    const address = parseIp(asked.value);
    return entries
      .filter(
        ({ subject }) => subject.type === 'network' && networkContains(parseNetwork(subject.value), address),
      )
      .sort(
        (a, b) => parseNetwork(b.subject.value).prefixLength - parseNetwork(a.subject.value).prefixLength,
      )[0]?.codes;
  }
  if (asked.type === 'domain') {
    return entries
      .filter(({ subject }) => subject.type === 'domain' && asked.value.endsWith(`.${subject.value}`))
      .sort((a, b) => b.subject.value.length - a.subject.value.length)[0]?.codes;
  }
  return undefined;
}

describe('zone content', () => {
  it('turns the old snapshot into the new one by their delta', () => {
    const pair = zoneName.chain((zone) => fc.tuple(snapshotOf(zone), snapshotOf(zone)));
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const delta = diff(before, after);
        expect(apply(before, delta)).toEqual(after);
        const index = ZoneIndex.from(before);
        index.apply(delta);
        expect(index.toSnapshot()).toEqual(after);
      }),
    );
  });

  it('stays right over many changes of the same subjects', () => {
    const step = zoneName.chain((zone) => fc.array(snapshotOf(zone), { minLength: 3, maxLength: 12 }));
    fc.assert(
      fc.property(step, (steps) => {
        const [first, ...rest] = steps as [ZoneSnapshot, ...ZoneSnapshot[]];
        const index = ZoneIndex.from(first);
        let at = first;
        for (const next of rest) {
          index.apply(diff(at, next));
          at = next;
        }
        expect(index.toSnapshot()).toEqual(at);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lookups', () => {
  it('answers as the naive model, addresses and networks of both families, domains and hashes', () => {
    const question = zoneName.chain((zone) =>
      fc.tuple(snapshotOf(zone), fc.array(subjectsOf[zone], { maxLength: 20 })),
    );
    fc.assert(
      fc.property(question, ([content, others]) => {
        const index = ZoneIndex.from(content);
        for (const subject of [...content.entries.map((entry) => entry.subject), ...others]) {
          const name = queryName(subject, content.zone, 'z').replace(`.${content.zone}.z`, '');
          const asked =
            subject.type === 'network'
              ? ({ type: 'ip', value: subject.value.slice(0, subject.value.indexOf('/')) } as const)
              : subject;
          const expected = expectedCodes(content.entries, asked);
          const answer = ask(index, name);
          if (expected) expect(answer).toEqual(expected);
          else expect([ABSENT, EMPTY_NON_TERMINAL]).toContain(answer);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never says that a name above a listed name does not exist', () => {
    fc.assert(
      fc.property(snapshot, (content) => {
        const index = ZoneIndex.from(content);
        for (const { subject } of content.entries) {
          const labels = queryName(subject, content.zone, 'z').replace(`.${content.zone}.z`, '').split('.');
          for (let i = 1; i < labels.length; i++) {
            expect(ask(index, labels.slice(i).join('.'))).not.toBe(ABSENT);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('snapshot files', () => {
  it('give back what was written', () => {
    fc.assert(
      fc.property(snapshot, (content) => {
        const index = decodeSnapshot(encodeSnapshot(content));
        expect(index.toSnapshot()).toEqual(content);
        expect(decodeSnapshot(encodeSnapshot(index)).toSnapshot()).toEqual(content);
      }),
      { numRuns: 200 },
    );
  });

  it('are read from any offset of a buffer', () => {
    const file = encodeSnapshot({ zone: 'ip', serial: 5, entries: [] });
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(decodeSnapshot(shifted.subarray(3)).serial).toBe(5);
  });

  it('are refused with SnapshotDamaged when any byte is changed or the end is missing', () => {
    fc.assert(
      fc.property(snapshot, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, place, change) => {
        const file = encodeSnapshot(content);
        const altered = file.slice();
        altered[place % file.length] = (altered[place % file.length] ?? 0) ^ change;
        expect(() => decodeSnapshot(altered)).toThrow(SnapshotDamaged);
        expect(() => decodeSnapshot(file.subarray(0, place % file.length))).toThrow(SnapshotDamaged);
      }),
    );
  });

  it('are refused or harmless when altered by someone who computes the checksum too', () => {
    fc.assert(
      fc.property(
        snapshot,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (content, changes) => {
          const file = encodeSnapshot(content);
          const body = file.length - 32;
          for (const [place, value] of changes) file[8 + (place % (body - 8))] = value;
          file.set(sha256(file.subarray(0, body)), body);
          let index: ZoneIndex;
          try {
            index = decodeSnapshot(file);
          } catch (error) {
            expect(error).toBeInstanceOf(SnapshotDamaged);
            return;
          }
          index.toSnapshot();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never throw anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        expect(() => decodeSnapshot(octets)).toThrow(SnapshotDamaged);
      }),
    );
  });
});
