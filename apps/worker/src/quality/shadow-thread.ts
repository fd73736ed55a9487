import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ShadowModel } from './shadow-follower.js';
import type { ShadowAnswer, ShadowRequest } from './shadow-worker.js';

/**
 * A million subjects of two million reports take less than half of it (docs/reputation.md). What needs more ends the
 * thread, not the worker.
 */
const MAX_HEAP_MB = 2_048;

/** An empty model in a thread of its own, with a connection of its own. Questions are asked one after the other. */
export function openShadowThread(databaseUrl: string): ShadowModel {
  const thread = new Worker(new URL('./shadow-worker.js', import.meta.url), {
    workerData: databaseUrl,
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
    async follow(from, until) {
      const answer = await ask({ kind: 'follow', from, until });
      if (answer.kind !== 'followed') throw new Error('the thread answered something else');
      return answer.followed;
    },
    async foretell(subjects, at) {
      const answer = await ask({ kind: 'foretell', subjects, at });
      if (answer.kind !== 'foretold') throw new Error('the thread answered something else');
      return answer.foretold;
    },
    async close() {
      await thread.terminate();
    },
  };
}
