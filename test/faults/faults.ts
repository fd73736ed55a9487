// The faults, each with its end: when `inject` resolves, everything runs again.
import type { Federation, ProcessInstance } from '@sekisho/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SmallDisk } from './small-disk.ts';
import type { TcpProxy } from './tcp-proxy.ts';

export interface Fault {
  readonly name: string;
  inject(): Promise<void>;
}

export interface Faulty {
  readonly federation: Federation;
  /** What is in a process's environment beside the federation's. */
  readonly env: ReadonlyMap<ProcessInstance, Readonly<Record<string, string>>>;
  readonly processes: readonly ProcessInstance[];
  readonly databaseProxy: TcpProxy;
  readonly hubProxy: TcpProxy;
  readonly killDatabase: () => Promise<void>;
  readonly restartRedis?: () => Promise<void>;
  readonly smallDisk: SmallDisk;
  /** The edge whose data directory is on the small disk. */
  readonly smallEdge: ProcessInstance;
  /** Path of libfaketime. */
  readonly fakeTime: string;
  readonly random: () => number;
}

/** Less than the minute by which a member's clock may be wrong. */
const SKEW_SECONDS = 20;

/** One of each kind and process, in a seeded order. Both edges are never down together: resolvers ask the other one. */
export function faultsOf(system: Faulty): Fault[] {
  const { federation, processes, random, databaseProxy, hubProxy } = system;
  const run = (name: ProcessInstance, more = {}) =>
    federation.run(name, { ...system.env.get(name), ...more });
  const between = (least: number, most: number) => Math.round(least + random() * (most - least));
  const faults: Fault[] = [];
  const add = (name: string, inject: () => Promise<void>) => faults.push({ name, inject });

  for (const name of processes) {
    const pauseMs = between(0, 2_000);
    add(`kill -9 ${name}, started again after ${String(pauseMs)} ms`, async () => {
      await federation.stop(name, 'SIGKILL');
      await sleep(pauseMs);
      await run(name);
    });
    const stoppedMs = between(1_000, 4_000);
    add(`SIGSTOP ${name} for ${String(stoppedMs)} ms`, async () => {
      federation.signal(name, 'SIGSTOP');
      await sleep(stoppedMs);
      federation.signal(name, 'SIGCONT');
    });
  }
  add('kill -9 PostgreSQL', system.killDatabase);
  if (system.restartRedis) add('kill -9 Redis, which loses all it had', system.restartRedis);

  for (const [what, proxy] of [
    ['hub and workers to PostgreSQL', databaseProxy],
    ['edges to hub', hubProxy],
  ] as const) {
    add(`all connections cut: ${what}`, () => {
      proxy.cut();
      return sleep(200);
    });
    const awayMs = between(1_000, 3_000);
    add(`no connections for ${String(awayMs)} ms: ${what}`, async () => {
      proxy.isRefusing = true;
      proxy.cut();
      await sleep(awayMs);
      proxy.isRefusing = false;
    });
    const delayMs = between(20, 120);
    add(`connections ${String(delayMs)} ms slower each way for 4 s: ${what}`, async () => {
      proxy.delayMs = delayMs;
      await sleep(4_000);
      proxy.delayMs = 0;
    });
  }

  add(`disk of ${system.smallEdge} full (${system.smallDisk.kind}) for 4 s, kill -9 meanwhile`, async () => {
    const { smallDisk, smallEdge } = system;
    await smallDisk.fill(federation.pidOf(smallEdge));
    await sleep(2_000);
    await federation.stop(smallEdge, 'SIGKILL');
    await run(smallEdge);
    await sleep(2_000);
    await smallDisk.free(federation.pidOf(smallEdge));
  });

  for (const [name, seconds] of [
    ['worker-2', SKEW_SECONDS],
    ['worker', -SKEW_SECONDS],
    ['hub', -SKEW_SECONDS],
  ] as const) {
    const skew = `${seconds > 0 ? '+' : ''}${String(seconds)}s`;
    add(`clock of ${name} ${skew} for 5 s`, async () => {
      await federation.stop(name);
      await run(name, { LD_PRELOAD: system.fakeTime, FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
      await sleep(5_000);
      await federation.stop(name);
      await run(name);
    });
  }
  return shuffle(faults, random);
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
