import { Counter, Gauge, Histogram, type Registry } from '@sekisho/telemetry';

export interface WorkerState {
  /** Jobs in the queue, of all workers together. */
  readonly jobs: () => Promise<{ waiting: number; active: number; delayed: number; failed: number }>;
  /** Acknowledged receipts that wait to be scored, and how long the oldest has waited. */
  readonly backlog: () => Promise<{ receipts: number; oldestSeconds: number }>;
}

/** A queue or database that does not answer within this time costs a scrape these figures, not its answer. */
const PATIENCE_MS = 2_000;
/** From a quiet hub to one with a backlog of minutes. */
const JOB_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What an operator needs to know of scoring: depth of the queue, lag, rate and failures. */
export class WorkerMetrics {
  // The label is `kind`: `job` is Prometheus' own.
  private readonly done: Counter<'kind'>;
  private readonly failures: Counter<'kind' | 'final'>;
  private readonly seconds: Histogram<'kind'>;
  private readonly scored: Counter;

  constructor(registry: Registry, { jobs, backlog }: WorkerState) {
    const registers = [registry];
    this.done = new Counter({
      name: 'sekisho_jobs_total',
      help: 'Jobs that this worker has done',
      labelNames: ['kind'],
      registers,
    });
    this.failures = new Counter({
      name: 'sekisho_job_failures_total',
      help: 'Attempts of jobs that failed; final: none follows',
      labelNames: ['kind', 'final'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'sekisho_job_seconds',
      help: 'How long jobs take',
      labelNames: ['kind'],
      buckets: JOB_SECONDS,
      registers,
    });
    this.scored = new Counter({
      name: 'sekisho_subjects_scored_total',
      help: 'Scores that this worker has computed',
      registers,
    });
    new Gauge({
      name: 'sekisho_queue_jobs',
      help: 'Jobs in the queue by state, of all workers together',
      labelNames: ['state'],
      registers,
      async collect() {
        this.reset();
        for (const [state, count] of Object.entries((await inTime(jobs())) ?? {})) this.set({ state }, count);
      },
    });
    const waiting = shared(backlog);
    new Gauge({
      name: 'sekisho_receipts_unscored',
      help: 'Acknowledged receipts that wait to be scored, of all hubs together',
      registers,
      async collect() {
        this.set((await waiting())?.receipts ?? Number.NaN);
      },
    });
    new Gauge({
      name: 'sekisho_scoring_lag_seconds',
      help: 'How long the oldest of them has waited',
      registers,
      async collect() {
        this.set((await waiting())?.oldestSeconds ?? Number.NaN);
      },
    });
  }

  countScored = (subjects: number): void => {
    this.scored.inc(subjects);
  };

  countFailure(kind: string, isFinal: boolean): void {
    this.failures.inc({ kind, final: String(isFinal) });
  }

  /** Runs a job, and counts it when it is done. */
  async measured(kind: string, work: () => Promise<void>): Promise<void> {
    const stop = this.seconds.startTimer({ kind });
    await work();
    stop();
    this.done.inc({ kind });
  }
}

/** What an operator needs to know of a model that follows in shadow; of a worker that does not follow it there is no figure. */
export function measureShadow(
  registry: Registry,
  {
    subjects,
    behind,
  }: { readonly subjects: () => number | undefined; readonly behind: () => Promise<number | undefined> },
): void {
  const registers = [registry];
  new Gauge({
    name: 'sekisho_shadow_subjects',
    help: 'Subjects that the model in shadow keeps in memory',
    registers,
    collect() {
      this.set(subjects() ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'sekisho_shadow_reports_behind',
    help: 'Stored reports that it has not been given yet; a million stands for more',
    registers,
    async collect() {
      this.set((await inTime(behind())) ?? Number.NaN);
    },
  });
}

async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One question for all that ask while it is on its way. */
function shared<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let asked: Promise<T | undefined> | undefined;
  return () =>
    (asked ??= inTime(ask()).finally(() => {
      asked = undefined;
    }));
}
