import { EVIDENCE } from '@sekisho/report';
import { describe, expect, it } from 'vitest';
import { Ledger, type Observation } from '../index.js';
import { Calibration, CalibrationLooks } from './calibration.js';
import { Copies } from './copies.js';
import { networksOf } from './evidence.js';
import { scramble } from './scramble.js';

const START = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const SUBJECT = '192.0.2.7';

const report = (reporter: string, hours: number, more: Partial<Observation> = {}): Observation => ({
  time: START + hours * HOUR_MS,
  reporter,
  subject: SUBJECT,
  category: 'zombie',
  evidence: 'trap',
  count: 3,
  ...more,
});

/** Members that have reported something else before, so that the age of what they report now is known. */
function ledgerWith(...observations: readonly Observation[]): Ledger {
  const ledger = new Ledger();
  for (const member of ['a', 'b', 'c'])
    ledger.observe(report(member, 0, { subject: `198.51.100.${member === 'a' ? '1' : '2'}` }));
  for (const observation of observations) ledger.observe(observation);
  return ledger;
}

describe('a ledger that has learned nothing', () => {
  const at = START + HOUR_MS;

  it('lists on two fresh trap reports, not on one', () => {
    expect(ledgerWith(report('a', 0.9)).assess(SUBJECT, at).score).toBeLessThan(70);
    expect(ledgerWith(report('a', 0.9), report('b', 0.9)).assess(SUBJECT, at).score).toBeGreaterThanOrEqual(
      70,
    );
  });

  it('bounds what one reporter adds by naming every kind of evidence, and says so exactly', () => {
    const ledger = ledgerWith(...EVIDENCE.map((evidence) => report('a', 0.9, { evidence })));
    // A channel's first minute is old stock; these are news.
    for (const evidence of EVIDENCE) ledger.observe(report('a', 0.95, { evidence, subject: '192.0.2.8' }));
    const { score, contributions } = ledger.assess('192.0.2.8', at);
    const { slope } = ledger.model().calibration;
    const sum = (of: typeof contributions) => of.reduce((total, { logOdds }) => total + logOdds, 0);
    expect(contributions.some(({ factor, logOdds }) => factor === 'reporter-cap' && logOdds < 0)).toBe(true);
    expect(score).toBeLessThan(70);
    const apart = contributions.filter(({ factor }) => factor !== 'base-rate' && factor !== 'single-voice');
    expect(sum(apart)).toBeCloseTo(slope * ledger.riskOf('192.0.2.8', at), 9);
  });

  it.each(['dynamic-range', 'forged-domain'] as const)(
    'does not take %s for abuse of the subject',
    (category) => {
      const ledger = ledgerWith(report('a', 0.9, { category }), report('b', 0.9, { category }));
      expect(ledger.assess(SUBJECT, at).score).toBe(0);
    },
  );

  it('knows nothing of a subject that nobody named', () => {
    expect(ledgerWith().assess('203.0.113.1', at)).toEqual({
      probability: 0,
      score: 0,
      confidence: 0,
      voices: 0,
      contributions: [],
    });
  });

  it('fears a subject less as time goes by, and says when it would come off', () => {
    const ledger = ledgerWith(report('a', 0.9), report('b', 0.9));
    const off = ledger.fallsBelowAt(SUBJECT, at, 70);
    expect(off).toBeGreaterThan(at);
    expect(ledger.assess(SUBJECT, at + 48 * HOUR_MS).score).toBeLessThan(
      ledger.assess(SUBJECT, at).score + 1,
    );
  });

  it('holds good mail in favour of a subject', () => {
    const abuse = [report('a', 0.8), report('b', 0.9)];
    const bad = ledgerWith(...abuse).assess(SUBJECT, at).probability;
    const mixed = ledgerWith(...abuse, report('c', 0.9, { category: 'ham', count: 5_000 })).assess(
      SUBJECT,
      at,
    );
    expect(mixed.probability).toBeLessThan(bad);
  });
});

