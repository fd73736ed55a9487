import { describe, expect, it } from 'vitest';
import type { ModelRehearsal, OperatorDatabase } from '../admin/operator-database.js';
import { runCommand } from '../test-context.fixture.js';

const unused = () => Promise.reject(new Error('not part of these tests'));
const REHEARSED: ModelRehearsal = {
  ...{ model: 'learned', inForce: '1', reportsFrom: new Date('2026-11-06T01:30:00Z') },
  rehearsedAt: new Date('2026-11-20T01:30:00Z'),
  outcome: {
    ...{ reports: 5_001, subjects: 902, listedNow: 31, listedThen: 12 },
    ...{ listedMore: 7, listedLess: 26, appealsAffected: 3 },
  },
};

class RecordingDatabase implements OperatorDatabase {
  readonly people = {
    ...{ invite: unused, list: unused, remove: unused },
    ...{ signOut: unused, actions: unused, addForDemo: unused },
  };
  readonly asked: unknown[] = [];
  closed = 0;
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
  readonly networks = { claims: unused, approve: unused, refuse: unused, withdrawRange: unused };
  readonly decisions = { set: unused, end: unused, list: unused };
  readonly models: OperatorDatabase['models'] = {
    rehearse: (days, now) => {
      this.asked.push([days, now.toISOString()]);
      return Promise.resolve(REHEARSED);
    },
    list: () => Promise.resolve([REHEARSED]),
  };

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

const model = (database: OperatorDatabase, ...words: string[]) =>
  runCommand(['admin', 'model', ...words], { database });

describe('sekisho admin model', () => {
  it('rehearses the last fortnight when not told otherwise, and says what would change', async () => {
    const database = new RecordingDatabase();
    const { status, stdout } = await model(database, 'rehearse');
    expect(status).toBe(0);
    expect(database.asked).toEqual([[14, '2026-11-20T01:30:00.000Z']]);
    expect(database.closed).toBe(1);
    expect(stdout).toMatch(/listed more +7\nlisted less +26\nappeals affected +3/);
  });

  it('takes the number of days, from one to as long as reports are kept', async () => {
    const database = new RecordingDatabase();
    expect((await model(database, 'rehearse', '--days', '3', '--json')).stdout).toContain('"listedThen": 12');
    expect(database.asked).toMatchObject([[3, expect.anything()]]);
    for (const days of ['0', '61', 'few'])
      expect((await model(database, 'rehearse', '--days', days)).status).toBe(2);
    expect((await model(database, 'rehearse', '--model', 'best')).status).toBe(2);
    expect(database.asked).toHaveLength(1);
  });

  it('prints the record', async () => {
    const { stdout } = await model(new RecordingDatabase(), 'list');
    expect(stdout).toMatch(/2026-11-20 10:30 GMT\+9 +learned +1 +5001 +7 +26 +3/);
  });
});
