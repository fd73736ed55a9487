import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

/** Everything that the client takes from its surroundings: the clock, chance, waiting and the network. */
export interface ClientRuntime {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 8 to 128 characters, never the same twice: the `jti` of what is signed. */
  readonly randomId: () => string;
  /** At least 0, below 1: spreads the retries of many members. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export const systemRuntime: ClientRuntime = {
  now: () => Date.now(),
  randomId: () => randomUUID(),
  random: () => Math.random(),
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
  fetch: (url, init) => fetch(url, init),
};
