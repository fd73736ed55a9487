// From a report about a member's own address to its push receiver and its open subscription, through real processes.
import {
  createTestDatabase,
  EventReceiver,
  Federation,
  reportOf,
  type FederationMember,
} from '@sekisho/testing';
import type { TestDatabase } from '@sekisho/testing';
import { followAlerts } from '@sekisho/client';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let receiver: EventReceiver;
let owner: FederationMember;
let reporters: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  owner = await federation.member('isp-owner', { networks: ['198.18.0.0/16'] });
  reporters = [await federation.member('isp-b'), await federation.member('isp-c')];
  receiver = await EventReceiver.start();
});

afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const report = (...ips: string[]) =>
  Promise.all(reporters.map((member) => member.submit(...ips.map((ip) => reportOf(ip)))));

async function subjectOf(token: string): Promise<unknown> {
  const keys = createRemoteJWKSet(new URL(`${federation.hubUrl}/.well-known/jwks.json`));
  const options = { issuer: federation.hubUrl, audience: 'isp-owner', typ: 'secevent+jwt' };
  return (await jwtVerify(token, keys, options)).payload['sub_id'];
}

it('a receiver is refused inside the network of the hub, verified, and then told of each alert', async () => {
  const session = await owner.session();
  await expect(session.setEventStream({ receiver: { endpoint: 'https://10.0.0.1/' } })).rejects.toMatchObject(
    {
      code: 'endpoint-refused',
    },
  );
  const set = await session.setEventStream({
    receiver: { endpoint: receiver.url, authorization: 'Bearer s3cret' },
  });
  expect(set).toMatchObject({ endpoint: receiver.url, hasAuthorization: true, status: 'ENABLED' });
  expect(JSON.stringify(set)).not.toContain('s3cret');
  await session.setEventStream({ verify: 'my state' });
  await receiver.hasStored(1);
  expect(receiver.stored[0]?.authorization).toBe('Bearer s3cret');
  expect(await subjectOf(receiver.stored[0]?.token ?? '')).toEqual({ format: 'opaque', id: 'isp-owner' });
  await report('198.18.0.1');
  await receiver.hasStored(2);
  expect(await subjectOf(receiver.stored[1]?.token ?? '')).toEqual({
    ...{ format: 'ip-addresses', 'ip-addresses': ['198.18.0.1'] },
  });
  const polled = await fetch(`${federation.hubUrl}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await session.accessToken()}`,
    },
    body: '{}',
  });
  expect(polled.status).toBe(409);
});

it('a hub killed between the delivery and its record doubles nothing at a receiver that keeps jti', async () => {
  const before = receiver.stored.length;
  const killed = new Promise<void>((resolve) => {
    receiver.interrupt = (event) => {
      // Stored, and the hub dies before it hears so.
      receiver.interrupt = () => false;
      receiver.remember(event);
      void federation.stop('hub', 'SIGKILL').then(resolve);
      return true;
    };
  });
  const ips = Array.from({ length: 20 }, (_, i) => `198.18.1.${i}`);
  await report(...ips);
  await killed;
  await federation.stop('worker', 'SIGKILL');
  await Promise.all([federation.run('hub'), federation.run('worker')]);
  await receiver.hasStored(before + ips.length);
  const subjects = await Promise.all(
    receiver.stored.slice(before).map(async ({ token }) => (await subjectOf(token)) as object),
  );
  const told = subjects.map((subject) => (subject as { 'ip-addresses': string[] })['ip-addresses'][0]);
  expect(told.toSorted()).toEqual(ips.toSorted());
  expect(receiver.arrivals.length).toBeGreaterThan(receiver.stored.length);
});

it('a subscription tells the owner alone, and sekisho alerts --follow prints it as a line of JSON', async () => {
  const session = await owner.session();
  const following = followAlerts(session);
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../apps/cli/dist/main.js'),
      ...['alerts', '--follow', '--json', '--dir', owner.directory],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const open = await following.next();
    expect(open.value).toMatchObject({ change: undefined, alert: { state: 'open' } });
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('198.18.0.1');
    const found = (async () => {
      for await (const { change, alert } of following) if (alert.subject === '198.18.2.2') return change;
      return 'ended';
    })();
    await report('198.18.2.2');
    expect(await found).toBe('opened');
    await expect.poll(() => printed, { timeout: 20_000 }).toMatch(/"change":"opened".*"198\.18\.2\.2"/);
  } finally {
    child.kill();
    await once(child, 'exit');
    await following.return(undefined);
  }
});
