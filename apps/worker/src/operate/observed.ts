import type { JobHandlers } from '@sekisho/queue';
import type { Tracing } from '@sekisho/telemetry';
import type { WorkerMetrics } from './worker-metrics.js';

/** The same handlers, each measured, and part of the trace of whoever asked for the job. */
export function observed(handlers: JobHandlers, metrics: WorkerMetrics, tracing: Tracing): JobHandlers {
  const observe = ([job, handler]: [string, (payload: never) => Promise<void>]) => {
    const run = (payload: { trace?: string; receiptId?: string }) =>
      metrics.measured(job, () =>
        tracing.spanUnder(
          payload.trace,
          job,
          payload.receiptId === undefined ? {} : { 'sekisho.receipt': payload.receiptId },
          () => handler(payload as never),
        ),
      );
    return [job, run];
  };
  // The same names, each with a function of the same payload, which the compiler does not follow through entries.
  return Object.fromEntries(Object.entries(handlers).map(observe)) as JobHandlers;
}
