// Processes that run for a part of the time only, so that it is they and not the cores of this machine that limit.
import type { Federation, ProcessInstance } from '@sekisho/testing';
import { setTimeout as sleep } from 'node:timers/promises';

const TURN_MS = 40;

/** Lets each process run for `share` of the time, their turns spread evenly, until stopped; then all run freely. */
export function slowDown(
  federation: Federation,
  names: readonly ProcessInstance[],
  share: number,
): () => Promise<void> {
  const stop = new AbortController();
  const alternate = async (name: ProcessInstance, delayMs: number) => {
    await sleep(delayMs);
    while (!stop.signal.aborted) {
      federation.signal(name, 'SIGCONT');
      await sleep(TURN_MS * share);
      federation.signal(name, 'SIGSTOP');
      await sleep(TURN_MS * (1 - share));
    }
    federation.signal(name, 'SIGCONT');
  };
  const running = names.map((name, i) => alternate(name, (i * TURN_MS) / names.length));
  return async () => {
    stop.abort();
    await Promise.all(running);
  };
}
