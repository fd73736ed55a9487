// A receiver of pushed Security Event Tokens (RFC 8935), as a member runs one: it keeps each `jti` that it has stored.
import { decodeJwt } from 'jose';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  readonly jti: string;
  readonly token: string;
  /** performance.now() */
  readonly at: number;
  readonly authorization: string | undefined;
}

/** Answers for the receiver: true when it has answered, or keeps silent on purpose. */
export type Interruption = (event: ReceivedEvent, response: ServerResponse) => boolean;

export class EventReceiver implements AsyncDisposable {
  /** Stored, in the order in which they were first seen. */
  readonly stored: ReceivedEvent[] = [];
  /** Every arrival, repetitions too. */
  readonly arrivals: ReceivedEvent[] = [];
  interrupt: Interruption = () => false;
  private readonly known = new Set<string>();
  private waiting: (() => void)[] = [];

  private constructor(
    private server: Server | undefined,
    readonly port: number,
  ) {}

  static async start(port = 0): Promise<EventReceiver> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new EventReceiver(server, (server.address() as AddressInfo).port);
    receiver.serve(server);
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/events`;
  }

  /** Until so many are stored. */
  async hasStored(count: number): Promise<void> {
    while (this.stored.length < count) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Stores an event unless it is there: what every receiver does by `jti`. */
  remember(event: ReceivedEvent): void {
    if (this.known.has(event.jti)) return;
    this.known.add(event.jti);
    this.stored.push(event);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Connections are refused from now on. */
  async goDown(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async comeBack(): Promise<void> {
    const server = createServer();
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.serve(server);
    this.server = server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goDown();
  }

  private serve(server: Server): void {
    server.on('request', (request, response) => {
      let token = '';
      request.setEncoding('utf8').on('data', (text: string) => (token += text));
      request.on('end', () => {
        const { authorization } = request.headers;
        const event = { jti: decodeJwt(token).jti ?? '', token, at: performance.now(), authorization };
        this.arrivals.push(event);
        if (this.interrupt(event, response)) return;
        this.remember(event);
        response.writeHead(202).end();
      });
    });
  }
}
