import { describe, expect, it } from 'vitest';
import type { ModelRehearsal, OperatorDatabase, PublishedShadow } from '../admin/operator-database.js';
import { UnusedDatabase } from '../admin/operator-database.fixture.js';
import { runCommand } from '../test-context.fixture.js';

const REHEARSED: ModelRehearsal = {
  ...{ model: 'learned', inForce: '1', reportsFrom: new Date('2026-11-06T01:30:00Z') },
  rehearsedAt: new Date('2026-11-20T01:30:00Z'),
  outcome: {
    ...{ reports: 5_001, subjects: 902, listedNow: 31, listedThen: 12 },
    ...{ listedMore: 7, listedLess: 26, appealsAffected: 3 },
  },
};

class RecordingDatabase extends UnusedDatabase {
  readonly asked: unknown[] = [];
  closed = 0;
  shadow: PublishedShadow | undefined;
  override readonly models: OperatorDatabase['models'] = {
    rehearse: (days, now) => {
      this.asked.push([days, now.toISOString()]);
      return Promise.resolve(REHEARSED);
    },
    list: () => Promise.resolve([REHEARSED]),
    inShadow: () => Promise.resolve(this.shadow),
  };

  override close(): Promise<void> {
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

  it('says beside it what came of what a model in shadow foretold', async () => {
    const database = new RecordingDatabase();
    expect((await model(database, 'rehearse')).stdout).toMatch(
      /in shadow +nothing published; see SEKISHO_SHADOW_MODEL/,
    );
    database.shadow = {
      ...{ asOf: new Date('2026-11-20T00:00:00Z'), modelVersion: 'learned-1', forecasts: 5_210 },
      ...{ brier: 0.03, inForce: 0.0412, brierOfAnother: 0.01, inForceOfAnother: 0.05 },
    };
    const { stdout } = await model(database, 'rehearse');
    expect(stdout).toMatch(/in shadow +learned-1, 5210 forecasts as of 2026-11-20 09:00 GMT\+9\n/);
    expect(stdout).toMatch(/any member +Brier score 0\.0300; in force 0\.0412\n/);
    expect(stdout).toMatch(/new reporters +Brier score 0\.0100; in force 0\.0500\n/);
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
