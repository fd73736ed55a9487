// Random and mutated packets against the running process, by UDP and TCP: it lives on, does not grow, answers no response
// and never lists what is not listed. SEKISHO_FUZZ_PACKETS=10000000 for the long form.
import { decodeResponse, encodeQuery, labelsOfName, TYPE } from '@sekisho/dns-wire';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeFixture } from './edge-fixture.js';
import type { EdgeProcess } from './edge-process.js';
import { PacketSource } from './packet-source.js';

const PACKETS = Number(process.env['SEKISHO_FUZZ_PACKETS'] ?? 200_000);
const SEED = 0x5ec1_5b0e;
const UDP_SHARE = 0.8;
const BURST = 128;
const WARM_UP_PACKETS = 20_000;
/** Growth that a steady process shows over a run: caches, garbage not yet collected. */
const MAX_GROWTH_BYTES = 96 * 1024 * 1024;
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

/** What an answer may not be, in words; undefined when it is good. */
function faultOf(answer: Uint8Array, asked: ReadonlyMap<number, Uint8Array>): string | undefined {
  if (answer.length < 12 || ((answer[2] ?? 0) & 0x80) === 0) return 'an answer that is none';
  const query = asked.get(((answer[0] ?? 0) << 8) | (answer[1] ?? 0));
  if (!query) return 'an answer to nothing';
  if (query.length < 12 || ((query[2] ?? 0) & 0x80) !== 0) return 'an answer to a response';
  const response = decodeResponse(answer);
  if (!response) return 'an answer that cannot be read';
  const name = response.question ? labelsOfName(response.question.name).join('.').toLowerCase() : '';
  for (const record of response.answers) {
    if (record.value.kind !== 'A' || record.value.address === '127.255.255.252') continue;
    if (!isListed(name)) return `a listing for ${name}: ${record.value.address}`;
  }
  return undefined;
}

function isListed(name: string): boolean {
  return (
    name === '9.113.0.203.ip.z.example' ||
    /(?:^|\.)shop\.example\.com\.domain\.z\.example$/.test(name) ||
    /^(?:2|3|4|5|6|7|10)\.0\.0\.127\.(?:high\.)?ip\.z\.example$/.test(name) ||
    /^(?:2|10)\.0\.0\.127\.policy\.z\.example$/.test(name) ||
    /^2\.0\.0\.127\.score\.z\.example$/.test(name) ||
    /^test\.(?:domain|hash|score)\.z\.example$/.test(name) ||
    name === 'ns1.z.example'
  );
}

async function residentBytes(edge: EdgeProcess): Promise<number> {
  const status = await readFile(`/proc/${String(edge.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Sends bursts, each followed by one good query: when that is answered, all before it have been read. */
class UdpFuzz {
  readonly faults: string[] = [];
  answers = 0;
  private readonly asked = new Map<number, Uint8Array>();
  private readonly socket: UdpSocket;
  private onProbe: () => void = () => undefined;

  constructor(
    private readonly port: number,
    private readonly source: PacketSource,
  ) {
    this.socket = createSocket('udp4');
    this.socket.on('message', (answer) => {
      this.answers++;
      const fault = faultOf(answer, this.asked);
      if (fault !== undefined) this.faults.push(fault);
      if (answer[0] === 0xff && answer[1] === 0xff) this.onProbe();
    });
  }

  async run(packets: number): Promise<void> {
    for (let sent = 0; sent < packets; sent += BURST) {
      for (let i = 0; i < BURST; i++) {
        const id = (sent + i) % 0xff00;
        const packet = this.source.next(id).slice();
        // A packet of two octets or fewer cannot be told by its ID.
        if (packet.length >= 2) this.asked.set(id, packet);
        this.socket.send(packet, this.port, '127.0.0.1');
      }
      await this.probe();
    }
    this.socket.close();
  }

  private async probe(): Promise<void> {
    const query = encodeQuery({ id: 0xffff, name: '9.113.0.203.ip.z.example', type: TYPE.A });
    this.asked.set(0xffff, query);
    const answered = new Promise<void>((resolve) => {
      this.onProbe = resolve;
    });
    const again = setInterval(() => {
      this.socket.send(query, this.port, '127.0.0.1');
    }, 200);
    this.socket.send(query, this.port, '127.0.0.1');
    const deadline = new Promise<never>((_, reject) => {
      setTimeout(() => {
        reject(new Error('the server no longer answers'));
      }, 20_000).unref();
    });
    try {
      await Promise.race([answered, deadline]);
    } finally {
      clearInterval(again);
    }
  }
}

/** One connection for each burst: framed packets, then a good query. */
async function tcpBurst(port: number, source: PacketSource, start: number, faults: string[]): Promise<void> {
  const asked = new Map<number, Uint8Array>();
  const parts: Uint8Array[] = [];
  const frame = (packet: Uint8Array) => {
    parts.push(Uint8Array.of(packet.length >> 8, packet.length & 255), packet);
  };
  for (let i = 0; i < BURST; i++) {
    const id = (start + i) % 0xff00;
    const packet = source.next(id).slice();
    if (packet.length >= 2) asked.set(id, packet);
    frame(packet);
  }
  const good = encodeQuery({ id: 0xffff, name: '9.113.0.203.ip.z.example', type: TYPE.A });
  asked.set(0xffff, good);
  frame(good);
  const socket: Socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  let isAnswered = false as boolean;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const fault = faultOf(received.subarray(2, end), asked);
      if (fault !== undefined) faults.push(fault);
      if (received[2] === 0xff && received[3] === 0xff) isAnswered = true;
      received = received.subarray(end);
    }
    if (isAnswered) socket.destroy();
  });
  socket.setTimeout(20_000, () => socket.destroy());
  socket.write(Buffer.concat(parts));
  await once(socket, 'close');
  if (!isAnswered) faults.push('a good query after bad ones got no answer');
}

describe('random and mutated packets', () => {
  it.each([
    ['batched', {}],
    ['single thread', { SEKISHO_DNS_HOT: 'no' }],
  ] as const)(
    'do no harm: %s',
    async (mode, environment) => {
      const edge = await fixture.startLoaded(environment);
      expect(edge.log).toContain(`"udp":"${mode}`);
      const source = new PacketSource(SEED, NAMES);
      const udp = new UdpFuzz(edge.port, source);
      const tcpFaults: string[] = [];
      const total = mode === 'batched' ? PACKETS : Math.min(PACKETS, 100_000);
      // Before the memory is looked at: compiled code and buffers of a process at work.
      await new UdpFuzz(edge.port, source).run(WARM_UP_PACKETS);
      const before = await residentBytes(edge);
      await udp.run(total * UDP_SHARE);
      for (let sent = 0; sent < total * (1 - UDP_SHARE); sent += BURST) {
        await tcpBurst(edge.port, source, sent, tcpFaults);
      }
      expect(udp.faults.slice(0, 5)).toEqual([]);
      expect(tcpFaults.slice(0, 5)).toEqual([]);
      expect(udp.answers).toBeGreaterThan(total * UDP_SHARE * 0.5);
      const growth = (await residentBytes(edge)) - before;
      expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
      expect(edge.log).not.toMatch(/"level":(?:50|60)/);
      console.log(`${mode}: ${total} packets, resident memory ${(growth / 1e6).toFixed(1)} MB more`);
      expect(await edge.stop()).toBe(0);
    },
    Math.max(120_000, PACKETS),
  );
});
