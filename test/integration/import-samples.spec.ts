// What is made of each real sample is written down in expected.tsv: file, reports, reasons.
import { readEvidence, type EvidenceRules } from '@sekisho/evidence';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../fixtures/reports/', import.meta.url);
const rules: EvidenceRules = {
  trusted: { networks: [], hosts: ['mx.example.jp', 'mx1.example.jp', '9jo.example.jp'] },
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  format: 'auto',
  bounces: { origin: 'never-sent', sendingHosts: [] },
  category: 'spam-source',
};

describe('real feedback reports and bounces', () => {
  it('give the expected reports and the expected reasons', async () => {
    const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.eml')).sort();
    const lines: string[] = [];
    for (const name of names) {
      const { reports, skipped } = readEvidence(await readFile(new URL(name, FOLDER)), rules);
      const made = reports.map(({ subject, category, evidence, firstSeen }) =>
        [subject.value, category, evidence, firstSeen].join(' '),
      );
      lines.push(
        [name, made.join(', ') || '-', skipped.map(({ reason }) => reason).join(', ') || '-'].join('\t'),
      );
    }
    expect(`${lines.join('\n')}\n`).toBe(await readFile(new URL('expected.tsv', FOLDER), 'utf8'));
  });
});
