// The entry point of a thread that reads one dataset, so that queries are answered meanwhile.
import { DatasetRefused, shareDataset } from '@sekisho/rbldnsd';
import { parentPort, workerData } from 'node:worker_threads';
import { readDataset, type DatasetRequest, type ReadDataset } from './read-dataset.js';

/** What the thread says, once. */
export type LoadOutcome =
  | { readonly kind: 'read'; readonly result: ReadDataset }
  | { readonly kind: 'refused'; readonly file: string; readonly line: number; readonly reason: string };

try {
  const read = await readDataset(workerData as DatasetRequest);
  const result = { ...read, dataset: shareDataset(read.dataset) };
  parentPort?.postMessage({ kind: 'read', result } satisfies LoadOutcome);
} catch (error) {
  if (!(error instanceof DatasetRefused)) throw error;
  const { file, line, reason } = error;
  parentPort?.postMessage({ kind: 'refused', file, line, reason } satisfies LoadOutcome);
}
