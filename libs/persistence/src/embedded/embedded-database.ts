import { chmod, chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import {
  DATABASE,
  newConnectionRecord,
  readConnectionRecord,
  writeConnectionRecord,
  type ConnectionRecord,
} from './connection-record.js';
import { EmbeddedDatabaseFailed } from './errors.js';
import { claimDirectory, findOwner } from './owner-lock.js';
import { runAsServer, startPostmaster, stopOrphan, type LogLine, type Postmaster } from './postmaster.js';
import { identifyProcess } from './process-identity.js';
import { chooseServerAccount, type ServerAccount } from './server-account.js';
import { findServerBinaries, type ServerBinaries } from './server-binaries.js';

/** A PostgreSQL server that belongs to this process. */
export interface EmbeddedDatabase {
  /** For `pg`; names the database `sekisho` and its owner, who is no SQL superuser but may create databases. */
  readonly url: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Stops the server and gives the directory free. May be called twice. */
  stop(): Promise<void>;
}

/**
 * For two cores and a few GB that are shared with the hub, the worker and the DNS server. `synchronous_commit` stays
 * on: a receipt promises that the report is stored.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '60',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  synchronous_commit: 'on',
  // No replica and no archive reads this log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // The default, 4, is for rotating disks.
  random_page_cost: '1.1',
  // Two cores have no worker to spare, and a container's /dev/shm of 64 MB is too small for parallel plans.
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** A server that dies more often than this is not helped by another start. */
const RESTARTS_AT_MOST = 5;
const RESTARTS_WITHIN_MS = 60_000;

const clusterPath = (dataDir: string) => join(dataDir, 'postgres');

const urlOf = (port: number, password: string) =>
  `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${DATABASE}`;

/**
 * Starts PostgreSQL on `<dataDir>/postgres`, made on first use, and resolves when the database `sekisho` can be used.
 *
 * The directory is claimed for this process; a server left over from a killed one is stopped first, and one that is
 * killed while we live is started again on its port. Listens on 127.0.0.1 on a free port with SCRAM passwords kept
 * in `<dataDir>/postgres.json`, mode 0600. Ends with the process: by stop(), by the exit hook, or on Linux by the
 * kernel's signal at our death.
 *
 * @param options.settings PostgreSQL settings that override ours, for example `{ fsync: 'off' }` in tests
 * @param options.onLog one line of the server's log at a time
 * @throws DataDirectoryInUse, EmbeddedDatabaseFailed
 */
export async function startEmbeddedDatabase(options: {
  dataDir: string;
  onLog?: (line: string) => void;
  settings?: Record<string, string>;
}): Promise<EmbeddedDatabase> {
  const onLog = options.onLog ?? (() => undefined);
  const settings = { ...SETTINGS, ...options.settings };
  const binaries = await findServerBinaries();
  const dataDir = await openDataDirectory(options.dataDir);
  const release = await claimDirectory(dataDir);
  try {
    return await startClaimed({ dataDir, settings, binaries, onLog, release });
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * URL of the database that another process runs on this directory, or undefined when none is ready.
 * @throws EmbeddedDatabaseFailed when the directory is not ours to read
 */
export async function findRunningEmbeddedDatabase(dataDir: string): Promise<string | undefined> {
  if (!(await findOwner(dataDir))) return undefined;
  const record = await readConnectionRecord(dataDir);
  if (!record?.server || !(await identifyProcess(record.server.pid))) return undefined;
  return urlOf(record.server.port, record.password);
}

async function openDataDirectory(path: string): Promise<string> {
  try {
    // As root the server's account has to pass through; what is private in here has its own mode.
    await mkdir(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    return await realpath(path);
  } catch (cause) {
    throw new EmbeddedDatabaseFailed(
      'directory-unusable',
      `${path} cannot be made or opened (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}). Set SEKISHO_DATA_DIR to a directory of yours.`,
      { cause },
    );
  }
}

async function startClaimed(options: {
  dataDir: string;
  settings: Record<string, string>;
  binaries: ServerBinaries;
  onLog: LogLine;
  release: () => Promise<void>;
}): Promise<EmbeddedDatabase> {
  const { dataDir, settings, binaries, onLog, release } = options;
  const clusterDir = clusterPath(dataDir);
  await checkOwner(clusterDir);
  await checkVersion(clusterDir, binaries);
  await stopOrphan(clusterDir, onLog);
  const account = await chooseServerAccount(binaries, clusterDir);
  const record = await initialise({ dataDir, clusterDir, binaries, account, settings, onLog });

  const start = async (port?: number): Promise<Postmaster> => {
    const started = await startPostmaster({
      binaries,
      account,
      clusterDir,
      settings,
      onLog,
      ...(port !== undefined && { port }),
    });
    try {
      await createDatabase(started.port, record);
      await writeConnectionRecord(dataDir, { ...record, server: { pid: started.pid, port: started.port } });
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  };

  let postmaster = await start();
  const { port } = postmaster;
  let stopping: Promise<void> | undefined;
  let restarting: Promise<void> | undefined;
  const atExit = () => {
    postmaster.signalStop();
  };
  process.once('exit', atExit);

  const restarts: number[] = [];
  const watch = () => {
    void postmaster.gone.then(() => {
      if (stopping) return;
      const now = Date.now();
      restarts.push(now);
      if (restarts.filter((at) => at > now - RESTARTS_WITHIN_MS).length > RESTARTS_AT_MOST) {
        onLog(`the server ended ${RESTARTS_AT_MOST} times within a minute; not starting it again`);
        return;
      }
      onLog('the server ended unexpectedly; starting it again');
      restarting = start(port).then(
        (next) => {
          postmaster = next;
          watch();
        },
        (error: unknown) => {
          onLog(String(error));
        },
      );
    });
  };
  watch();

  const stop = async () => {
    await restarting;
    await postmaster.stop();
    process.off('exit', atExit);
    await writeConnectionRecord(dataDir, record);
    await release();
  };
  return { url: urlOf(port, record.password), port, stop: () => (stopping ??= stop()) };
}

async function checkOwner(clusterDir: string): Promise<void> {
  const own = process.getuid?.();
  const found = await stat(clusterDir).catch(() => undefined);
  if (!found || own === undefined || own === 0 || found.uid === own) return;
  throw new EmbeddedDatabaseFailed(
    'directory-unusable',
    `${clusterDir} belongs to another OS account (uid ${found.uid}; it was probably made as root). ` +
      `Start as that user or set SEKISHO_DATA_DIR to a directory of yours.`,
  );
}

async function checkVersion(clusterDir: string, binaries: ServerBinaries): Promise<void> {
  const path = join(clusterDir, 'PG_VERSION');
  const found = (await readFile(path, 'utf8').catch(() => '')).trim();
  if (found === '' || Number(found) === binaries.major) return;
  throw new EmbeddedDatabaseFailed(
    'version-mismatch',
    `${clusterDir} was made by PostgreSQL ${found}, and this release brings PostgreSQL ${binaries.major}, which cannot read it. ` +
      `Dump it with the release that made it (pg_dump) and restore it into an empty SEKISHO_DATA_DIR.`,
  );
}

/** Makes the cluster aside and moves it into place, so that an interrupted initdb is simply done again. */
async function initialise(options: {
  dataDir: string;
  clusterDir: string;
  binaries: ServerBinaries;
  account: ServerAccount;
  settings: Record<string, string>;
  onLog: LogLine;
}): Promise<ConnectionRecord> {
  const { dataDir, clusterDir, binaries, account, settings, onLog } = options;
  const existing = await readConnectionRecord(dataDir);
  const isInitialised = await stat(clusterDir).then(
    () => true,
    () => false,
  );
  if (isInitialised) {
    if (!existing) {
      throw new EmbeddedDatabaseFailed(
        'passwords-missing',
        `${clusterDir} exists without ${join(dataDir, 'postgres.json')}, which holds its passwords. Restore that file from a backup.`,
      );
    }
    return { superuserPassword: existing.superuserPassword, password: existing.password };
  }

  const record = newConnectionRecord();
  await writeConnectionRecord(dataDir, record);
  const fresh = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  try {
    await rm(passwordFile, { force: true });
    await writeFile(passwordFile, `${record.superuserPassword}\n`, { mode: 0o600, flag: 'wx' });
    if (account.ids) {
      await chown(fresh, account.ids.uid, account.ids.gid);
      await chown(passwordFile, account.ids.uid, account.ids.gid);
    }
    const args = ['--pgdata', fresh, '--username', 'postgres', '--pwfile', passwordFile];
    args.push('--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--data-checksums');
    args.push('--no-instructions', ...(settings['fsync'] === 'off' ? ['--no-sync'] : []));
    await runAsServer(account, binaries.initdb, args, onLog);
    await chmod(fresh, 0o700);
    await rename(fresh, clusterDir);
  } catch (cause) {
    throw new EmbeddedDatabaseFailed(
      'initialisation-failed',
      `${clusterDir} could not be made. ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
  return record;
}

/** The role and the database, when they are not there yet: a crash may have come between initdb and this. */
async function createDatabase(port: number, record: ConnectionRecord): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: record.superuserPassword,
    database: 'postgres',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
              EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
      [DATABASE],
    );
    if (!rows[0]?.role) {
      await client.query(
        `CREATE ROLE ${DATABASE} LOGIN CREATEDB PASSWORD ${pg.escapeLiteral(record.password)}`,
      );
    }
    if (!rows[0]?.database) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedDatabaseFailed('start-failed', `the server on port ${port} refused: ${reason}.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
