// Mail to abuse desks, over SMTP to a real receiver, on a clock of the test's own; read back by our own evidence importer.
import { FEEDBACK } from '@sekisho/feedback';
import { readEvidence } from '@sekisho/evidence';
import { openMailer, type Mailer } from '@sekisho/mail';
import {
  EventStreamRepository,
  MemberEventRepository,
  openDatabase,
  tellMember,
  type MailPreference,
} from '@sekisho/persistence';
import { createLogger } from '@sekisho/telemetry';
import { createTestDatabase, freePort, type TestDatabase } from '@sekisho/testing';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { EventMailService } from '../../apps/worker/src/mail/event-mail.service.js';

interface Taken {
  readonly from: string | false;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

const START = Date.parse('2026-11-01T00:00:00Z');
const LAST_SEEN = Date.parse('2026-10-31T23:50:00Z') / 1_000;

let database: TestDatabase;
let dataSource: DataSource;
let streams: EventStreamRepository;
let server: SMTPServer;
let mailer: Mailer;
let taken: Taken[];
let refusal: number | undefined;
let clock: number;
const now = () => new Date(clock);

beforeEach(async () => {
  clock = START;
  taken = [];
  refusal = undefined;
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  dataSource = await openDatabase(database.url, { poolSize: 2 });
  streams = new EventStreamRepository(dataSource);
  await dataSource.query(
    `INSERT INTO member (id, name, role, status, trust, created_at)
     VALUES ('isp-a', 'ISP A', 'member', 'active', 1, $1)`,
    [now()],
  );
  server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusal !== undefined) {
          done(Object.assign(new Error('not now'), { responseCode: refusal }));
          return;
        }
        const from = envelope.mailFrom === false ? false : envelope.mailFrom.address;
        taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) });
        done();
      });
    },
  });
  const port = await freePort();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, from: 'sekisho@hub.example' });
});

afterEach(async () => {
  mailer.close();
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  await dataSource.destroy();
  await database[Symbol.asyncDispose]();
});

const want = (change: Partial<MailPreference> = {}) =>
  streams.setMail(
    'isp-a',
    { address: 'abuse@isp-a.example', format: 'arf', language: 'en', ...change },
    now(),
  );
const tell = (subject: string, change = 'opened', category = 'zombie') =>
  tellMember(
    dataSource,
    {
      ...{ memberId: 'isp-a', type: 'urn:sekisho:event:alert', subject },
      details: {
        ...{ alert: '0199c5a0-7d3e-4c11-9f0e-3b1f6c1a2d44', change, category },
        ...{ messages: 10, last_seen: LAST_SEEN },
      },
    },
    now(),
  );
const run = () =>
  new EventMailService(streams, mailer, {
    ...{ hubUrl: 'https://hub.example', now, logger: createLogger({ name: 'test', level: 'silent' }) },
  }).run();
const importer = {
  trusted: { hosts: ['mx.isp-a.example'], networks: [] },
  sha256: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest(),
  ...{ format: 'auto', category: 'spam-source', bounces: {} },
} as unknown as Parameters<typeof readEvidence>[1];

describe('mail to an abuse desk', () => {
  it('is one ARF report that our own importer reads, from nobody who could get a bounce', async () => {
    await want();
    await tell('198.51.100.9', 'opened', 'spam-source');
    clock += FEEDBACK.mailGatherMs - 1;
    await run();
    expect(taken).toEqual([]);
    clock += 1;
    await run();
    expect(taken).toHaveLength(1);
    const [mail] = taken;
    expect(mail).toMatchObject({ from: '', to: ['abuse@isp-a.example'] });
    expect(readEvidence(mail?.raw ?? Buffer.of(), importer).reports).toEqual([
      {
        subject: { type: 'ip', value: '198.51.100.9' },
        ...{ category: 'spam-source', evidence: 'complaint', count: 10 },
        ...{ firstSeen: '2026-10-31T23:50:00.000Z', lastSeen: '2026-10-31T23:50:00.000Z' },
      },
    ]);
    const parsed = await PostalMime.parse(mail?.raw ?? '');
    expect(parsed.subject).toContain('198.51.100.9');
    expect(parsed.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    );
    expect(parsed.text).toContain('sekisho alerts answer 0199c5a0');
  });

  it('is one for a hundred bots, then none for an hour, and holds a whole report of each', async () => {
    await want({ language: 'ja' });
    for (let i = 0; i < 100; i++) await tell(`198.51.100.${i}`);
    clock += FEEDBACK.mailGatherMs;
    await Promise.all([run(), run()]);
    await tell('198.51.100.200');
    clock += FEEDBACK.mailEveryMs - 1;
    await run();
    expect(taken).toHaveLength(1);
    const parsed = await PostalMime.parse(taken[0]?.raw ?? '', { forceRfc822Attachments: true });
    expect(parsed.subject).toBe('【Sekisho】貴社網からの迷惑行為: 100 アドレス');
    expect(parsed.text).toContain('回答');
    const inner = parsed.attachments.map(({ content }) =>
      readEvidence(typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content), importer),
    );
    expect(new Set(inner.flatMap(({ reports }) => reports.map(({ subject }) => subject.value))).size).toBe(
      100,
    );
    clock += 1;
    await run();
    expect(taken).toHaveLength(2);
  });

  it('as X-ARF says that it is the word of a list, which an importer does not report again', async () => {
    await want({ format: 'xarf' });
    await tell('198.51.100.9');
    clock += FEEDBACK.mailGatherMs;
    await run();
    const found = readEvidence(taken[0]?.raw ?? Buffer.of(), importer);
    expect(found.skipped.map(({ reason }) => reason)).toEqual(['verdict-of-a-list']);
  });

  it('that a server does not take comes later, and what was mailed and acknowledged is gone', async () => {
    await want();
    await tell('198.51.100.9');
    const events = new MemberEventRepository(dataSource);
    const [event] = await events.pending('isp-a', 10);
    await events.acknowledge('isp-a', [event?.jti ?? ''], now());
    expect(await events.pending('isp-a', 10)).toEqual([]);
    refusal = 451;
    clock += FEEDBACK.mailGatherMs;
    await run();
    refusal = undefined;
    await run();
    expect(taken).toEqual([]);
    clock += FEEDBACK.mailGatherMs;
    await run();
    expect(taken).toHaveLength(1);
    expect(await dataSource.query('SELECT FROM member_event')).toEqual([]);
  });
});
