import { hashLabel, readSubject } from '@sekisho/subject';
import { createTestDatabase, type TestDatabase } from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dig, digUntil, nameOf } from '@sekisho/testing';
import { Federation, reportOf, type FederationMember } from '@sekisho/testing';

let database: TestDatabase;
let federation: Federation;
let members: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url);
  members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) {
    members.push(
      await federation.member(id, id === 'isp-a' ? { networks: ['198.18.0.0/16', '2001:db8:a::/48'] } : {}),
    );
  }
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const [a, b, c] = [0, 1, 2].map((i) => () => {
  const member = members[i];
  if (!member) throw new Error('no such member');
  return member;
}) as [() => FederationMember, () => FederationMember, () => FederationMember];

const isListedAs = (category: number) => (answers: string[]) =>
  answers.some((answer) => new RegExp(`^127\\.0\\.\\d+\\.${category}$`).test(answer));
const isAbsent = (answers: string[]) => answers.length === 0;

async function lookup(subject: string) {
  const session = await a().session();
  return (await session.lookup([readSubject(subject)]))[0];
}

describe('from reports to mail servers', () => {
  it('three members list an address within a second, and one member alone does not', async () => {
    await a().submit(reportOf('203.0.113.20', { count: 100_000 }));
    await digUntil(federation, nameOf('203.0.113.20', 'score.z.example'), (answers) => answers.length === 1);
    expect(await dig(federation, nameOf('203.0.113.20'))).toEqual([]);

    await Promise.all([a().submit(reportOf('203.0.113.21')), b().submit(reportOf('203.0.113.21'))]);
    await c().submit(reportOf('203.0.113.21'));
    expect(await digUntil(federation, nameOf('203.0.113.21'), isListedAs(3))).toBeLessThan(1_000);
    expect((await dig(federation, nameOf('203.0.113.21'), 'TXT')).join()).toMatch(/zombie/);
  });

  it('a retraction takes it off again, and says so over GraphQL', async () => {
    const ip = '203.0.113.22';
    const receipts = [];
    for (const member of members) receipts.push(await member.submit(reportOf(ip)));
    await digUntil(federation, nameOf(ip), isListedAs(3));
    expect(await lookup(ip)).toMatchObject({ listed: true, categories: ['ZOMBIE'], memberCount: 3 });
    for (const [i, member] of [a(), b()].entries()) {
      const session = await member.session();
      await session.retract(receipts[i]?.receiptId ?? '', 0);
    }
    await digUntil(federation, nameOf(ip), isAbsent);
    expect(await lookup(ip)).toMatchObject({ listed: false, memberCount: 'fewer than 3' });
  });

  it('nobody can retract the report of another member', async () => {
    const receipt = await a().submit(reportOf('203.0.113.23'));
    const session = await b().session();
    await expect(session.retract(receipt.receiptId, 0)).rejects.toMatchObject({ code: 'report-not-found' });
  });

  it('the explanation sums to the score and names no member', async () => {
    const ip = '203.0.113.24';
    await a().submit(reportOf(ip));
    await b().submit(reportOf(ip, { category: 'spam-source', evidence: 'filter' }));
    await c().submit(reportOf(ip, { category: 'ham', count: 50 }));
    await digUntil(federation, nameOf(ip, 'score.z.example'), (answers) => answers.length === 1);
    await expect
      .poll(async () => (await lookup(ip))?.explanation.some(({ contribution }) => contribution < 0))
      .toBe(true);
    const found = await lookup(ip);
    const tenths = (found?.explanation ?? []).reduce(
      (sum, line) => sum + Math.round(line.contribution * 10),
      0,
    );
    expect(tenths).toBe((found?.score ?? -1) * 10);
    expect(JSON.stringify(found)).not.toMatch(/isp-[abc]/i);
  });

  it('influenced reports never count', async () => {
    const ip = '203.0.113.25';
    for (const member of members) await member.submit(reportOf(ip, { influenced: true }));
    await a().submit(reportOf('203.0.113.26'));
    await digUntil(federation, nameOf('203.0.113.26', 'score.z.example'), (answers) => answers.length === 1);
    expect(await dig(federation, nameOf(ip, 'score.z.example'))).toEqual([]);
  });

  it('an owner alone lists its own address and declares its dynamic range', async () => {
    await a().submit(
      reportOf('198.18.3.4', { evidence: 'owner' }),
      reportOf('', {
        subject: { type: 'network', value: '198.18.8.0/22' },
        category: 'dynamic-range',
        evidence: 'owner',
      }),
    );
    await digUntil(federation, nameOf('198.18.3.4'), isListedAs(3));
    await digUntil(federation, nameOf('198.18.9.9', 'policy.z.example'), isListedAs(10));
    expect(await dig(federation, nameOf('198.18.12.1', 'policy.z.example'))).toEqual([]);
  });

  it('a big mail provider is scored and never listed', async () => {
    const gmail = '209.85.128.1';
    for (const member of members) await member.submit(reportOf(gmail, { category: 'spam-source' }));
    await digUntil(federation, nameOf(gmail, 'score.z.example'), (answers) => answers.length === 1);
    await expect.poll(async () => (await lookup(gmail))?.score ?? 0).toBeGreaterThan(70);
    expect(await lookup(gmail)).toMatchObject({ listed: false });
    expect(await dig(federation, nameOf(gmail))).toEqual([]);
  });

  it('sixteen listed addresses list their /24, and a neighbour answers for it', async () => {
    const ips = Array.from({ length: 16 }, (_, i) => `203.0.112.${i + 1}`);
    // Of half of them there is less to forget.
    const reports = ips.map((ip, i) => reportOf(ip, { count: i < 8 ? 1 : 12 }));
    for (const member of members) await member.submit(...reports);
    await digUntil(federation, nameOf('203.0.112.200'), isListedAs(3));
    expect(await lookup('203.0.112.200')).toMatchObject({ listed: true });
    // Eight of the sixteen keep it: it is listed as long as the ninth.
    const endOf = async (ip: string) => (await lookup(ip))?.listedUntil;
    await expect
      .poll(async () => [(await Promise.all(ips.map(endOf))).sort()[8], await endOf('203.0.112.200')])
      .toSatisfy(([ninth, network]) => typeof ninth === 'string' && network === ninth);
  });

  it('IPv6 addresses are listed, and three of them list their /64', async () => {
    const name = (last: string) =>
      `${last}.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.b.0.0.0.8.b.d.0.1.0.0.2.ip.z.example`;
    for (const member of members) {
      await member.submit(...['1', '2', '3'].map((last) => reportOf(`2001:db8:b::${last}`)));
    }
    await digUntil(federation, name('1'), isListedAs(3));
    await digUntil(federation, name('f'), isListedAs(3));
  });

  it('domains, hashed addresses and fingerprints have their zones', async () => {
    const hash = 'ab'.repeat(32);
    for (const member of members) {
      await member.submit(
        reportOf('', {
          subject: { type: 'domain', value: 'spam.bad-shop.example' },
          category: 'spam-domain',
        }),
        reportOf('', { subject: { type: 'address', value: hash }, category: 'dropbox-address' }),
      );
    }
    await digUntil(federation, 'spam.bad-shop.example.domain.z.example', isListedAs(21));
    await digUntil(federation, `${hashLabel(hash)}.hash.z.example`, isListedAs(30));
  });
});

describe('an edge', () => {
  it('answers from its last snapshot while the hub is down, and catches up when it is back', async () => {
    const ip = '203.0.113.30';
    for (const member of members) await member.submit(reportOf(ip));
    await digUntil(federation, nameOf(ip), isListedAs(3));
    await federation.stop('dns');
    await federation.stop('hub', 'SIGKILL');
    await federation.run('dns');
    expect(await dig(federation, nameOf(ip))).toHaveLength(1);
    await federation.run('hub');
    for (const member of members) await member.submit(reportOf('203.0.113.31'));
    await digUntil(federation, nameOf('203.0.113.31'), isListedAs(3), 30_000);
  });
});
