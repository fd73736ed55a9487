import type { JobQueue, RunAround } from '@sekisho/queue';
import type { Tracing } from '@sekisho/telemetry';
import type { WorkerMetrics } from './worker-metrics.js';

/** Each job measured, and part of the trace of whoever asked for it. */
export function observe(metrics: WorkerMetrics, tracing: Tracing): RunAround {
  return (job, payload, run) => {
    const { trace, receiptId } = payload as { trace?: unknown; receiptId?: unknown };
    return metrics.measured(job, () =>
      tracing.spanUnder(
        typeof trace === 'string' ? trace : undefined,
        job,
        typeof receiptId === 'string' ? { 'sekisho.receipt': receiptId } : {},
        run,
      ),
    );
  };
}

/** The queue is what a worker cannot work without; of the database each job tells. */
export async function queueFaults(queue: JobQueue): Promise<string[]> {
  try {
    await queue.counts();
    return [];
  } catch {
    return ['the queue does not answer'];
  }
}
