// Three members import different variants of one real campaign that forges a domain: the hub sees one campaign, the DNS
// says that the domain is a victim, and the domain's own reputation is what it was.
import { fingerprintSubject, parseFingerprint } from '@sekisho/campaign';
import type { ReportInput } from '@sekisho/report';
import { readSubject } from '@sekisho/subject';
import {
  createTestDatabase,
  dig,
  digUntil,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { queryName } from '@sekisho/zone';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { campaignFingerprints } from '../setup/campaign-fixtures.js';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { TxtServer } from '../setup/txt-server.js';

const VICTIM = 'victim.example.com';
const VICTIM_NAME = `${VICTIM}.domain.z.example`;

let database: TestDatabase;
let nameServer: TxtServer;
let federation: Federation;
let members: FederationMember[];
let fingerprints: readonly [string, string, string];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  nameServer = await TxtServer.start();
  federation = await Federation.start(database.url, { env: { SEKISHO_RESOLVER: nameServer.address } });
  members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
  fingerprints = await campaignFingerprints(new Date());
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await nameServer[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const at = (index: number): FederationMember => {
  const member = members[index];
  if (!member) throw new Error(`no member ${index}`);
  return member;
};

const FAILED = { spf: 'fail', dkim: 'none', dmarc: 'fail' } as const;

/** What one member's import makes of two copies from unrelated networks, with its fingerprint. */
const importedBy = (index: number): ReportInput[] => [
  ...[1, 2].map((host) =>
    reportOf(`5.${index * 2 + host}.0.9`, {
      ...{ category: 'spam-source', evidence: 'trap', count: 20, auth: FAILED },
      fingerprint: fingerprints[index] ?? '',
    }),
  ),
  {
    ...reportOf(VICTIM, { category: 'forged-domain', evidence: 'auth-failure', count: 1, auth: FAILED }),
    ...{ subject: { type: 'domain', value: VICTIM }, fingerprint: fingerprints[index] ?? '' },
  },
];

const campaignsSeen = async () => (await at(0).session()).campaigns({ first: 10 });
const reputationOfVictim = async () => (await (await at(0).session()).lookup([readSubject(VICTIM)]))[0];

it('three variants at three members are one campaign within two seconds, and its domain a victim', async () => {
  expect(new Set(fingerprints.map((text) => parseFingerprint(text).textDigest)).size).toBe(3);
  using socket = await GraphqlSocket.open(federation.hubUrl, await (await at(2).session()).accessToken());
  await expect.poll(() => socket.isAcknowledged).toBe(true);
  socket.subscribe('1', 'subscription { campaignChanged { id memberCount } }');

  await at(0).submit(...importedBy(0));
  await at(1).submit(...importedBy(1));
  // Two members are a campaign, and no number below k is told.
  await expect
    .poll(campaignsSeen, { timeout: 5_000, interval: 50 })
    .toMatchObject([{ memberCount: 'fewer than 3', isConfirmed: false, spread: [], fromDomains: [] }]);
  const [first] = await campaignsSeen();
  expect(await dig(federation, VICTIM_NAME)).toEqual([]);
  expect(await reputationOfVictim()).toMatchObject({ score: 0, recommendation: 'ACCEPT' });

  await at(2).submit(...importedBy(2));
  const acknowledgedAt = performance.now();
  await expect
    .poll(campaignsSeen, { timeout: 2_000, interval: 20 })
    .toMatchObject([{ id: first?.id, memberCount: 3, isConfirmed: true, copiesAtLeast: 100 }]);
  expect(performance.now() - acknowledgedAt).toBeLessThan(2_000);
  expect((await campaignsSeen())[0]?.fromDomains).toMatchObject([
    { subject: VICTIM, memberCount: 3, passPercent: 0 },
  ]);
  await expect
    .poll(() => socket.of('1').at(-1), { timeout: 5_000 })
    .toMatchObject({
      type: 'next',
      payload: { data: { campaignChanged: { id: first?.id, memberCount: 3 } } },
    });

  // Forged from six networks; it is a victim once bounces flood back.
  const before = await reputationOfVictim();
  expect(before).toMatchObject({ score: 0, recommendation: 'ACCEPT' });
  await at(1).submit(
    reportOf('198.51.100.7', {
      ...{ category: 'backscatter-source', evidence: 'bounce', count: 500, urlHosts: [VICTIM] },
    }),
  );
  // 88 is the campaigns' own score for three members; reports of forgery have another one.
  await digUntil(federation, VICTIM_NAME, (answers) => answers.includes('127.0.88.20'));
  expect(await reputationOfVictim()).toEqual(before);
  expect((await dig(federation, VICTIM_NAME)).every((code) => code.endsWith('.20'))).toBe(true);
});

it("the confirmed campaign's exact fingerprints answer in the zone hash", async () => {
  for (const text of fingerprints) {
    const subject = { type: 'fingerprint', value: fingerprintSubject(parseFingerprint(text)) } as const;
    const name = queryName(subject, 'hash', 'z.example');
    await digUntil(federation, name, (answers) => answers.includes('127.0.90.31'));
  }
});

it('a member that did not prove the domain sees no flood of it', async () => {
  expect(await (await at(0).session()).bounceFloods()).toEqual([]);
});

it('who proves the domain by a TXT record sees its flood over all members, and loses sight with the record', async () => {
  const owner = await at(0).session();
  const asked = await owner.proveDomain(VICTIM);
  expect(asked).toMatchObject({ isProven: false, recordName: `_sekisho.${VICTIM}`, expiresAt: null });
  nameServer.records.set(asked.recordName, ['v=spf1 -all', asked.recordText]);
  const bounces = reportOf('198.51.100.8', {
    ...{ category: 'backscatter-source', evidence: 'bounce', count: 40, urlHosts: [VICTIM] },
  });
  await at(0).submit(bounces);
  await at(2).submit(bounces);
  expect(await owner.bounceFloods()).toEqual([]);

  await oncePaused(async () => {
    expect(await owner.proveDomain(VICTIM)).toMatchObject({ isProven: true });
  });
  await expect
    .poll(() => owner.bounceFloods(), { timeout: 5_000 })
    .toMatchObject([{ domain: VICTIM, memberCount: 3 }]);
  // The record names the owner: it proves nothing for another member.
  const stranger = await at(1).session();
  expect(await stranger.proveDomain(VICTIM)).toMatchObject({ isProven: false });
  expect(await stranger.bounceFloods()).toEqual([]);

  nameServer.failing.add(asked.recordName);
  await oncePaused(() => expect(owner.proveDomain(VICTIM)).rejects.toMatchObject({ code: 'hub-busy' }));
  expect(await owner.bounceFloods()).toHaveLength(1);
  nameServer.failing.clear();
  nameServer.records.clear();
  await oncePaused(async () => {
    expect(await owner.proveDomain(VICTIM)).toMatchObject({ isProven: false });
  });
  expect(await owner.bounceFloods()).toEqual([]);
});

/** The hub looks one domain of a member up in two seconds. */
const oncePaused = (attempt: () => Promise<void>) =>
  expect
    .poll(async () => attempt().then(() => 'done', String), { timeout: 6_000, interval: 300 })
    .toBe('done');
