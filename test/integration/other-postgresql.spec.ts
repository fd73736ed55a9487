// The embedded server is the newest PostgreSQL; operators bring older ones. The same job on Debian's.
import {
  createTestDatabase,
  digUntil,
  execute,
  Federation,
  nameOf,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { signEnvelope, submitEnvelope } from '@sekisho/client';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDebianPostgresql, type OtherPostgresql } from '../setup/debian-postgresql.js';

let postgresql: OtherPostgresql;
let database: TestDatabase;
let federation: Federation;
let members: FederationMember[];

beforeAll(async () => {
  postgresql = await startDebianPostgresql();
  database = await createTestDatabase(postgresql.url);
  federation = await Federation.start(database.url);
  members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) {
    members.push(await federation.member(id, id === 'isp-a' ? { networks: ['198.18.0.0/16'] } : {}));
  }
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await postgresql[Symbol.asyncDispose]();
});

const IP = '203.0.113.50';
const isListed = (answers: string[]) => answers.length > 0;
const isAbsent = (answers: string[]) => answers.length === 0;

describe('on a PostgreSQL that is not the embedded one', () => {
  it('is an older one than the embedded 18', () => {
    expect(postgresql.majorVersion).toBeLessThan(18);
  });

  it('an empty database is migrated, three members list an address, and a retraction takes it off', async () => {
    const receipts = [];
    for (const member of members) receipts.push(await member.submit(reportOf(IP)));
    await digUntil(federation, nameOf(IP), isListed);
    const session = await members[0]?.session();
    await session?.retract(receipts[0]?.receiptId ?? '', 0);
    await (await members[1]?.session())?.retract(receipts[1]?.receiptId ?? '', 0);
    await digUntil(federation, nameOf(IP), isAbsent);
    expect(await session?.statistics()).toMatchObject({ members: 3, reports: 3, listings: 0 });
  });

  it('the same envelope twice gives the same receipt', async () => {
    const [member] = members;
    if (!member) throw new Error('no member');
    const envelope = await signEnvelope(member.enrolled, [reportOf('203.0.113.51'), reportOf('nonsense')], {
      now: Date.now(),
      jti: randomUUID(),
    });
    const send = async () => {
      const { log, ...receipt } = await submitEnvelope(`${federation.hubUrl}/reports`, envelope);
      // The checkpoint is the last one of the moment.
      return { ...receipt, index: log?.index, salt: log?.salt };
    };
    const [first, second] = await Promise.all([send(), send()]);
    expect(second).toEqual(first);
    expect(await send()).toEqual(first);
    expect(first.rejected).toMatchObject([{ index: 1, code: 'subject-malformed' }]);
  });

  it('a dynamic range is declared and answered for', async () => {
    await members[0]?.submit(
      reportOf('', {
        subject: { type: 'network', value: '198.18.8.0/22' },
        category: 'dynamic-range',
        evidence: 'owner',
      }),
    );
    await digUntil(federation, nameOf('198.18.9.9', 'policy.z.example'), isListed);
  });

  it('the queue has its tables in the same database', async () => {
    await execute(database.url, 'SELECT 1 FROM bullmq.job LIMIT 1');
  });
});
