import { freePort } from '@sekisho/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findDebianPostgresql, type DebianPostgresql } from './debian-postgresql.js';

const run = promisify(execFile);

/** A primary and its streaming replica, of Debian's package, on 127.0.0.1. */
export interface ReplicatedPostgresql extends AsyncDisposable {
  /** Of the maintenance database. */
  readonly url: string;
  /** The same database at the replica. */
  replicaUrlOf(url: string): string;
  stopReplica(): Promise<void>;
  startReplica(): Promise<void>;
}

class Server {
  private child: ChildProcess | undefined;
  readonly data: string;
  readonly port: number;
  private readonly postgresql: DebianPostgresql;
  private readonly folder: string;

  constructor(postgresql: DebianPostgresql, folder: string, name: string, port: number) {
    this.postgresql = postgresql;
    this.folder = folder;
    this.data = join(folder, name);
    this.port = port;
  }

  async start(): Promise<void> {
    const { bin, options } = this.postgresql;
    const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${this.folder}`, 'fsync=off'];
    const words = ['-D', this.data, '-p', String(this.port), ...settings.flatMap((one) => ['-c', one])];
    const child = spawn(join(bin, 'postgres'), words, { ...options, cwd: this.folder, stdio: 'ignore' });
    this.child = child;
    const isReady = () =>
      run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(this.port)]).then(
        () => true,
        () => false,
      );
    while (!(await isReady())) {
      if (child.exitCode !== null) throw new Error('PostgreSQL did not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    await exited;
  }
}

export async function startReplicatedPostgresql(): Promise<ReplicatedPostgresql> {
  const postgresql = await findDebianPostgresql();
  const { bin, options } = postgresql;
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-replicated-'));
  await chmod(folder, 0o755);
  if (options.uid !== undefined && options.gid !== undefined) await chown(folder, options.uid, options.gid);
  const primary = new Server(postgresql, folder, 'primary', await freePort());
  const replica = new Server(postgresql, folder, 'replica', await freePort());
  const as = { ...options, cwd: folder };
  await run(join(bin, 'initdb'), ['-D', primary.data, '-U', 'sekisho', '-A', 'trust', '--no-sync'], as);
  await primary.start();
  // --write-recovery-conf: it starts as a standby that follows this primary.
  await run(
    join(bin, 'pg_basebackup'),
    [
      ...['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'sekisho', '-D', replica.data],
      ...['--checkpoint=fast', '--write-recovery-conf', '--no-sync'],
    ],
    as,
  );
  await replica.start();
  return {
    url: `postgres://sekisho@127.0.0.1:${primary.port}/postgres`,
    replicaUrlOf(url) {
      const other = new URL(url);
      other.port = String(replica.port);
      return other.href;
    },
    stopReplica: () => replica.stop(),
    startReplica: () => replica.start(),
    async [Symbol.asyncDispose]() {
      await replica.stop();
      await primary.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
