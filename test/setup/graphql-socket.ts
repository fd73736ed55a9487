// A client of the graphql-transport-ws protocol (graphql-ws, PROTOCOL.md), written out so that a test sees every message.
import { once } from 'node:events';

export interface SocketMessage {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

export class GraphqlSocket implements Disposable {
  readonly messages: SocketMessage[] = [];
  isClosed = false;
  closeCode: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      this.messages.push(JSON.parse(String(data)) as SocketMessage);
    });
    socket.addEventListener('close', ({ code }) => {
      this.isClosed = true;
      this.closeCode = code;
    });
  }

  /** Connects, with the token in connection_init as a browser has to. */
  static async open(hubUrl: string, token?: string): Promise<GraphqlSocket> {
    const url = new URL('/graphql', hubUrl);
    url.protocol = 'ws:';
    const socket = new WebSocket(url, 'graphql-transport-ws');
    const opened = new GraphqlSocket(socket);
    await once(socket, 'open');
    opened.send({
      type: 'connection_init',
      payload: token === undefined ? {} : { authorization: `Bearer ${token}` },
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

  /** Also what no client would send. */
  send(message: SocketMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}
