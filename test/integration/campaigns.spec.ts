import {
  CampaignRepository,
  ClusteringRepository,
  ensurePartitions,
  MemberRepository,
  publish,
  ReportRepository,
  ZoneRepository,
} from '@sekisho/persistence';
import type { Report } from '@sekisho/report';
import { compileWarningLists } from '@sekisho/reputation';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainProofService } from '../../apps/hub/src/campaigns/domain-proof.service.js';
import { TxtResolver } from '../../apps/hub/src/campaigns/txt-resolver.js';
import { Platform } from '../../apps/hub/src/platform/platform.js';
import { ClusteringService } from '../../apps/worker/src/campaigns/clustering.service.js';
import { between, copyOf, kin, print } from '../setup/campaign-prints.js';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const START = new Date('2030-03-12T12:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MEMBERS = ['isp-a', 'isp-b', 'isp-c', 'isp-d', 'isp-e'];

let database: OpenTestDatabase;
let campaigns: CampaignRepository;
let now: Date;
beforeEach(async () => {
  now = START;
  database = await openTestDatabase(12);
  campaigns = new CampaignRepository(database.dataSource);
  await ensurePartitions(database.dataSource, START);
  const members = new MemberRepository(database.dataSource);
  for (const id of MEMBERS) {
    await members.add({ id, name: id, role: 'member', networks: [], asns: [] }, 0.5, START);
  }
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const worker = () =>
  new ClusteringService(new ClusteringRepository(database.dataSource), compileWarningLists([]), () => now);

let host = 0;
const about = (fingerprint: string | undefined, change: Partial<Report> = {}): Report => ({
  subject: { type: 'ip', value: `5.${(host += 1)}.0.9` },
  ...{ category: 'spam-source', evidence: 'trap', count: 1, influenced: false, fingerprint },
  ...{ firstSeen: now.getTime(), lastSeen: now.getTime() },
  ...change,
});

async function send(memberId: string, ...reports: readonly Report[]): Promise<string> {
  const jti = randomUUID();
  const { receiptId } = await new ReportRepository(database.dataSource).store({
    ...{ receiptId: randomUUID(), memberId, jti, digest: Buffer.from(jti) },
    ...{ receivedAt: now, rejected: [], salt: Buffer.alloc(16) },
    accepted: reports.map((report, index) => ({ index, report })),
  });
  return receiptId;
}

const listed = () => campaigns.list({ first: 50 });
const only = async () => {
  const all = await listed();
  expect(all).toHaveLength(1);
  return all[0];
};
const entriesOf = async (zone: string) => {
  const snapshot = await new ZoneRepository(database.dataSource).snapshot(zone);
  return Object.fromEntries((snapshot?.entries ?? []).map(({ subject, codes }) => [subject, codes]));
};

describe('the identity of a campaign', () => {
  it('stays when it grows, also in another worker and after a restart', async () => {
    const [a, b] = ['isp-a', 'isp-b'];
    await send(a, about(kin('one')));
    await send(b, about(kin('one')));
    await worker().run();
    const first = await only();
    // A variant: another exact text, half of the sketch the same.
    await send('isp-c', about(between('one', 'other')));
    const second = worker();
    await second.run();
    expect(await only()).toMatchObject({ id: first?.id, memberCount: 3, copies: 3, isConfirmed: true });
    await send('isp-d', about(kin('one')));
    await worker().run();
    await send('isp-e', about(kin('other')));
    await second.run();
    expect(await only()).toMatchObject({ id: first?.id, memberCount: 5, copies: 5 });
  });

  it('of two that turn out to be one is that of the older, and the other id leads there', async () => {
    const clustering = worker();
    for (const member of ['isp-a', 'isp-b']) await send(member, about(kin('one')), about(kin('two')));
    await clustering.run();
    const [younger, older] = await listed();
    expect(younger?.id).toBeGreaterThan(older?.id ?? 0);
    await send('isp-c', about(between('one', 'two')));
    await clustering.run();
    expect(await only()).toMatchObject({ id: older?.id, memberCount: 3, copies: 5 });
    expect(await campaigns.find(younger?.id ?? 0)).toEqual(await campaigns.find(older?.id ?? 0));
  });

  it('goes to the larger part when what held it together was seen no more, and the rest gets a new one', async () => {
    const clustering = worker();
    const both = async () => {
      await send('isp-a', about(kin('one')), about(kin('two')));
      await send('isp-b', about(kin('one')), about(kin('two')));
    };
    await both();
    await send('isp-c', about(between('one', 'two')), about(between('one', 'third')));
    await clustering.run();
    const before = await only();
    pass(10 * DAY_MS);
    await both();
    await send('isp-c', about(between('one', 'third')));
    await clustering.run();
    expect(await only()).toMatchObject({ id: before?.id, memberCount: 3 });
    pass(5 * DAY_MS);
    await clustering.run();
    const after = await listed();
    expect(after.map(({ id }) => id === before?.id)).toEqual([false, true]);
    expect(after.map(({ memberCount }) => memberCount)).toEqual([2, 3]);
  });

  it('stays with copies that are alike when they show that another text was only in their frame', async () => {
    const clustering = worker();
    for (const member of ['isp-a', 'isp-b']) await send(member, about(copyOf('one', 1)));
    await clustering.run();
    for (const member of ['isp-a', 'isp-b', 'isp-c']) await send(member, about(copyOf('other', 1)));
    await clustering.run();
    const first = await only();
    expect(first).toMatchObject({ memberCount: 3, copies: 5 });
    const second = worker();
    await second.run();

    await send('isp-d', about(copyOf('other', 2)));
    await clustering.run();
    const [younger, older] = await listed();
    expect(older).toMatchObject({ id: first?.id, memberCount: 4, copies: 4 });
    expect(younger).toMatchObject({ memberCount: 2, copies: 2 });
    // A worker that had them as one, and one that reads all of it anew.
    await send('isp-c', about(copyOf('one', 2)));
    await second.run();
    await send('isp-d', about(copyOf('one', 3)));
    await worker().run();
    expect(await listed()).toMatchObject([
      { id: younger?.id, memberCount: 4, copies: 4 },
      { id: older?.id, memberCount: 4, copies: 4 },
    ]);
  });
});

describe('clustering', () => {
  it('counts every report once, with two workers at a time and one that runs again', async () => {
    const workers = [worker(), worker()];
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        MEMBERS.map((member) => send(member, about(print('one')), about(print(`variant ${round}`), {}))),
      );
      await Promise.all(workers.map((each) => each.run()));
    }
    const [row]: { copies: string; n: string }[] = await database.dataSource.query(
      'SELECT sum(copies) AS copies, count(*) AS n FROM campaign WHERE merged_into IS NULL',
    );
    expect(row).toEqual({ copies: '100', n: '11' });
    const revision = await campaigns.lastRevision();
    await Promise.all([worker().run(), ...workers.map((each) => each.run())]);
    expect(await campaigns.lastRevision()).toBe(revision);
  });

  it('does not count what was placed when its transaction failed, and does after that', async () => {
    const clustering = worker();
    for (const member of ['isp-a', 'isp-b']) await send(member, about(print('one')));
    await database.dataSource.query('ALTER TABLE campaign_member RENAME TO away');
    await expect(clustering.run()).rejects.toThrow(/campaign_member/);
    await database.dataSource.query('ALTER TABLE away RENAME TO campaign_member');
    await clustering.run();
    expect(await only()).toMatchObject({ copies: 2, memberCount: 2 });
  });

  it('takes back what was retracted, and keeps the rest of the receipt', async () => {
    const clustering = worker();
    const receipt = await send('isp-a', about(print('one')), about(print('one'), { count: 7 }));
    await send('isp-b', about(print('one')));
    await clustering.run();
    expect(await only()).toMatchObject({ copies: 9 });
    await new ReportRepository(database.dataSource).retract('isp-a', receipt, 1, now);
    await clustering.run();
    expect(await only()).toMatchObject({ copies: 2, memberCount: 2 });
    await new ReportRepository(database.dataSource).retract('isp-a', receipt, 0, now);
    await clustering.run();
    expect(await listed()).toEqual([]);
  });

  it('passes by what is no fingerprint, of no month of now, or of an empty message', async () => {
    const empty = { kind: 'none', textDigest: undefined } as const;
    for (const member of MEMBERS) {
      await send(
        member,
        about('not.a.fingerprint.of.ours'),
        about(print('one', undefined, { month: '2031-03' })),
        about(print('two', undefined, empty)),
        about(undefined),
      );
    }
    await worker().run();
    const [row]: { n: string }[] = await database.dataSource.query('SELECT count(*) AS n FROM campaign');
    expect(row?.n).toBe('0');
  });

  it('makes no campaign of a newsletter that all members see, nor of what our own verdict led to', async () => {
    for (const member of MEMBERS) {
      await send(
        member,
        about(print('news'), { category: 'ham', evidence: 'filter', count: 1_000 }),
        about(print('bulk'), { evidence: 'rate', count: 1_000 }),
        about(print('echo'), { influenced: true }),
      );
    }
    await worker().run();
    expect(await listed()).toEqual([]);
    expect(await entriesOf('hash')).toEqual({});
  });

  it('counts complaints about copies of which there is other evidence too', async () => {
    const from = 'shop.example.com';
    await send(
      'isp-a',
      about(print('one'), { evidence: 'complaint', count: 10, ...FAIL }),
      domain(from, {
        fingerprint: print('one'),
        category: 'forged-domain',
        evidence: 'auth-failure',
        ...FAIL,
      }),
    );
    await send('isp-b', about(print('one'), { evidence: 'complaint' }));
    await send('isp-c', about(print('one'), { evidence: 'rate', count: 50 }));
    await worker().run();
    // 11 complaints of 61 copies at two members; the failed checks are those of one.
    expect(await only()).toBeDefined();
  });

  it('raises the alarm for a new campaign that grows at many members at once, and keeps it', async () => {
    const clustering = worker();
    await send('isp-a', about(print('one'), { count: 50 }));
    await send('isp-b', about(print('one'), { count: 50 }));
    await clustering.run();
    expect((await only())?.outbreakAt).toBeUndefined();
    for (const member of MEMBERS.slice(2)) await send(member, about(print('one'), { count: 50 }));
    await clustering.run();
    expect((await only())?.outbreakAt).toEqual(now);
    pass(2 * DAY_MS);
    await send('isp-a', about(print('one')));
    await clustering.run();
    expect((await only())?.outbreakAt).toEqual(START);
  });
});

const domain = (value: string, change: Partial<Report>): Report => ({
  ...about(undefined, change),
  subject: { type: 'domain', value },
});
const FAIL = { auth: { spf: 'fail', dmarc: 'fail' } } as const;
const PASS = { auth: { dmarc: 'pass' } } as const;

/** Mail of one campaign in the name of a domain, from two unrelated networks at each of three members. */
async function forge(name: string, fingerprint = print('forged')): Promise<void> {
  for (const member of MEMBERS.slice(0, 3)) {
    await send(
      member,
      about(fingerprint, FAIL),
      about(fingerprint, FAIL),
      domain(name, { fingerprint, category: 'forged-domain', evidence: 'auth-failure', ...FAIL }),
    );
  }
}
const bounce = (name: string) =>
  about(undefined, { category: 'backscatter-source', evidence: 'bounce', count: 500, urlHosts: [name] });

describe('what campaigns say in the zones', () => {
  it('is that a forged domain is a victim, from the first bounces until two days after the last', async () => {
    const clustering = worker();
    await forge('victim.example.com');
    await clustering.run();
    expect(await entriesOf('domain')).toEqual({});
    await send('isp-d', bounce('victim.example.com'));
    await clustering.run();
    expect(await entriesOf('domain')).toEqual({ 'victim.example.com': ['127.0.88.20'] });
    pass(47 * HOUR_MS);
    await clustering.run();
    expect(Object.keys(await entriesOf('domain'))).toEqual(['victim.example.com']);
    pass(2 * HOUR_MS);
    await clustering.run();
    expect(await entriesOf('domain')).toEqual({});
  });

  it('is that a domain whose own authentication passes is a culprit, and a linked host of phishing is one', async () => {
    for (const member of MEMBERS.slice(0, 2)) {
      await send(
        member,
        about(print('own'), { ...PASS, count: 10, category: 'phishing', urlHosts: ['bait.example.net'] }),
        domain('spammer.example.com', { fingerprint: print('own'), category: 'spam-domain', ...PASS }),
      );
    }
    await worker().run();
    expect(await entriesOf('domain')).toEqual({
      'spammer.example.com': ['127.0.75.21'],
      'bait.example.net': ['127.0.75.22'],
    });
  });

  it('is that an address which collects the answers is a drop box', async () => {
    const hash = 'ab'.repeat(32);
    for (const member of MEMBERS.slice(0, 2)) {
      await send(member, about(print('scam')), {
        ...about(print('scam'), { category: 'dropbox-address' }),
        subject: { type: 'address', value: hash },
      });
    }
    await worker().run();
    expect(await entriesOf('hash')).toEqual({ [`address:${hash}`]: ['127.0.75.30'] });
  });

  it('stands beside what the reputation says, and neither takes the other away', async () => {
    const clustering = worker();
    const reputation = (...codes: string[]) =>
      publish(database.dataSource.manager, [{ zone: 'domain', subject: 'victim.example.com', codes }], now);
    const serial = async () => (await new ZoneRepository(database.dataSource).serials()).get('domain');
    const codes = async () => (await entriesOf('domain'))['victim.example.com'];
    await reputation('127.0.91.21');
    await forge('victim.example.com');
    await send('isp-d', bounce('victim.example.com'));
    await clustering.run();
    expect(await codes()).toEqual(['127.0.88.20', '127.0.91.21']);
    const before = await serial();
    await reputation('127.0.91.21');
    expect(await serial()).toBe(before);
    await reputation();
    expect(await codes()).toEqual(['127.0.88.20']);
    // What another source says already is no change for those who follow.
    const alone = await serial();
    await reputation('127.0.88.20');
    expect(await serial()).toBe(alone);
    await reputation('127.0.91.21');
    pass(3 * DAY_MS);
    await clustering.run();
    expect(await codes()).toEqual(['127.0.91.21']);
    await reputation();
    expect(await codes()).toBeUndefined();
  });
});

describe('a flood of bounces', () => {
  class FakeResolver extends TxtResolver {
    readonly records = new Map<string, readonly string[]>();
    texts = (name: string) => Promise.resolve(this.records.get(name) ?? []);
  }
  const platform = (): Platform =>
    Object.assign(Object.create(Platform.prototype) as Platform, { now: () => now });

  it('is seen as one, over all members, by the member that proved the domain, and by nobody else', async () => {
    for (const member of ['isp-b', 'isp-c', 'isp-d']) {
      await send(member, bounce('mail.victim.example.com'), bounce('victim.example.com'));
    }
    await send('isp-b', bounce('notvictim.example.com'));
    await worker().run();
    const resolver = new FakeResolver();
    const proofs = new DomainProofService(platform(), campaigns, resolver);
    const floods = (member: string) => campaigns.floodsOf(member, new Date(now.getTime() - DAY_MS), now);

    const unproven = await proofs.prove('isp-a', 'victim.example.com');
    expect(unproven).toMatchObject({ isProven: false, recordName: '_sekisho.victim.example.com' });
    expect(await floods('isp-a')).toEqual([]);
    await expect(proofs.prove('isp-a', 'victim.example.com')).rejects.toThrow(/two seconds/);

    resolver.records.set(unproven.recordName, ['other', unproven.recordText]);
    pass(3_000);
    expect(await proofs.prove('isp-a', 'victim.example.com')).toMatchObject({ isProven: true });
    expect(await proofs.prove('isp-e', 'victim.example.com')).toMatchObject({ isProven: false });
    expect(await floods('isp-a')).toMatchObject([
      { domain: 'victim.example.com', memberCount: 3, copies: 3_000 },
    ]);
    expect(await floods('isp-e')).toEqual([]);

    resolver.records.clear();
    pass(3_000);
    expect(await proofs.prove('isp-a', 'victim.example.com')).toMatchObject({ isProven: false });
    expect(await floods('isp-a')).toEqual([]);
  });
});
