import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ShadowAnswer, ShadowModel } from './shadow-follower.js';
import type { ShadowRequest } from './shadow-worker.js';

/**
 * A million subjects of two million reports take less than half of it (docs/reputation.md). What needs more ends the
 * thread, not the worker.
 */
const MAX_HEAP_MB = 2_048;

/** An empty model in a thread of its own. Questions are asked one after the other. */
export function openShadowThread(): ShadowModel {
  const thread = new Worker(new URL('./shadow-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', reject);
    thread.once('exit', () => {
      reject(new Error('the thread of the model in shadow has ended'));
    });
  });
  // Told to whoever asks next.
  ended.catch(() => undefined);
  const ask = async (request: ShadowRequest): Promise<ShadowAnswer> => {
    const answer = once(thread, 'message');
    thread.postMessage(request);
    const [value] = (await Promise.race([answer, ended])) as [ShadowAnswer];
    return value;
  };
  return {
    observe: (reports) => ask({ kind: 'observe', reports }),
    foretell: (subjects, at) => ask({ kind: 'foretell', subjects, at: at.getTime() }),
    async close() {
      await thread.terminate();
    },
  };
}
