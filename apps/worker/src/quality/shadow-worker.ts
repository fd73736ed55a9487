// The entry point of a thread that keeps a model in shadow. It reads and learns for seconds at a time, and scoring must not
// wait for either.
import { openDatabase, type ReportPosition } from '@sekisho/persistence';
import { parentPort, workerData } from 'node:worker_threads';
import type { Followed, Foretold } from './shadow-follower.js';
import { ShadowLearner } from './shadow-learner.js';

export type ShadowRequest =
  | { readonly kind: 'follow'; readonly from: ReportPosition; readonly until: Date }
  | { readonly kind: 'foretell'; readonly subjects: readonly string[]; readonly at: Date };

export type ShadowAnswer =
  | { readonly kind: 'followed'; readonly followed: Followed }
  | { readonly kind: 'foretold'; readonly foretold: Foretold };

const dataSource = await openDatabase(workerData as string, { poolSize: 1 });
const learner = new ShadowLearner(dataSource);

async function answer(request: ShadowRequest): Promise<ShadowAnswer> {
  if (request.kind === 'follow')
    return { kind: 'followed', followed: await learner.follow(request.from, request.until) };
  return { kind: 'foretold', foretold: await learner.foretell(request.subjects, request.at) };
}

// What fails ends the thread, and whoever asked is told.
parentPort?.on('message', (request: ShadowRequest) => {
  void answer(request).then((value) => {
    parentPort?.postMessage(value);
  });
});
