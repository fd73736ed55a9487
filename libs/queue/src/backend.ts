import { createPostgresBackend, Queue, Worker, type Job, type Processor, type WorkerOptions } from 'bullmq';
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

function connectionFor(url: string, poolSize: number) {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  switch (protocol) {
    case 'postgres:':
    case 'postgresql:':
      return {
        kind: 'postgres',
        // BullMQ migrates under an advisory lock, so processes that start at once wait for one another.
        connection: { connectionString: url, schema: SCHEMA, max: poolSize, migrate: true },
      } as const;
    case 'redis:':
    case 'rediss:':
      // null: a worker waits for a Redis that is away rather than giving up (BullMQ requires it).
      return { kind: 'redis', connection: { url, maxRetriesPerRequest: null } } as const;
    default:
      throw new QueueUrlInvalid();
  }
}

/** @throws QueueUrlInvalid */
export function newQueue(url: string, poolSize: number): AnyQueue {
  const { kind, connection } = connectionFor(url, poolSize);
  return kind === 'postgres'
    ? new Queue(QUEUE, { connection }, createPostgresBackend)
    : new Queue(QUEUE, { connection });
}

/** On PostgreSQL it holds one connection more than the pool, to LISTEN. @throws QueueUrlInvalid */
export function newWorker(
  url: string,
  poolSize: number,
  processor: Processor,
  options: Omit<WorkerOptions, 'connection'>,
): AnyWorker {
  const { kind, connection } = connectionFor(url, poolSize);
  return kind === 'postgres'
    ? new Worker(QUEUE, processor, { ...options, connection }, createPostgresBackend)
    : new Worker(QUEUE, processor, { ...options, connection });
}
