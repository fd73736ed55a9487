import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  JobAttemptFailed,
  openQueue,
  QueueUrlInvalid,
  runJobs,
  UnrecoverableJob,
  type JobHandlers,
  type JobQueue,
} from '@sekisho/queue';
import { createTestDatabase, execute } from '@sekisho/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { newQueue } from '../../libs/queue/src/backend.js';
import { startRedis, type TestRedis } from '../setup/redis.js';

const root = join(import.meta.dirname, '../..');

/** Hands out an empty queue's URL, and takes it away again. */
interface Backend {
  name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  fresh(): Promise<{ url: string } & AsyncDisposable>;
}

let redis: TestRedis | undefined;
let nextRedisDatabase = 0;

const backends: Backend[] = [
  {
    name: 'PostgreSQL',
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    fresh: () => createTestDatabase(inject('databaseUrl')),
  },
  {
    name: 'Redis',
    async start() {
      redis = await startRedis();
    },
    async stop() {
      await redis?.[Symbol.asyncDispose]();
    },
    fresh: () =>
      Promise.resolve({
        url: `redis://127.0.0.1:${redis?.port ?? 0}/${nextRedisDatabase++}`,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
];

/** Collects, and lets a test wait for the n-th. */
class Collected<T> {
  readonly items: T[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  add(item: T): void {
    this.items.push(item);
    for (const { count, resolve } of this.#waiting) if (this.items.length >= count) resolve();
  }

  async reach(count: number): Promise<T[]> {
    if (this.items.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    }
    return this.items;
  }
}

const idle: JobHandlers = {
  'score-receipt': () => Promise.resolve(),
  'review-subjects': () => Promise.resolve(),
  'cluster-fingerprints': () => Promise.resolve(),
  'mail-events': () => Promise.resolve(),
  'settle-actions': () => Promise.resolve(),
  'measure-quality': () => Promise.resolve(),
  expire: () => Promise.resolve(),
};
const receipt = (receiptId: string) => ({ payload: { receiptId }, id: receiptId });

describe.each(backends)('job queue on $name', (backend) => {
  let url: string;
  let queue: JobQueue;
  let handled: Collected<string>;
  let errors: Collected<unknown>;
  const cleanUp: (() => Promise<unknown>)[] = [];

  beforeAll(() => backend.start());
  afterAll(() => backend.stop());
  beforeEach(async () => {
    const fresh = await backend.fresh();
    cleanUp.push(async () => {
      await fresh[Symbol.asyncDispose]();
    });
    url = fresh.url;
    handled = new Collected();
    errors = new Collected();
    queue = await openQueue(url);
    cleanUp.push(() => queue.close());
  });
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function run(
    handlers: Partial<JobHandlers> = {},
    options: { concurrency?: number; leaseMs?: number } = {},
  ) {
    const record: Partial<JobHandlers> = {
      'score-receipt': ({ receiptId }) => {
        handled.add(receiptId);
        return Promise.resolve();
      },
    };
    const onError = (error: unknown) => {
      errors.add(error);
    };
    const runner = await runJobs(
      url,
      { ...idle, ...record, ...handlers },
      { concurrency: 1, ...options, onError },
    );
    cleanUp.push(() => runner.close());
    return runner;
  }

  const add = (id: string, options: { retryDelayMs?: number } = {}) =>
    queue.add('score-receipt', { receiptId: id }, { id, ...options });
  const allDone = () =>
    expect.poll(() => queue.counts()).toMatchObject({ waiting: 0, active: 0, delayed: 0 });

  it('delivers every job once, in the order of arrival', async () => {
    await run();
    for (const id of ['a', 'b', 'c']) await add(id);
    expect(await handled.reach(3)).toEqual(['a', 'b', 'c']);
    await allDone();
    expect(handled.items).toHaveLength(3);
  });

  it('shares the work between runners without doing any of it twice', async () => {
    await Promise.all([run({}, { concurrency: 4 }), run({}, { concurrency: 4 })]);
    await queue.addBulk(
      'score-receipt',
      Array.from({ length: 100 }, (_, i) => receipt(`r${i}`)),
    );
    await handled.reach(100);
    await allDone();
    expect(new Set(handled.items).size).toBe(100);
    expect(handled.items).toHaveLength(100);
  });

  it('takes an id once, also after its job was completed', async () => {
    await add('a');
    await add('a');
    await run();
    await handled.reach(1);
    await allDone();
    await add('a');
    await add('last');
    expect(await handled.reach(2)).toEqual(['a', 'last']);
  });

  it('takes ids with colons, slashes and digits only, and tells job names apart', async () => {
    const reviewed = new Collected<number>();
    await run({
      'review-subjects': ({ atMost }) => {
        reviewed.add(atMost);
        return Promise.resolve();
      },
    });
    for (const id of ['1', 'urn:x:1', 'urn/x/1']) await add(id);
    await queue.add('review-subjects', { atMost: 7 }, { id: '1' });
    expect(await handled.reach(3)).toEqual(['1', 'urn:x:1', 'urn/x/1']);
    expect(await reviewed.reach(1)).toEqual([7]);
  });

  it('tries a failed job again until it succeeds, and reports each failure', async () => {
    let attempts = 0;
    await run({
      'score-receipt': ({ receiptId }) => {
        attempts += 1;
        if (attempts < 3) throw new Error(`no luck ${attempts}`);
        handled.add(receiptId);
        return Promise.resolve();
      },
    });
    await add('a', { retryDelayMs: 10 });
    await handled.reach(1);
    expect(attempts).toBe(3);
    expect(await errors.reach(2)).toMatchObject([
      { name: 'JobAttemptFailed', attempt: 1, willRetry: true, cause: { message: 'no luck 1' } },
      { name: 'JobAttemptFailed', attempt: 2, willRetry: true, cause: { message: 'no luck 2' } },
    ]);
    await allDone();
    expect((await queue.counts()).failed).toBe(0);
  });

  it('does not try an unrecoverable job again, and keeps it', async () => {
    let attempts = 0;
    await run({
      'score-receipt': () => {
        attempts += 1;
        throw new UnrecoverableJob('the receipt is gone');
      },
    });
    await add('a', { retryDelayMs: 1 });
    const [failure] = await errors.reach(1);
    expect(failure).toBeInstanceOf(JobAttemptFailed);
    expect(failure).toMatchObject({ willRetry: false, cause: { code: 'job-unrecoverable' } });
    await allDone();
    expect(attempts).toBe(1);
    expect((await queue.counts()).failed).toBe(1);
  });

  it('refuses an invalid payload before it is stored, one of many included', async () => {
    await expect(add('')).rejects.toMatchObject({
      code: 'job-payload-invalid',
      faults: ['receiptId: too_small'],
    });
    await expect(queue.addBulk('score-receipt', [receipt('a'), receipt('')])).rejects.toMatchObject({
      kind: 'Rejected',
    });
    expect((await queue.counts()).waiting).toBe(0);
  });

  it('fails a stored job whose payload or name this release does not know, once', async () => {
    const { opened: raw, close } = newQueue(url, 1);
    raw.on('error', () => undefined);
    cleanUp.push(() => close());
    await raw.waitUntilReady();
    await raw.add('score-receipt', { receiptId: 5 }, { attempts: 3 });
    await raw.add('score-moon', {}, { attempts: 3 });
    await run();
    const failures = await errors.reach(2);
    expect(failures).toMatchObject([
      { willRetry: false, cause: { code: 'job-payload-invalid' } },
      { willRetry: false, cause: { message: 'score-moon: no such job in this release' } },
    ]);
    expect(handled.items).toEqual([]);
  });

  it('runs a scheduled job repeatedly, and one schedule for a name only', async () => {
    const reviewed = new Collected<number>();
    await queue.schedule('review-subjects', { atMost: 1 }, { everyMs: 60_000 });
    await queue.schedule('review-subjects', { atMost: 2 }, { everyMs: 100 });
    await run({
      'review-subjects': ({ atMost }) => {
        reviewed.add(atMost);
        return Promise.resolve();
      },
    });
    expect(await reviewed.reach(3)).toEqual([2, 2, 2]);
    expect((await queue.counts()).delayed).toBeLessThanOrEqual(1);
  });

  it('gives the job of a killed worker to another', async () => {
    const entry = join(root, 'libs/queue/dist/index.js');
    const worker = spawn(process.execPath, [join(root, 'test/setup/stuck-worker.mjs'), entry, url, '500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(worker, 'exit');
    cleanUp.push(() => {
      worker.kill('SIGKILL');
      return exited;
    });
    await add('a');
    expect(await once(createInterface({ input: worker.stdout }), 'line')).toEqual(['taken']);
    worker.kill('SIGKILL');
    await exited;

    await run({}, { leaseMs: 500 });
    expect(await handled.reach(1)).toEqual(['a']);
    await allDone();
    expect((await queue.counts()).failed).toBe(0);
  });

  it('lets a running job end before the runner closes, and leaves the rest to the next', async () => {
    let release: () => void = () => undefined;
    const started = new Collected<string>();
    const order: string[] = [];
    const runner = await run({
      'score-receipt': ({ receiptId }) => {
        started.add(receiptId);
        return new Promise((resolve) => {
          release = () => {
            order.push('job ended');
            resolve();
          };
        });
      },
    });
    await add('a');
    await add('b');
    await started.reach(1);
    const closed = runner.close().then(() => order.push('runner closed'));
    release();
    await Promise.all([closed, runner.close()]);
    expect(order).toEqual(['job ended', 'runner closed']);
    expect(started.items).toEqual(['a']);
    expect(await queue.counts()).toMatchObject({ waiting: 1, active: 0 });

    await run();
    expect(await handled.reach(1)).toEqual(['b']);
  });

  it('goes on running what is enqueued when the queue is closed first, and refuses more', async () => {
    await add('a');
    await queue.close();
    await queue.close();
    await expect(add('b')).rejects.toMatchObject({ code: 'queue-closed' });
    await run();
    expect(await handled.reach(1)).toEqual(['a']);
  });

  it('completes 1,000 jobs enqueued at once', async () => {
    await run({}, { concurrency: 16 });
    await queue.addBulk(
      'score-receipt',
      Array.from({ length: 1_000 }, (_, i) => receipt(`r${i}`)),
    );
    await handled.reach(1_000);
    await allDone();
    expect(new Set(handled.items).size).toBe(1_000);
    expect(errors.items).toEqual([]);
  });

  it('hands a job over within a quarter of a second, 99 times of 100', async () => {
    await run({}, { concurrency: 4 });
    const latenciesMs: number[] = [];
    for (let i = 1; i <= 200; i += 1) {
      const addedAt = performance.now();
      await add(`r${i}`);
      await handled.reach(i);
      latenciesMs.push(performance.now() - addedAt);
    }
    latenciesMs.sort((a, b) => a - b);
    const [p50, p99] = [latenciesMs[99] ?? Infinity, latenciesMs[197] ?? Infinity];
    console.log(`${backend.name}: add to handled p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
    expect(p99).toBeLessThan(250);
  });
});

describe('job queue', () => {
  it('refuses a URL of neither kind without repeating it', async () => {
    const error: unknown = await openQueue('mysql://someone:secret@host/db').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(QueueUrlInvalid);
    expect(String(error)).not.toContain('secret');
  });

  it('makes its schema in a database with other tables, from several processes at once', async () => {
    await using database = await createTestDatabase(inject('databaseUrl'));
    await execute(database.url, 'CREATE TABLE job (n int)', 'INSERT INTO job VALUES (1)');
    const queues = await Promise.all(Array.from({ length: 4 }, () => openQueue(database.url)));
    for (const queue of queues) {
      expect((await queue.counts()).waiting).toBe(0);
      await queue.close();
    }
    await execute(database.url, 'SELECT n FROM public.job');
  });
});
