// Work that begins at an even rate whatever becomes of the work before, as the world sends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '#harness/figures';

/** Thrown by work that was told to come back: neither done nor failed. */
export class ToldToWait extends Error {
  override readonly name = 'ToldToWait';
}

export interface Pace {
  readonly name: string;
  readonly perSecond: number;
  /** More than these under way at once are left out and counted, or an overloaded system would bury the generator. */
  readonly atMost: number;
  readonly work: () => Promise<unknown>;
}

export interface PaceResult {
  readonly name: string;
  readonly done: number;
  readonly toldToWait: number;
  readonly failed: number;
  readonly leftOut: number;
  /** From the moment at which it was due to its end. */
  readonly latenciesMs: readonly number[];
}

export async function keepPace(pace: Pace, milliseconds: number): Promise<PaceResult> {
  const { name, perSecond, atMost, work } = pace;
  const latenciesMs: number[] = [];
  let [toldToWait, failed, leftOut, underWay] = [0, 0, 0, 0];
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  const perform = async (dueAt: number) => {
    underWay += 1;
    try {
      await work();
      latenciesMs.push(performance.now() - dueAt);
    } catch (error) {
      if (error instanceof ToldToWait) toldToWait += 1;
      else failed += 1;
    } finally {
      underWay -= 1;
    }
  };
  for (let begun = 0; ; begun++) {
    const dueAt = startedAt + (begun * 1_000) / perSecond;
    if (dueAt - startedAt >= milliseconds) break;
    const early = dueAt - performance.now();
    if (early > 1) await sleep(early);
    if (underWay >= atMost) {
      leftOut += 1;
      continue;
    }
    const one = perform(dueAt).finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
  return { name, done: latenciesMs.length, toldToWait, failed, leftOut, latenciesMs };
}

export const paceRow = (result: PaceResult, seconds: number): string[] => [
  result.name,
  (result.done / seconds).toFixed(1),
  ...[0.5, 0.9, 0.99].map((share) => percentile(result.latenciesMs, share).toFixed(1)),
  result.latenciesMs.reduce((most, one) => Math.max(most, one), 0).toFixed(0),
  ...[result.toldToWait, result.failed, result.leftOut].map(String),
];

export const PACE_HEAD = [
  '',
  'done/s',
  'p50 ms',
  'p90 ms',
  'p99 ms',
  'slowest',
  'told to wait',
  'failed',
  'left out',
];
