// DNS over TCP: RFC 7766. Two octets of length before each message (section 8), queries may be pipelined (6.2.1.1),
// the idle time is counted from the last complete message (6.2.3), and nothing waits for a peer that does not read.
import type { ListenAddress } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Respond } from './respond.js';

/** "In the order of seconds" (RFC 7766 section 6.2.3). */
const IDLE_MS = 10_000;
/** Enough for the resolvers behind an edge; each holds at most one message and its answers. */
const MAX_CONNECTIONS = 200;
const NO_BYTES = new Uint8Array(0);

export interface TcpLimits {
  readonly idleMs: number;
  readonly maxConnections: number;
}

export class TcpListener {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly respond: Respond,
    private readonly logger: Logger,
    private readonly limits: TcpLimits = { idleMs: IDLE_MS, maxConnections: MAX_CONNECTIONS },
  ) {}

  /** Resolves to the port once listening. @throws what the system says when it cannot listen */
  async listen({ host, port }: ListenAddress): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.accept(socket);
    });
    server.maxConnections = this.limits.maxConnections;
    server.listen(port, host);
    await once(server, 'listening');
    server.on('error', (error) => {
      this.logger.warn({ err: error }, 'TCP listener error');
    });
    this.server = server;
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(server, 'close');
  }

  private accept(socket: Socket): void {
    const client = socket.remoteAddress;
    if (client === undefined) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    const idle = setTimeout(() => socket.destroy(), this.limits.idleMs);
    socket.on('close', () => {
      clearTimeout(idle);
      this.sockets.delete(socket);
    });
    // A reset by the peer: 'close' follows.
    socket.on('error', () => undefined);
    let pending: Uint8Array = NO_BYTES;
    socket.on('data', (chunk) => {
      const received = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const { answers, rest } = this.answerAll(received, client);
      pending = rest;
      if (rest.length < received.length) idle.refresh();
      if (answers.length > 0 && !socket.write(Buffer.concat(answers))) {
        socket.pause();
        socket.once('drain', () => socket.resume());
      }
    });
  }

  private answerAll(received: Uint8Array, client: string): { answers: Uint8Array[]; rest: Uint8Array } {
    const answers: Uint8Array[] = [];
    let at = 0;
    while (at + 2 <= received.length) {
      const end = at + 2 + (((received[at] ?? 0) << 8) | (received[at + 1] ?? 0));
      if (end > received.length) break;
      const answer = this.respond(received.subarray(at + 2, end), 'tcp', client);
      if (answer) answers.push(Uint8Array.of(answer.length >> 8, answer.length & 255), answer);
      at = end;
    }
    return { answers, rest: received.subarray(at) };
  }
}
