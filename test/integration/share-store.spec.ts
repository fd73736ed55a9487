import { ShareStore } from '@sekisho/evaluation';
import { loadSuite, parseEpoch } from '@sekisho/oprf';
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sekisho-shares-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = async () => ShareStore.open({ dir }, await loadSuite());
const november = new Date('2026-11-30T23:59:00Z');
const january = new Date('2027-01-01T00:00:00Z');

describe('key shares on disk', () => {
  it('are there a month ahead, the same after a restart, and readable by their owner alone', async () => {
    const store = await open();
    await store.prepare(november);
    expect(store.epochs().map(({ epoch }) => epoch)).toEqual(['2026-11', '2026-12']);
    const again = await open();
    await again.prepare(november);
    expect(again.epochs()).toEqual(store.epochs());
    expect((await stat(join(dir, '2026-11.share'))).mode & 0o777).toBe(0o600);
  });

  it('live through the month after their own, and are destroyed for good', async () => {
    const store = await open();
    await store.prepare(november);
    await copyFile(join(dir, '2026-11.share'), join(dir, 'kept'));
    expect(store.expired(new Date('2026-12-31T00:00:00Z'))).toEqual([]);
    expect(store.expired(january)).toEqual(['2026-11']);
    await store.destroy(parseEpoch('2026-11'));
    expect(() => store.share(parseEpoch('2026-11'))).toThrow(
      expect.objectContaining({ code: 'epoch-destroyed' }),
    );
    // Somebody puts the file back.
    await copyFile(join(dir, 'kept'), join(dir, '2026-11.share'));
    const again = await open();
    expect(() => again.share(parseEpoch('2026-11'))).toThrow(
      expect.objectContaining({ code: 'epoch-destroyed' }),
    );
    expect(again.destroyedEpochs()).toEqual(['2026-11']);
    expect(await readdir(dir)).not.toContain('2026-11.share');
  });

  it.each([['before the share was overwritten'], ['in the middle of it']])(
    'are destroyed by the next start when the process died %s',
    async (when) => {
      await (await open()).prepare(november);
      await writeFile(join(dir, '2026-11.destroyed'), '');
      if (when === 'in the middle of it') await writeFile(join(dir, '2026-11.share'), 'noise');
      const store = await open();
      expect(store.epochs().map(({ epoch }) => epoch)).toEqual(['2026-12']);
      expect(await readdir(dir)).not.toContain('2026-11.share');
    },
  );

  it('cannot be opened with another sealing key', async () => {
    await (await open()).prepare(november);
    await writeFile(join(dir, 'seal.key'), `${Buffer.alloc(32, 7).toString('base64url')}\n`);
    await expect(open()).rejects.toMatchObject({ code: 'share-unreadable' });
  });
});

describe('a backup of key shares', () => {
  const epochOfNovember = parseEpoch('2026-11');

  it('does not bring back what is destroyed or over', async () => {
    const store = await open();
    await store.prepare(november);
    const shares = () => store.exportSecrets();
    const kept = shares().map(({ epoch, secret }) => ({ epoch, secret: Uint8Array.from(secret) }));
    await store.destroy(epochOfNovember);
    const suite = await loadSuite();
    const again = () => kept.map(({ epoch, secret }) => ({ epoch, secret: Uint8Array.from(secret) }));
    expect(
      await ShareStore.restore({ dir }, suite, { shares: again(), now: november, isReplacing: true }),
    ).toEqual({
      ...{ restored: [], present: ['2026-12'], over: ['2026-11'] },
    });
    const elsewhere = join(dir, 'elsewhere');
    expect(await ShareStore.restore({ dir: elsewhere }, suite, { shares: again(), now: january })).toEqual({
      ...{ restored: ['2026-12'], present: [], over: ['2026-11'] },
    });
    expect((await ShareStore.open({ dir: elsewhere }, suite)).epochs()).toEqual(store.epochs());
  });
});
