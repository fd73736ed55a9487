import { appendToLog, LogRepository } from '@sekisho/persistence';
import { encodeEntry, leafHash, Prover, TILE_HASHES, verifyInclusion, type TreeHead } from '@sekisho/tlog';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

let database: OpenTestDatabase;
let log: LogRepository;
beforeAll(async () => {
  database = await openTestDatabase(8);
  log = new LogRepository(database.dataSource);
});
afterAll(() => database[Symbol.asyncDispose]());

const now = new Date('2026-11-24T10:00:00Z');
const entry = (n: number) => encodeEntry('listing', new Uint8Array(new Uint32Array(8).fill(n).buffer));

describe('the log in the database', () => {
  it('gives concurrent appends indices without a gap, and none to what was rolled back', async () => {
    const places = new Map<number, number>();
    let sent = 0;
    await Promise.all(
      Array.from({ length: 8 }, async (_, lane) => {
        for (let i = 0; i < 12; i++) {
          const count = 1 + ((lane * 12 + i) % 40);
          const first = sent;
          sent += count;
          const entries = Array.from({ length: count }, (__, k) => entry(first + k));
          const index = await database.dataSource.transaction((manager) =>
            appendToLog(manager, entries, now),
          );
          entries.forEach((___, k) => places.set(index + k, first + k));
          await expect(
            database.dataSource.transaction(async (manager) => {
              await appendToLog(manager, [entry(9_999_999)], now);
              throw new Error('changed its mind');
            }),
          ).rejects.toThrow('changed its mind');
        }
      }),
    );
    expect([...places.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i));

    const heads: TreeHead[] = [];
    const sign = (head: TreeHead) => {
      heads.push(head);
      return Promise.resolve(`checkpoint of ${head.size}\n`);
    };
    // Two hubs at once: one works, the other passes.
    while ((await Promise.all([log.integrate(sign, now), log.integrate(sign, now)])).some(Boolean));
    expect(heads.map(({ size }) => size)).toEqual([...new Set(heads.map(({ size }) => size))]);
    const head = heads.at(-1);
    if (!head) throw new Error('nothing was integrated');
    expect(head.size).toBe(sent);
    expect(await log.lastCheckpoint()).toEqual({ size: sent, note: `checkpoint of ${sent}\n` });

    const prover = new Prover(sent, async (tile) => {
      const bytes = await log.tile(tile);
      if (!bytes) throw new Error(`no tile ${JSON.stringify(tile)}`);
      return bytes;
    });
    expect(await prover.root()).toEqual(head.root);
    for (let index = 0; index < sent; index += 37) {
      const leaf = leafHash(entry(places.get(index) ?? -1));
      verifyInclusion(leaf, index, sent, await prover.inclusion(index), head.root);
    }
    expect(await log.entries(0, TILE_HASHES)).toHaveLength(TILE_HASHES * 33);
    expect(await log.entries(0, TILE_HASHES + 1)).toBeUndefined();
    const rows: { n: number }[] = await database.dataSource.query(
      'SELECT count(*)::int AS n FROM log_append',
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('keeps a witness’s line once', async () => {
    const last = await log.lastCheckpoint();
    for (let i = 0; i < 2; i++) await log.addCosignature(last?.size ?? 0, '— trustee AAAA\n');
    expect((await log.lastCheckpoint())?.note).toBe(`${last?.note}— trustee AAAA\n`);
  });
});
