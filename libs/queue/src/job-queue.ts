import type { JobsOptions } from 'bullmq';
import { newQueue } from './backend.js';
import { setTimeout as wait } from 'node:timers/promises';
import { QueueClosed, QueueSilent } from './errors.js';
import { readPayload, type JobName, type PayloadOf } from './jobs.js';

/** How long a completed job's id is remembered, in seconds. */
export const COMPLETED_ID_REMEMBERED_SECONDS = 600;

const JOB_OPTIONS: JobsOptions = {
  // 1, 2, 4 … s: the last of 8 attempts comes about two minutes after the first, longer than a database restart.
  attempts: 8,
  backoff: { type: 'exponential', delay: 1_000 },
  // By age only: on PostgreSQL a limit by count sorts all kept jobs at each completion.
  removeOnComplete: { age: COMPLETED_ID_REMEMBERED_SECONDS },
  removeOnFail: { count: 1_000 },
};

const POOL_SIZE = 4;

export interface QueuedJob<N extends JobName = JobName> {
  readonly payload: PayloadOf<N>;
  readonly id: string;
}

/**
 * Where jobs are put. Not part of a database transaction: write an outbox row in the transaction and enqueue from it
 * under the row's id.
 */
export interface JobQueue {
  /**
   * Enqueues once per name and id. An id counts as known while its job waits, runs or is kept: for 600 s after
   * completion, or among the last 1,000 failures. Later the job would run again, so handlers must bear repetition.
   * `retryDelayMs` is the first pause before another attempt, 1,000 when not given; it doubles each time.
   * @throws JobPayloadInvalid, QueueClosed
   */
  add<N extends JobName>(
    name: N,
    payload: PayloadOf<N>,
    options: { id: string; retryDelayMs?: number },
  ): Promise<void>;
  /** The same for many, in one round trip; all payloads are read before any is enqueued. */
  addBulk<N extends JobName>(name: N, jobs: readonly QueuedJob<N>[]): Promise<void>;
  /** Runs the job now and then at each multiple of `everyMs`. One schedule per name; calling again replaces it. */
  schedule<N extends JobName>(name: N, payload: PayloadOf<N>, options: { everyMs: number }): Promise<void>;
  /** `failed` counts what is kept, at most 1,000. */
  counts(): Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  /** Idempotent. Leaves the jobs where they are. */
  close(): Promise<void>;
}

/** BullMQ refuses a colon and a bare integer; escaping keeps different ids different. */
const jobIdOf = (name: JobName, id: string) => `${name}.${encodeURIComponent(id)}`;

async function silent(patienceMs: number): Promise<never> {
  await wait(patienceMs, undefined, { ref: false });
  throw new QueueSilent(patienceMs);
}

/**
 * Opens the queue, bringing BullMQ's tables up to date first when it is on PostgreSQL.
 * @param url postgres:// (PostgreSQL 14 or later) or redis://
 * @param options.patienceMs how long a Redis that is away is waited for; without end when not given
 * @throws QueueUrlInvalid, QueueSilent, and the driver's error when PostgreSQL cannot be reached
 */
export async function openQueue(
  url: string,
  options: { onError?: (error: unknown) => void; patienceMs?: number } = {},
): Promise<JobQueue> {
  const { opened: queue, close } = newQueue(url, POOL_SIZE);
  let closing: Promise<void> | undefined;
  // An unheard 'error' would end the process. A failing call rejects as well, so by default nothing is lost here.
  queue.on('error', (error) => {
    if (!closing) options.onError?.(error);
  });
  const open = () => {
    if (closing) throw new QueueClosed();
    return queue;
  };
  try {
    const ready = queue.waitUntilReady();
    await (options.patienceMs === undefined ? ready : Promise.race([ready, silent(options.patienceMs)]));
  } catch (error) {
    closing = close({ isForced: true });
    await closing.catch(() => undefined);
    throw error;
  }
  return {
    async add(name, payload, { id, retryDelayMs }) {
      const backoff = retryDelayMs !== undefined && {
        backoff: { type: 'exponential', delay: retryDelayMs },
      };
      await open().add(name, readPayload(name, payload), {
        ...JOB_OPTIONS,
        ...backoff,
        jobId: jobIdOf(name, id),
      });
    },
    async addBulk(name, jobs) {
      const entries = jobs.map(({ payload, id }) => ({
        name,
        data: readPayload(name, payload),
        opts: { ...JOB_OPTIONS, jobId: jobIdOf(name, id) },
      }));
      await open().addBulk(entries);
    },
    async schedule(name, payload, { everyMs }) {
      const template = { name, data: readPayload(name, payload), opts: JOB_OPTIONS };
      await open().upsertJobScheduler(name, { every: everyMs }, template);
    },
    async counts() {
      const counts = await open().getJobCounts('waiting', 'active', 'delayed', 'failed');
      const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
      return { waiting, active, delayed, failed };
    },
    close: () => (closing ??= close()),
  };
}
