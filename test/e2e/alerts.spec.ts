// From a report about a member's own address to the alert, the answer, and the listing that ends early.
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { sealEvidence } from '@sekisho/sealed';
import { readSubject } from '@sekisho/subject';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let owner: FederationMember;
let reporters: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  owner = await federation.member('isp-owner', { networks: ['198.18.0.0/16'] });
  reporters = [await federation.member('isp-b'), await federation.member('isp-c')];
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const report = (ip: string, change: Parameters<typeof reportOf>[1] = {}) =>
  Promise.all(reporters.map((member) => member.submit(reportOf(ip, change))));
const alertsOf = async (member: FederationMember, ip: string) =>
  (await (await member.session()).alerts({ first: 100, openOnly: false })).filter(
    ({ subject }) => subject === ip,
  );
const alertOf = async (ip: string) => (await alertsOf(owner, ip))[0];
const standingOf = async (ip: string) => (await (await owner.session()).lookup([readSubject(ip)]))[0];

/** Two hours ago, so that it was seen before a fix and its grace. */
const EARLIER = () => {
  const at = new Date(Date.now() - 7_200_000).toISOString();
  return { firstSeen: at, lastSeen: at };
};

async function opened(ip: string) {
  await report(ip, EARLIER());
  await expect.poll(() => alertOf(ip), { timeout: 10_000 }).toMatchObject({ state: 'open' });
  const alert = await alertOf(ip);
  if (!alert) throw new Error('opened');
  return alert;
}

async function endObservation(id: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`UPDATE alert SET quiet_at = now() - interval '1 second' WHERE id = $1`, [id]);
  await client.end();
}

