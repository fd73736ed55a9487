// Mail to the members that may decide an appeal: from the appeal's steps to a real receiver of mail, on a clock of the test's own.
import { FEEDBACK } from '@sekisho/feedback';
import { openMailer, type Mailer } from '@sekisho/mail';
import {
  APPEAL_TERMS,
  AppealDecisions,
  AppealRepository,
  ensurePartitions,
  EventStreamRepository,
  MemberEventRepository,
  MemberRepository,
  ReportRepository,
  type StoredAppeal,
} from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import { createLogger } from '@sekisho/telemetry';
import { randomUUID } from 'node:crypto';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventMailService } from '../../apps/worker/src/mail/event-mail.service.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';
import { SmtpSink } from '../setup/smtp-sink.js';

const START = Date.parse('2030-03-15T12:03:00Z');
const HOUR = 3_600_000;
const IP = '203.0.113.9';
/** Of them only two may decide: one as a member, one because it has an officer. */
const MEMBERS = ['reviewers', 'with-officer', 'reporter', 'owner', 'without-reviewer', 'gone'] as const;

let database: OpenTestDatabase;
let appeals: AppealRepository;
let streams: EventStreamRepository;
let sink: SmtpSink;
let mailer: Mailer;
let clock: number;
const now = () => new Date(clock);

beforeEach(async () => {
  clock = START;
  database = await openTestDatabase();
  const { dataSource } = database;
  await ensurePartitions(dataSource, now());
  appeals = new AppealRepository(dataSource);
  streams = new EventStreamRepository(dataSource);
  sink = await SmtpSink.start();
  mailer = openMailer({ url: sink.url, from: 'sekisho@hub.example' });
  const members = new MemberRepository(dataSource);
  for (const id of MEMBERS) {
    const role = ['with-officer', 'without-reviewer'].includes(id) ? 'member' : 'reviewer';
    await members.add({ id, name: id, role, networks: [], asns: [] }, 0.8, now());
    await dataSource.query(`UPDATE member SET status = $2 WHERE id = $1`, [
      ...[id, id === 'gone' ? 'suspended' : 'active'],
    ]);
    const language = id === 'with-officer' ? 'ja' : 'en';
    await streams.setMail(id, { address: `abuse@${id}.example`, format: 'arf', language }, now());
  }
  for (const [member, role] of [
    ['with-officer', 'officer'],
    ['without-reviewer', 'abuse-desk'],
  ]) {
    await dataSource.query(
      `INSERT INTO person (id, member_id, name, role, language, created_at, last_seen_at)
       VALUES (gen_random_uuid(), $1, 'X', $2, 'ja', $3, $3)`,
      [member, role, now()],
    );
  }
  await new ReportRepository(dataSource).store({
    ...{ receiptId: randomUUID(), memberId: 'reporter', jti: randomUUID(), digest: Buffer.from('x') },
    ...{ receivedAt: now(), rejected: [], salt: Buffer.alloc(16) },
    accepted: [
      {
        index: 0,
        report: {
          ...{ subject: readSubject(IP), category: 'spam-source', evidence: 'trap', count: 12 },
          ...{ influenced: false, firstSeen: clock, lastSeen: clock },
        },
      },
    ],
  });
});

