import { describe, expect, it } from 'vitest';
import {
  judgeClock,
  judgeDatabase,
  judgeDisk,
  judgeQueue,
  judgeReplica,
  judgeSecretFile,
  judgeSerials,
} from './judgement.js';

const HEALTHY = {
  ...{ serverVersion: 180_001, clockAheadMs: 3, sizeBytes: 5 * 1024 ** 3 },
  ...{ pendingMigrations: [], unknownMigrations: [], hasQueue: true },
  unscored: { receipts: 2, oldestSeconds: 1 },
  serials: new Map([['ip', 7]]),
};
const wrongOf = (change: Partial<typeof HEALTHY>) =>
  judgeDatabase({ ...HEALTHY, ...change }).filter(({ state }) => state === 'wrong');

describe('the doctor', () => {
  it('finds nothing wrong with a healthy database, and says its version and size', () => {
    expect(wrongOf({})).toEqual([]);
    expect(judgeDatabase(HEALTHY)[0]?.found).toBe('PostgreSQL 18.1, 5.0 GiB');
  });

  it.each([
    ['database', { serverVersion: 130_012 }, 'PostgreSQL 13.12'],
    ['clock, database', { clockAheadMs: -2_500 }, '2.5 s behind'],
    ['migrations', { pendingMigrations: ['Log1'] as never[] }, 'missing: Log1'],
    ['migrations', { unknownMigrations: ['Next1'] as never[] }, 'newer release: Next1'],
    ['scoring', { unscored: { receipts: 40, oldestSeconds: 61 } }, '40 receipts wait, the oldest for 61 s'],
  ])('says of %s what is wrong and what to do', (check, change, found) => {
    const findings = wrongOf(change);
    expect(findings).toMatchObject([{ check, found: expect.stringContaining(found) as string }]);
    expect(findings[0]?.remedy).toBeTruthy();
  });

  it("allows for the hub's time being told in whole seconds", () => {
    expect(judgeClock('hub', 4_900).state).toBe('ok');
    expect(judgeClock('hub', -5_100)).toMatchObject({ state: 'wrong', found: '5.1 s behind of ours' });
  });

  it('wants a gibibyte of room', () => {
    expect(judgeDisk(1024 ** 3, '/d').state).toBe('ok');
    expect(judgeDisk(1024 ** 3 - 1, '/d')).toMatchObject({ state: 'wrong', found: '1024 MiB free at /d' });
  });

  it('wants secrets to be for their account alone, and to be there when nothing makes them', () => {
    expect(judgeSecretFile({ name: 'k', path: '/d/k' }, 0o100600, true).state).toBe('ok');
    expect(judgeSecretFile({ name: 'k', path: '/d/k' }, 0o100640, true)).toMatchObject({
      state: 'wrong',
      found: expect.stringContaining('640') as string,
    });
    expect(judgeSecretFile({ name: 'k', path: '/d/k' }, undefined, true).state).toBe('wrong');
    expect(judgeSecretFile({ name: 'k', path: '/d/k' }, undefined, false).state).toBe('skipped');
  });

  it('takes a server for behind by serial arithmetic, also over the wrap', () => {
    const wanted = new Map([['ip', 2 ** 32 + 5]]);
    expect(judgeSerials('edge', new Map([['ip', 5]]), wanted).state).toBe('ok');
    // Ahead of what was read a moment before.
    expect(judgeSerials('edge', new Map([['ip', 6]]), wanted).state).toBe('ok');
    expect(judgeSerials('edge', new Map([['ip', 2 ** 32 - 1]]), wanted)).toMatchObject({
      state: 'wrong',
      found: expect.stringContaining('ip 4294967295, hub 4294967301') as string,
    });
    expect(judgeSerials('edge', new Map([['ip', 5]]), undefined)).toMatchObject({ found: 'ip 5' });
  });

  it('wants a replica that is one, and that follows', () => {
    expect(judgeReplica({ isReplica: true, behindBytes: 1_024 }).state).toBe('ok');
    expect(judgeReplica({ isReplica: false, behindBytes: 0 })).toMatchObject({
      state: 'wrong',
      found: expect.stringContaining('no replica') as string,
    });
    expect(judgeReplica({ isReplica: true, behindBytes: 1024 ** 3 })).toMatchObject({
      state: 'wrong',
      found: '1.0 GiB behind',
    });
  });

  it('tells the jobs of a queue', () => {
    expect(judgeQueue({ waiting: 1, active: 2, failed: 3 }).found).toBe('1 waiting, 2 running, 3 failed');
  });
});
