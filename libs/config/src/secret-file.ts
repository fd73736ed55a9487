import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a private file, mode 0600, that either has its whole content or does not exist. False when it was there: then
 * nothing is written, so that what has its keys also starts on a full disk.
 */
export async function createPrivateFile(path: string, content: string): Promise<boolean> {
  if (await isPresent(path)) return false;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeSynced(draft, content);
    await chmod(draft, 0o600);
    // link() fails when the name is taken, so two processes that start at once agree on one secret.
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

const isPresent = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The secret that edges of this operator present to the hub, made on first use.
 * Whoever can read the file can transfer whole zones, and nothing else.
 */
export async function readEdgeToken(dataDir: string): Promise<string> {
  const path = join(dataDir, 'keys', 'edge.token');
  await createPrivateFile(path, `${randomBytes(32).toString('base64url')}\n`);
  return (await readFile(path, 'utf8')).trim();
}
