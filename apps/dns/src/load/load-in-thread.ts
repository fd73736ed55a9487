import { DatasetRefused } from '@sekisho/rbldnsd';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LoadOutcome } from './load-worker.js';
import type { DatasetRequest, ReadDataset } from './read-dataset.js';

/** Reads a dataset in a thread of its own; its arrays are shared, not copied. @throws {DatasetRefused} */
export async function loadInThread(request: DatasetRequest): Promise<ReadDataset> {
  const worker = new Worker(new URL('./load-worker.js', import.meta.url), { workerData: request });
  try {
    const ended = once(worker, 'exit').then(() => {
      throw new Error('the reading thread ended without a result');
    });
    // The race below has its own view of it.
    ended.catch(() => undefined);
    // An error in the thread rejects once().
    const [outcome] = (await Promise.race([once(worker, 'message'), ended])) as [LoadOutcome];
    if (outcome.kind === 'refused') throw new DatasetRefused(outcome.file, outcome.line, outcome.reason);
    return outcome.result;
  } catch (error) {
    if (error instanceof DatasetRefused) throw error;
    // Out of memory ends the thread alone: the zone in service stays.
    throw new DatasetRefused(request.files.join(), 0, `reading failed: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await worker.terminate();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
