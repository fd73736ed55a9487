import { describe, expect, it } from 'vitest';
import type { OperatorDatabase, StoredDecision } from '../admin/operator-database.js';
import { runCommand } from '../test-context.fixture.js';

const unused = () => Promise.reject(new Error('not part of these tests'));
const STORED: StoredDecision = {
  ...{ id: '6b0c', subject: { type: 'ip', value: '203.0.113.9' }, kind: 'never-list', category: undefined },
  ...{ from: new Date('2026-11-20T01:30:00Z'), until: new Date('2026-12-20T01:30:00Z') },
  ...{ source: { type: 'operator', id: '2026-31' }, reason: 'relay of a\nhospital' },
  ...{ madeAt: new Date('2026-11-20T01:30:00Z'), endedAt: undefined, entries: [] },
};

class RecordingDatabase implements OperatorDatabase {
  readonly asked: unknown[] = [];
  readonly members = {
    add: unused,
    list: unused,
    suspend: unused,
    resume: unused,
    newCode: unused,
    setTrust: unused,
    followTrustRule: unused,
  };
  readonly privacy = {
    report: unused,
    requests: { access: unused, correct: unused, delete: unused, list: unused },
  };
  readonly people = {
    ...{ invite: unused, list: unused, remove: unused },
    ...{ signOut: unused, actions: unused, addForDemo: unused },
  };
  readonly networks = { claims: unused, approve: unused, refuse: unused, withdrawRange: unused };
  readonly models = { rehearse: unused, list: unused };
  readonly decisions: OperatorDatabase['decisions'] = {
    set: (decision) => {
      this.asked.push(decision);
      return Promise.resolve(true);
    },
    end: (source, _now, reason) => {
      this.asked.push([source, reason]);
      return Promise.resolve();
    },
    list: (options) => {
      this.asked.push(options);
      return Promise.resolve([STORED]);
    },
  };

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const decision = (database: OperatorDatabase, ...words: string[]) =>
  runCommand(['admin', 'decision', ...words], { database });
const GROUND = ['--case', '2026-31', '--reason', 'relay of a hospital'];
const UNTIL = ['--until', '2026-12-20T01:30:00Z'];

describe('sekisho admin decision', () => {
  it('decides from now on when not told otherwise, under a case of the operator', async () => {
    const database = new RecordingDatabase();
    const { status, stdout } = await decision(
      database,
      ...['set', '203.0.113.9', '--kind', 'never-list', ...UNTIL, ...GROUND],
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/subject +203\.0\.113\.9\ndecided +never-list\nuntil +2026-12-20 10:30 GMT\+9/);
    expect(database.asked).toMatchObject([
      {
        ...{ subject: { type: 'ip', value: '203.0.113.9' }, kind: 'never-list', category: undefined },
        ...{ from: new Date('2026-11-20T01:30:00Z'), until: new Date('2026-12-20T01:30:00Z') },
        ...{ source: { type: 'operator', id: '2026-31' }, reason: 'relay of a hospital' },
      },
    ]);
  });

  it.each([
    ['without a kind', ['set', '203.0.113.9', ...UNTIL, ...GROUND]],
    ['without an end', ['set', '203.0.113.9', '--kind', 'list', ...GROUND]],
    ['without a reason', ['set', '203.0.113.9', '--kind', 'list', ...UNTIL, '--case', '1']],
    ['with a blank case', ['set', '203.0.113.9', '--kind', 'list', ...UNTIL, '--case', ' ', '--reason', 'x']],
    ['about an e-mail address', ['set', 'a@b.example', '--kind', 'list', ...UNTIL, ...GROUND]],
    ['with an end that is no time', ['set', '203.0.113.9', '--kind', 'list', '--until', 'soon', ...GROUND]],
  ])('takes nothing %s', async (_, words) => {
    const database = new RecordingDatabase();
    expect((await decision(database, ...words)).status).toBe(2);
    expect(database.asked).toEqual([]);
  });

  it('ends what was decided under a case', async () => {
    const database = new RecordingDatabase();
    expect((await decision(database, 'end', '2026-31', '--reason', 'moved')).stdout).toBe(
      '2026-31 is ended\n',
    );
    expect(database.asked).toEqual([[{ type: 'operator', id: '2026-31' }, 'moved']]);
  });

  it('lists what is in force, one line each, and all on request', async () => {
    const database = new RecordingDatabase();
    const { stdout } = await decision(database, 'list');
    expect(stdout).toMatch(
      /203\.0\.113\.9 +never-list +2026-11-20 .*operator 2026-31 +relay of a hospital\n$/,
    );
    await decision(database, 'list', '--all', '--json');
    expect(database.asked).toEqual([{ isInForceOnly: true }, { isInForceOnly: false }]);
  });
});
