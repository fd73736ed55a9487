// What the importer makes of every real sample, and how fast: npm run bench:import -- --data FOLDER
// FOLDER holds mail/ (index.tsv, spam/, ham/) and reports/ (arf/, bounces/, …). What each sample under reports/ must give is in
// fixtures/reports/expected.tsv, written by --write and checked against the samples' own fields; who handed over a message under mail/ is in mail/index.tsv.
// --write FILE writes what the samples give, to be reviewed. Ends with status 1 when anything is unexpected.
import { LIMITS, readEvidence, type EvidenceRules } from '@sekisho/evidence';
import { borderOf, describeFinding, relaysDownTo, readSample, sampleRules } from '@sekisho/testing';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inFull, printTable } from '#harness/figures';
import { measureWholeImport } from './import-whole.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, write: { type: 'string' } } });
const data = values.data;
if (data === undefined) throw new Error('--data FOLDER is required');

const EXPECTED = join(import.meta.dirname, '../fixtures/reports/expected.tsv');
const expected = new Map<string, string>();
for (const line of (await readFile(EXPECTED, 'utf8').catch(() => '')).split('\n')) {
  const [name = '', outcome = ''] = line.split('\t');
  if (name !== '' && !name.startsWith('#')) expected.set(name, outcome);
}

/** Where the index takes the address in a client's HELO for the client's own. */
const INDEX_ERRORS = new Map([['sa1-00243.eml', '61.59.152.110']]);

interface Row {
  samples: number;
  reports: number;
  unexpected: number;
  readonly reasons: Map<string, number>;
}
const rows = new Map<string, Row>();
const messages: { bytes: Uint8Array; rules: EvidenceRules }[] = [];
const surprises: string[] = [];

function count(kind: string, outcome: string, isExpected: boolean): void {
  const row = rows.get(kind) ?? { samples: 0, reports: 0, unexpected: 0, reasons: new Map<string, number>() };
  rows.set(kind, row);
  row.samples += 1;
  if (!isExpected) row.unexpected += 1;
  for (const one of outcome.split('; ')) {
    if (!one.startsWith('-')) row.reports += 1;
    else row.reasons.set(one.slice(1), (row.reasons.get(one.slice(1)) ?? 0) + 1);
  }
}

const names = (await readdir(join(data, 'reports'), { recursive: true }))
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /\.(?:eml|xml)$/.test(name) || (name.startsWith('xarf-json/') && name.endsWith('.json')))
  .sort();
const written: string[] = [];
for (const name of names) {
  const bytes = await readFile(join(data, 'reports', name));
  const outcome = describeFinding(readSample(name, bytes));
  written.push(`${name}\t${outcome}\n`);
  const isExpected = outcome !== '' && expected.get(name) === outcome;
  if (!isExpected) surprises.push(`${name}\n  is      ${outcome}\n  must be ${expected.get(name) ?? '?'}`);
  count(`reports/${name.slice(0, name.lastIndexOf('/'))}`, outcome, isExpected);
  if (name.endsWith('.eml')) messages.push({ bytes, rules: sampleRules(borderOf(bytes)) });
}
if (values.write !== undefined) await writeFile(values.write, written.join(''));

const index = (await readFile(join(data, 'mail/index.tsv'), 'utf8')).trim().split('\n');
const columns = index[0]?.split('\t') ?? [];
for (const line of index.slice(1)) {
  const cells = line.split('\t');
  const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
  const bytes = await readFile(join(data, 'mail', cell('label'), cell('file')));
  const peer = INDEX_ERRORS.get(cell('file')) ?? cell('handoff_ip');
  const rules = {
    ...sampleRules(peer === '' ? borderOf(bytes) : relaysDownTo(peer, bytes)),
    ...({
      format: 'eml',
      evidence: 'filter',
      category: cell('label') === 'ham' ? 'ham' : 'spam-source',
    } as const),
  };
  const found = readEvidence(bytes, rules);
  const ips = found.reports
    .filter(({ subject }) => subject.type === 'ip')
    .map(({ subject }) => subject.value);
  const isExpected = peer === '' ? ips.length === 0 && found.skipped.length > 0 : ips.join() === peer;
  if (!isExpected)
    surprises.push(`mail/${cell('file')}\n  is      ${describeFinding(found)}\n  must be ${peer || '-'}`);
  count(`mail/${cell('label')}`, describeFinding(found), isExpected);
  messages.push({ bytes, rules });
}

