// What a real hub, not a demo, tells of the whole federation.
import { readEdgeToken } from '@sekisho/config';
import { parseSubject } from '@sekisho/subject';
import { createTestDatabase, execute, Federation, reportOf } from '@sekisho/testing';
import { expect, inject, it } from 'vitest';

it('figures of the federation do not tell that one member has just reported', async () => {
  await using database = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using federation = await Federation.start(database.url, {
    processes: ['hub'],
    env: { SEKISHO_DEMO: 'no', SEKISHO_PRIVACY_K: '4' },
  });
  const members = await Promise.all(['isp-a', 'isp-b', 'isp-c', 'isp-d'].map((id) => federation.member(id)));
  const statistics = async () => {
    const session = await members[0]?.session();
    return session?.statistics();
  };
  const report = () => ({
    ...reportOf('shop.example.com', { category: 'spam-domain' }),
    subject: parseSubject('domain', 'shop.example.com'),
  });
  /** An hour passes, for the database. */
  const anHourLater = () =>
    execute(
      database.url,
      `UPDATE receipt SET received_at = received_at - interval '1 hour 2 minutes'`,
      `UPDATE statistic_period SET period_end = period_end - interval '1 hour'`,
    );

  for (const member of members.slice(0, 3)) await member.submit(report());
  await anHourLater();
  const few = await statistics();
  expect(few).toMatchObject({ members: 'fewer than 4', reports: 'fewer than 4', envelopes: 'fewer than 4' });

  await members[3]?.submit(report());
  expect(await statistics()).toEqual(few);
  await anHourLater();
  expect(await statistics()).toMatchObject({ members: 4, reports: 4, envelopes: 4 });
  await members[3]?.submit(report(), report());
  await anHourLater();
  expect(await statistics()).toMatchObject({ reports: 4, envelopes: 4 });

  const metrics = (token?: string) =>
    fetch(
      `${federation.hubUrl}/metrics`,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    );
  expect((await metrics()).status).toBe(401);
  expect((await metrics(await (await members[0]?.session())?.accessToken())).status).toBe(403);
  const own = await metrics(await readEdgeToken(federation.env['SEKISHO_DATA_DIR'] ?? ''));
  expect(await own.text()).toContain('sekisho_reports_total');
});
