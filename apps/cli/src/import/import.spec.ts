import {
  generateMemberKeys,
  importPrivateKey,
  HubUnreachable,
  type EnrolledMember,
  type HubDescription,
} from '@sekisho/client';
import { parseFingerprint } from '@sekisho/campaign';
import type { ReportInput } from '@sekisho/report';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContentPrint } from './content-print.js';
import { ImportSender } from './import-sender.js';
import { ImportState } from './import-state.js';
import { listInputs } from './input-file.js';
import type { ImportFormat } from './input-kind.js';
import { runImport, type ImportSummary } from './run-import.js';

const now = Date.parse('2026-11-20T12:00:00Z');
let folder: string;
let member: EnrolledMember;
/** What the hub stores, by jti: the envelope and its reports. */
let stored: Map<string, { envelope: string; reports: ReportInput[] }>;
/** Called when the hub has stored an envelope and before it answers; throwing loses the answer. */
let onStored: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-import-'));
  stored = new Map();
  onStored = () => undefined;
  const keys = await generateMemberKeys();
  member = {
    ...{ id: 'isp-a', name: 'ISP A', role: 'member', networks: [], asns: [] },
    ...{ hub: 'https://hub.example', hubUrl: 'https://hub.example' },
    signing: await importPrivateKey(keys.signing),
    encryption: await importPrivateKey(keys.encryption),
  };
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A hub as the protocol has it: the same envelope again gives the first receipt, another of its jti is refused. */
function answer(envelope: string): Response {
  const claims = JSON.parse(Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString()) as {
    jti: string;
    reports: ReportInput[];
  };
  const before = stored.get(claims.jti);
  if (before && before.envelope !== envelope) {
    return Response.json({ code: 'envelope-replayed', detail: 'used' }, { status: 409 });
  }
  stored.set(claims.jti, { envelope, reports: claims.reports });
  return Response.json(
    { receiptId: claims.jti, accepted: claims.reports.length, rejected: [] },
    { status: 202 },
  );
}

interface Options {
  readonly format?: ImportFormat;
  readonly paths?: readonly string[];
  readonly batchSize?: number;
  readonly isDry?: boolean;
  readonly at?: number;
  readonly stdin?: string;
  readonly print?: ContentPrint;
}

async function run({
  format = 'auto',
  paths = [join(folder, 'in')],
  batchSize = 500,
  isDry,
  at = now,
  stdin,
  print,
}: Options = {}) {
  const state = await ImportState.open(join(folder, 'member'));
  const input = async function* () {
    await Promise.resolve();
    yield stdin ?? '';
  };
  const left: ReportInput[] = [];
  const sender = new ImportSender(
    {
      member,
      hub: {
        limits: { reportsPerEnvelope: 1_000 },
        endpoints: { reports: 'https://hub.example/reports' },
      } as HubDescription,
    },
    state,
    {
      batchSize,
      now: () => at,
      retry: { attempts: 1 } as never,
      runtime: {
        now: () => at,
        randomId: () => 'never-used',
        random: () => 0,
        sleep: () => Promise.resolve(),
        fetch: (_, init) => {
          const response = answer(init.body as string);
          onStored();
          return Promise.resolve(response);
        },
      },
    },
  );
  try {
    const summary: ImportSummary = await runImport({
      inputs: listInputs(paths, input()),
      rules: {
        format,
        now: at,
        rows: { category: 'zombie', evidence: 'trap' },
        print,
        evidence: {
          trusted: { hosts: ['mx.example.net'], networks: [] },
          sha256: (bytes) => createHash('sha256').update(bytes).digest(),
          bounces: { origin: 'check', sendingHosts: [] },
          evidence: 'trap',
          category: 'spam-source',
        },
      },
      state,
      sender: isDry ? undefined : sender,
      batchSize,
      ownNetworks: [],
      onReport: (report) => left.push(report),
    });
    return { summary, left };
  } finally {
    await state.close();
  }
}

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const counted = () =>
  [...stored.values()].flatMap(({ reports }) => reports).map(({ subject }) => subject.value);
const rows = (...ips: string[]) => `ip,time\n${ips.map((ip) => `${ip},2026-11-20T00:00:00Z\n`).join('')}`;
const hasty = (ip: string, second: number) =>
  `2026-11-20T10:00:${String(second).padStart(2, '0')}Z mx postfix/postscreen[9]: PREGREET 11 after 0.07 from [${ip}]:4242: EHLO x\n`;
