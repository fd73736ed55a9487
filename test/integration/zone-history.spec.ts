import { publish, ZoneRepository, type WantedEntry, type ZoneChanges } from '@sekisho/persistence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type OpenTestDatabase } from '../setup/open-database.js';

const NOW = new Date('2030-03-15T12:00:00Z');
const hours = (n: number) => new Date(NOW.getTime() + n * 3_600_000);

let database: OpenTestDatabase;
let zones: ZoneRepository;
beforeEach(async () => {
  database = await openTestDatabase(12);
  zones = new ZoneRepository(database.dataSource);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const put = (entries: WantedEntry[], now = NOW) =>
  database.dataSource.transaction((manager) => publish(manager, entries, now));
const entry = (subject: string, codes: string[] = ['127.0.90.3'], zone = 'ip'): WantedEntry => ({
  ...{ zone, subject, codes },
});
const serialOf = async (zone = 'ip') => (await zones.serials()).get(zone) ?? -1;
async function changesSince(since: number, zone = 'ip'): Promise<ZoneChanges> {
  const changes = await zones.changes(zone, since);
  if (!changes || changes === 'gone') throw new Error(`no changes since ${since}`);
  return changes;
}

describe('the history of a zone', () => {
  it('gives each subject its last state, announced or withdrawn', async () => {
    const since = await serialOf();
    await put([entry('192.0.2.1'), entry('192.0.2.2')]);
    await put([entry('192.0.2.1', ['127.0.95.3']), entry('192.0.2.2', [])]);
    expect(await changesSince(since)).toEqual({
      from: since,
      to: since + 2,
      announce: [{ subject: '192.0.2.1', codes: ['127.0.95.3'] }],
      withdraw: ['192.0.2.2'],
    });
  });

  it('does not grow when nothing differs, and other zones stay as they are', async () => {
    await put([entry('192.0.2.1')]);
    const before = await zones.serials();
    await put([entry('192.0.2.1'), entry('192.0.2.9', [])]);
    expect(await zones.serials()).toEqual(before);
    await put([entry('192.0.2.1', [], 'high.ip'), entry('192.0.2.3')]);
    expect(await serialOf('high.ip')).toBe(before.get('high.ip'));
    expect(await serialOf()).toBe((before.get('ip') ?? 0) + 1);
  });

  it('is written without reading the entries of all the other subjects', async () => {
    const [others, published] = [20_000, 1_500];
    await database.dataSource.query(
      `INSERT INTO zone_entry (zone, subject, codes)
       SELECT 'score', host('10.0.0.0'::inet + i), '{127.1.50.50}' FROM generate_series(1, $1::int) AS i`,
      [others],
    );
    const entries = Array.from({ length: published }, (_, i) =>
      entry(`198.18.${String(i >> 8)}.${String(i & 255)}`),
    );
    const read = await database.dataSource.transaction(async (manager) => {
      // As the scoring of addresses does.
      await manager.query('SET LOCAL enable_seqscan = off');
      await publish(manager, entries, NOW);
      const [row]: { rows: number }[] = await manager.query(
        `SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'zone_entry'`,
      );
      return row?.rows ?? NaN;
    });
    expect(read).toBeLessThan(others);
  });

  it('is trimmed after a day: who was away longer is told that it is gone', async () => {
    const start = await serialOf();
    await put([entry('192.0.2.1')], hours(-30));
    await put([entry('192.0.2.2')], hours(-25));
    await put([entry('192.0.2.3')], hours(-1));
    expect(await changesSince(start)).toMatchObject({ to: start + 3 });
    await zones.trimHistory(NOW);
    expect(await zones.changes('ip', start)).toBe('gone');
    expect(await zones.changes('ip', start + 1)).toBe('gone');
    // Up to the last change that was trimmed, an edge has all of it.
    expect((await changesSince(start + 2)).announce.map(({ subject }) => subject)).toEqual(['192.0.2.3']);
    expect(await changesSince(start + 3)).toMatchObject({ announce: [], withdraw: [] });
    expect((await zones.snapshot('ip'))?.entries).toHaveLength(3);
    await zones.trimHistory(NOW);
    expect((await changesSince(start + 2)).announce).toHaveLength(1);
  });

  it('is gone for a serial that this hub has not had yet, and unknown for a zone that does not exist', async () => {
    expect(await zones.changes('ip', (await serialOf()) + 1)).toBe('gone');
    expect(await zones.changes('no-zone', 0)).toBeUndefined();
    expect(await zones.snapshot('no-zone')).toBeUndefined();
  });
});

describe('publication from many workers at once', () => {
  it('keeps the order of serials: a reader that has seen N misses nothing up to N', async () => {
    const WORKERS = 8;
    const ROUNDS = 25;
    const state = new Map<string, readonly string[]>();
    let serial = await serialOf();
    const serials: number[] = [];
    const follow = async () => {
      const { to, announce, withdraw } = await changesSince(serial);
      for (const { subject, codes } of announce) state.set(subject, codes);
      for (const subject of withdraw) state.delete(subject);
      serial = to;
      serials.push(to);
    };
    const written = new AbortController();
    const reading = (async () => {
      while (!written.signal.aborted) await follow();
    })();
    await Promise.all(
      Array.from({ length: WORKERS }, async (_, worker) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          await database.dataSource.transaction(async (manager) => {
            // Every worker has subjects of its own, announces and withdraws them in turn, and commits late.
            const codes = round % 3 === 2 ? [] : [`127.0.${round}.3`];
            const own = entry(`198.51.100.${worker}`, codes);
            const more = entry(`198.51.${worker}.${round}`, [`127.0.50.3`], round % 2 ? 'ip' : 'domain');
            await publish(manager, [own, more], NOW);
            await manager.query('SELECT pg_sleep($1)', [((worker * 7 + round) % 5) / 1_000]);
          });
        }
      }),
    );
    written.abort();
    await reading;
    await follow();

    const snapshot = await zones.snapshot('ip');
    expect(snapshot?.serial).toBe(serial);
    expect([...state].sort()).toEqual(
      snapshot?.entries.map(({ subject, codes }) => [subject, codes] as [string, readonly string[]]).sort(),
    );
    expect(serials).toEqual(serials.toSorted((a, b) => a - b));
    expect(new Set(serials).size).toBeGreaterThan(5);
    const [row]: { n: number }[] = await database.dataSource.query(
      `SELECT count(DISTINCT serial)::int AS n FROM zone_change WHERE zone = 'ip'`,
    );
    expect(row?.n).toBe(WORKERS * ROUNDS);
  });
});
