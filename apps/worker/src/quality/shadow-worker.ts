// The entry point of a thread that keeps a model in shadow: it learns for seconds at a time, and scoring must not wait.
import { ShadowLedger, type Observation } from '@sekisho/reputation';
import { parentPort } from 'node:worker_threads';
import type { ShadowAnswer } from './shadow-follower.js';

export type ShadowRequest =
  | { readonly kind: 'observe'; readonly reports: readonly Observation[] }
  | { readonly kind: 'foretell'; readonly subjects: readonly string[]; readonly at: number };

const model = new ShadowLedger();

parentPort?.on('message', (request: ShadowRequest) => {
  let scores: readonly number[] = [];
  if (request.kind === 'observe') model.observe(request.reports);
  else scores = model.foretell(request.subjects, request.at);
  parentPort?.postMessage({ scores, held: model.subjects } satisfies ShadowAnswer);
});