describe('records', () => {
  it('count a report as confirmed when another voice names the subject within a day', () => {
    const ledger = ledgerWith(report('a', 0.5), report('b', 3));
    ledger.catchUp(START + 4 * HOUR_MS);
    const of = (name: string) => ledger.records().find(({ reporter }) => reporter === name);
    expect(of('a')).toMatchObject({ confirmed: 1, onProbation: true });
    expect(of('b')).toMatchObject({ confirmed: 0 });
  });

  it('count an upheld appeal against those who reported, and forget the reports', () => {
    const ledger = ledgerWith(report('a', 0.5));
    ledger.adjudicate({ time: START + HOUR_MS, subject: SUBJECT, source: 'appeal-upheld', abusive: false });
    expect(ledger.records().find(({ reporter }) => reporter === 'a')).toMatchObject({ refuted: 1 });
    expect(ledger.assess(SUBJECT, START + HOUR_MS).score).toBe(0);
  });
});

describe('copies', () => {
  it('are one voice once most of what a reporter says was said before by the other', () => {
    const copies = new Copies();
    for (let i = 0; i < 100; i++) {
      copies.add(1, i < 80 ? [0] : []);
      copies.add(2, i < 20 ? [0] : []);
    }
    expect(copies.voices(3)).toEqual([0, 0, 2]);
  });

  it('are not made of two by a third that follows both', () => {
    const copies = new Copies();
    for (let i = 0; i < 100; i++) {
      copies.add(0, []);
      copies.add(1, []);
      copies.add(2, i < 90 ? [0, 1] : [1]);
    }
    expect(copies.voices(3)).toEqual([0, 1, 1]);
  });
});

describe('calibration', () => {
  it('finds the curve that its hits follow', () => {
    const calibration = new Calibration();
    for (let z = -4; z < 3; z += 0.2) {
      const p = 1 / (1 + Math.exp(-(0.5 * z - 1)));
      calibration.add(z + 0.1, true, 1_000 * p);
      calibration.add(z + 0.1, false, 1_000 * (1 - p));
    }
    calibration.fit();
    expect(calibration.slope).toBeCloseTo(0.5, 1);
    expect(calibration.intercept).toBeCloseTo(-1, 0);
  });

  it('is of the mixture in force, whatever it was when the risks were written down', () => {
    const size = 8_000;
    const learned = Float32Array.from({ length: size }, (_, i) => 3 * Math.sin(i));
    const recency = Float32Array.from({ length: size }, (_, i) => -(i % 20) / 10);
    const looks = new CalibrationLooks();
    const wasReported = (i: number) =>
      scramble(i) < 1 / (1 + Math.exp(-(0.8 * ((learned[i] ?? 0) + 2 * (recency[i] ?? 0)) - 1)));
    const subjects = Int32Array.from({ length: size }, (_, i) => i);
    looks.add(
      { subjects, sampled: subjects, learned, recency, agreement: new Float32Array(size) },
      wasReported,
    );
    const calibration = new Calibration();
    looks.fit(calibration, { agreement: 3, recency: 0 });
    expect(calibration.intercept).toBeLessThan(-1.7);
    looks.fit(calibration, { agreement: 3, recency: 2 });
    expect(calibration.slope).toBeCloseTo(0.8, 1);
    expect(calibration.intercept).toBeCloseTo(-1, 1);
  });
});

describe('networks', () => {
  it('are the /24 and /16 of IPv4 and the /64 and /48 of IPv6', () => {
    expect(networksOf('192.0.2.7')).toEqual(['192.0.2', '192.0']);
    expect(networksOf('2001:db8:1:2::3')).toEqual(['2001:db8:1:2', '2001:db8:1']);
    expect(networksOf('2001:db8::3')).toEqual(['2001:db8:0:0', '2001:db8:0']);
    expect(networksOf('spam.example')).toBeUndefined();
  });
});
