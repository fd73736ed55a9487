// The oldest super-server: a connection that says PROXY, and a process for it that speaks SMTP on its standard streams.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export class InetServer implements AsyncDisposable {
  private readonly children = new Set<ChildProcess>();
  /** What the processes wrote to their standard error. */
  log = '';

  private constructor(
    private readonly server: Server,
    private readonly start: (address: string, port: string) => ChildProcess,
  ) {}

  /** @param start begins the process for a client of that address and port */
  static async listen(start: (address: string, port: string) => ChildProcess): Promise<InetServer> {
    const server = createServer();
    const inet = new InetServer(server, start);
    server.on('connection', (socket) => {
      inet.serve(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return inet;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      const [, address = '', port = ''] =
        /^PROXY TCP[46] (\S+) \S+ (\d+) /.exec(first.toString('latin1')) ?? [];
      const child = this.start(address, port);
      this.children.add(child);
      child.once('exit', () => {
        this.children.delete(child);
        socket.end();
      });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
      child.stdin?.on('error', () => undefined);
      if (child.stdin) socket.pipe(child.stdin);
      child.stdout?.pipe(socket, { end: false });
    });
  }
}
