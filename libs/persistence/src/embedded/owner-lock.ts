import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataDirectoryInUse } from './errors.js';
import { identifyProcess, isStillRunning, type ProcessIdentity } from './process-identity.js';

const lockPath = (dataDir: string) => join(dataDir, 'postgres.lock');

async function readLock(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    ignoreMissing(error);
    return '';
  });
  const [pid, startedAt] = text.split('\n');
  return pid && startedAt !== undefined ? { pid: Number(pid), startedAt } : undefined;
}

/** The live process that owns the directory's database, or undefined. */
export async function findOwner(dataDir: string): Promise<ProcessIdentity | undefined> {
  const owner = await readLock(lockPath(dataDir));
  return owner && (await isStillRunning(owner)) ? owner : undefined;
}

/**
 * Claims the directory for this process until the returned function is called or the process is gone.
 *
 * The lock is a file linked into place whole, so it is never seen half written. A lock whose process no longer
 * runs is moved aside rather than overwritten: of two processes that find it at once only one can move it, and it
 * looks at what it moved before it goes on. Processes in different pid namespaces that share a volume do not see
 * each other; PostgreSQL has the same limit.
 *
 * @throws DataDirectoryInUse
 */
export async function claimDirectory(dataDir: string): Promise<() => Promise<void>> {
  const path = lockPath(dataDir);
  const self = (await identifyProcess(process.pid)) ?? { pid: process.pid, startedAt: '' };
  const mine = `${path}.${process.pid}`;
  const aside = `${mine}.stale`;
  await writeFile(mine, `${self.pid}\n${self.startedAt}\n`, { mode: 0o644 });
  try {
    for (;;) {
      try {
        await link(mine, path);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = await findOwner(dataDir);
      if (owner) throw new DataDirectoryInUse({ dataDir, pid: owner.pid });
      await rename(path, aside).catch(ignoreMissing);
      const moved = await readLock(aside);
      if (moved && (await isStillRunning(moved))) {
        await link(aside, path).catch(() => undefined);
        throw new DataDirectoryInUse({ dataDir, pid: moved.pid });
      }
    }
  } finally {
    await Promise.all([rm(mine, { force: true }), rm(aside, { force: true })]);
  }
  return () => rm(path, { force: true });
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
