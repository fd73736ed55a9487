import { DecisionLog, LogRepository, MemberRepository, publish } from '@sekisho/persistence';
import { saltedEntry, leafHash, Prover, verifyInclusion, type TreeHead } from '@sekisho/tlog';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

let database: OpenTestDatabase;
let decisions: DecisionLog;
beforeAll(async () => {
  database = await openTestDatabase();
  decisions = new DecisionLog(database.dataSource);
});
afterAll(() => database[Symbol.asyncDispose]());

const now = new Date('2026-11-24T10:07:00Z');
const SUBJECT = '203.0.113.9';

/** As the worker publishes: in one transaction, with the score beside. */
const say = (codes: string[], score: string, zone = 'ip') =>
  database.dataSource.transaction((sql) =>
    publish(
      sql,
      [
        { zone, subject: SUBJECT, codes },
        { zone: 'score', subject: SUBJECT, codes: [score] },
      ],
      now,
    ),
  );

const toldOf = async (kind: 'listing' | 'key', about: string) =>
  (await decisions.about(kind, about, 100)).map(
    ({ statement }) => JSON.parse(statement) as Record<string, unknown>,
  );

describe('decisions in the log', () => {
  it('are that a listing begins, becomes another one and ends; not that a score moves', async () => {
    await say([], '127.1.20.10');
    expect(await toldOf('listing', SUBJECT)).toEqual([]);
    await say(['127.0.91.3'], '127.1.91.40');
    await say(['127.0.95.3'], '127.1.95.60');
    await say(['127.0.96.3', '127.0.96.4'], '127.1.96.60');
    await say([], '127.1.30.60');
    const decided = { about: SUBJECT, at: '2026-11-24T10:00:00.000Z', zone: 'ip' };
    expect(await toldOf('listing', SUBJECT)).toEqual([
      { ...decided, codes: ['127.0.91.3'] },
      { ...decided, codes: ['127.0.96.3', '127.0.96.4'] },
      { ...decided, codes: [] },
    ]);
  });

  it('have the fate of the transaction that publishes', async () => {
    const before = (await toldOf('listing', SUBJECT)).length;
    await expect(
      database.dataSource.transaction(async (sql) => {
        await publish(sql, [{ zone: 'ip', subject: SUBJECT, codes: ['127.0.91.3'] }], now);
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect(await toldOf('listing', SUBJECT)).toHaveLength(before);
  });

  it('are that keys of a member come and go', async () => {
    const members = new MemberRepository(database.dataSource);
    await members.add({ id: 'isp-a', name: 'A', role: 'member', networks: [], asns: [] }, 0.5, now);
    await members.putEnrolmentCode('isp-a', 'CODE', new Date(now.getTime() + 60_000));
    const key = (kid: string, use: 'sig' | 'enc') => ({ kid, use, jwk: { kty: 'OKP' } });
    await members.enrol('CODE', { sig: key('s1', 'sig'), enc: key('e1', 'enc') }, now);
    await members.rotate({ memberId: 'isp-a', signedBy: 's1', keys: [key('s2', 'sig')] }, now, now);
    await members.setSuspended('isp-a', true, now);
    await members.setSuspended('isp-a', false, now);
    const told = await toldOf('key', 'isp-a');
    expect(told.map(({ change, keys }) => [change, keys])).toEqual([
      [
        'enrolled',
        [
          { use: 'sig', kid: 's1' },
          { use: 'enc', kid: 'e1' },
        ],
      ],
      ['rotated', [{ use: 'sig', kid: 's2' }]],
      ['suspended', []],
      ['resumed', []],
    ]);
  });

  it('are each opened by their own salt, and by no other statement', async () => {
    const log = new LogRepository(database.dataSource);
    let head: TreeHead | undefined;
    await log.integrate((integrated) => {
      head = integrated;
      return Promise.resolve('checkpoint\n');
    }, now);
    if (!head) throw new Error('nothing was integrated');
    const { size, root } = head;
    const prover = new Prover(size, async (tile) => {
      const bytes = await log.tile(tile);
      if (!bytes) throw new Error('no tile');
      return bytes;
    });
    const told = [
      ...(await decisions.about('listing', SUBJECT, 100)),
      ...(await decisions.about('key', 'isp-a', 100)),
    ];
    expect(new Set(told.map(({ salt }) => salt.toString('hex'))).size).toBe(7);
    for (const [i, { index, salt, statement }] of told.entries()) {
      const kind = i < 3 ? 'listing' : 'key';
      const proof = await prover.inclusion(index);
      verifyInclusion(leafHash(saltedEntry(kind, salt, statement)), index, size, proof, root);
      const other = saltedEntry(kind, salt, statement.replace('a', 'b'));
      expect(() => {
        verifyInclusion(leafHash(other), index, size, proof, root);
      }).toThrow();
    }
  });
});
