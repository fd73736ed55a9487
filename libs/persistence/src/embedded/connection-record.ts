import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedDatabaseFailed } from './errors.js';

/**
 * What `<dataDir>/postgres.json` (mode 0600) holds. Who reads it can connect; who writes it can make the hub
 * connect elsewhere, so it must stay as private as the data directory itself.
 */
export interface ConnectionRecord {
  /** Of the SQL superuser `postgres`; used at start only. */
  readonly superuserPassword: string;
  /** Of the role `sekisho`, which owns the database. */
  readonly password: string;
  /** The server that is ready for use; absent while none runs. */
  readonly server?: { readonly pid: number; readonly port: number };
}

export const DATABASE = 'sekisho';

const recordPath = (dataDir: string) => join(dataDir, 'postgres.json');

export function newConnectionRecord(): ConnectionRecord {
  // 192 bits; base64url needs no escaping in a URL or an SQL literal.
  const password = () => randomBytes(24).toString('base64url');
  return { superuserPassword: password(), password: password() };
}

/**
 * The record, or undefined when there is none.
 * @throws EmbeddedDatabaseFailed `directory-unusable`, `passwords-missing`
 */
export async function readConnectionRecord(dataDir: string): Promise<ConnectionRecord | undefined> {
  const path = recordPath(dataDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EmbeddedDatabaseFailed('directory-unusable', `${path} cannot be read by this user.`, { cause });
  }
  try {
    const { superuserPassword, password, server } = JSON.parse(text) as Partial<ConnectionRecord>;
    if (typeof superuserPassword === 'string' && typeof password === 'string') {
      return { superuserPassword, password, ...(server && { server }) };
    }
  } catch {
    // Reported below: damaged JSON and missing fields have the same remedy.
  }
  throw new EmbeddedDatabaseFailed('passwords-missing', `${path} is damaged. Restore it from a backup.`);
}

/** Replaces the record whole, so that a crash leaves the old one or the new one. */
export async function writeConnectionRecord(dataDir: string, record: ConnectionRecord): Promise<void> {
  const path = recordPath(dataDir);
  await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  if (process.getuid?.() === 0) {
    // Root may start a user's database once without locking that user out of it.
    const { uid, gid } = await stat(dataDir);
    await chown(`${path}.new`, uid, gid);
  }
  await rename(`${path}.new`, path);
}
