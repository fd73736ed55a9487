import {
  createTestDatabase,
  Federation,
  reportOf,
  type FederationMember,
  type TestDatabase,
} from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { GraphqlSocket } from '../setup/graphql-socket.js';

let database: TestDatabase;
let federation: Federation;
let members: FederationMember[];

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: ['hub', 'worker'] });
  members = [];
  for (const id of ['isp-a', 'isp-b', 'isp-c']) members.push(await federation.member(id));
});

afterAll(async () => {
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Changed {
  readonly subject: string;
  readonly listed: boolean;
  readonly memberCount: number | string;
}

const changesOf = (socket: GraphqlSocket, subject: string): Changed[] =>
  socket
    .of('1')
    .filter(({ type }) => type === 'next')
    .map(({ payload }) => (payload as { data: { listingChanged: Changed } }).data.listingChanged)
    .filter((changed) => changed.subject === subject);

describe('listingChanged', () => {
  it('tells of a listing that begins and of its end, and of nothing that is only scored', async () => {
    const [listed, scored] = ['203.0.113.60', '203.0.113.61'];
    using socket = await GraphqlSocket.open(
      federation.hubUrl,
      await (await members[0]?.session())?.accessToken(),
    );
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    socket.subscribe('1', 'subscription { listingChanged { subject listed memberCount } }');

    await members[0]?.submit(reportOf(scored, { count: 100_000 }));
    const receipts = [];
    for (const member of members) receipts.push(await member.submit(reportOf(listed)));
    await expect
      .poll(() => changesOf(socket, listed).at(-1), { timeout: 15_000 })
      .toEqual({ subject: listed, listed: true, memberCount: 3 });

    for (const [at, member] of members.slice(0, 2).entries()) {
      await (await member.session()).retract(receipts[at]?.receiptId ?? '', 0);
    }
    await expect
      .poll(() => changesOf(socket, listed).at(-1), { timeout: 15_000 })
      .toEqual({ subject: listed, listed: false, memberCount: 'fewer than 3' });
    expect(changesOf(socket, scored)).toEqual([]);
  });
});
