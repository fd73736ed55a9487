import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A connection's two ends on 127.0.0.1 that can be cut, refused or made slow while it carries traffic. */
export class TcpProxy implements AsyncDisposable {
  /** Added to each chunk, each way. */
  delayMs = 0;
  /** New connections are closed at once. */
  isRefusing = false;
  private readonly open = new Set<Socket>();
  private readonly server = createServer((client) => {
    this.accept(client);
  });

  readonly port: number;
  private readonly targetPort: number;

  private constructor(port: number, targetPort: number) {
    this.port = port;
    this.targetPort = targetPort;
  }

  static async listen(port: number, targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port, targetPort);
    proxy.server.listen(port, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** Resets every connection, as a firewall does that lost its state. */
  cut(): void {
    for (const socket of this.open) socket.resetAndDestroy();
  }

  private accept(client: Socket): void {
    if (this.isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const target = connect(this.targetPort, '127.0.0.1');
    void this.carry(client, target);
    void this.carry(target, client);
  }

  private async carry(from: Socket, to: Socket): Promise<void> {
    this.open.add(from);
    from.setNoDelay(true);
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        if (this.delayMs > 0) await sleep(this.delayMs);
        if (!to.write(chunk)) await once(to, 'drain');
      }
      to.end();
    } catch {
      // One end is gone; what the other makes of it is what is tested.
      to.destroy();
    } finally {
      this.open.delete(from);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }
}
