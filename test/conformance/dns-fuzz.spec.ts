// Random and mutated packets against the running process, by UDP and TCP: it lives on, does not grow, answers no response
// and never lists what is not listed. SEKISHO_FUZZ_PACKETS=10000000 for the long form.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeFixture } from './edge-fixture.js';
import type { EdgeProcess } from './edge-process.js';
import { BURST, tcpBurst, UdpFuzz } from './fuzz-client.js';
import { PacketSource } from './packet-source.js';

const PACKETS = Number(process.env['SEKISHO_FUZZ_PACKETS'] ?? 400_000);
const SEED = 0x5ec1_5b0e;
const UDP_SHARE = 0.8;
/** Memory is looked at after each slice. In the first ones code is compiled and heaps take their size. */
const SLICES = 10;
const WARM_UP_SLICES = 3;
/** A heap that is collected a little later, or takes one more page of V8's; 10 M packets showed one step of 6 MB. */
const PLATEAU_BYTES = 12 * 1024 * 1024;
const LISTED = ['9.113.0.203.ip', 'shop.example.com.domain', 'www.shop.example.com.domain'];
const NAMES = [
  ...LISTED,
  ...[
    '1.2.3.60.ip',
    '113.0.203.ip',
    '9.113.0.203.high.ip',
    '9.113.0.203.policy',
    'example.com.domain',
    'ip',
    'domain',
  ],
  ...[
    '2.0.0.127.ip',
    '1.0.0.127.ip',
    'test.domain',
    'a.b.c.score',
    '9.113.0.203.nosuch',
    `${'0.'.repeat(32)}ip`,
  ],
  `${'a'.repeat(52)}.hash`,
].map((front) => `${front}.z.example`);
NAMES.push('z.example', 'ns1.z.example', 'example.org', 'x');

let fixture: EdgeFixture;

beforeAll(async () => {
  fixture = await EdgeFixture.create();
  fixture.hub.publish('ip', { '203.0.113.9': ['127.0.91.3'] });
  fixture.hub.publish('domain', { 'shop.example.com': ['127.0.80.21'] });
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

async function residentBytes(edge: EdgeProcess): Promise<number> {
  const status = await readFile(`/proc/${String(edge.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

describe('random and mutated packets', () => {
  it.each([
    ['batched', {}],
    ['single thread', { SEKISHO_DNS_HOT: 'no' }],
  ] as const)(
    'do no harm: %s',
    async (mode, environment) => {
      // Without limits, so that every packet that can be answered is.
      const edge = await fixture.startLoaded({ SEKISHO_DNS_RRL: 'off', ...environment });
      expect(edge.log).toContain(`"udp":"${mode}`);
      const source = new PacketSource(SEED, NAMES);
      const udp = new UdpFuzz(edge.port, source);
      const tcpFaults: string[] = [];
      const total = mode === 'batched' ? PACKETS : Math.min(PACKETS, 100_000);
      const slice = total / SLICES;
      const resident: number[] = [];
      for (let i = 0; i < SLICES; i++) {
        await udp.run(slice * UDP_SHARE);
        for (let sent = 0; sent < slice * (1 - UDP_SHARE); sent += BURST) {
          await tcpBurst(edge.port, source, sent, tcpFaults);
        }
        resident.push(await residentBytes(edge));
      }
      udp.close();
      expect(udp.faults.slice(0, 5)).toEqual([]);
      expect(tcpFaults.slice(0, 5)).toEqual([]);
      expect(udp.answers).toBeGreaterThan(total * UDP_SHARE * 0.5);
      const megabytes = resident.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ');
      console.log(`${mode}: ${total} packets, resident MB after each ${slice}: ${megabytes}`);
      const halfway = (SLICES + WARM_UP_SLICES) >> 1;
      const middle = Math.max(...resident.slice(WARM_UP_SLICES, halfway));
      const end = Math.max(...resident.slice(halfway));
      expect(end - middle).toBeLessThan(PLATEAU_BYTES);
      expect(edge.log).not.toMatch(/"level":(?:50|60)/);
      expect(await edge.stop()).toBe(0);
    },
    Math.max(120_000, PACKETS),
  );
});
