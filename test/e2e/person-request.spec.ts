// What the operator does for a person reaches the mail servers.
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { readSubject } from '@sekisho/subject';
import { createTestDatabase, digUntil, Federation, nameOf, reportOf } from '@sekisho/testing';
import { expect, inject, it } from 'vitest';

const CORRECTED = '203.0.113.50';
const DELETED = '203.0.113.51';
const OTHER = '203.0.113.52';
const GROUND = { caseNumber: '2026-17', reason: 'asked in writing' };

it('a correction and a deletion take an address off the lists of the edges, and no other', async () => {
  await using database = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using federation = await Federation.start(database.url);
  for (const id of ['isp-a', 'isp-b', 'isp-c']) {
    const member = await federation.member(id);
    await member.submit(...[CORRECTED, DELETED, OTHER].map((ip) => reportOf(ip)));
  }
  const isListed = (answers: string[]) => answers.length > 0;
  const isAbsent = (answers: string[]) => answers.length === 0;
  for (const ip of [CORRECTED, DELETED, OTHER]) await digUntil(federation, nameOf(ip), isListed);

  const operator = await openOperatorDatabase(readConfig(federation.env));
  try {
    const { requests } = operator.privacy;
    const now = new Date();
    expect(await requests.correct(readSubject(CORRECTED), {}, GROUND, now)).toEqual({ sightings: 3 });
    expect(await requests.delete(readSubject(DELETED), GROUND, now)).toMatchObject({ sightings: 3 });
    for (const ip of [CORRECTED, DELETED]) {
      await digUntil(federation, nameOf(ip), isAbsent);
      await digUntil(federation, nameOf(ip, 'score.z.example'), isAbsent);
    }
    await digUntil(federation, nameOf(OTHER), isListed);
    // Nothing of it comes back by itself: a review runs every five seconds.
    const held = await requests.access(readSubject(DELETED), GROUND, new Date());
    expect([held.sightings, held.reputation, held.zoneEntries]).toEqual([[], [], []]);
    expect((await requests.list(10)).map(({ kind }) => kind).sort()).toEqual([
      'access',
      'correction',
      'deletion',
    ]);
  } finally {
    await operator.close();
  }
});
