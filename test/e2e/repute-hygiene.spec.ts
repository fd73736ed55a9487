// What other consumers read of a subject (RFC 7072), and how a member sees its own network beside the others'.
import { declareRangeMutation, hygieneQuery } from '@sekisho/client';
import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { readSubject } from '@sekisho/subject';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';

let database: TestDatabase;
let federation: Federation;
let owner: FederationMember;
let reporters: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  owner = await federation.member('isp-owner', { networks: ['198.18.0.0/22'] });
  reporters = [
    await federation.member('isp-b', { networks: ['198.19.0.0/24'] }),
    await federation.member('isp-c', { networks: ['198.19.1.0/24'] }),
    await federation.member('isp-d', { networks: ['198.19.2.0/24'] }),
  ];
  await Promise.all(reporters.map((member) => member.submit(reportOf('198.18.0.9'))));
  const session = await owner.session();
  await vi.waitFor(
    async () => {
      expect((await session.lookup([readSubject('198.18.0.9')]))[0]?.listed).toBe(true);
    },
    { timeout: 15_000, interval: 100 },
  );
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Reputons {
  readonly application: string;
  readonly reputons: readonly {
    readonly assertion: string;
    readonly rating: number;
    readonly expires: number;
    readonly generated: number;
  }[];
}

describe('a reputation query', () => {
  const ask = (path: string) => fetch(`${federation.hubUrl}${path}`);

  it('goes where the template says, and answers in reputons whose end is that of the answer', async () => {
    const template = await ask('/.well-known/repute-template');
    expect(await template.text()).toBe(
      `${federation.hubUrl}/repute/{application}/{subject}{/assertion}{?identity}\r\n`,
    );
    const answer = await ask('/repute/email-id/198.18.0.9?identity=ipv4');
    expect(answer.headers.get('content-type')).toBe('application/reputon+json');
    const { application, reputons } = (await answer.json()) as Reputons;
    expect(application).toBe('email-id');
    expect(reputons.map(({ assertion }) => assertion)).toEqual(['abusive', 'fraud', 'malware', 'spam']);
    const [abusive, fraud, , spam] = reputons;
    expect(spam?.rating).toBeGreaterThan(0.5);
    expect(spam?.rating).toBe(abusive?.rating);
    expect(fraud?.rating).toBe(0);
    expect(Date.parse(answer.headers.get('expires') ?? '') / 1_000).toBe(spam?.expires);
  });

  it('about one assertion answers that alone, and that nothing is known is an answer', async () => {
    const { reputons } = (await (await ask('/repute/email-id/192.0.2.77/spam')).json()) as Reputons;
    expect(reputons).toMatchObject([{ assertion: 'spam', rating: 0, 'sample-size': 0 }]);
  });

  it.each([
    ['/repute/web-pages/198.18.0.9', 404],
    ['/repute/email-id/198.18.0.9/beauty', 404],
    ['/repute/email-id/not%20a%20subject', 400],
    ['/repute/email-id/198.18.0.9?identity=ipv6', 400],
  ])('%s is refused with %i', async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });
});

it('a member sees its own hygiene, and how k others are spread, to one digit', async () => {
  const session = await owner.session();
  const variables = { network: '198.18.0.0/24', exceptions: [], port25: 'BLOCKED' };
  await session.call(declareRangeMutation, variables);
  await reporters[0]?.submit(reportOf('198.18.0.30', { evidence: 'port25' }));
  const { hygiene } = await session.call(hygieneQuery, {});
  expect(hygiene.own).toMatchObject({
    // One of 1,024 addresses is listed, one of 256 dynamic ones leaks.
    listedPerThousand: expect.closeTo(1_000 / 1_024, 5) as number,
    leakingPerThousand: expect.closeTo(1_000 / 256, 5) as number,
    ...{ port25BlockedShare: 1, medianHoursToFixed: null, reappearanceRate: null },
  });
  expect(hygiene.federation).toEqual([{ figure: 'listedPerThousand', low: 0, median: 0, high: 0 }]);
});
