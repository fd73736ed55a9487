import { DirectTraffic } from '@sekisho/evidence';
import type { ReportInput } from '@sekisho/report';
import { parseNetwork } from '@sekisho/subject';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FileMark, Mark } from '../import/import-state.js';
import { openFile, standardInput } from '../import/input-file.js';
import { follow } from './follow.js';
import { Port25Run } from './port25-run.js';

const HEAD = 'ts,te,td,sa,da,sp,dp,pr\n';
const NOW = Date.parse('2026-11-20T12:00:00Z');
let folder: string;
let path: string;
let sent: ReportInput[];
let settled: Map<string, FileMark>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-port25-'));
  path = join(folder, 'flows.csv');
  sent = [];
  settled = new Map();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** So many flows of one address, each to another server. */
const rows = (source: string, count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, i) => `2026-11-20 10:10:00,2026-11-20 10:10:01,1.0,${source},198.51.100.${from + i},40000,25,TCP\n`,
  ).join('');

const open = (capacity?: number) =>
  new Port25Run({
    traffic: new DirectTraffic(
      {
        ...{ ranges: [parseNetwork('203.0.113.0/24')], exceptions: [] },
        ...{ leastConnections: 3, leastDestinations: 2 },
      },
      capacity,
    ),
    clock: () => ({ now: NOW, localTime: (...clock) => Date.UTC(...clock) }),
    state: { fileMark: (key) => settled.get(key) },
    sender: {
      resume: () => Promise.resolve(undefined),
      send: (reports: readonly ReportInput[], marks: readonly Mark[]) => {
        sent.push(...reports);
        for (const mark of marks) if (mark.kind === 'file') settled.set(mark.key, mark);
        return Promise.resolve({
          ...{ envelopes: 1, accepted: reports.length, repeated: 0, rejected: new Map<string, number>() },
        });
      },
    },
  });

const counts = () => Object.fromEntries(sent.map(({ subject, count }) => [subject.value, count]));

it('reports each address once, and goes on behind what it has read, in the middle of a table too', async () => {
  await writeFile(path, HEAD + rows('203.0.113.1', 4) + rows('203.0.113.2', 2) + rows('198.51.100.9', 9));
  const first = open();
  await first.read(await openFile(path));
  await first.flush();
  expect(counts()).toEqual({ '203.0.113.1': 4 });
  expect(first.summary).toMatchObject({
    ...{ read: 16, reports: 1, accepted: 1 },
    skipped: { 'below-threshold': 2, 'outside-ranges': 9, 'line-unrelated': 1 },
  });

  sent = [];
  await appendFile(path, rows('203.0.113.3', 3));
  const second = open();
  await second.read(await openFile(path));
  await second.flush();
  expect(counts()).toEqual({ '203.0.113.3': 3 });
  expect(second.summary.read).toBe(3);
});

it('reads again what was not reported, when a run was interrupted', async () => {
  await writeFile(path, HEAD + rows('203.0.113.1', 4));
  await open().read(await openFile(path));
  const second = open();
  await second.read(await openFile(path));
  await second.flush();
  expect(counts()).toEqual({ '203.0.113.1': 4 });
});

it('holds no more addresses than its capacity', async () => {
  await writeFile(path, HEAD + Array.from({ length: 50 }, (_, i) => rows(`203.0.113.${i}`, 3)).join(''));
  const run = open(10);
  await run.read(await openFile(path));
  await run.flush();
  // An address whose connections fell on both sides of a report may be missing, and none is twice.
  expect(new Set(sent.map(({ subject }) => subject.value)).size).toBe(sent.length);
  expect(sent.length).toBeGreaterThanOrEqual(40);
});

it('reads a stream, such as that of conntrack', async () => {
  const lines = Array.from(
    { length: 4 },
    (_, i) =>
      `[1795169400.1] [NEW] tcp 6 120 SYN_SENT src=203.0.113.9 dst=198.51.100.${i} sport=4 dport=25 [UNREPLIED]\n`,
  );
  const run = open();
  // eslint-disable-next-line @typescript-eslint/require-await -- an async generator, as standard input is one
  const stream = async function* () {
    yield* lines;
  };
  await run.read(await standardInput(stream()));
  await run.flush();
  expect(counts()).toEqual({ '203.0.113.9': 4 });
});

it('follows a file that is renamed and begun anew, and loses and doubles nothing', async () => {
  await writeFile(path, HEAD + rows('203.0.113.1', 3));
  const run = open();
  const stop = new AbortController();
  const hasRead = async (count: number) => {
    while (run.summary.read < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const following = follow(run, {
    ...{ paths: [path], stdin: process.stdin, windowMs: 60_000, pollMs: 1 },
    ...{ signal: stop.signal, onFlush: () => undefined },
  });
  await hasRead(4);
  await appendFile(path, rows('203.0.113.1', 2, 10));
  await rename(path, `${path}.1`);
  await appendFile(`${path}.1`, rows('203.0.113.1', 1, 20));
  await writeFile(path, HEAD + rows('203.0.113.1', 4, 30));
  await hasRead(12);
  stop.abort();
  await following;
  expect(counts()).toEqual({ '203.0.113.1': 10 });
  expect(run.summary.read).toBe(12);
});
