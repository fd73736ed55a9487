import { formatBytes, parseIp, SubjectInvalid } from '@sekisho/subject';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfSubject } from './subject-key.js';

const wordsOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 4 }, (_, i) => new DataView(bytes.buffer).getUint32(i * 4));

const octet = fc.oneof(fc.constant(0), fc.constant(0xff), fc.nat(255));
const address = fc
  .oneof(fc.array(octet, { minLength: 4, maxLength: 4 }), fc.array(octet, { minLength: 16, maxLength: 16 }))
  .map((octets) => Uint8Array.from(octets));

describe('the key of an address', () => {
  it('is its bytes, for every address in canonical text', () => {
    fc.assert(
      fc.property(address, (bytes) => {
        const { bytes: canonical } = parseIp(formatBytes(bytes));
        const key = keyOfSubject({ type: 'ip', value: formatBytes(bytes) });
        expect(key.kind).toBe(canonical.length === 4 ? 'ipv4' : 'ipv6');
        expect('words' in key && [...key.words]).toEqual(wordsOf(Uint8Array.from(canonical)));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused exactly where parseIp refuses', () => {
    const text = fc
      .array(fc.constantFrom('1', '0', 'f', '00', '255', '256', 'abcd', '12345', ':', '::', '.', ' ', 'g'), {
        maxLength: 16,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        let expected: number[] | undefined;
        try {
          expected = wordsOf(Uint8Array.from(parseIp(value).bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(SubjectInvalid);
        }
        const read = () => keyOfSubject({ type: 'ip', value });
        if (expected === undefined) expect(read).toThrow(SubjectInvalid);
        else expect(read()).toMatchObject({ words: Uint32Array.from(expected) });
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '::',
    '::1',
    '1::',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
  ])('is right at the edges of the notation: %s', (value) => {
    const { bytes } = parseIp(value);
    expect(keyOfSubject({ type: 'ip', value })).toMatchObject({
      words: Uint32Array.from(wordsOf(Uint8Array.from(bytes))),
    });
  });
});
