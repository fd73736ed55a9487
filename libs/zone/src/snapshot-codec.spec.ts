import { sha256 } from '@noble/hashes/sha2.js';
import { readSubject } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { SnapshotDamaged } from './errors.js';
import { decodeSnapshot, encodeSnapshot } from './snapshot-codec.js';
import type { ZoneName } from './zone-name.js';

const CODE = 0x7f005b03;
const CODES_AT = 56;
const ENTRIES_AT = CODES_AT + 8; // one set of one code

function fileOf(zone: ZoneName, ...subjects: string[]): Uint8Array {
  const entries = subjects.map((text) => ({ subject: readSubject(text), codes: [CODE] }));
  return encodeSnapshot({ zone, serial: 1, entries });
}

/** Changes words or octets and makes the checksum right again, as someone who can write the file would. */
function altered(
  file: Uint8Array,
  changes: Record<number, number>,
  octets: Record<number, number> = {},
): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  for (const [at, word] of Object.entries(changes)) view.setUint32(Number(at), word, true);
  for (const [at, octet] of Object.entries(octets)) copy[Number(at)] = octet;
  copy.set(sha256(copy.subarray(0, -32)), copy.length - 32);
  return copy;
}

describe('a snapshot file with a right checksum', () => {
  it('is read when nothing is wrong', () => {
    expect(decodeSnapshot(altered(fileOf('ip', '203.0.113.9'), {})).size).toBe(1);
  });

  it.each([
    ['a code set of nothing', altered(fileOf('ip', '203.0.113.9'), { [CODES_AT]: 0, [CODES_AT + 4]: 0 })],
    ['a code set that is cut off', altered(fileOf('ip', '203.0.113.9'), { [CODES_AT]: 2 })],
    ['an error answer as a code', altered(fileOf('ip', '203.0.113.9'), { [CODES_AT + 4]: 0x7ffffffc })],
    ['a handle that is no code set', altered(fileOf('ip', '203.0.113.9'), { [ENTRIES_AT + 4]: 2 })],
    ['a handle far outside', altered(fileOf('ip', '203.0.113.9'), { [ENTRIES_AT + 4]: 0xffffffff })],
    [
      'an address twice',
      altered(fileOf('ip', '203.0.113.9', '203.0.113.10'), { [ENTRIES_AT]: 1, [ENTRIES_AT + 4]: 1 }),
    ],
    ['host bits in a network', altered(fileOf('ip', '203.0.113.0/24'), { [ENTRIES_AT]: 0xcb007101 })],
    [
      'a prefix longer than an address',
      altered(fileOf('ip', '203.0.113.0/24'), {}, { [ENTRIES_AT + 8]: 33 }),
    ],
    ['capitals in a name', altered(fileOf('domain', 'shop.example'), {}, { [ENTRIES_AT + 6]: 0x53 })],
    ['a label beyond its name', altered(fileOf('domain', 'shop.example'), {}, { [ENTRIES_AT + 5]: 60 })],
    ['addresses in a zone of names', altered(fileOf('ip', '203.0.113.9'), {}, { 10: 3 })],
    ['a zone that does not exist', altered(fileOf('ip', '203.0.113.9'), {}, { 10: 9 })],
    ['another version', altered(fileOf('ip', '203.0.113.9'), {}, { 8: 2 })],
    ['a serial over 2^53', altered(fileOf('ip', '203.0.113.9'), { 16: 0x00200000 })],
  ])('is refused with %s', (_, file) => {
    expect(() => decodeSnapshot(file)).toThrow(SnapshotDamaged);
  });
});
