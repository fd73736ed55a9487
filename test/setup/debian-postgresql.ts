import { freePort, requireProgram } from '@sekisho/testing';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

export interface OtherPostgresql extends AsyncDisposable {
  /** Of the server's maintenance database. */
  readonly url: string;
  readonly majorVersion: number;
}

async function oldestVersion(): Promise<number | undefined> {
  const names = await readdir(VERSIONS).catch(() => []);
  return names
    .map(Number)
    .filter((version) => version >= 14)
    .sort((a, b) => a - b)[0];
}

const folderOf = async (program: string) =>
  dirname((await run('sh', ['-c', `command -v ${program}`])).stdout.trim());

/** PostgreSQL does not run as root. */
async function serverAccount(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

export interface DebianPostgresql {
  /** Where its programs are. */
  readonly bin: string;
  readonly majorVersion: number;
  /** To run them with: PostgreSQL refuses root. */
  readonly options: { uid?: number; gid?: number; env: Record<string, string> };
}

/** Debian's package, the oldest version that is there; installed first when root finds none. */
export async function findDebianPostgresql(): Promise<DebianPostgresql> {
  if ((await oldestVersion()) === undefined) await requireProgram('initdb', 'postgresql');
  const installed = await oldestVersion();
  // Unpacked for an ordinary user, its programs are on the PATH.
  const bin = installed === undefined ? await folderOf('initdb') : join(VERSIONS, String(installed), 'bin');
  const majorVersion = installed ?? Number(/ (\d+)/.exec((await run('initdb', ['--version'])).stdout)?.[1]);
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };
  return { bin, majorVersion, options: { ...(await serverAccount()), env } };
}

/** A server from Debian's package. */
export async function startDebianPostgresql(): Promise<OtherPostgresql> {
  const { bin, majorVersion, options: account } = await findDebianPostgresql();
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-postgresql-'));
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(folder, account.uid, account.gid);
  }
  const options = { ...account, cwd: folder };
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'sekisho', '-A', 'trust', '--no-sync'], options);
  const port = await freePort();
  const settings = [`listen_addresses=127.0.0.1`, `unix_socket_directories=${folder}`, 'fsync=off'];
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, stdio: 'ignore' },
  );
  const exited = once(server, 'exit');
  const isReady = () =>
    run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(
      () => true,
      () => false,
    );
  while (!(await isReady())) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ${majorVersion} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `postgres://sekisho@127.0.0.1:${port}/postgres`,
    majorVersion,
    async [Symbol.asyncDispose]() {
      server.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