interface Polled {
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

async function poll(member: FederationMember, body: object): Promise<Polled> {
  const answer = await fetch(`${federation.hubUrl}/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await (await member.session()).accessToken()}`,
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Polled;
}

/** What the tokens say, each verified with the key that the hub publishes. */
async function verified({ sets }: Polled, audience = 'isp-owner') {
  const keys = createRemoteJWKSet(new URL(`${federation.hubUrl}/.well-known/jwks.json`));
  return Promise.all(
    Object.entries(sets).map(async ([jti, token]) => {
      const options = { issuer: federation.hubUrl, audience, typ: 'secevent+jwt' };
      const { payload } = await jwtVerify(token, keys, options);
      expect(payload.jti).toBe(jti);
      return payload as { sub_id: unknown; events: Record<string, { alert: string; change: string }> };
    }),
  );
}

describe('an alert', () => {
  it('goes to the owner alone, with coarse count and time, once for several reports', async () => {
    const alert = await opened('198.18.0.1');
    await report('198.18.0.1', EARLIER());
    expect(alert).toMatchObject({ category: 'zombie', failedFixes: 0, outcome: null });
    expect(alert.messages).toBe(10);
    expect(alert.lastSeen).toMatch(/:\d0:00\.000Z$/);
    expect(await alertsOf(owner, '198.18.0.1')).toHaveLength(1);
    for (const member of reporters) expect(await alertsOf(member, '198.18.0.1')).toEqual([]);
    await expect((await reporters[0]?.session())?.answerAlert(alert.id, 'fixed')).rejects.toMatchObject({
      code: 'alert-unknown',
    });
  });

  it('whose fix stays quiet ends the listing, and the reputation says why', async () => {
    const { id } = await opened('198.18.0.2');
    await expect.poll(() => standingOf('198.18.0.2')).toMatchObject({ listed: true });
    const answer = await (await owner.session()).answerAlert(id, 'fixed');
    expect(answer).toMatchObject({ state: 'observing', endsEarly: true });
    expect(await standingOf('198.18.0.2')).toMatchObject({ listed: true });
    await endObservation(id);
    await expect.poll(() => alertOf('198.18.0.2'), { timeout: 15_000 }).toMatchObject({ outcome: 'fixed' });
    await expect
      .poll(() => standingOf('198.18.0.2'), { timeout: 15_000 })
      .toMatchObject({ listed: false, score: 0, explanation: [{ factor: 'fixed' }] });
    await expect((await owner.session()).answerAlert(id, 'fixed')).rejects.toMatchObject({
      code: 'alert-closed',
    });
  });
});

describe('events', () => {
  const drain = async () => {
    const { sets } = await poll(owner, { returnImmediately: true });
    await poll(owner, { maxEvents: 0, returnImmediately: true, ack: Object.keys(sets) });
  };

  it('wait for a receiver that was away, in order, the same each time, until it has acknowledged them', async () => {
    await drain();
    const { id } = await opened('198.18.0.10');
    await (await owner.session()).answerAlert(id, 'fixed');
    await endObservation(id);
    await expect.poll(() => alertOf('198.18.0.10'), { timeout: 15_000 }).toMatchObject({ outcome: 'fixed' });
    const first = await poll(owner, { returnImmediately: true });
    expect(await verified(first)).toMatchObject(
      ['opened', 'quiet'].map((change) => ({
        sub_id: { format: 'ip-addresses', 'ip-addresses': ['198.18.0.10'] },
        events: { 'urn:sekisho:event:alert': { alert: id, change, category: 'zombie' } },
      })),
    );
    expect(await poll(owner, { returnImmediately: true })).toEqual(first);
    const [oldest, newest] = Object.keys(first.sets);
    expect(await poll(owner, { returnImmediately: true, maxEvents: 1 })).toEqual({
      sets: { [oldest ?? '']: first.sets[oldest ?? ''] },
      moreAvailable: true,
    });
    const rest = await poll(owner, { returnImmediately: true, ack: [oldest] });
    expect(Object.keys(rest.sets)).toEqual([newest]);
    const setErrs = { [newest ?? '']: { err: 'invalid_request', description: 'no' } };
    expect(await poll(owner, { returnImmediately: true, setErrs })).toEqual({
      ...{ sets: {}, moreAvailable: false },
    });
  });

  it('come to a long poll as soon as they happen, and to nobody else', async () => {
    await drain();
    const other = reporters[0];
    if (!other) throw new Error('reporters');
    const [forOwner] = await Promise.all([poll(owner, {}), report('198.18.0.11', EARLIER())]);
    expect(Object.keys(forOwner.sets)).toHaveLength(1);
    expect(await poll(other, { returnImmediately: true })).toEqual({ sets: {}, moreAvailable: false });
    // Not another member's to acknowledge.
    await poll(other, { maxEvents: 0, returnImmediately: true, ack: Object.keys(forOwner.sets) });
    expect(await poll(owner, { returnImmediately: true })).toEqual(forOwner);
  });

  it('of two long polls of one member the older ends at once', async () => {
    await drain();
    const older = poll(owner, {});
    // A round trip, after which the older one is there.
    await poll(owner, { returnImmediately: true });
    const newer = poll(owner, {});
    expect(await older).toEqual({ sets: {}, moreAvailable: false });
    await report('198.18.0.12', EARLIER());
    expect(Object.keys((await newer).sets)).toHaveLength(1);
  });
});

describe('sekisho alerts --follow', () => {
  const COMMAND = join(import.meta.dirname, '../../apps/cli/dist/main.js');
  /** The list of alerts is read again each 30 s: sooner than that is told by the hub. */
  const SOON = { timeout: 15_000 };
  const seal = async (ip: string, sourcePort: number) => {
    const [reporter] = reporters;
    const key = await (await reporter?.session())?.ownerKey(readSubject(ip));
    if (!reporter || !key) throw new Error('the owner has a key');
    const sealed = await sealEvidence(
      { version: 1, seen: [{ at: new Date().toISOString(), sourcePort }] },
      key,
    );
    expect(await reporter.submit(reportOf(ip, { ...EARLIER(), sealed }))).toMatchObject({ accepted: 1 });
  };

  it('opens and prints evidence that arrives while it follows, each piece once', async () => {
    const ip = '198.18.0.20';
    await seal(ip, 50_001);
    await opened(ip);
    const child = spawn(
      process.execPath,
      [COMMAND, 'alerts', '--follow', '--json', '--dir', owner.directory],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
      const told = () =>
        printed
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as { change: string | null; subject: string; evidence: unknown[] })
          .filter(({ subject }) => subject === ip);
      const portsOf = (evidence: unknown) => JSON.stringify(evidence).match(/(?<="sourcePort":)\d+/g);
      const ports = () => told().map(({ change, evidence }) => [change, portsOf(evidence)]);
      await expect.poll(ports, SOON).toEqual([[null, ['50001']]]);
      for (const [i, port] of [50_002, 50_003].entries()) {
        await seal(ip, port);
        await expect.poll(() => ports().length, SOON).toBe(i + 2);
      }
      expect(ports()).toEqual([
        [null, ['50001']],
        ['evidence', ['50002']],
        ['evidence', ['50003']],
      ]);
      // It is still there for `sekisho evidence`.
      const { pieces } = await (await owner.session()).sealedEvidence({ first: 10 });
      expect(pieces.filter(({ subject }) => subject === ip)).toHaveLength(3);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});
