import { fc, it } from '@fast-check/vitest';
import { describe, expect, vi } from 'vitest';
import { SubjectInvalid } from './errors.js';
import { formatSubject, parseSubject, readSubject, SUBJECT_TYPES, type Subject } from './subject.js';

// Two hundred cases take a second, and more on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const SEED = 20_261_129;
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: -1, max: 140 })).map(([a, n]) => `${a}/${n}`),
  fc.emailAddress(),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 60, maxLength: 66 }),
  fc.tuple(fc.constantFrom(...SUBJECT_TYPES, '__proto__'), fc.string()).map(([type, s]) => `${type}:${s}`),
);

function subjectOf(parse: () => Subject): Subject | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SubjectInvalid) return undefined;
    throw error;
  }
}

describe('any text', () => {
  it.prop([text], { numRuns: 200, seed: SEED })('is a subject in its one form, or refused', (written) => {
    const subject = subjectOf(() => readSubject(written));
    if (!subject) return;
    expect(readSubject(formatSubject(subject))).toEqual(subject);
  });

  it.prop([fc.constantFrom(...SUBJECT_TYPES), text], { numRuns: 200, seed: SEED })(
    'under any type parses to what parses to itself, or is refused',
    (type, written) => {
      const subject = subjectOf(() => parseSubject(type, written));
      if (!subject) return;
      expect(parseSubject(subject.type, subject.value)).toEqual(subject);
      // No control character gets into a zone, a log or a terminal.
      expect(subject.value).not.toMatch(/[\u0000-\u001f\u007f]/);
    },
  );

  it.prop([fc.emailAddress()], { numRuns: 200, seed: SEED })(
    'that is an e-mail address is no subject',
    (address) => {
      expect(subjectOf(() => readSubject(address))).toBeUndefined();
      expect(subjectOf(() => parseSubject('address', address))).toBeUndefined();
    },
  );
});
