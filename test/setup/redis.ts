import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Redis server of one's own on 127.0.0.1, with 64 databases; stopped when disposed of. */
export interface TestRedis extends AsyncDisposable {
  readonly port: number;
}

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function installRedis(): void {
  const remedy = 'The queue tests need a real redis-server. Run: apt-get install -y redis-server';
  if (process.getuid?.() !== 0) throw new Error(`${remedy} (as root)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    execFileSync('apt-get', ['update'], { env, stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], {
      env,
      stdio: 'ignore',
    });
  } catch (cause) {
    throw new Error(remedy, { cause });
  }
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

/** Starts redis-server, installing it first when root finds none. */
export async function startRedis(): Promise<TestRedis> {
  if (!hasRedis()) installRedis();
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-redis-'));
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--databases', '64', '--dir', folder];
  const server = spawn('redis-server', [...options, '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve(true);
    });
    server.once('exit', () => {
      resolve(false);
    });
  });
  if (!(await ready)) throw new Error(`redis-server did not start on port ${port}`);
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
