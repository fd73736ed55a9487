// A process of its own mount namespace: it sees other files in the place of the system's, which stay as they are.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Account {
  readonly name: string;
  readonly id: number;
}

/** Writes a resolv.conf, and a passwd and group with these accounts before those that are there; returns which file stands for which. */
export async function privateFiles(
  folder: string,
  nameserver: string,
  accounts: readonly Account[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const put = async (path: string, text: string) => {
    const file = join(folder, path.replaceAll('/', '_'));
    await writeFile(file, text);
    files.set(path, file);
  };
  await put('/etc/resolv.conf', `nameserver ${nameserver}\noptions timeout:1 attempts:1\n`);
  const users = accounts.map(({ name, id }) => `${name}:x:${id}:${id}::/nonexistent:/usr/sbin/nologin\n`);
  await put('/etc/passwd', users.join('') + (await readFile('/etc/passwd', 'utf8')));
  const groups = accounts.map(({ name, id }) => `${name}:x:${id}:\n`);
  await put('/etc/group', groups.join('') + (await readFile('/etc/group', 'utf8')));
  return files;
}

/** Starts a command with those files in place. Needs root, as the mail servers do. */
export function spawnWithFiles(
  files: ReadonlyMap<string, string>,
  command: string,
  parameters: readonly string[],
): ChildProcess {
  if (process.getuid?.() !== 0) throw new Error('mail servers run as root only: sudo -E npm test');
  const mounts = [...files].map(([path, file]) => `mount --bind '${file}' '${path}' && `).join('');
  return spawn('unshare', ['--mount', 'sh', '-c', `${mounts}exec "$0" "$@"`, command, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
