import { freePort, requireProgram } from '@sekisho/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Redis server of one's own on 127.0.0.1, with 64 databases; stopped when disposed of. */
export interface TestRedis extends AsyncDisposable {
  readonly port: number;
}

/** Starts redis-server, fetching it first when there is none. */
export async function startRedis(): Promise<TestRedis> {
  await requireProgram('redis-server', 'redis-server');
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
