// Random packets and a judge of their answers, for the test of bad input.
import { decodeResponse, encodeQuery, labelsOfName, TYPE } from '@sekisho/dns-wire';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { PacketSource } from './packet-source.js';

/** Packets between two good queries. */
export const BURST = 128;

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

/** Sends bursts, each followed by one good query: when that is answered, all before it have been read. */
export class UdpFuzz {
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
        this.asked.delete(id);
        // A packet of two octets or fewer cannot be told by its ID.
        if (packet.length >= 2) this.asked.set(id, packet);
        this.socket.send(packet, this.port, '127.0.0.1');
      }
      await this.probe();
    }
  }

  close(): void {
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
export async function tcpBurst(
  port: number,
  source: PacketSource,
  start: number,
  faults: string[],
): Promise<void> {
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