let samples = 0;
let unexpected = 0;
const lines: string[][] = [];
for (const [kind, row] of rows) {
  samples += row.samples;
  unexpected += row.unexpected;
  const reasons = [...row.reasons].map(([reason, times]) => `${reason} ${String(times)}`).join(', ');
  lines.push([kind, String(row.samples), String(row.reports), String(row.unexpected), reasons]);
}
lines.push(['all', String(samples), '', String(unexpected), '']);
printTable(['class', 'samples', 'reports', 'unexpected', 'reasons'], lines);
for (const surprise of surprises.slice(0, 40)) console.log(surprise);

const ROUNDS = 10;
let longestMs = 0;
const start = process.cpuUsage();
for (let round = 0; round < ROUNDS; round++) {
  for (const { bytes, rules } of messages) {
    const began = performance.now();
    readEvidence(bytes, rules);
    if (round > 0) longestMs = Math.max(longestMs, performance.now() - began);
  }
}
const spent = process.cpuUsage(start);
const minutes = (spent.user + spent.system) / 60e6;
console.log(
  `\n${inFull((messages.length * ROUNDS) / minutes)} messages a minute of one core's time (parsing alone); longest ${longestMs.toFixed(1)} ms`,
);

await measureWholeImport(messages);

// Hostile messages of the greatest size that is read.
const filled = (text: string) => Buffer.alloc(LIMITS.messageBytes, text);
const head = (type: string, rest = '') => `From: a@example.com\r\nContent-Type: ${type}\r\n${rest}\r\n`;
const nested = () => {
  let text = '';
  for (let i = 0; i < 20_000; i++)
    text += `Content-Type: multipart/mixed; boundary=b${String(i)}\r\n\r\n--b${String(i)}\r\n`;
  return Buffer.from(text);
};
const HOSTILE: readonly [string, () => Buffer][] = [
  ['header bomb, short fields', () => filled('X: y\r\n')],
  ['header bomb, one field', () => filled('x')],
  ['header bomb, folded', () => Buffer.concat([Buffer.from('Subject: a\r\n'), filled(' b\r\n')])],
  ['encoded words', () => Buffer.concat([Buffer.from('Subject: '), filled('=?utf-8?q?=41?= ')])],
  [
    'received lines',
    () => filled('Received: from a (b [192.0.2.1]) by c; Thu, 1 Jan 1970 00:00:00 +0000\r\n'),
  ],
  ['address list', () => Buffer.concat([Buffer.from('From: '), filled('"a" <b@c>, (')])],
  [
    'base64 of short lines',
    () =>
      Buffer.concat([
        Buffer.from(head('application/x', 'Content-Transfer-Encoding: base64\r\n')),
        filled('YQ\r\n'),
      ]),
  ],
  [
    'quoted-printable',
    () =>
      Buffer.concat([
        Buffer.from(head('text/html', 'Content-Transfer-Encoding: quoted-printable\r\n')),
        filled('=3D=\r\n'),
      ]),
  ],
  [
    'charset nonsense',
    () => Buffer.concat([Buffer.from(head('text/plain; charset=iso-2022-jp')), filled('\u001b$B\u001b(B')]),
  ],
  [
    'many parts',
    () => Buffer.concat([Buffer.from(head('multipart/mixed; boundary=b')), filled('--b\r\n\r\n')]),
  ],
  ['nested parts', nested],
  ['nested parts, empty lines', () => Buffer.concat([nested().subarray(0, 1_400), filled('\n')])],
  ['nested parts, hyphens', () => Buffer.concat([nested().subarray(0, 1_400), filled('--\n')])],
  [
    'YAML bomb',
    () =>
      Buffer.concat([
        Buffer.from(head('text/plain; name="report.txt"', 'X-XARF: PLAIN\r\n')),
        Buffer.from('a: &a [x]\n'.repeat(800)),
      ]),
  ],
  ['XML bomb', () => Buffer.concat([Buffer.from(head('text/xml; name="a!b!1!2.xml"')), filled('<a>')])],
];
const memory = () => process.memoryUsage.rss();
const hostile: string[][] = [];
for (const [name, make] of HOSTILE) {
  const bytes = make();
  globalThis.gc?.();
  const before = memory();
  // Processor time: others may keep the machine busy.
  const began = process.cpuUsage();
  const { skipped, reports } = readEvidence(bytes, {
    ...sampleRules({ networks: [], hosts: [] }),
    evidence: 'trap',
  });
  const { user, system } = process.cpuUsage(began);
  const took = (user + system) / 1e3;
  const grown = Math.max(0, memory() - before) / 1_048_576;
  hostile.push([
    name,
    `${took.toFixed(1)} ms`,
    `${grown.toFixed(1)} MiB`,
    describeFinding({ skipped, reports }),
  ]);
}
console.log();
printTable(['hostile message', 'time', 'memory', 'outcome'], hostile);
if (unexpected > 0) process.exitCode = 1;
