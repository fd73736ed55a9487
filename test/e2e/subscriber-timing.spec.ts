// Whoever watches the clock of a sign-up check learns nothing from it.
import { HubSession, SubscriberAgent, systemRuntime } from '@sekisho/client';
import { createTestDatabase, Federation } from '@sekisho/testing';
import { expect, inject, it } from 'vitest';

it('a check takes as long whether it finds somebody or not', async () => {
  await using database = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using federation = await Federation.start(database.url, { processes: ['hub', 'trustee'] });
  const [reporter, asker] = [await federation.member('isp-a'), await federation.member('isp-b')];
  const today = new Date().toISOString().slice(0, 10);
  const phone = (number: string) => ({ type: 'phone', number }) as const;
  const reporting = await SubscriberAgent.open(await reporter.session(), reporter.directory);
  const terms = { reason: 'spam-sending', evidence: 'logs', terminatedOn: today, caseNumber: 'A-1' } as const;
  await reporting.terminate({ ...terms, identifiers: [phone('090-1111-3333')] });
  const times: number[] = [];
  const timed = {
    ...systemRuntime,
    fetch: async (url: string, init: RequestInit) => {
      const askedAt = performance.now();
      const answer = await fetch(url, init);
      if (url.endsWith('/graphql')) times.push(performance.now() - askedAt);
      return answer;
    },
  };
  const session = await HubSession.open(asker.enrolled, { runtime: timed });
  const asking = await SubscriberAgent.open(session, asker.directory, timed);
  await asking.declareSignUps(today, 1_000);
  const check = async (number: string) => {
    const { strength } = await asking.check([phone(number)], { noticeVersion: '1', legalBasis: 'consent' });
    return { strength, ms: times.at(-1) ?? Number.NaN };
  };
  const answers: Awaited<ReturnType<typeof check>>[] = [];
  // Found and not found in turn, so that whatever else the machine does weighs on both.
  for (let i = 0; i < 80; i++) {
    answers.push(await check('090-1111-3333'), await check(`090-9998-${String(i).padStart(4, '0')}`));
  }
  const [hits, misses] = [answers.filter((_, i) => i % 2 === 0), answers.filter((_, i) => i % 2 === 1)];
  expect(new Set(hits.map(({ strength }) => strength))).toEqual(new Set(['possible']));
  expect(new Set(misses.map(({ strength }) => strength))).toEqual(new Set(['none']));
  // The share of pairs in which the hit took longer: one half with a standard deviation of 0.046 if nothing shows.
  const longer = hits.flatMap((hit) => misses.map((miss) => Number(hit.ms > miss.ms)));
  const share = longer.reduce((sum, one) => sum + one, 0) / longer.length;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.7);
});
