import { UnrecoverableError, type Job } from 'bullmq';
import { newWorker } from './backend.js';
import { JobAttemptFailed, JobPayloadInvalid, UnrecoverableJob } from './errors.js';
import { isJobName, readPayload, type JobName, type PayloadOf } from './jobs.js';

export type JobHandlers = { readonly [N in JobName]: (payload: PayloadOf<N>) => Promise<void> };

/** Runs a job from outside of it: to measure it, or to trace it. It must run it, and fail as it fails. */
export type RunAround = (name: string, payload: object, run: () => Promise<void>) => Promise<void>;

export interface JobRunner {
  /** Takes no more jobs, waits for those that run, then lets go of the connections. Idempotent. */
  close(): Promise<void>;
}

/** A worker that is silent this long is taken for dead and its jobs go to another. */
const LEASE_MS = 30_000;
/** More than BullMQ's 1: deploys and kills are no fault of the job. A job that kills its worker still ends here. */
const DEATHS_AT_MOST = 3;
/** Handlers bring their own database connections; these only fetch and finish jobs. */
const POOL_SIZE_AT_MOST = 4;

async function runNamed<N extends JobName>(
  handlers: { readonly [M in N]: JobHandlers[M] },
  name: N,
  payload: unknown,
): Promise<void> {
  await handlers[name](readPayload(name, payload));
}

async function handle(handlers: JobHandlers, name: string, payload: unknown): Promise<void> {
  if (!isJobName(name)) throw new UnrecoverableJob(`${name}: no such job in this release`);
  await runNamed(handlers, name, payload);
}

/**
 * Runs jobs until closed, each at least once: a job whose worker dies is run again by another, at the latest after
 * three leases. A handler that throws is tried again with a growing pause, except for UnrecoverableJob.
 *
 * @param options.concurrency jobs at a time in this process
 * @param options.onError hears of lost connections, and as JobAttemptFailed of each attempt that failed
 * @param options.around each job is run through it
 * @param options.leaseMs silence after which a worker is taken for dead, 30,000 when not given
 * @throws QueueUrlInvalid, and the driver's error when PostgreSQL cannot be reached; a Redis that is away is waited for
 */
export async function runJobs(
  url: string,
  handlers: JobHandlers,
  options: {
    concurrency: number;
    onError: (error: unknown) => void;
    around?: RunAround;
    leaseMs?: number;
  },
): Promise<JobRunner> {
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const around: RunAround = options.around ?? ((_name, _payload, run) => run());
  const perform = async (job: Job) => {
    try {
      const data: unknown = job.data;
      const payload = typeof data === 'object' && data !== null ? data : {};
      await around(job.name, payload, () => handle(handlers, job.name, data));
    } catch (error) {
      if (error instanceof UnrecoverableJob || error instanceof JobPayloadInvalid) {
        throw Object.assign(new UnrecoverableError(error.message), { cause: error });
      }
      throw error;
    }
  };
  const { opened: worker, close } = newWorker(
    url,
    Math.min(options.concurrency, POOL_SIZE_AT_MOST),
    perform,
    {
      concurrency: options.concurrency,
      lockDuration: leaseMs,
      stalledInterval: leaseMs,
      maxStalledCount: DEATHS_AT_MOST,
      autorun: false,
    },
  );
  let closing: Promise<void> | undefined;
  worker.on('error', (error) => {
    if (!closing) options.onError(error);
  });
  worker.on('failed', (job, error) => {
    const isFinal =
      !job || error instanceof UnrecoverableError || job.attemptsMade >= (job.opts.attempts ?? 1);
    options.onError(
      new JobAttemptFailed({
        job: job?.name ?? 'unknown',
        attempt: job?.attemptsMade ?? 0,
        willRetry: !isFinal,
        cause: error instanceof UnrecoverableError ? (error.cause ?? error) : error,
      }),
    );
  });
  try {
    await worker.waitUntilReady();
  } catch (error) {
    closing = close({ isForced: true });
    await closing.catch(() => undefined);
    throw error;
  }
  void worker.run().catch((error: unknown) => {
    if (!closing) options.onError(error);
  });
  return { close: () => (closing ??= close()) };
}
