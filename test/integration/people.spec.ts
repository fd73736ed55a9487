import {
  InvitationRepository,
  MemberRepository,
  PasskeyRepository,
  PersonRepository,
  SESSION_IDLE_MS,
  SESSION_LIFETIME_MS,
  SessionRepository,
  dropExpiredRows,
} from '@sekisho/persistence';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:00:00Z');
const DAY_MS = 86_400_000;
const later = (ms: number) => new Date(NOW.getTime() + ms);

let database: OpenTestDatabase;
let sessions: SessionRepository;
let people: PersonRepository;
let personId: string;

beforeEach(async () => {
  database = await openTestDatabase();
  sessions = new SessionRepository(database.dataSource);
  people = new PersonRepository(database.dataSource);
  const members = new MemberRepository(database.dataSource);
  await members.add({ id: 'isp-a', name: 'A', role: 'member', networks: [], asns: [] }, 0.5, NOW);
  const person = { memberId: 'isp-a', name: 'Hanako', role: 'reviewer', language: 'ja' } as const;
  ({ id: personId } = await people.addForDemo(person, 'demo', NOW, later(DAY_MS)));
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const rows = async <T extends object>(query: string): Promise<T[]> => database.dataSource.query(query);
const start = (secret: string, formerSecret?: string) =>
  sessions.start({ personId, memberId: 'isp-a', role: 'reviewer' }, { secret, formerSecret }, NOW);

describe('a session', () => {
  it('ends when it is left alone for an hour, and lives on while it is used', async () => {
    await start('used');
    await start('left');
    const step = SESSION_IDLE_MS - 1;
    expect(await sessions.use('used', later(step))).toMatchObject({ person: { id: personId } });
    expect(await sessions.use('used', later(2 * step))).toBeDefined();
    expect(await sessions.use('left', later(step + 1))).toBeUndefined();
  });

  it('ends after 12 hours however much it is used', async () => {
    await start('used');
    for (let at = 0; at < SESSION_LIFETIME_MS; at += SESSION_IDLE_MS / 2) {
      expect(await sessions.use('used', later(at))).toBeDefined();
    }
    const last = await sessions.use('used', later(SESSION_LIFETIME_MS - 1));
    expect(last?.expiresAt).toEqual(later(SESSION_LIFETIME_MS));
    expect(await sessions.use('used', later(SESSION_LIFETIME_MS))).toBeUndefined();
  });

  it('is not kept alive by what only looks whether it is', async () => {
    await start('streamed');
    expect(await sessions.isLive('streamed', later(SESSION_IDLE_MS - 1))).toBe(true);
    expect(await sessions.isLive('streamed', later(SESSION_IDLE_MS))).toBe(false);
  });

  it('replaces the one that the browser had', async () => {
    await start('former');
    await start('new', 'former');
    expect(await sessions.use('former', NOW)).toBeUndefined();
    expect(await sessions.use('new', NOW)).toBeDefined();
  });

  it('is kept as a digest: who reads the database cannot sign in', async () => {
    const secret = randomBytes(32).toString('base64url');
    await start(secret);
    const [row] = await rows<{ digest: Buffer }>('SELECT digest FROM person_session');
    expect(row?.digest).toHaveLength(32);
    expect(JSON.stringify(await rows('SELECT * FROM person_session'))).not.toContain(secret);
    expect(await sessions.use(row?.digest.toString('base64url') ?? '', NOW)).toBeUndefined();
  });
});

describe('a passkey', () => {
  const credentialId = randomBytes(32);
  const passkey = { credentialId, publicKey: randomBytes(77), counter: 5, transports: ['internal'] };
  let passkeys: PasskeyRepository;
  beforeEach(async () => {
    passkeys = new PasskeyRepository(database.dataSource);
    const invitations = new InvitationRepository(database.dataSource);
    const { code } = await invitations.put({ memberId: 'isp-a', name: 'Taro', role: 'abuse-desk' }, NOW);
    const acceptance = {
      name: 'Taro',
      language: 'ja',
      passkey,
      secret: 's',
      formerSecret: undefined,
    } as const;
    expect(await invitations.accept(code, acceptance, NOW)).toMatchObject({
      name: 'Taro',
      role: 'abuse-desk',
    });
    expect(await invitations.accept(code, acceptance, NOW)).toBeUndefined();
  });

  it('is found with its person, and goes with it', async () => {
    const found = await passkeys.find(credentialId);
    expect(found).toMatchObject({ counter: 5, person: { name: 'Taro' } });
    await people.remove(found?.person.id ?? '');
    expect(await passkeys.find(credentialId)).toBeUndefined();
    expect(await sessions.use('s', NOW)).toBeUndefined();
  });

  it('of two uses with one counter, at the same moment, one counts', async () => {
    const outcomes = await Promise.all([6, 6, 6].map((counter) => passkeys.used(credentialId, counter, NOW)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await passkeys.used(credentialId, 4, NOW)).toBe(false);
    expect(await passkeys.used(credentialId, 0, NOW)).toBe(false);
  });

  it('has challenges of one use, for what they were given out, and for five minutes', async () => {
    const purpose = { kind: 'sign-in' } as const;
    for (const name of ['a', 'b', 'c']) await passkeys.putChallenge(name, purpose, NOW);
    expect(await passkeys.takeForInvitation('a', 'CODE', NOW)).toBeUndefined();
    const taken = await Promise.all([1, 2, 3].map(() => passkeys.takeForSignIn('b', NOW)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await passkeys.takeForSignIn('c', later(5 * 60_000))).toBe(false);
  });
});

it('gives no challenge for an invitation that somebody else is just spending', async () => {
  const passkeys = new PasskeyRepository(database.dataSource);
  const invitations = new InvitationRepository(database.dataSource);
  const { code } = await invitations.put({ memberId: 'isp-a', name: 'Jiro', role: 'abuse-desk' }, NOW);
  const purpose = { kind: 'invitation', code, name: 'Jiro' } as const;
  expect(await passkeys.putChallenge('first', purpose, NOW)).toBe(true);
  const spending = database.dataSource.createQueryRunner();
  await spending.startTransaction();
  await spending.query('DELETE FROM person_invitation');
  const put = passkeys.putChallenge('second', purpose, NOW);
  await vi.waitFor(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(await rows(waiting)).toHaveLength(1);
  });
  await spending.commitTransaction();
  await spending.release();
  expect(await put).toBe(false);
  expect(await passkeys.putChallenge('third', purpose, NOW)).toBe(false);
});

it('a person who has not signed in for 400 days is forgotten; what was done stays, without a name', async () => {
  await start('old');
  await dropExpiredRows(database.dataSource, later(399 * DAY_MS));
  expect(await people.find(personId)).toBeDefined();
  expect(await rows('SELECT FROM person_session')).toHaveLength(0);
  await dropExpiredRows(database.dataSource, later(401 * DAY_MS));
  expect(await people.find(personId)).toBeUndefined();
  expect(await rows('SELECT action, person_id FROM person_action')).toEqual([
    { action: 'signIn', person_id: personId },
  ]);
  await dropExpiredRows(database.dataSource, later(731 * DAY_MS));
  expect(await rows('SELECT FROM person_action')).toHaveLength(0);
});
