// From a report about a member's own address to the alert, the answer, and the listing that ends early.
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { readSubject } from '@sekisho/subject';
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
