// A client of the graphql-transport-ws protocol (graphql-ws, PROTOCOL.md), written out so that a test sees every message.
import { once } from 'node:events';
import type { Credentials } from './hub-requests.js';

export interface SocketMessage {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

async function refused(socket: WebSocket): Promise<never> {
  await once(socket, 'error');
  throw new Error('the socket was refused');
}

export class GraphqlSocket implements Disposable {
  readonly messages: SocketMessage[] = [];
  isClosed = false;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      this.messages.push(JSON.parse(String(data)) as SocketMessage);
    });
    socket.addEventListener('close', () => {
      this.isClosed = true;
    });
  }

  /** Connects, with a token in connection_init as a browser has to, or with the headers that a browser sends. */
  static async open(hubUrl: string, credentials?: Credentials): Promise<GraphqlSocket> {
    const url = new URL('/graphql', hubUrl);
    url.protocol = 'ws:';
    const headers = typeof credentials === 'object' ? credentials : {};
    const socket = new WebSocket(url, { protocols: 'graphql-transport-ws', headers });
    const opened = new GraphqlSocket(socket);
    await Promise.race([once(socket, 'open'), refused(socket)]);
    opened.send({
      type: 'connection_init',
      payload: typeof credentials === 'string' ? { authorization: `Bearer ${credentials}` } : {},
    });
    return opened;
  }

  /** What arrived for one subscription. */
  of(id: string): SocketMessage[] {
    return this.messages.filter((message) => message.id === id);
  }

  get isAcknowledged(): boolean {
    return this.messages.some(({ type }) => type === 'connection_ack');
  }

  subscribe(id: string, query: string): void {
    this.send({ id, type: 'subscribe', payload: { query } });
  }

  private send(message: SocketMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}
