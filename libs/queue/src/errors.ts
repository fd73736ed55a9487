/** Thrown by a handler for a job that no further attempt can help. It fails at once. */
export class UnrecoverableJob extends Error {
  override readonly name = 'UnrecoverableJob';
  readonly kind = 'Rejected';
  readonly code = 'job-unrecoverable';
}

/** A payload that is not what its job name promises. */
export class JobPayloadInvalid extends Error {
  override readonly name = 'JobPayloadInvalid';
  readonly kind = 'Rejected';
  readonly code = 'job-payload-invalid';
  constructor(
    readonly job: string,
    /** One `field: fault` each. */
    readonly faults: readonly string[],
  ) {
    super(`${job}: ${faults.join(', ')}`);
  }
}

/** A queue address that is neither PostgreSQL nor Redis. */
export class QueueUrlInvalid extends Error {
  override readonly name = 'QueueUrlInvalid';
  readonly kind = 'Rejected';
  readonly code = 'queue-url-invalid';
  constructor() {
    super('Queue URL: not a postgres:// or redis:// URL. Example: redis://127.0.0.1:6379');
  }
}

/** The queue was closed by us. */
export class QueueClosed extends Error {
  override readonly name = 'QueueClosed';
  readonly kind = 'Unavailable';
  readonly code = 'queue-closed';
  constructor() {
    super('The job queue is closed.');
  }
}

/** The queue did not answer for as long as the caller would wait. */
export class QueueSilent extends Error {
  override readonly name = 'QueueSilent';
  readonly kind = 'Unavailable';
  readonly code = 'queue-silent';
  constructor(patienceMs: number) {
    super(`The job queue did not answer within ${patienceMs} ms.`);
  }
}

/** Reported, not thrown: one attempt of a job failed. */
export class JobAttemptFailed extends Error {
  override readonly name = 'JobAttemptFailed';
  readonly kind = 'Unavailable';
  readonly code = 'job-attempt-failed';
  readonly job: string;
  readonly attempt: number;
  readonly willRetry: boolean;
  constructor(options: { job: string; attempt: number; willRetry: boolean; cause: unknown }) {
    super(`${options.job}: attempt ${options.attempt} failed${options.willRetry ? ', will retry' : ''}`, {
      cause: options.cause,
    });
    this.job = options.job;
    this.attempt = options.attempt;
    this.willRetry = options.willRetry;
  }
}
