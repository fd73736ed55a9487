import { freePort, requireProgram } from '@sekisho/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
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
  /** The server's account may write here. */
  readonly folder: string;
  /** Runs one of the version's programs as the server's account. */
  run(program: string, args: readonly string[]): Promise<void>;
  stop(): Promise<void>;
  /** Starts the stopped server anew on another data directory; resolves to its new URL when it takes connections. */
  startOn(data: string, settings: readonly string[]): Promise<string>;
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
export async function startDebianPostgresql(
  settingsIn: (folder: string) => readonly string[] = () => [],
): Promise<OtherPostgresql> {
  const { bin, majorVersion, options: account } = await findDebianPostgresql();
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-postgresql-'));
  await chmod(folder, 0o755);
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(folder, account.uid, account.gid);
  }
  const options = { ...account, cwd: folder };
  const runProgram = async (program: string, args: readonly string[]) => {
    await run(join(bin, program), [...args], options);
  };
  let server: ChildProcess | undefined;

  const startOn = async (data: string, settings: readonly string[]): Promise<string> => {
    const port = await freePort();
    const all = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off', ...settings];
    const started = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: 'ignore' },
    );
    server = started;
    const isReady = () =>
      runProgram('pg_isready', ['-h', '127.0.0.1', '-p', String(port)]).then(
        () => true,
        () => false,
      );
    while (!(await isReady())) {
      if (started.exitCode !== null) throw new Error(`PostgreSQL ${majorVersion} did not start`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return `postgres://sekisho@127.0.0.1:${port}/postgres`;
  };
  const stop = async () => {
    if (server?.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGINT');
    await exited;
  };

  const data = join(folder, 'data');
  await runProgram('initdb', ['-D', data, '-U', 'sekisho', '-A', 'trust', '--no-sync']);
  return {
    url: await startOn(data, settingsIn(folder)),
    ...{ majorVersion, folder, run: runProgram, stop, startOn },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
