// Four members act at one moment: real agent processes, one of them behind a line that is cut, and a policy service that reads
// what its agent has in force.
import { WorkingGroup, type JointAction } from '@sekisho/client';
import {
  createTestDatabase,
  Federation,
  freePort,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { Agents, CLI, keepLookups, reachThrough } from '../setup/agents.js';

const IDS = ['isp-a', 'isp-b', 'isp-c', 'isp-d'] as const;
const CUT = 'isp-d';
const HOUR = 3_600_000;

let database: TestDatabase;
let federation: Federation;
let proxy: TcpProxy;
const members = new Map<string, FederationMember>();
const agents = new Agents();

/** The hub at its own port, and for one member behind a proxy: its id stays the same. */
beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker', 'dns'] });
  proxy = await TcpProxy.listen(await freePort(), Number(new URL(federation.hubUrl).port));
  for (const id of IDS) {
    const member = await federation.member(id, { role: id === 'isp-a' ? 'reviewer' : 'member' });
    members.set(id, member);
    const group = new WorkingGroup(await member.session());
    await group.acceptConduct((await group.conduct()).version);
    if (id === CUT) await reachThrough(proxy.port, member);
    await keepLookups(member);
    await agents.start(member);
  }
});

afterAll(async () => {
  await agents[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function groupOf(id: string): Promise<WorkingGroup> {
  const member = members.get(id);
  if (!member) throw new Error(id);
  return new WorkingGroup(await member.session());
}
const look = async (id: string): Promise<JointAction> => (await groupOf('isp-a')).get(id);
const statesOf = async (id: string) =>
  Object.fromEntries((await look(id)).participants.map(({ memberId, state }) => [memberId, state]));
/** What a member's mail servers read. */
const inForce = async (member: string) =>
  readFile(join(members.get(member)?.directory ?? '', 'actions', 'in-force.json'), 'utf8');
const at = (ms: number) => new Date(Date.now() + ms).toISOString();
const slow = { timeout: 110_000, interval: 500 };

async function propose(): Promise<JointAction> {
  const { id } = await (
    await groupOf('isp-a')
  ).command('propose', {
    input: {
      ...{ kind: 'JOINT_LISTING', title: 'Snowshoe', reason: 'one text from a whole network' },
      ...{ subjects: ['203.0.113.0/24'], category: 'spam-source' },
    },
  });
  await expect.poll(async () => (await look(id)).state, slow).toBe('REVIEW');
  return look(id);
}

async function vote(id: string, ids: readonly string[] = IDS): Promise<void> {
  for (const member of ids) await (await groupOf(member)).command('vote', { id, vote: 'YES', reason: '' });
}

/** Approved by all, and to be applied in a few seconds. */
async function scheduled(): Promise<string> {
  const { id } = await propose();
  await vote(id);
  await (await groupOf('isp-a')).command('schedule', { id, effectiveAt: at(12_000), expiresAt: at(HOUR) });
  return id;
}

describe('four members', () => {
  it('rehearse, act at T0 within a second of each other, one that was cut off catches up, and all take it back at once', async () => {
    const { id } = await propose();
    expect((await look(id)).rehearsal).toMatchObject({
      answered: 4,
      distribution: [
        { measure: 'CONNECTIONS', from: 30, text: '30 to 99', members: 4 },
        { measure: 'SENDERS', from: 10, members: 4 },
        { measure: 'KNOWN_GOOD', from: 5, members: 4 },
      ],
    });

    await vote(id);
    // Before it hears when.
    proxy.isRefusing = true;
    proxy.cut();
    expect((await look(id)).state).toBe('APPROVED');

    await (await groupOf('isp-b')).command('comment', { id, text: 'ready when you are' });
    await (await groupOf('isp-a')).command('schedule', { id, effectiveAt: at(15_000), expiresAt: at(HOUR) });
    await expect
      .poll(() => statesOf(id), slow)
      .toMatchObject({ 'isp-a': 'READY', 'isp-b': 'READY', 'isp-c': 'READY', 'isp-d': 'SILENT' });
    await expect
      .poll(() => statesOf(id), slow)
      .toMatchObject({ 'isp-a': 'APPLIED', 'isp-b': 'APPLIED', 'isp-c': 'APPLIED', 'isp-d': 'SILENT' });
    await expect.poll(async () => (await look(id)).state, slow).toBe('IN_FORCE');
    for (const { memberId, skewMs } of (await look(id)).participants) {
      if (memberId === CUT) expect(skewMs).toBeNull();
      else expect(Math.abs(skewMs ?? Infinity), memberId).toBeLessThan(1_000);
    }

    proxy.isRefusing = false;
    await expect.poll(() => statesOf(id), slow).toMatchObject({ [CUT]: 'APPLIED' });
    const late = (await look(id)).participants.find(({ memberId }) => memberId === CUT);
    expect(late?.skewMs).toBeGreaterThan(0);
    expect(agents.said(CUT)).toContain('the hub is there again');

    const ordered = await (await groupOf('isp-a')).command('rollBack', { id, reason: 'it hit a newsletter' });
    expect(ordered.rollBackAt).not.toBeNull();
    await expect
      .poll(() => statesOf(id), slow)
      .toEqual({ 'isp-a': 'REMOVED', 'isp-b': 'REMOVED', 'isp-c': 'REMOVED', 'isp-d': 'REMOVED' });
    for (const { memberId, removalSkewMs } of (await look(id)).participants) {
      expect(Math.abs(removalSkewMs ?? Infinity), memberId).toBeLessThan(1_000);
    }
    // Every agent counted what it did hit, and the report is written.
    await expect.poll(async () => (await look(id)).state, slow).toBe('REPORTED');
    expect((await look(id)).history.map(({ transition }) => transition)).toEqual([
      ...['drafted', 'proposed', 'rehearsal-begun', 'review-begun', 'approved', 'scheduled', 'in-force'],
      ...['roll-back-ordered', 'rolled-back', 'reported'],
    ]);
    const hook = await readFile(join(members.get('isp-b')?.directory ?? '', 'hook.txt'), 'utf8');
    expect(hook).toBe('apply\nremove\n');
  });

  it('leave out the one that vetoes for itself, and all see it', async () => {
    const id = await scheduled();
    const dir = members.get('isp-c')?.directory ?? '';
    const veto = spawn(
      process.execPath,
      [CLI, 'action', 'veto', id, '--reason', 'a customer of ours', '--dir', dir],
      {
        env: { PATH: process.env['PATH'] ?? '' },
        stdio: 'ignore',
      },
    );
    await once(veto, 'exit');
    expect(veto.exitCode).toBe(0);
    await expect
      .poll(() => statesOf(id), slow)
      .toEqual({ 'isp-a': 'APPLIED', 'isp-b': 'APPLIED', 'isp-c': 'VETOED', 'isp-d': 'APPLIED' });
    const vetoed = (await look(id)).participants.find(({ memberId }) => memberId === 'isp-c');
    expect(vetoed).toMatchObject({ note: 'a customer of ours', skewMs: null });
    expect(await inForce('isp-c')).not.toContain(id);
    expect(await inForce('isp-b')).toContain(id);
  });

  it('hear of a veto, and of its end, that a person said in the console and not on their machine', async () => {
    const id = await scheduled();
    const say = async (state: 'VETOED' | 'READY', reason: string) =>
      (await groupOf('isp-d')).command('acknowledge', { id, state, reason, clockOffsetMs: 0 });
    await expect.poll(async () => (await statesOf(id))['isp-d'], slow).toBe('READY');
    await say('VETOED', 'a customer of ours');
    await expect.poll(() => agents.said('isp-d'), slow).toContain(`action ${id}: vetoed`);
    await expect.poll(async () => (await statesOf(id))['isp-b'], slow).toBe('APPLIED');
    expect((await statesOf(id))['isp-d']).toBe('VETOED');
    expect(await inForce('isp-d')).not.toContain(id);
    await say('READY', '');
    await expect.poll(async () => (await statesOf(id))['isp-d'], slow).toBe('APPLIED');
    expect(await inForce('isp-d')).toContain(id);
  });

  it('find what they had in force after their agent was killed', async () => {
    const id = await scheduled();
    await expect.poll(async () => (await statesOf(id))['isp-b'], slow).toMatch(/READY|APPLIED/);
    await agents.stop('isp-b', 'SIGKILL');
    await appendFile(join(members.get('isp-b')?.directory ?? '', 'hook.txt'), 'killed\n');
    const member = members.get('isp-b');
    if (member) await agents.start(member);
    await expect.poll(async () => (await statesOf(id))['isp-b'], slow).toBe('APPLIED');
  });
});
