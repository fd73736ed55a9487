// How long the computation of a large transfer keeps everybody else waiting: the thread's own processor time between two
// places where others may have their turn, whatever else the machine does.
import { encodeQuery } from '@sekisho/dns-wire';
import type { Logger } from '@sekisho/telemetry';
import { stepOf, ZoneHistory, ZoneIndex, type ZoneDelta, type ZoneEntry } from '@sekisho/zone';
import { describe, expect, it } from 'vitest';
import { createServerState } from '../answer/server-state.js';
import { TransferServer } from './transfer-server.js';
import type { ZoneHistories } from './zone-histories.js';

const ENTRIES = 100_000;
const CHANGES = 40_000;
/**
 * A stretch is about a millisecond; the rest is for collections of garbage, which are shorter in an edge than here (its
 * space for young objects is small), and for code that is compiled.
 */
const LONGEST_MS = 100;
const CODES = [0x7f00_5b03];

const addressOf = (i: number): string => `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.7`;
const networkOf = (i: number): string => `10.${(i >> 4) & 255}.${(i & 15) << 4}.0/20`;
const entryOf = (value: string): ZoneEntry => ({
  subject: { type: value.includes('/') ? 'network' : 'ip', value },
  codes: CODES,
});

const index = ZoneIndex.from({
  zone: 'ip',
  serial: 1,
  entries: [
    ...Array.from({ length: ENTRIES }, (_, i) => entryOf(addressOf(i))),
    ...Array.from({ length: 2_000 }, (_, i) => entryOf(networkOf(i))),
    // Inside the networks, so that a change of them concerns these.
    ...Array.from({ length: 20_000 }, (_, i) => entryOf(`10.${i & 127}.${(i >> 7) & 255}.9`)),
  ],
});
const history = new ZoneHistory(200_000);
for (let i = 0; i < CHANGES / 1_000; i++) {
  const some = Array.from({ length: 1_000 }, (_, j) => i * 1_000 + j);
  const delta: ZoneDelta = {
    ...{ zone: 'ip', from: index.serial, to: index.serial + 1 },
    announce: some.map((j) => ({ ...entryOf(addressOf(j)), codes: [0x7f00_5c03] })),
    withdraw: [entryOf(networkOf(i)).subject],
  };
  history.add(stepOf(index, delta));
  index.apply(delta);
}
const state = createServerState({
  apex: 'z.example',
  listenHost: '::',
  publicUrl: 'https://hub.example',
  zones: new Map([['ip', index]]),
  isAllowed: () => true,
  count: () => undefined,
  mayTransfer: () => true,
});
const log: Record<string, unknown>[] = [];
const logger = { info: (fields: Record<string, unknown>) => log.push(fields) } as unknown as Logger;
const server = new TransferServer(state, { of: () => history } as unknown as ZoneHistories, logger);

/** An IXFR carries the asker's SOA in its authority section (RFC 1995 section 3). */
function ixfr(serial: number): Uint8Array {
  const query = encodeQuery({ id: 7, name: 'ip.z.example', type: 251 });
  const soa = new Uint8Array(12 + 2 + 20);
  soa.set([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0]);
  new DataView(soa.buffer).setUint32(14, serial);
  const whole = new Uint8Array([...query, ...soa]);
  whole[9] = 1;
  return whole;
}

const processorMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

describe('a large transfer', () => {
  it.each([
    ['AXFR', encodeQuery({ id: 7, name: 'ip.z.example', type: 252 }), 200_000],
    ['IXFR', ixfr(1), 160_000],
  ] as const)('%s never keeps others waiting for long', { timeout: 60_000 }, (kind, query, leastRecords) => {
    const messages = server.respond(query, 'tcp', '192.0.2.1');
    if (!messages || messages instanceof Uint8Array) throw new Error('no transfer');
    let longest = 0;
    let bytes = 0;
    let total = 0;
    for (;;) {
      const before = processorMs();
      const next = messages.next();
      const stretch = processorMs() - before;
      longest = Math.max(longest, stretch);
      total += stretch;
      if (next.done) break;
      bytes += next.value?.length ?? 0;
    }
    expect(log.at(-1)).toMatchObject({ kind, serial: index.serial });
    expect(log.at(-1)?.['records']).toBeGreaterThan(leastRecords);
    expect(bytes).toBeGreaterThan(5_000_000);
    console.log(`${kind}: ${total.toFixed(0)} ms of computation, at most ${longest.toFixed(1)} ms at a time`);
    // Otherwise it would prove nothing.
    expect(total).toBeGreaterThan(3 * LONGEST_MS);
    expect(longest).toBeLessThan(LONGEST_MS);
  });
});
