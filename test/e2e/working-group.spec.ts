// How the working group decides, through the hub that runs: recusal, quorum, votes, scheduling, emergencies, the record.
import { WorkingGroup, type ActionNotTaken, type JointAction } from '@sekisho/client';
import { createTestDatabase, Federation, type FederationMember, type TestDatabase } from '@sekisho/testing';
import { saltedEntry, statementEntry } from '@sekisho/tlog';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CLI } from '../setup/agents.js';
import { GraphqlSocket } from '../setup/graphql-socket.js';

let database: TestDatabase;
let federation: Federation;
const members = new Map<string, { member: FederationMember; group: WorkingGroup }>();
const HOUR = 3_600_000;

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  for (const [id, role] of [
    ['isp-a', 'member'],
    ['isp-b', 'member'],
    ['isp-c', 'reviewer'],
    ['isp-d', 'reviewer'],
    ['isp-e', 'member'],
  ] as const) {
    const networks = id === 'isp-e' ? ['198.18.0.0/16'] : [];
    const member = await federation.member(id, { role, networks });
    const group = new WorkingGroup(await member.session());
    await group.acceptConduct((await group.conduct()).version);
    members.set(id, { member, group });
  }
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const groupOf = (id: string): WorkingGroup => {
  const found = members.get(id);
  if (!found) throw new Error(id);
  return found.group;
};
const at = (ms: number) => new Date(Date.now() + ms).toISOString();
/** Agents need three seconds; the rest is for a machine on which a request takes that long. */
const SOON = 8_000;
const soon = () => at(SOON);

const propose = (id: string, change: Record<string, unknown> = {}): Promise<JointAction> =>
  groupOf(id).command('propose', {
    input: {
      ...{ kind: 'JOINT_LISTING', title: 'Snowshoe', reason: 'the same text from 200 addresses' },
      ...{ subjects: ['203.0.113.0/24'], category: 'spam-source', ...change },
    },
  });
const vote = (id: string, action: JointAction, word: string) =>
  groupOf(id).command('vote', { id: action.id, vote: word, reason: '' });
const refusal = (code: string) => expect.objectContaining({ code }) as ActionNotTaken;

async function approved(change: Record<string, unknown> = {}): Promise<JointAction> {
  const action = await propose('isp-a', change);
  for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) await vote(id, action, 'YES');
  return vote('isp-e', action, 'NO');
}

async function rowsOf(sql: string, id: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql, [id]);
  await client.end();
  return rows;
}

/** Makes a moment of the action past, as if the time had gone by. */
const pass = (id: string, column: 'voting_ends_at' | 'expires_at') =>
  rowsOf(
    `UPDATE action SET ${column} = now() - interval '1 second', next_due_at = now() - interval '1 second' WHERE id = $1`,
    id,
  );
const stateOf = async (id: string) => (await groupOf('isp-a').find(id))?.state;

