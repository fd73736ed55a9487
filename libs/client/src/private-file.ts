import { createPrivateFile } from '@sekisho/config';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { MemberDirectoryFault } from './errors.js';

const READ_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOTDIR: 'part of the path is not a directory',
  EISDIR: 'it is a directory',
};

/**
 * Reads and checks one JSON file that only its owner may read; undefined when there is none.
 * @throws {MemberDirectoryFault} member-file-exposed, member-file-unreadable, member-file-malformed
 */
export async function readPrivateJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    // Windows has no such bits: it reports 0666 for every file.
    const mode = process.platform === 'win32' ? 0 : (await stat(path)).mode & 0o077;
    if (mode !== 0) {
      throw new MemberDirectoryFault(
        'member-file-exposed',
        `others on this machine can read ${path}`,
        `chmod 600 ${path}; if somebody may have read it: sekisho keys rotate --dir ${dirname(path)}`,
      );
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof MemberDirectoryFault) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    throw new MemberDirectoryFault(
      'member-file-unreadable',
      `cannot read ${path}: ${READ_FAULTS[code ?? ''] ?? String(code)}`,
      'name the directory that `sekisho enrol` made, and run the command as the account that enrolled',
      { cause: error },
    );
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  // Never the content: it is a private key.
  const where = parsed.error.issues[0]?.path.join('.');
  throw new MemberDirectoryFault(
    'member-file-malformed',
    `${path} is damaged or is something else${where ? ` (${where})` : ''}`,
    'restore it from a backup, or ask the hub operator for a new code and enrol into another directory',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** False, and nothing changed, when a file of that name is there. */
export async function createPrivateJson(path: string, value: unknown): Promise<boolean> {
  const isNew = await createPrivateFile(path, `${JSON.stringify(value, null, 2)}\n`);
  await syncFolder(dirname(path));
  return isNew;
}

/** The old content or the new one, never half of each. */
export async function replacePrivateJson(path: string, value: unknown, draftId: string): Promise<void> {
  const draft = `${path}.${draftId}`;
  await createPrivateFile(draft, `${JSON.stringify(value, null, 2)}\n`);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** A name survives a power failure only when its folder is written too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