const spam = (ip: string, text = 'buy') =>
  `Received: from x (y [${ip}]) by mx.example.net; Fri, 20 Nov 2026 10:10:00 +0900\nFrom: a@b.example\n\n${text}\n`;

describe('an import', () => {
  it('sends each row once, however often the file is read and however it grows', async () => {
    await put('in', rows('203.0.113.1', '203.0.113.2'));
    await run();
    expect((await run()).summary).toMatchObject({ read: 0, reports: 0, envelopes: 0 });
    await appendFile(join(folder, 'in'), '203.0.113.3,2026-11-20T00:00:00Z\n');
    await run();
    expect(counted()).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.3']);
  });

  it('goes on in a log that was rotated, and begins anew in the one that took its name', async () => {
    await put('in', hasty('203.0.113.1', 1) + hasty('203.0.113.2', 2));
    await run();
    await appendFile(join(folder, 'in'), hasty('203.0.113.3', 3));
    await rename(join(folder, 'in'), join(folder, 'in.1'));
    await put('in', hasty('203.0.113.4', 4) + hasty('203.0.113.5', 5));
    await run({ paths: [join(folder, 'in.1'), join(folder, 'in')] });
    expect(counted().sort()).toEqual([1, 2, 3, 4, 5].map((n) => `203.0.113.${String(n)}`));
  });

  it('leaves a line of a log that is still being written for the next time', async () => {
    const second = hasty('203.0.113.2', 2);
    await put('in', hasty('203.0.113.1', 1) + second.slice(0, 40));
    await run();
    await appendFile(join(folder, 'in'), second.slice(40));
    await run();
    expect(counted()).toEqual(['203.0.113.1', '203.0.113.2']);
  });

  it('reads a file from its start when something else is at the place', async () => {
    await put('in', rows('203.0.113.1', '203.0.113.2'));
    await run();
    await put('in', rows('203.0.113.1', '203.0.113.8', '203.0.113.9'));
    await run();
    expect(counted()).toContain('203.0.113.8');
  });

  it('counts nothing twice when the answer is lost, and forgets nothing', async () => {
    await put('in', rows('203.0.113.1', '203.0.113.2', '203.0.113.3'));
    let requests = 0;
    onStored = () => {
      requests += 1;
      if (requests === 2) throw new TypeError('fetch failed');
    };
    await expect(run({ batchSize: 1 })).rejects.toThrow(HubUnreachable);
    onStored = () => undefined;
    // The file grew meanwhile: what was signed is sent as it was, and the rest after it.
    await appendFile(join(folder, 'in'), '203.0.113.4,2026-11-20T00:00:00Z\n');
    await run({ batchSize: 500, at: now + 60_000 });
    expect(counted()).toEqual([1, 2, 3, 4].map((n) => `203.0.113.${String(n)}`));
  });

  it('does not count twice when its memory is lost after the hub has everything', async () => {
    await put('in', rows('203.0.113.1', '203.0.113.2'));
    await run();
    await rm(join(folder, 'member'), { recursive: true });
    const { summary } = await run({ at: now + 60_000 });
    expect(summary).toMatchObject({ accepted: 0, skipped: { 'already-imported': 2 } });
    expect(counted()).toHaveLength(2);
  });

  it('knows a message again under another name', async () => {
    await mkdir(join(folder, 'in', 'cur'), { recursive: true });
    await mkdir(join(folder, 'in', 'new'));
    await mkdir(join(folder, 'in', 'tmp'));
    await put('in/new/1', spam('203.0.113.1'));
    await put('in/tmp/2', spam('203.0.113.2'));
    await run({ format: 'maildir' });
    await rename(join(folder, 'in/new/1'), join(folder, 'in/cur/1:2,S'));
    await put('in/new/3', spam('203.0.113.3'));
    const { summary } = await run({ format: 'maildir' });
    expect(summary.skipped).toEqual({ 'already-imported': 1 });
    expect(counted()).toEqual(['203.0.113.1', '203.0.113.3']);
  });

  it('streams a mailbox message by message and goes on behind the last', async () => {
    const from = 'From a@b Fri Nov 20 10:10:00 2026\n';
    await put('in', `${from}${spam('203.0.113.1', 'x\n\n>From y\nFrom z')}\n${from}${spam('203.0.113.2')}`);
    expect((await run()).summary.read).toBe(2);
    await appendFile(join(folder, 'in'), `\n${from}${spam('203.0.113.3')}`);
    expect((await run()).summary.read).toBe(1);
    expect(counted()).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.3']);
  });

  it('reads standard input', async () => {
    await run({ paths: ['-'], stdin: rows('203.0.113.1') });
    expect(counted()).toEqual(['203.0.113.1']);
  });

  it('shows in a dry run what would leave, which is what then leaves', async () => {
    await put('in', rows('203.0.113.1', '203.0.113.2') + 'nonsense\n');
    const dry = await run({ isDry: true });
    expect(stored.size).toBe(0);
    const wet = await run();
    expect(dry.left).toEqual(wet.left);
    expect([...stored.values()].flatMap(({ reports }) => reports)).toEqual(dry.left);
    expect(wet.summary.skipped).toEqual({ 'row-malformed': 1 });
  });

  it('keeps back what no hub takes', async () => {
    await put('in', 'ip,time\n203.0.113.1,2026-11-01T00:00:00Z\n203.0.113.2,2026-12-24T00:00:00Z\n');
    const { summary } = await run();
    expect(summary).toMatchObject({ reports: 0, skipped: { 'time-too-old': 1, 'report-refused': 1 } });
  });

  it('never opens an archive', async () => {
    await writeFile(join(folder, 'in'), Buffer.from('1f8b0800', 'hex'));
    expect((await run()).summary.skipped).toEqual({ 'archive-not-opened': 1 });
  });

  it('does not run twice at once', async () => {
    const path = join(folder, 'member', 'import');
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'lock'), `${String(process.ppid)}\n`);
    await put('in', rows('203.0.113.1'));
    await expect(run()).rejects.toThrow(/another import/);
    // The process that held it is gone.
    await writeFile(join(path, 'lock'), '999999999\n');
    await run();
    expect(counted()).toEqual(['203.0.113.1']);
  });
});

