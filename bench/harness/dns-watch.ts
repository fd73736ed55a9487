import { decodeResponse, encodeQuery, TYPE } from '@sekisho/dns-wire';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const POLL_MS = 4;
/** A name that has no answer after this time never gets one. */
const PATIENCE_MS = 30_000;

interface Waiting {
  readonly query: Uint8Array;
  readonly resolve: (answeredAt: number) => void;
  readonly reject: (error: Error) => void;
  readonly until: number;
}

/** Asks a DNS server for A records every few milliseconds until they are there. */
export class DnsWatch implements AsyncDisposable {
  private readonly waiting = new Map<number, Waiting>();
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;
  private nextId = 0;

  private constructor(socket: Socket, port: number) {
    this.socket = socket;
    socket.on('message', (message) => {
      const response = decodeResponse(message);
      if (!response || response.answers.length === 0) return;
      this.waiting.get(response.id)?.resolve(performance.now());
      this.waiting.delete(response.id);
    });
    this.timer = setInterval(() => {
      for (const [id, { query, reject, until }] of this.waiting) {
        if (performance.now() < until) {
          socket.send(query, port, '127.0.0.1');
          continue;
        }
        this.waiting.delete(id);
        reject(new Error(`no answer to a name within ${String(PATIENCE_MS / 1000)} s`));
      }
    }, POLL_MS);
  }

  static async open(port: number): Promise<DnsWatch> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsWatch(socket, port);
  }

  /** Resolves to the moment (performance.now) of the first answer that has a record. */
  answered(name: string): Promise<number> {
    const id = this.nextId++ & 0xffff;
    const until = performance.now() + PATIENCE_MS;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { query: encodeQuery({ id, name, type: TYPE.A }), resolve, reject, until });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    this.socket.close();
    await once(this.socket, 'close');
  }
}
