import { readEvidence } from '@sekisho/evidence';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { borderOf, describeFinding, readSample, sampleRules } from './report-samples.js';

const folder = join(import.meta.dirname, '../../../fixtures/reports');
const rows = readFileSync(join(folder, 'expected.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [string, string])
  .filter(([name]) => existsSync(join(folder, name)));

describe('real samples', () => {
  it('are here', () => {
    expect(rows.length).toBeGreaterThan(150);
  });

  it.each(rows)('%s gives %s', (name, outcome) => {
    expect(describeFinding(readSample(name, readFileSync(join(folder, name))))).toBe(outcome);
  });
});

/** The same numbers on every machine (Lehmer, after Park and Miller 1988). */
function* numbers(seed: number): Generator<number, never, undefined> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 0x7fffffff;
    yield state;
  }
}

describe('damaged samples', () => {
  const messages = rows
    .filter(([name]) => name.endsWith('.eml'))
    .map(([name]) => readFileSync(join(folder, name)));
  const chance = numbers(20_261_120);
  const below = (limit: number) => chance.next().value % limit;
  const DAMAGES: readonly [string, (bytes: Buffer) => Buffer][] = [
    ['cut off', (bytes) => bytes.subarray(0, below(bytes.length))],
    [
      'with flipped bytes',
      (bytes) => {
        const copy = Buffer.from(bytes);
        for (let i = 0; i < 40; i++) copy[below(copy.length)] = below(256);
        return copy;
      },
    ],
    [
      'with a piece repeated',
      (bytes) => {
        const at = below(bytes.length);
        const piece = bytes.subarray(at, at + 200);
        return Buffer.concat([
          bytes.subarray(0, at),
          ...Array.from({ length: 2_000 }, () => piece),
          bytes.subarray(at),
        ]);
      },
    ],
    ['in another', (bytes) => Buffer.concat([Buffer.from('Content-Type: message/rfc822\n\n'), bytes])],
  ];

  it.each(DAMAGES)('%s give reports or reasons, each in less than 200 ms of the processor', (_, damage) => {
    for (const whole of messages) {
      const bytes = damage(whole);
      const began = process.cpuUsage();
      const found = readEvidence(bytes, { ...sampleRules(borderOf(whole)), evidence: 'trap' });
      const { user, system } = process.cpuUsage(began);
      expect(found.reports.length + found.skipped.length).toBeGreaterThan(0);
      expect((user + system) / 1_000).toBeLessThan(200);
    }
  });
});