describe('what tells the copies of a message', () => {
  const print = new ContentPrint(Buffer.from('the secret of a federation'));
  const text =
    'Lose ten pounds in thirty days with our herbal tea at http://www.tea.example/a?id=7 or your money back';

  it('goes with the report of its sender, and is the same for a copy to somebody else', async () => {
    await put('in', spam('203.0.113.1', text));
    const [report] = (await run({ print })).left;
    expect(report?.urlHosts).toEqual(['tea.example']);
    expect(parseFingerprint(report?.fingerprint ?? '')).toMatchObject({ month: '2026-11', kind: 'short' });
    await put('in', spam('203.0.113.2', text.replace('id=7', 'id=8')));
    expect((await run({ print })).left).toMatchObject([
      { subject: { value: '203.0.113.2' }, fingerprint: report?.fingerprint },
    ]);
  });

  it('is of the message that a complaint returns, not of the complaint', async () => {
    await put('in', spam('203.0.113.1', text));
    const [direct] = (await run({ print })).left;
    const report = [
      ...['From: abuse@big.example', 'Date: Fri, 20 Nov 2026 02:00:00 +0000', 'MIME-Version: 1.0'],
      ...['Content-Type: multipart/report; report-type=feedback-report; boundary=b', '', '--b', ''],
      ...['This is a complaint about the message that you find below.', '--b'],
      ...[
        'Content-Type: message/feedback-report',
        '',
        'Feedback-Type: abuse',
        'User-Agent: x/1',
        'Version: 1',
      ],
      ...['Source-IP: 203.0.113.9', '', '--b', 'Content-Type: message/rfc822', ''],
      ...['From: a@b.example', '', text, '', '--b--', ''],
    ].join('\n');
    await put('in', report);
    expect((await run({ print })).left).toMatchObject([
      { subject: { value: '203.0.113.9' }, evidence: 'complaint', fingerprint: direct?.fingerprint },
    ]);
  });

  it('is left out of a message without words, and of every report without the secret', async () => {
    await put('in', spam('203.0.113.1', '.'));
    expect((await run({ print })).left[0]).not.toHaveProperty('fingerprint');
    await put('in', spam('203.0.113.2', text));
    const [report] = (await run()).left;
    expect(report).toBeDefined();
    expect(report).not.toHaveProperty('fingerprint');
    expect(report).not.toHaveProperty('urlHosts');
  });
});
