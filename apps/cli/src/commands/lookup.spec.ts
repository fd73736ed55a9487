import type { SubjectReputation } from '@sekisho/client';
import { readSubject } from '@sekisho/subject';
import { describe, expect, it } from 'vitest';
import { testContext } from '../test-context.fixture.js';
import { formatLookup } from './lookup.js';

const reputation: SubjectReputation = {
  subject: '203.0.113.9',
  score: 91,
  listed: true,
  categories: ['ZOMBIE', 'SPAM_SOURCE'],
  confidence: 84.126,
  recommendation: 'REJECT',
  probability: null,
  memberCount: 'fewer than 3',
  firstSeen: '2026-11-19T01:10:00Z',
  lastSeen: '2026-11-20T01:20:00Z',
  expiresAt: null,
  listedUntil: '2026-11-30T04:00:00Z',
  explanation: [
    { factor: 'evidence', contribution: 100.5, detail: '3 members\nsaw it' },
    { factor: 'good mail', contribution: -9.5, detail: null },
  ],
};
const found = [
  { subject: readSubject('203.0.113.9'), reputation },
  { subject: readSubject('example.com'), reputation: undefined },
];

describe('formatLookup', () => {
  it('shows a row for each subject and what the score is made of', () => {
    expect(formatLookup(found, testContext().context)).toBe(
      [
        'SUBJECT      SCORE              LISTED   CATEGORIES          CONFIDENCE  ADVICE       MEMBERS  LAST SEEN               EXPIRES',
        '203.0.113.9     91  █████████░  yes      zombie spam-source       84.13  reject  fewer than 3  2026-11-20 10:20 GMT+9  -',
        'example.com      -              unknown',
        '',
        '203.0.113.9: how its score of 91 comes about',
        'FACTOR     POINTS              DETAIL',
        'evidence   +100.5  ██████████  3 members saw it',
        'good mail    -9.5  █░░░░░░░░░',
        'listed until 2026-11-30 13:00 GMT+9 if nothing more is reported; sooner by an appeal, or when its owner says that it is fixed and it stays quiet',
        '',
      ].join('\n'),
    );
  });

  it('shows the probability that abuse is reported, where one is known', () => {
    const foretold = { ...reputation, probability: 0.3125, explanation: [] };
    const lines = formatLookup(
      [
        { subject: readSubject('203.0.113.9'), reputation: foretold },
        { subject: readSubject('192.0.2.0/24'), reputation: { ...reputation, explanation: [] } },
        { subject: readSubject('example.com'), reputation: undefined },
      ],
      testContext().context,
    ).split('\n');
    expect(lines[0]).toContain('CONFIDENCE  PROBABILITY  ADVICE');
    expect(lines[1]).toContain('     84.13       31.3 %  reject');
    expect(lines[2]).toContain('     84.13            -  reject');
    expect(lines[3]).toBe('example.com       -              unknown');
  });

  it('is coloured on a terminal only, and not with NO_COLOR', () => {
    const red = '\u001b[31m';
    expect(formatLookup(found, testContext({ isTTY: true }).context)).toContain(red);
    expect(formatLookup(found, testContext({ isTTY: true, env: { NO_COLOR: '1' } }).context)).not.toContain(
      red,
    );
    expect(formatLookup(found, testContext().context)).not.toContain('\u001b');
  });

  it('lets no text from elsewhere move the cursor', () => {
    const hostile = { ...reputation, memberCount: '3\u001b[2J\r\u009b1A' };
    expect(
      formatLookup([{ subject: readSubject('203.0.113.9'), reputation: hostile }], testContext().context),
    ).not.toMatch(/[\u001b\u009b\r]/);
  });
});
