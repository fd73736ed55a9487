// The entry point of a thread that reads one dataset, so that queries are answered meanwhile.
import { buffersOf, DatasetRefused } from '@sekisho/rbldnsd';
import { parentPort, workerData } from 'node:worker_threads';
import { readDataset, type DatasetRequest, type ReadDataset } from './read-dataset.js';

/** What the thread says, once. */
export type LoadOutcome =
  | { readonly kind: 'read'; readonly result: ReadDataset }
  | { readonly kind: 'refused'; readonly file: string; readonly line: number; readonly reason: string };

try {
  const result = await readDataset(workerData as DatasetRequest);
  parentPort?.postMessage({ kind: 'read', result } satisfies LoadOutcome, buffersOf(result.dataset));
} catch (error) {
  if (!(error instanceof DatasetRefused)) throw error;
  const { file, line, reason } = error;
  parentPort?.postMessage({ kind: 'refused', file, line, reason } satisfies LoadOutcome);
}