describe('a vote', () => {
  it('of all members decides at once, and the record says who did what', async () => {
    const action = await approved();
    expect(action).toMatchObject({ state: 'APPROVED', tally: { yes: 4, no: 1, quorum: 3, eligible: 5 } });
    expect(action.history.map(({ transition, by }) => [transition, by])).toEqual([
      ...[
        ['drafted', 'isp-a'],
        ['proposed', 'isp-a'],
        ['rehearsal-begun', 'clock'],
        ['review-begun', 'clock'],
        ['approved', 'clock'],
      ],
    ]);
    expect(action.history[0]?.reason).toBe('the same text from 200 addresses');
  });

  it('is given once by each member, also when it is sent twice at the same moment', async () => {
    const action = await propose('isp-a');
    await Promise.all([vote('isp-b', action, 'YES'), vote('isp-b', action, 'YES')]);
    await expect(vote('isp-b', action, 'NO')).rejects.toEqual(refusal('vote-cast'));
    expect(await vote('isp-b', action, 'YES')).toMatchObject({ myVote: 'YES', tally: { yes: 1, no: 0 } });
    const other = await propose('isp-a');
    const raced = await Promise.allSettled([vote('isp-b', other, 'YES'), vote('isp-b', other, 'NO')]);
    expect(raced.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { tally } = (await groupOf('isp-a').find(other.id)) ?? {};
    expect((tally?.yes ?? 0) + (tally?.no ?? 0)).toBe(1);
  });

  it('is not for the member whose network it is about, who is heard', async () => {
    const action = await propose('isp-a', { subjects: ['198.18.7.0/24'] });
    await expect(vote('isp-e', action, 'NO')).rejects.toEqual(refusal('recused'));
    const heard = await groupOf('isp-e').command('comment', { id: action.id, text: 'we are cleaning up' });
    expect(heard).toMatchObject({
      isRecused: true,
      tally: { recused: 1, eligible: 4 },
      comments: [{ memberId: 'isp-e', text: 'we are cleaning up' }],
    });
  });

  it('without a quorum rejects when its time is over', async () => {
    const action = await propose('isp-a');
    await vote('isp-a', action, 'YES');
    await vote('isp-b', action, 'YES');
    await pass(action.id, 'voting_ends_at');
    await expect.poll(() => stateOf(action.id), { timeout: 10_000 }).toBe('REJECTED');
    const { history } = (await groupOf('isp-a').find(action.id)) ?? {};
    expect(history?.at(-1)?.reason).toContain('quorum not reached: 2 of 3');
    await expect(vote('isp-c', action, 'YES')).rejects.toEqual(refusal('vote-over'));
  });

  it('of a delegate counts for whom it stands, as long as they do not vote themselves', async () => {
    await groupOf('isp-b').delegate('isp-c');
    try {
      const action = await propose('isp-a');
      expect((await vote('isp-c', action, 'YES')).tally).toMatchObject({ yes: 2 });
      expect((await vote('isp-b', action, 'NO')).tally).toMatchObject({ yes: 1, no: 1 });
    } finally {
      await groupOf('isp-b').delegate(undefined);
    }
  });

  it('needs the code of conduct', async () => {
    const member = await federation.member('isp-new');
    const group = new WorkingGroup(await member.session());
    const action = await propose('isp-a');
    const ask = () => group.command('vote', { id: action.id, vote: 'YES', reason: '' });
    await expect(ask()).rejects.toEqual(refusal('conduct-not-accepted'));
    await expect(group.acceptConduct('1999-01')).rejects.toMatchObject({ code: 'action-malformed' });
    await group.acceptConduct((await group.conduct()).version);
    expect(await ask()).toMatchObject({ myVote: 'YES' });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`UPDATE member SET status = 'suspended' WHERE id = 'isp-new'`);
    await client.end();
  });
});

describe('a schedule', () => {
  it('is set by one of two who try at once', async () => {
    const action = await approved();
    const schedule = (id: string, hours: number) =>
      groupOf(id).command('schedule', {
        ...{
          id: action.id,
          effectiveAt: at(hours * HOUR),
          expiresAt: at(20 * HOUR),
          version: action.version,
        },
      });
    const both = await Promise.allSettled([schedule('isp-c', 1), schedule('isp-d', 2)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'action-state' });
    await expect(
      groupOf('isp-c').command('rollBack', { id: action.id, reason: 'too late', version: action.version }),
    ).rejects.toEqual(refusal('action-changed'));
  });

  it('ends by itself when its term is over', async () => {
    const action = await approved();
    await groupOf('isp-a').command('schedule', {
      ...{ id: action.id, effectiveAt: soon(), expiresAt: at(HOUR) },
    });
    await expect.poll(() => stateOf(action.id), { timeout: 20_000 }).toBe('IN_FORCE');
    await pass(action.id, 'expires_at');
    await expect.poll(() => stateOf(action.id), { timeout: 10_000 }).toMatch(/EXPIRED|REPORTED/);
  });
});

describe('an emergency', () => {
  it('takes officers of two members, a day at most, and a vote afterwards', async () => {
    const emergency = { isEmergency: true };
    await expect(propose('isp-a', emergency)).rejects.toEqual(refusal('not-entitled'));
    const action = await propose('isp-c', emergency);
    const confirm = (id: string, hours = 24) =>
      groupOf(id).command('confirm', {
        ...{ id: action.id, effectiveAt: soon(), expiresAt: at(SOON + hours * HOUR) },
        reason: 'a flood of malware',
      });
    await expect(confirm('isp-c')).rejects.toEqual(refusal('not-entitled'));
    await expect(confirm('isp-b')).rejects.toEqual(refusal('not-entitled'));
    await expect(confirm('isp-d', 25)).rejects.toEqual(refusal('schedule-refused'));
    expect(await confirm('isp-d')).toMatchObject({ state: 'SCHEDULED', isVoting: true });
    await expect.poll(() => stateOf(action.id), { timeout: 20_000 }).toBe('IN_FORCE');
    for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d']) await vote(id, action, 'NO');
    // Disapproved: all take it back at one moment.
    expect((await vote('isp-e', action, 'NO')).rollBackAt).not.toBeNull();
    await expect.poll(() => stateOf(action.id), { timeout: 20_000 }).toMatch(/ROLLED_BACK|REPORTED/);
  });
});

