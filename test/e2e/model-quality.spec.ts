// The hub's measurement of itself, from real reports to what a member is told.
import { modelQualityQuery } from '@sekisho/client';
import { ForecastRepository, openDatabase } from '@sekisho/persistence';
import { createTestDatabase, execute, Federation, reportOf } from '@sekisho/testing';
import { readSubject } from '@sekisho/subject';
import { expect, inject, it, vi } from 'vitest';

const DAY_MS = 86_400_000;
const LISTED = '203.0.113.9';
const QUIET = '203.0.113.10';

it('members are told how far the scores agreed with what they reported in the day after', async () => {
  await using database = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  const members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
  const session = await members[0]?.session();
  const quality = async () => (await session?.call(modelQualityQuery, {}))?.modelQuality;
  expect(await quality()).toBeNull();

  for (const member of members) await member.submit(reportOf(LISTED));
  await members[0]?.submit(reportOf(QUIET));
  await vi.waitFor(
    async () => {
      const known = await session?.lookup([readSubject(LISTED), readSubject(QUIET)]);
      expect(known?.map((one) => one?.listed)).toEqual([true, false]);
    },
    { timeout: 30_000, interval: 200 },
  );

  await federation.stop('worker');
  const dataSource = await openDatabase(database.url, { poolSize: 2 });
  try {
    const forecasts = new ForecastRepository(dataSource);
    const foretoldAt = new Date();
    // A full hour may have passed, and then the worker has written down its own.
    await execute(database.url, 'DELETE FROM forecast');
    expect(await forecasts.foretell(7, foretoldAt)).toBe(2);
    for (const member of members) await member.submit(reportOf(LISTED));
    const over = new Date(foretoldAt.getTime() + 2 * DAY_MS + 3_600_000);
    expect(await forecasts.resolve(over)).toBe(2);
    expect(await forecasts.publish(3, over)).toBe(true);
  } finally {
    await dataSource.destroy();
  }

  const published = await quality();
  expect(published).toMatchObject({ days: 14, horizonHours: 24 });
  const [measurement] = published?.measurements ?? [];
  expect(measurement).toMatchObject({ forecasts: 2, anyMember: { rate: 0.5 }, anotherMember: { rate: 0 } });
  expect(measurement?.bins.map(({ forecasts, came }) => [forecasts, came])).toEqual([
    [1, 0],
    [1, 1],
  ]);
}, 120_000);
