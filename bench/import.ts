// What the importer makes of every real sample, and how fast: npm run bench:import -- --data FOLDER
// FOLDER holds mail/ (index.tsv, spam/, ham/) and reports/ (arf/, bounces/, …).
import { readEvidence, type EvidenceRules } from '@sekisho/evidence';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printTable } from '#harness/figures';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
const data = values.data;
if (data === undefined) throw new Error('--data FOLDER is required');

const rules: EvidenceRules = {
  trusted: { networks: [], hosts: [] },
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  format: 'auto',
  bounces: { origin: 'never-sent', sendingHosts: [] },
  evidence: undefined,
  category: 'spam-source',
};
const CLASSES: readonly { folder: string; rules: EvidenceRules }[] = [
  { folder: 'reports/arf', rules },
  { folder: 'reports/other-notifier', rules },
  { folder: 'reports/bounces', rules: { ...rules, format: 'dsn' } },
  { folder: 'reports/bounces-err', rules: { ...rules, format: 'dsn' } },
  { folder: 'mail/spam', rules: { ...rules, format: 'eml', evidence: 'filter' } },
  { folder: 'mail/ham', rules: { ...rules, format: 'eml', evidence: 'filter', category: 'ham' } },
];

/** The hosts that each message itself names as its receiver: only a bench may believe that. */
function receiversIn(bytes: Uint8Array): string[] {
  const head = new TextDecoder().decode(bytes.subarray(0, 16_384)).split(/\r?\n\r?\n/, 1)[0] ?? '';
  return [...head.matchAll(/^Received:[^\n]*(?:\n[ \t][^\n]*)*/gim)]
    .slice(0, 6)
    .flatMap(([line]) => /\sby\s+([^\s;()]+)/i.exec(line)?.[1]?.replace(/\.$/, '').toLowerCase() ?? []);
}

const rows: string[][] = [];
let messages = 0;
let longestMs = 0;
const samples: { bytes: Uint8Array; rules: EvidenceRules }[] = [];
for (const { folder, rules: base } of CLASSES) {
  const names = (await readdir(join(data, folder))).filter((name) => name.endsWith('.eml'));
  const reasons = new Map<string, number>();
  let reports = 0;
  let silent = 0;
  for (const name of names.sort()) {
    const bytes = await readFile(join(data, folder, name));
    const trusted = { networks: [], hosts: folder.startsWith('mail') ? receiversIn(bytes) : [] };
    samples.push({ bytes, rules: { ...base, trusted } });
    const found = readEvidence(bytes, { ...base, trusted });
    reports += found.reports.length;
    if (found.reports.length === 0 && found.skipped.length === 0) silent += 1;
    for (const { reason, detail } of found.skipped) {
      const key = reason === 'report-refused' ? `${reason}(${detail ?? ''})` : reason;
      reasons.set(key, (reasons.get(key) ?? 0) + 1);
    }
  }
  const said = [...reasons].map(([reason, count]) => `${reason} ${String(count)}`).join(', ');
  rows.push([folder, String(names.length), String(reports), String(silent), said]);
}
printTable(['class', 'samples', 'reports', 'neither', 'reasons'], rows);

const ROUNDS = 10;
const start = process.cpuUsage();
for (let round = 0; round < ROUNDS; round++) {
  for (const { bytes, rules: own } of samples) {
    const began = performance.now();
    readEvidence(bytes, own);
    longestMs = Math.max(longestMs, performance.now() - began);
    messages += 1;
  }
}
const spent = process.cpuUsage(start);
const minutes = (spent.user + spent.system) / 60e6;
console.log(
  `${Math.round(messages / minutes).toLocaleString('en')} messages a minute of processor time; longest ${longestMs.toFixed(1)} ms`,
);
