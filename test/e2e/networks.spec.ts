// What owners declare of their networks, as far as the DNS; whose networks they are, as far as the alert.
import {
  declareRangeMutation,
  claimNetworkMutation,
  networkClaimsQuery,
  withdrawRangeMutation,
} from '@sekisho/client';
import { openOperatorDatabase } from '@sekisho/persistence';
import { readConfig } from '@sekisho/config';
import {
  createTestDatabase,
  dig,
  digUntil,
  Federation,
  nameOf,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let owner: FederationMember;
let other: FederationMember;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url);
  owner = await federation.member('isp-owner', { networks: ['198.18.0.0/16'], asns: [64500] });
  other = await federation.member('isp-b');
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const policyOf = (ip: string) => nameOf(ip, 'policy.z.example');
const answers = (ip: string) => dig(federation, policyOf(ip));
const declare = async (member: FederationMember, network: string, exceptions: string[] = []) =>
  (await member.session()).call(declareRangeMutation, { network, exceptions, port25: 'BLOCKED' });

describe('a declared range', () => {
  it('is in policy.Z within a second, without its exceptions, until it is withdrawn', async () => {
    // Modules loaded and code compiled: a system that was started a minute ago is not what is measured.
    await declare(owner, '198.18.32.0/24');
    await digUntil(federation, policyOf('198.18.32.1'), (codes) => codes.length > 0);
    await declare(owner, '198.18.4.0/22', ['198.18.5.25', '198.18.6.0/24']);
    const elapsedMs = await digUntil(federation, policyOf('198.18.5.24'), (codes) => codes.length > 0);
    expect(elapsedMs).toBeLessThan(1_000);
    expect(await answers('198.18.5.24')).toEqual(['127.0.100.10']);
    expect(await answers('198.18.7.1')).toEqual(['127.0.100.10']);
    expect(await answers('198.18.5.25')).toEqual([]);
    expect(await answers('198.18.6.9')).toEqual([]);
    expect(await answers('198.18.8.1')).toEqual([]);
    // Declared anew, with another exception.
    await declare(owner, '198.18.4.0/22', ['198.18.5.24']);
    await digUntil(federation, policyOf('198.18.6.9'), (codes) => codes.length > 0);
    expect(await answers('198.18.5.24')).toEqual([]);
    await (await owner.session()).call(withdrawRangeMutation, { network: '198.18.4.0/22' });
    await digUntil(federation, policyOf('198.18.7.1'), (codes) => codes.length === 0);
  });

  it("is the owner's alone to declare and to withdraw", async () => {
    await declare(owner, '198.18.16.0/24');
    const refused = (code: string) => ({ code });
    await expect(declare(other, '198.18.16.0/24')).rejects.toMatchObject(refused('network-not-owned'));
    await expect(declare(owner, '198.19.0.0/24')).rejects.toMatchObject(refused('network-not-owned'));
    await expect(declare(owner, '198.18.16.0/20')).rejects.toMatchObject(refused('range-overlaps'));
    await expect(declare(owner, '198.18.40.0/24', ['198.18.41.1'])).rejects.toMatchObject(
      refused('exception-outside'),
    );
    await expect(
      (await other.session()).call(withdrawRangeMutation, { network: '198.18.16.0/24' }),
    ).rejects.toMatchObject(refused('range-unknown'));
  });
});

describe('a claimed network', () => {
  it("is the member's when the operator has approved it, and alerts about it come to the member", async () => {
    const session = await other.session();
    await session.call(claimNetworkMutation, { network: '198.19.7.0/24' });
    await session.call(claimNetworkMutation, { network: '198.18.1.0/24' });
    await expect(declare(other, '198.19.7.0/24')).rejects.toMatchObject({ code: 'network-not-owned' });
    const operator = await openOperatorDatabase(readConfig(federation.env));
    try {
      const now = new Date();
      await operator.networks.approve('isp-b', '198.19.7.0/24', now);
      await expect(operator.networks.approve('isp-b', '198.18.1.0/24', now)).rejects.toMatchObject({
        code: 'claim-taken',
      });
      await operator.networks.refuse('isp-b', '198.18.1.0/24', 'registered to another', now);
      await expect(operator.networks.approve('isp-b', '198.19.7.0/24', now)).rejects.toMatchObject({
        code: 'claim-unknown',
      });
    } finally {
      await operator.close();
    }
    expect(await session.call(networkClaimsQuery, {})).toMatchObject({
      networkClaims: [
        { network: '198.18.1.0/24', state: 'refused', reason: 'registered to another' },
        { network: '198.19.7.0/24', state: 'approved' },
      ],
    });
    await declare(other, '198.19.7.0/24');
    await Promise.all(
      [owner, await federation.member('isp-c')].map((member) => member.submit(reportOf('198.19.7.9'))),
    );
    await expect
      .poll(async () => (await session.alerts({ first: 10, openOnly: true })).map(({ subject }) => subject), {
        timeout: 10_000,
      })
      .toEqual(['198.19.7.9']);
  });
});
