import { CATEGORIES } from '@sekisho/report';
import { SUBJECT_TYPES } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import {
  categoryNumber,
  decodeReturnCode,
  encodeReturnCode,
  formatReturnCode,
  isListingCode,
  NO_ACCESS,
  packReturnCode,
  parseReturnCode,
  TOO_MANY_QUERIES,
  WRONG_ZONE,
} from './return-code.js';

describe('return codes', () => {
  it('puts the score in the third octet and the category in the fourth', () => {
    expect(encodeReturnCode({ score: 91, category: 'zombie', type: 'ip' })).toBe('127.0.91.3');
    expect(encodeReturnCode({ score: 100, category: 'dynamic-range', type: 'network' })).toBe('127.0.100.10');
  });

  it('puts the confidence in the fourth octet of a score', () => {
    expect(encodeReturnCode({ score: 91.4, confidence: 80 })).toBe('127.1.91.80');
    expect(encodeReturnCode({ score: 130, confidence: -1 })).toBe('127.1.100.0');
  });

  it.each([
    ['phishing', 'ip', 7],
    ['phishing', 'network', 7],
    ['phishing', 'domain', 22],
    ['phishing', 'address', 30],
    ['phishing', 'fingerprint', 31],
    ['spam-source', 'fingerprint', 31],
    ['hit-and-run', 'ip', 2],
    ['hit-and-run', 'subscriber', undefined],
    ['ham', 'ip', undefined],
    ['zombie', 'domain', undefined],
    ['forged-domain', 'domain', 20],
    ['spam-domain', 'domain', 21],
  ] as const)('numbers %s of a %s as %s', (category, type, number) => {
    expect(categoryNumber(category, type)).toBe(number);
  });

  it('makes a listing code, never an error, of every published category', () => {
    for (const category of CATEGORIES) {
      for (const type of SUBJECT_TYPES) {
        if (categoryNumber(category, type) === undefined) continue;
        const code = packReturnCode({ score: 100, category, type });
        expect(isListingCode(code)).toBe(true);
        expect(parseReturnCode(formatReturnCode(code))).toBe(code);
        expect(decodeReturnCode(code).kind).toBe('listing');
      }
    }
  });

  it('reads error answers as errors and never as listings', () => {
    expect([WRONG_ZONE, NO_ACCESS, TOO_MANY_QUERIES].map(formatReturnCode)).toEqual([
      '127.255.255.252',
      '127.255.255.254',
      '127.255.255.255',
    ]);
    for (const code of [WRONG_ZONE, NO_ACCESS, TOO_MANY_QUERIES]) {
      expect(isListingCode(code)).toBe(false);
      expect(parseReturnCode(formatReturnCode(code))).toBeUndefined();
      expect(decodeReturnCode(code).kind).toBe('error');
    }
  });

  it.each(['127.0.101.3', '127.0.91.1', '127.2.1.2', '127.0.091.3', '128.0.91.3', '127.1.50.101', ''])(
    'refuses %j as a listing',
    (text) => {
      expect(parseReturnCode(text)).toBeUndefined();
    },
  );

  it('refuses to invent a code for a category that is not published for the type', () => {
    expect(() => packReturnCode({ score: 1, category: 'ham', type: 'ip' })).toThrow(RangeError);
  });
});
