import { createPostgresBackend, Queue, Worker, type Job, type Processor, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { QueueUrlInvalid } from './errors.js';

const QUEUE = 'sekisho';

// What both backends' classes have in common; their type parameters name the backend.
type AnyQueue = Pick<
  Queue,
  'add' | 'addBulk' | 'close' | 'getJobCounts' | 'upsertJobScheduler' | 'waitUntilReady'
> & { on(event: 'error', listener: (error: Error) => void): unknown };
type AnyWorker = Pick<Worker, 'close' | 'run' | 'waitUntilReady'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: Job | undefined, error: Error) => void): unknown;
};

/** BullMQ's tables live beside ours, in a schema of their own. */
const SCHEMA = 'bullmq';

/** What was opened, and the way to close all of it. */
export interface Opened<T> {
  readonly opened: T;
  readonly close: (options?: { isForced: boolean }) => Promise<void>;
}

type Target =
  | { kind: 'postgres'; connection: { connectionString: string; schema: string; max: number; migrate: true } }
  | { kind: 'redis'; connection: Redis };

function connect(url: string, poolSize: number): Target {
  switch (URL.canParse(url) ? new URL(url).protocol : '') {
    case 'postgres:':
    case 'postgresql:':
      // BullMQ migrates under an advisory lock, so processes that start at once wait for one another.
      return {
        kind: 'postgres',
        connection: { connectionString: url, schema: SCHEMA, max: poolSize, migrate: true },
      };
    case 'redis:':
    case 'rediss:':
      // Our own client, because BullMQ looks for ioredis from where npm put BullMQ, which need not be beside it.
      // null: commands wait for a Redis that is away rather than fail (BullMQ requires it of workers).
      return { kind: 'redis', connection: new Redis(url, { maxRetriesPerRequest: null }) };
    default:
      throw new QueueUrlInvalid();
  }
}

function closing(
  opened: { close(force?: boolean): Promise<void> },
  target: Target,
): (options?: { isForced: boolean }) => Promise<void> {
  return async ({ isForced } = { isForced: false }) => {
    // A client that never connected would be waited for.
    if (isForced && target.kind === 'redis') target.connection.disconnect();
    try {
      await opened.close(isForced);
    } finally {
      // BullMQ leaves a client that it was given open.
      if (target.kind === 'redis') target.connection.disconnect();
    }
  };
}

/** @throws QueueUrlInvalid */
export function newQueue(url: string, poolSize: number): Opened<AnyQueue> {
  const target = connect(url, poolSize);
  const opened =
    target.kind === 'postgres'
      ? new Queue(QUEUE, { connection: target.connection }, createPostgresBackend)
      : new Queue(QUEUE, { connection: target.connection });
  return { opened, close: closing(opened, target) };
}

/** On PostgreSQL it holds one connection more than the pool, to LISTEN. @throws QueueUrlInvalid */
export function newWorker(
  url: string,
  poolSize: number,
  processor: Processor,
  options: Omit<WorkerOptions, 'connection'>,
): Opened<AnyWorker> {
  const target = connect(url, poolSize);
  const opened =
    target.kind === 'postgres'
      ? new Worker(QUEUE, processor, { ...options, connection: target.connection }, createPostgresBackend)
      : new Worker(QUEUE, processor, { ...options, connection: target.connection });
  return { opened, close: closing(opened, target) };
}