afterEach(async () => {
  mailer.close();
  await sink[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function confirmed(subject = IP): Promise<StoredAppeal> {
  const { id } = await appeals.file(
    {
      ...{ subject: readSubject(subject), category: 'spam-source', owner: 'owner', language: 'en' },
      ...{ words: 'We forward mail.', mail: 'me@appellant.example', secret: randomUUID(), proof: undefined },
    },
    now(),
  );
  return appeals.confirm(id, 'address', now());
}

/** Long enough for a mail to go out, one after the other. @returns what was sent */
async function mailed(): Promise<{ to: string; subject: string; text: string }[]> {
  clock += Math.max(FEEDBACK.mailGatherMs, FEEDBACK.mailEveryMs);
  await new EventMailService(streams, mailer, {
    ...{ hubUrl: 'https://hub.example', now, logger: createLogger({ name: 'test', level: 'silent' }) },
  }).run();
  return Promise.all(
    sink.mails.splice(0).map(async ({ to, message }) => {
      const { subject = '', text = '' } = await PostalMime.parse(message);
      return { to, subject, text };
    }),
  );
}
const at = async (ms: number) => {
  clock = ms;
  await appeals.escalate(now());
};

describe('the reviewers who may decide an appeal', () => {
  it('are told when it is filed, once more when its deadline is near, and when it is over, in their language', async () => {
    const { id, dueAt } = await confirmed();
    const due = dueAt?.getTime() ?? 0;
    const filed = (await mailed()).toSorted((a, b) => (a.to < b.to ? -1 : 1));
    expect(filed.map(({ to, subject }) => [to, subject])).toEqual([
      ['abuse@reviewers.example', '[Sekisho] an appeal waits for a reviewer'],
      ['abuse@with-officer.example', '【Sekisho】審査待ちの異議申立て: 1 件'],
    ]);
    for (const { text } of filed) {
      expect(text).toContain(`https://hub.example/console/appeals/${id}`);
      expect(text).toContain('2030-03-18 12:00 UTC');
      for (const secret of [IP, '203.0.113', 'forward', 'appellant', 'reporter', 'spam-source']) {
        expect(text).not.toContain(secret);
      }
    }

    await at(due - APPEAL_TERMS.nearMs - 1);
    expect(await mailed()).toEqual([]);
    for (const [moment, english, japanese] of [
      [due - APPEAL_TERMS.nearMs, 'not decided yet', '未決定'],
      [due, 'past its deadline', '期限超過'],
    ] as const) {
      await at(moment);
      await at(moment + 1);
      const told = (await mailed()).toSorted((a, b) => (a.to < b.to ? -1 : 1));
      expect(told.map(({ text }) => text)).toEqual([
        expect.stringContaining(english),
        expect.stringContaining(japanese),
      ]);
      expect(await mailed()).toEqual([]);
    }
  });

  it('get one mail about all of them, and none about what was decided or withdrawn before it was sent', async () => {
    const [first, second, third] = [
      ...[await confirmed('198.51.100.1'), await confirmed('198.51.100.2'), await confirmed('198.51.100.3')],
    ];
    if (!first || !second || !third) throw new Error('three');
    await new AppealDecisions(database.dataSource).decide(
      first.id,
      { outcome: 'rejected', reason: 'Still at it.', version: first.version, reviewer: 'reviewers' },
      now(),
    );
    await appeals.withdraw(third.id);
    const [mail, ...others] = (await mailed()).filter(({ to }) => to === 'abuse@reviewers.example');
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('[Sekisho] an appeal waits for a reviewer');
    expect(mail?.text).toContain(second.id);
    expect(mail?.text).not.toContain(first.id);
    expect(mail?.text).not.toContain(third.id);
  });

  it('are told of an appeal that waited too long for anybody to be reminded only that it is late', async () => {
    const { dueAt } = await confirmed();
    expect(await mailed()).toHaveLength(2);
    await at((dueAt?.getTime() ?? 0) + HOUR);
    const pending = await new MemberEventRepository(database.dataSource).pending('reviewers', 10);
    expect(pending.map(({ details }) => details['step'])).toEqual(['filed', 'escalated']);
  });

  it('are not asked about a first listing as a zombie, which is lifted at once', async () => {
    const { id } = await appeals.file(
      {
        ...{ subject: readSubject('198.51.100.9'), category: 'zombie', owner: undefined, language: 'ja' },
        ...{ words: 'Cleaned.', mail: undefined, secret: randomUUID(), proof: undefined },
      },
      now(),
    );
    expect(await appeals.confirm(id, 'address', now())).toMatchObject({ outcome: 'released' });
    expect((await mailed()).filter(({ text }) => text.includes('/console/appeals/'))).toEqual([]);
  });
});
