import { readSubject, type Subject } from '@sekisho/subject';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OperatorDatabase } from '../admin/operator-database.js';
import { UnusedDatabase } from '../admin/operator-database.fixture.js';
import { runCommand } from '../test-context.fixture.js';

/** Keeps what was asked of it. */
class RecordingDatabase extends UnusedDatabase {
  readonly asked: unknown[][] = [];
  closed = 0;
  override readonly privacy: OperatorDatabase['privacy'] = {
    report: () =>
      Promise.resolve([
        {
          ...{
            table: 'sighting',
            class: 'evidence' as const,
            holds: 'reports',
            basis: 'interest',
            until: '60 days',
          },
          ...{ rows: 12, oldest: new Date('2026-11-19T01:30:00Z') },
        },
      ]),
    requests: {
      access: (subject, ground, now) => {
        this.asked.push(['access', subject, ground, now]);
        const none = {
          sightings: [],
          mentions: [],
          reputation: [],
          forecasts: [],
          shadowForecasts: [],
          reportChecks: [],
          zoneEntries: [],
          zoneChanges: [],
        };
        return Promise.resolve({
          subject: subject.value,
          ...none,
          sealedEvidence: [],
          alerts: [],
          events: [],
          decisions: [],
          loggedDecisions: [],
          appeals: [],
        });
      },
      correct: (subject: Subject, only, ground) => {
        this.asked.push(['correct', subject, only, ground]);
        return Promise.resolve({ sightings: 2 });
      },
      delete: (subject, ground) => {
        this.asked.push(['delete', subject, ground]);
        return Promise.resolve({ sightings: 2, zoneEntries: 1 });
      },
      list: () => Promise.resolve([]),
    },
  };

  override close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

let database: RecordingDatabase;
beforeEach(() => {
  database = new RecordingDatabase();
});
const privacy = (...words: string[]) => runCommand(['admin', 'privacy', ...words], { database });
const CASE = ['--case', '2026-17', '--reason', 'asked in writing'];
const GROUND = { caseNumber: '2026-17', reason: 'asked in writing' };

describe('sekisho admin privacy', () => {
  it('says of each table what it holds, how old and until when', async () => {
    const { status, stdout } = await privacy('report');
    expect(status).toBe(0);
    expect(stdout).toMatch(/sighting +evidence +12 +2026-11-19 10:30 GMT\+9 +60 days +reports/);
    expect(JSON.parse((await privacy('report', '--json')).stdout)).toMatchObject([
      { table: 'sighting', rows: 12 },
    ]);
    expect(database.closed).toBe(2);
  });

  it('hands out what is held about a subject', async () => {
    const { stdout } = await privacy('request', 'access', '203.0.113.9', ...CASE);
    expect(JSON.parse(stdout)).toMatchObject({ subject: '203.0.113.9', sightings: [] });
    expect(database.asked).toEqual([
      ['access', readSubject('203.0.113.9'), GROUND, new Date('2026-11-20T01:30:00Z')],
    ]);
  });

  it('corrects reports of one category', async () => {
    const { stdout } = await privacy('request', 'correct', '203.0.113.9', '--category', 'zombie', ...CASE);
    expect(stdout).toMatch(/corrected sightings +2/);
    expect(database.asked[0]?.[2]).toEqual({ category: 'zombie' });
  });

  it('deletes, and tells how much', async () => {
    const { stdout } = await privacy('request', 'delete', '203.0.113.9', ...CASE);
    expect(stdout).toMatch(/deleted sightings +2\ndeleted zone entries +1/);
  });

  it.each([
    ['without a reason', ['--case', '1']],
    ['with an empty reason', ['--case', '1', '--reason', ' ']],
    ['with a category that does not exist', ['--category', 'rude', ...CASE]],
  ])('refuses a correction %s and asks nothing of the database', async (_title, words) => {
    expect((await privacy('request', 'correct', '203.0.113.9', ...words)).status).toBe(2);
    expect(database.asked).toEqual([]);
  });

  it('refuses what is no subject', async () => {
    expect((await privacy('request', 'delete', 'not a subject', ...CASE)).status).toBe(2);
  });
});
