import { describe, expect, it } from 'vitest';
import type { Subject } from '@sekisho/subject';
import { ScoringLanes } from './scoring-lanes.js';

const ip = (host: number): Subject => ({ type: 'ip', value: `203.0.113.${String(host)}` });
const ips = (count: number) => Array.from({ length: count }, (_, i) => ip(i));

describe('the lanes of scoring', () => {
  it('score every subject once when several receipts ask for it at the same time', async () => {
    const scored: string[] = [];
    const lanes = new ScoringLanes(
      (batch) => {
        scored.push(...batch.map(({ value }) => value));
        return Promise.resolve([]);
      },
      { lanes: 3, batch: 10 },
    );
    await Promise.all([lanes.score(ips(40)), lanes.score(ips(40).toReversed())]);
    expect(scored.toSorted()).toEqual(
      ips(40)
        .map(({ value }) => value)
        .sort(),
    );
  });

  it('never have one subject in two batches at once, and score it again when asked meanwhile', async () => {
    const open = new Set<string>();
    let rounds = 0;
    const gate = Promise.withResolvers<undefined>();
    const lanes = new ScoringLanes(
      async (batch) => {
        for (const { value } of batch) {
          expect(open.has(value)).toBe(false);
          open.add(value);
        }
        if (++rounds === 1) await gate.promise;
        for (const { value } of batch) open.delete(value);
        return [];
      },
      { lanes: 1, batch: 10 },
    );
    const first = lanes.score([ip(1)]);
    await Promise.resolve();
    await Promise.resolve();
    const second = lanes.score([ip(1)]);
    gate.resolve(undefined);
    await Promise.all([first, second]);
    expect(rounds).toBe(2);
  });

  it('resolve only after what follows from a subject has been scored, in the same lane too', async () => {
    const order: string[] = [];
    const network: Subject = { type: 'network', value: '203.0.113.0/24' };
    const lanes = new ScoringLanes(
      (batch) => {
        order.push(...batch.map(({ value }) => value));
        return Promise.resolve(batch.some(({ type }) => type === 'ip') ? [network] : []);
      },
      { lanes: 1, batch: 10 },
    );
    await lanes.score([ip(1)]);
    expect(order).toEqual(['203.0.113.1', '203.0.113.0/24']);
  });

  it('tell everybody who waited of a failure, and go on', async () => {
    let isBroken = true;
    const lanes = new ScoringLanes(
      () => (isBroken ? Promise.reject(new Error('away')) : Promise.resolve([])),
      { lanes: 2, batch: 10 },
    );
    const both = await Promise.allSettled([lanes.score(ips(5)), lanes.score(ips(5))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isBroken = false;
    await expect(lanes.score(ips(5))).resolves.toBeUndefined();
  });
});