describe('the suspension of a member', () => {
  it('is an action like another, and its end lets the member in again', async () => {
    const suspended = await federation.member('isp-s');
    const action = await propose('isp-a', {
      ...{ kind: 'MEMBER_SUSPENSION', subjects: [], category: null, memberId: 'isp-s' },
    });
    for (const id of ['isp-a', 'isp-b', 'isp-c', 'isp-d', 'isp-e']) await vote(id, action, 'YES');
    expect(await stateOf(action.id)).toBe('APPROVED');
    await groupOf('isp-a').command('schedule', {
      ...{ id: action.id, effectiveAt: soon(), expiresAt: at(HOUR) },
    });
    const isWelcome = async () =>
      (await suspended.session()).me().then(
        () => true,
        () => false,
      );
    expect(await isWelcome()).toBe(true);
    await expect.poll(isWelcome, { timeout: 20_000 }).toBe(false);
    await groupOf('isp-a').command('rollBack', { id: action.id, reason: 'it was settled' });
    await expect.poll(isWelcome, { timeout: 20_000 }).toBe(true);
  });
});

describe('who sees what', () => {
  it('a draft is its own member’s alone', async () => {
    const draft = await propose('isp-a', { isDraft: true });
    expect(draft.state).toBe('DRAFT');
    expect(await groupOf('isp-b').find(draft.id)).toBeUndefined();
    await expect(vote('isp-b', draft, 'YES')).rejects.toEqual(refusal('action-unknown'));
    expect((await groupOf('isp-b').list({ first: 100 })).some(({ id }) => id === draft.id)).toBe(false);
    expect(await groupOf('isp-a').command('submit', { id: draft.id })).toMatchObject({ state: 'REVIEW' });
    expect((await groupOf('isp-b').list({ first: 100 }))[0]?.id).toBe(draft.id);
  });

  it('a draft that is thrown away stays its own member’s', async () => {
    const draft = await propose('isp-a', { isDraft: true });
    const gone = await groupOf('isp-a').command('withdraw', { id: draft.id, reason: 'it was a typo' });
    expect(gone.state).toBe('REJECTED');
    expect(await groupOf('isp-a').get(draft.id)).toMatchObject({ state: 'REJECTED' });
    expect(await groupOf('isp-b').find(draft.id)).toBeUndefined();
    expect((await groupOf('isp-b').list({ first: 100 })).some(({ id }) => id === draft.id)).toBe(false);
    await expect(groupOf('isp-b').command('comment', { id: draft.id, text: 'what was it?' })).rejects.toEqual(
      refusal('action-unknown'),
    );
    expect(await rowsOf(`SELECT FROM member_event WHERE details->>'action' = $1`, draft.id)).toEqual([]);
  });

  it('a draft is edited by its member, on record, and never over what a colleague changed meanwhile', async () => {
    const draft = await propose('isp-a', { isDraft: true });
    const input = {
      ...{ kind: 'JOINT_LISTING', title: 'Snowshoe, wider', reason: 'the same text from 200 addresses' },
      ...{ subjects: ['203.0.113.0/24', '198.51.100.0/24'], category: 'spam-source' },
    };
    const edit = (by: string, change: object = {}, version = draft.version) =>
      groupOf(by).command('edit', { id: draft.id, input: { ...input, ...change }, version });
    await expect(edit('isp-b')).rejects.toEqual(refusal('action-unknown'));
    await expect(edit('isp-a', { subjects: [] })).rejects.toEqual(refusal('action-malformed'));

    const edited = await edit('isp-a');
    expect(edited).toMatchObject({
      ...{ state: 'DRAFT', title: 'Snowshoe, wider', version: draft.version + 1 },
      subjects: ['198.51.100.0/24', '203.0.113.0/24'],
    });
    expect(edited.history.map(({ transition, by, reason }) => [transition, by, reason])).toEqual([
      ['drafted', 'isp-a', 'the same text from 200 addresses'],
      ['edited', 'isp-a', 'title, subjects'],
    ]);
    // The same again, as after a lost answer, is no other change.
    expect((await edit('isp-a')).version).toBe(edited.version);
    await expect(edit('isp-a', { title: 'Mine' })).rejects.toEqual(refusal('action-changed'));
    expect(await groupOf('isp-a').get(draft.id)).toMatchObject({ title: 'Snowshoe, wider' });
    const kind = { kind: 'JOINT_THROTTLE', category: undefined, messagesPerHour: 10 };
    expect(await edit('isp-a', kind, edited.version)).toMatchObject({ messagesPerHour: 10, category: null });

    const toldOf = `SELECT FROM member_event WHERE details->>'action' = $1`;
    expect(await rowsOf(toldOf, draft.id)).toEqual([]);
    const logged = `SELECT FROM log_statement s JOIN action_transition t USING (log_index)
      WHERE t.action_id = $1 AND t.transition = 'edited' AND s.statement LIKE '%"edited"%'`;
    expect(await rowsOf(logged, draft.id)).toHaveLength(2);
    await groupOf('isp-a').command('submit', { id: draft.id });
    await expect(edit('isp-a', { title: 'Too late' })).rejects.toEqual(refusal('action-state'));
    expect(await rowsOf(toldOf, draft.id)).not.toEqual([]);
  });

  it('a draft is edited on the command line: what is not given stays', async () => {
    const draft = await propose('isp-a', { isDraft: true, isEmergency: true });
    const dir = members.get('isp-a')?.member.directory ?? '';
    const edit = async (...words: string[]) => {
      const sekisho = [CLI, 'action', 'edit', draft.id, ...words, '--json', '--dir', dir];
      const { stdout } = await promisify(execFile)(process.execPath, sekisho, {
        env: { PATH: process.env['PATH'] ?? '' },
      });
      return JSON.parse(stdout) as JointAction;
    };
    expect(await edit('198.51.100.0/24', '--title', 'Snowshoe, moved')).toMatchObject({
      ...{ title: 'Snowshoe, moved', subjects: ['198.51.100.0/24'], kind: 'JOINT_LISTING' },
      ...{ reason: draft.reason, category: 'spam-source', isEmergency: true, version: draft.version + 1 },
    });
    // Another kind has no category and a rate of its own.
    expect(await edit('--kind', 'joint-throttle', '--messages-per-hour', '10')).toMatchObject({
      ...{ kind: 'JOINT_THROTTLE', category: null, messagesPerHour: 10, title: 'Snowshoe, moved' },
      subjects: ['198.51.100.0/24'],
    });
    expect(await edit('--reason', 'only slower')).toMatchObject({
      messagesPerHour: 10,
      reason: 'only slower',
    });
  });

  it('a change comes to subscribers as each of them sees it', async () => {
    const token = await (await members.get('isp-b')?.member.session())?.accessToken();
    using socket = await GraphqlSocket.open(federation.hubUrl, token);
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    socket.subscribe('1', 'subscription { actionChanged { id state myVote } }');
    const action = await propose('isp-a');
    await vote('isp-b', action, 'NO');
    await expect
      .poll(() => socket.of('1').at(-1)?.payload, { timeout: 10_000 })
      .toMatchObject({ data: { actionChanged: { id: action.id, state: 'REVIEW', myVote: 'NO' } } });
  });

  it('votes are open when the vote is over, and what is said of both is what the log commits to', async () => {
    const action = await approved();
    // isp-s, let in again, has a vote and does not give it: the vote ends with its time.
    await pass(action.id, 'voting_ends_at');
    await expect.poll(() => stateOf(action.id), { timeout: 20_000 }).toBe('APPROVED');
    const session = await members.get('isp-b')?.member.session();
    const token = (await session?.accessToken()) ?? '';
    const answer = await fetch(`${federation.hubUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query: `{ actionStatements(id: "${action.id}") { index kind statement salt } action(id: "${action.id}") { votes { memberId vote } } }`,
      }),
    });
    const { data } = (await answer.json()) as {
      data: {
        actionStatements: { index: number; kind: 'action' | 'vote'; statement: string; salt: string }[];
        action: { votes: unknown[] };
      };
    };
    expect(data.action.votes).toHaveLength(5);
    expect(data.actionStatements.map(({ kind }) => kind).filter((kind) => kind === 'vote')).toHaveLength(5);
    const last = data.actionStatements.at(-1);
    if (!last) throw new Error('no statement');
    const tile = Math.floor(last.index / 256);
    const width = (last.index % 256) + 1;
    const path = width === 256 ? `00${tile}` : `00${tile}.p/${width}`;
    const entries = await fetch(`${federation.hubUrl}/log/tile/entries/${path}`);
    await expect.poll(async () => (await fetch(entries.url)).status, { timeout: 10_000 }).toBe(200);
    const bytes = Buffer.from(await (await fetch(entries.url)).arrayBuffer());
    const salt = Buffer.from(last.salt, 'base64url');
    expect(bytes.includes(Buffer.from(saltedEntry(last.kind, salt, last.statement)))).toBe(true);
    // Three votes are soon tried: without its salt nobody finds one in the log.
    expect(bytes.includes(Buffer.from(statementEntry(last.kind, last.statement)))).toBe(false);
    expect(new Set(data.actionStatements.map((one) => one.salt)).size).toBe(data.actionStatements.length);
  });
});
