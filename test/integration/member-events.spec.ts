// The outbox of what members are told, and its way from the table of the release before.
import {
  AlertRepository,
  MemberEventRepository,
  migrateDatabase,
  openDatabase,
  tellMember,
} from '@sekisho/persistence';
import { createTestDatabase } from '@sekisho/testing';
import type { DataSource } from 'typeorm';
import { expect, inject, it } from 'vitest';

const NOW = new Date('2026-11-01T10:17:00Z');
const ALERT = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d44';
const JTI = '0199c5a0-7d3e-7c11-9f0e-3b1f6c1a2d55';

async function openFresh(): Promise<{ dataSource: DataSource } & AsyncDisposable> {
  const database = await createTestDatabase(inject('databaseUrl'));
  const dataSource = await openDatabase(database.url, { poolSize: 2 });
  await migrateDatabase(dataSource);
  return {
    dataSource,
    async [Symbol.asyncDispose]() {
      await dataSource.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function addMember(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `INSERT INTO member (id, name, role, status, trust, created_at)
     VALUES ('isp-a', 'ISP A', 'member', 'active', 1, $1)`,
    [NOW],
  );
}

const addAlert = (dataSource: DataSource) =>
  dataSource.query(
    `INSERT INTO alert (id, owner, subject, category, state, message_count, last_seen, opened_at, told_at,
       told_magnitude, ends_early, failed_fixes)
     VALUES ($1, 'isp-a', '192.0.2.1', 'zombie', 'open', 1234, $2, $2, $2, 1000, true, 0)`,
    [ALERT, NOW],
  );

/** As a worker of the release before writes it. */
const addAlertEvent = (dataSource: DataSource, jti: string, change: string) =>
  dataSource.query(
    `INSERT INTO alert_event (jti, alert_id, owner, change, message_count, last_seen, made_at)
     VALUES ($1, $2, 'isp-a', $3, 1234, $4, $4)`,
    [jti, ALERT, change, NOW],
  );

it('a member is told exactly when the transaction that tells it commits', async () => {
  await using open = await openFresh();
  const events = new MemberEventRepository(open.dataSource);
  await addMember(open.dataSource);
  const event = {
    ...({ memberId: 'isp-a', type: 'urn:sekisho:event:action', details: { action: 'a-1' } } as const),
  };
  await expect(
    open.dataSource.transaction(async (manager) => {
      await tellMember(manager, event, NOW);
      throw new Error('undone');
    }),
  ).rejects.toThrow('undone');
  expect(await events.pending('isp-a', 10)).toEqual([]);
  await open.dataSource.transaction((manager) => tellMember(manager, event, NOW));
  const [told] = await events.pending('isp-a', 10);
  expect(told).toMatchObject({ type: event.type, subject: null, details: event.details, madeAt: NOW });
  await events.acknowledge('isp-b', [told?.jti ?? ''], NOW);
  expect(await events.pending('isp-a', 10)).toHaveLength(1);
  await events.acknowledge('isp-a', [told?.jti ?? ''], NOW);
  expect(await events.pending('isp-a', 10)).toEqual([]);
});

it('what waited before the upgrade, and what an older worker still writes, is told under its own jti', async () => {
  await using open = await openFresh();
  const { dataSource } = open;
  const isThere = async () => {
    const [row]: { found: string | null }[] = await dataSource.query(
      `SELECT to_regclass('member_event')::text AS found`,
    );
    return row?.found !== null;
  };
  while (await isThere()) await dataSource.undoLastMigration({ transaction: 'each' });
  await addMember(dataSource);
  await addAlert(dataSource);
  await addAlertEvent(dataSource, JTI, 'opened');
  await migrateDatabase(dataSource);
  await addAlertEvent(dataSource, ALERT, 'grown');
  const events = new MemberEventRepository(dataSource);
  const told = { category: 'zombie', messages: 1_000, last_seen: Date.parse('2026-11-01T10:10:00Z') / 1_000 };
  expect(await events.pending('isp-a', 10)).toEqual(
    [
      { jti: JTI, change: 'opened' },
      { jti: ALERT, change: 'grown' },
    ].map(({ jti, change }) => ({
      ...{ jti, type: 'urn:sekisho:event:alert', subject: '192.0.2.1', madeAt: NOW },
      details: { alert: ALERT, change, ...told },
    })),
  );
  // As a hub of the release before takes an acknowledgement.
  await dataSource.query('DELETE FROM alert_event WHERE jti = $1', [JTI]);
  expect((await events.pending('isp-a', 10)).map(({ jti }) => jti)).toEqual([ALERT]);
});

it('an alert of the newer release says the same as the trigger makes of an older one', async () => {
  await using open = await openFresh();
  const { dataSource } = open;
  await addMember(dataSource);
  await addAlert(dataSource);
  await addAlertEvent(dataSource, JTI, 'quiet');
  await dataSource.query(`UPDATE alert SET state = 'observing', fixed_at = $1, quiet_at = $1`, [NOW]);
  expect(await new AlertRepository(dataSource).review(NOW)).toBe(1);
  const [older, newer] = await new MemberEventRepository(dataSource).pending('isp-a', 10);
  expect(newer?.details).toEqual(older?.details);
});
