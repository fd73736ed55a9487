// DNS by stream, TCP or TLS: RFC 7766, RFC 7858. Two octets of length before each message, in one write with it
// (section 8); queries may be pipelined (6.2.1.1); the idle time counts from the last complete message (6.2.3); and
// nothing waits or grows for a peer that does not read.
import type { ListenAddress } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transport } from '../answer/server-state.js';
import type { StreamAnswer } from '../transfer/transfer-server.js';

/** The answer to a message: none, one, or many that are made as they are read. Never throws. */
export type StreamRespond = (message: Uint8Array, transport: Transport, client: string) => StreamAnswer;

export interface StreamLimits {
  /** "In the order of seconds" (RFC 7766 section 6.2.3). */
  readonly idleMs: number;
  /** How long a transfer waits for a peer that does not read. */
  readonly stallMs: number;
  readonly maxConnections: number;
  readonly maxPerClient: number;
  /** Transfers of one connection at the same time. */
  readonly maxStreams: number;
}

export const STREAM_LIMITS: StreamLimits = {
  idleMs: 10_000,
  stallMs: 30_000,
  // Enough for the resolvers behind an edge; each holds at most one message and its answers.
  maxConnections: 200,
  maxPerClient: 50,
  // A secondary asks for all zones at once.
  maxStreams: 8,
};

const NO_BYTES = new Uint8Array(0);

/** How long whoever asks something else may have to wait for transfers that are computed. */
const STRETCH_MS = 4;
/** Those that are on their way in this process. */
let transfers = 0;

/** Serves DNS on a server of streams: `server` and `event` say which, 'connection' or 'secureConnection'. */
export class StreamListener {
  private readonly sockets = new Set<Socket>();
  private readonly perClient = new Map<string, number>();
  private isOpen = false;

  constructor(
    private readonly server: Server,
    private readonly transport: 'tcp' | 'tls',
    private readonly respond: StreamRespond,
    private readonly logger: Logger,
    private readonly limits: StreamLimits = STREAM_LIMITS,
  ) {
    // Counted from the first octet of a handshake on: whoever never ends it must not hold a place for ever.
    server.on('connection', (socket) => {
      this.admit(socket);
    });
    const event = transport === 'tls' ? 'secureConnection' : 'connection';
    server.on(event, (socket: Socket) => {
      this.serve(socket);
    });
    server.on('tlsClientError', (_: Error, socket: Socket) => socket.destroy());
  }

  /** Resolves to the port once listening. @throws what the system says when it cannot listen */
  async listen({ host, port }: ListenAddress): Promise<number> {
    const { server } = this;
    server.maxConnections = this.limits.maxConnections;
    server.listen(port, host);
    await once(server, 'listening');
    this.isOpen = true;
    server.on('error', (error) => {
      this.logger.warn({ err: error, transport: this.transport }, 'listener error');
    });
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private admit(socket: Socket): void {
    const client = socket.remoteAddress;
    const open = this.perClient.get(client ?? '') ?? 0;
    socket.on('error', () => undefined);
    if (client === undefined || open >= this.limits.maxPerClient) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    this.perClient.set(client, open + 1);
    socket.on('close', () => {
      this.sockets.delete(socket);
      const left = (this.perClient.get(client) ?? 1) - 1;
      if (left > 0) this.perClient.set(client, left);
      else this.perClient.delete(client);
    });
  }

  private serve(socket: Socket): void {
    const client = socket.remoteAddress;
    if (client === undefined || socket.destroyed) return;
    const connection = new Connection(socket, client, this.transport, this.respond, this.limits);
    // Its own errors: a reset by the peer, after which 'close' follows.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      connection.receive(chunk);
    });
    socket.on('close', () => {
      connection.close();
    });
  }
}

class Connection {
  private pending: Uint8Array = NO_BYTES;
  private readonly idle: NodeJS.Timeout;
  private streams = 0;

  constructor(
    private readonly socket: Socket,
    private readonly client: string,
    private readonly transport: 'tcp' | 'tls',
    private readonly respond: StreamRespond,
    private readonly limits: StreamLimits,
  ) {
    this.idle = setTimeout(() => {
      // A transfer has a clock of its own.
      if (this.streams === 0) socket.destroy();
    }, limits.idleMs);
  }

  close(): void {
    clearTimeout(this.idle);
  }

  receive(chunk: Uint8Array): void {
    const received = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const answers: Uint8Array[] = [];
    let at = 0;
    while (at + 2 <= received.length && !this.socket.destroyed) {
      const end = at + 2 + (((received[at] ?? 0) << 8) | (received[at + 1] ?? 0));
      if (end > received.length) break;
      const answer = this.respond(received.subarray(at + 2, end), this.transport, this.client);
      if (answer instanceof Uint8Array) answers.push(framed(answer));
      else if (answer) this.stream(answer);
      at = end;
    }
    // A copy: what was answered must not be held by what is left.
    this.pending = new Uint8Array(received.subarray(at));
    if (at > 0) this.idle.refresh();
    if (answers.length > 0 && !this.socket.write(Buffer.concat(answers))) this.waitForReader();
  }

  private waitForReader(): void {
    if (this.socket.isPaused()) return;
    this.socket.pause();
    this.socket.once('drain', () => this.socket.resume());
  }

  private stream(messages: Generator<Uint8Array | undefined>): void {
    if (this.streams >= this.limits.maxStreams) {
      this.socket.destroy();
      return;
    }
    this.streams++;
    transfers++;
    this.send(messages)
      // A fault while a message is made: the peer must not take what it has for the whole.
      .catch(() => this.socket.destroy())
      .finally(() => {
        this.streams--;
        transfers--;
        messages.return(undefined);
        this.idle.refresh();
      });
  }

  private async send(messages: Generator<Uint8Array | undefined>): Promise<void> {
    const { socket } = this;
    let turnMs = performance.now();
    for (const message of messages) {
      if (socket.destroyed) return;
      if (message && !socket.write(framed(message)) && !(await this.isDrained())) {
        socket.destroy();
        return;
      }
      // Others have their turn; all transfers together take one stretch between two of them.
      if (performance.now() - turnMs < STRETCH_MS / transfers) continue;
      await nextTurn();
      turnMs = performance.now();
    }
  }

  /** Waits until the peer has read; false when it does not. */
  private async isDrained(): Promise<boolean> {
    const { socket, limits } = this;
    const gone = new AbortController();
    const end = () => {
      gone.abort();
    };
    socket.once('close', end);
    try {
      if (socket.destroyed) return false;
      await once(socket, 'drain', {
        signal: AbortSignal.any([AbortSignal.timeout(limits.stallMs), gone.signal]),
      });
      return true;
    } catch {
      return false;
    } finally {
      socket.off('close', end);
    }
  }
}

function framed(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(message.length + 2);
  frame[0] = message.length >> 8;
  frame[1] = message.length & 255;
  frame.set(message, 2);
  return frame;
}
