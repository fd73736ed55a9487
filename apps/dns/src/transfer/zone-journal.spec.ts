import { readSubject } from '@sekisho/subject';
import type { Logger } from '@sekisho/telemetry';
import { finished, formerOf, ZoneIndex, type ZoneDelta } from '@sekisho/zone';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZoneJournal } from './zone-journal.js';

const CODES = [0x7f00_5b03];
const warnings: string[] = [];
const logger = {
  warn: (_: unknown, text: string) => warnings.push(text),
  error: (_: unknown, text: string) => warnings.push(text),
} as unknown as Logger;
const address = (i: number) => readSubject(`203.0.113.${i}`);
const delta = (from: number): ZoneDelta => ({
  ...{ zone: 'ip', from, to: from + 1 },
  announce: [{ subject: address(from), codes: CODES }],
  withdraw: [address(from - 1)],
});
const snapshot = () =>
  ZoneIndex.from({ zone: 'ip', serial: 1, entries: [{ subject: address(0), codes: CODES }] });

let folder: string;
let path: string;

beforeEach(async () => {
  warnings.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'sekisho-journal-'));
  path = join(folder, 'edge', 'ip.journal');
});

afterEach(() => rm(folder, { recursive: true }));

const open = (records = 'a', max?: number) => new ZoneJournal(folder, 'ip', records, logger, max);

/** A journal with the deltas 1 to `to`, all on disk. */
async function written(to: number, max?: number): Promise<ZoneJournal> {
  const [journal, index] = [open('a', max), snapshot()];
  await journal.load(index);
  for (let from = 1; from < to; from++) {
    const done = journal.begin(index, delta(from));
    index.apply(delta(from));
    done();
  }
  await journal.flush();
  return journal;
}

describe('the journal of a zone', () => {
  it('brings the snapshot to the last serial, and knows what was before', async () => {
    await written(5);
    const [journal, index] = [open(), snapshot()];
    await journal.load(index);
    expect(index.serial).toBe(5);
    expect(index.codesOfEntry(address(4))).toEqual(CODES);
    expect(index.codesOfEntry(address(3))).toBeUndefined();
    const former = finished(formerOf(journal.history.stepsSince(3) ?? []));
    expect(former.map(({ subject, codes }) => [subject.value, codes])).toEqual([
      ['203.0.113.2', CODES],
      ['203.0.113.3', undefined],
      ['203.0.113.4', undefined],
    ]);
    await journal.flush();
    expect(warnings).toEqual([]);
  });

  it('forgets the oldest changes beyond its limit', async () => {
    const journal = await written(8, 4);
    expect(journal.history.stepsSince(1)).toBeUndefined();
    expect(journal.history.stepsSince(7)).toBeDefined();
  });

  it('takes a last line that was cut off as not written', async () => {
    await written(5);
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, -10));
    const [journal, index] = [open(), snapshot()];
    await journal.load(index);
    await journal.flush();
    expect([index.serial, warnings]).toEqual([4, []]);
  });

  it('is of no use with a line that cannot be read, or for other records', async () => {
    await written(5);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"from":3', '"from":"x"'));
    const broken = open();
    await broken.load(snapshot());
    await broken.flush();
    expect(warnings).toEqual(['journal ignored']);
    expect(broken.history.size).toBe(0);
    await writeFile(path, text);
    const [other, index] = [open('b'), snapshot()];
    await other.load(index);
    await other.flush();
    expect([index.serial, other.history.size]).toEqual([1, 0]);
  });

  it('begins anew with a snapshot', async () => {
    const journal = await written(5);
    journal.restart();
    await journal.flush();
    expect(journal.history.size).toBe(0);
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(1);
  });
});
