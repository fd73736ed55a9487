import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';

/** Port 53 of a loopback address of its own, where a resolver's configuration can point; hands packets to an edge, or is dead. */
export class DnsRelay implements AsyncDisposable {
  private target: number | undefined;
  private readonly upstream = new Map<string, Socket>();

  private constructor(
    private readonly socket: Socket,
    readonly address: string,
  ) {}

  static async open(): Promise<DnsRelay> {
    const address = `127.${randomInt(64, 250)}.${randomInt(250)}.${randomInt(1, 250)}`;
    const socket = createSocket('udp4').bind(53, address);
    await once(socket, 'listening');
    const relay = new DnsRelay(socket, address);
    socket.on('message', (query, client) => {
      relay.hand(query, client.port, client.address);
    });
    return relay;
  }

  /** undefined: nobody answers. */
  pointTo(port: number | undefined): void {
    this.target = port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.upstream.values()) socket.close();
    this.socket.close();
    await once(this.socket, 'close');
  }

  private hand(query: Buffer, port: number, address: string): void {
    const { target } = this;
    if (target === undefined) return;
    const client = `${address} ${port} ${target}`;
    let socket = this.upstream.get(client);
    if (!socket) {
      socket = createSocket('udp4');
      // The edge may be gone: then there is no answer.
      socket.on('error', () => undefined);
      socket.on('message', (answer) => {
        this.socket.send(answer, port, address);
      });
      this.upstream.set(client, socket);
    }
    socket.send(query, target, '127.0.0.1');
  }
}
