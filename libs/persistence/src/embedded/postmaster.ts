import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedDatabaseFailed } from './errors.js';
import { identifyProcess, isStillRunning } from './process-identity.js';
import type { ServerAccount } from './server-account.js';
import type { ServerBinaries } from './server-binaries.js';

export type LogLine = (line: string) => void;

/** A running server and the ways it ends. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Settles when the server is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** Fast shutdown: breaks connections off, writes a checkpoint, leaves nothing to recover. */
  stop(): Promise<void>;
  /** The same without waiting, for a process that is on its way out. */
  signalStop(): void;
}

/** A fast shutdown has a checkpoint of at most max_wal_size to write; a slow disk takes tens of seconds. */
const STOP_PATIENCE_MS = 60_000;
/** Backends of a killed postmaster notice within moments and let go of its shared memory. */
const ORPHAN_PATIENCE_MS = 15_000;
/** Between asking the OS for a free port and the server's bind another process may take it. */
const PORT_ATTEMPTS = 5;
const KEPT_LINES = 20;

/** No PG* variable of the caller may redirect the server; messages are read, so they must be English. */
const environment = () => ({ PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' });

/** Runs a program to its end as the server's account. Rejects with what it printed. */
export async function runAsServer(
  account: ServerAccount,
  program: string,
  args: readonly string[],
  onLog: LogLine,
): Promise<void> {
  const { file, args: argv, ids } = account.command(program, args);
  const child = spawn(file, argv, { ...ids, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const { lines, closed } = follow(child, onLog);
  const exitCode = await closed;
  if (exitCode !== 0) throw new Error(`${program} ended with ${String(exitCode)}: ${lines.join(' | ')}`);
}

function follow(child: ChildProcess, onLog: LogLine, onLine?: LogLine) {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLog(line);
      onLine?.(line);
    });
  }
  const closed = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  return { lines, closed };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

/**
 * Starts the server and resolves when it accepts connections.
 * @throws EmbeddedDatabaseFailed `start-failed` with the server's last lines
 */
export async function startPostmaster(options: {
  binaries: ServerBinaries;
  account: ServerAccount;
  clusterDir: string;
  settings: Readonly<Record<string, string>>;
  onLog: LogLine;
  /** To come back where clients look for it; otherwise a free one is chosen. */
  port?: number;
}): Promise<Postmaster> {
  const deadline = Date.now() + ORPHAN_PATIENCE_MS;
  for (let portsTried = 1; ;) {
    const port = options.port ?? (await freePort());
    const attempt = await launch({ ...options, port });
    if ('postmaster' in attempt) return attempt.postmaster;
    const lastWords = attempt.lines.join(' | ');
    if (/could not bind|Address already in use/.test(lastWords) && ++portsTried <= PORT_ATTEMPTS) {
      if (options.port !== undefined) await pause(100);
      continue;
    }
    if (/pre-existing shared memory block|lock file ".*" already exists/.test(lastWords)) {
      if (Date.now() < deadline) {
        await pause(100);
        continue;
      }
    }
    throw new EmbeddedDatabaseFailed(
      'start-failed',
      `PostgreSQL did not start in ${options.clusterDir}. Its last words: ${lastWords}`,
    );
  }
}

async function launch(options: {
  binaries: ServerBinaries;
  account: ServerAccount;
  clusterDir: string;
  settings: Readonly<Record<string, string>>;
  onLog: LogLine;
  port: number;
}): Promise<{ postmaster: Postmaster } | { lines: readonly string[] }> {
  const { binaries, account, clusterDir, port } = options;
  const settings = { ...options.settings, port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args, ids } = account.command(binaries.postgres, ['-D', clusterDir, ...flags], {
    diesWithParent: true,
  });
  // detached: Ctrl-C at the terminal goes to the whole process group, and the database must outlive the hub's
  // orderly end.
  const child = spawn(file, args, {
    ...ids,
    env: environment(),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let markReady: () => void = () => undefined;
  const ready = new Promise<'ready'>((resolve) => {
    markReady = () => {
      resolve('ready');
    };
  });
  const { lines, closed } = follow(child, options.onLog, (line) => {
    if (line.includes('database system is ready to accept connections')) markReady();
  });
  const outcome = await Promise.race([
    ready,
    closed.catch((error: unknown) => lines.push(`${file}: ${String(error)}`)),
  ]);
  const { pid } = child;
  if (outcome !== 'ready' || pid === undefined) return { lines };

  // A command that forgets stop() must not hang; the exit hook and the death signal end the server then.
  child.unref();
  // A pipe is a socket, whatever its type says.
  (child.stderr as unknown as Socket).unref();
  const gone = closed.then(
    () => undefined,
    () => undefined,
  );
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(name);
  };
  return {
    postmaster: {
      pid,
      port,
      gone,
      signalStop: () => {
        signal('SIGINT');
      },
      async stop() {
        child.ref();
        signal('SIGINT');
        const immediate = setTimeout(() => {
          signal('SIGQUIT');
        }, STOP_PATIENCE_MS);
        await gone;
        clearTimeout(immediate);
      },
    },
  };
}

async function isServerOf(pid: number, clusterDir: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  // The postmaster makes its data directory its working directory.
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return cwd === (await realpath(clusterDir));
}

/**
 * Ends a server that outlived the process that started it, so that the directory can be used.
 * @throws EmbeddedDatabaseFailed `start-failed` when it does not end
 */
export async function stopOrphan(clusterDir: string, onLog: LogLine): Promise<void> {
  const pidFile = join(clusterDir, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const identity = await identifyProcess(Number.parseInt(text, 10));
  if (!identity || !(await isServerOf(identity.pid, clusterDir))) {
    // PostgreSQL would take a stranger that was given the pid since, or a zombie that nobody reaps (a container
    // without init), for a running server. Our own pid it knows to be none, and unlike removing the file this keeps
    // its check that no old backend still uses the shared memory.
    const firstLineEnd = text.indexOf('\n');
    if (firstLineEnd < 0) await rm(pidFile);
    else await writeFile(pidFile, `${process.pid}${text.slice(firstLineEnd)}`);
    return;
  }
  onLog(`stopping the server ${identity.pid}, which outlived the process that started it`);
  const started = Date.now();
  let sent: NodeJS.Signals | undefined;
  while (await isStillRunning(identity)) {
    const waitedMs = Date.now() - started;
    if (waitedMs > 2 * STOP_PATIENCE_MS) {
      throw new EmbeddedDatabaseFailed(
        'start-failed',
        `the old server (process ${identity.pid}) does not end. Run kill -9 ${identity.pid} and start again.`,
      );
    }
    const wanted = waitedMs > STOP_PATIENCE_MS ? 'SIGQUIT' : 'SIGINT';
    if (sent !== wanted) {
      try {
        process.kill(identity.pid, wanted);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EPERM') {
          throw new EmbeddedDatabaseFailed(
            'directory-unusable',
            `a server of another user (process ${identity.pid}) runs on ${clusterDir}. Start as that user.`,
          );
        }
      }
      sent = wanted;
    }
    // Not our child: its end can only be looked for.
    await pause(20);
  }
}
