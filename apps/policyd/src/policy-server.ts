import { formatListen } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { serveConnection, type ConnectionOptions } from './connection.js';
import type { Figures } from './figures.js';
import type { Listen } from './options.js';

/** More than Postfix's process limit on one machine; the system has the last word (somaxconn). */
const BACKLOG = 4_096;

/** Listens on TCP and UNIX sockets. */
export class PolicyServer {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly answer: ConnectionOptions['answer'],
    private readonly maxConnections: number,
    private readonly figures: Figures,
    private readonly logger: Logger,
  ) {}

  /** Resolves to where it listens, as text. @throws what the system says when it cannot */
  async listen(where: Listen): Promise<string> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.accept(socket);
    });
    this.servers.push(server);
    if ('path' in where) {
      await removeStale(where.path);
      server.listen({ path: where.path, backlog: BACKLOG, readableAll: true, writableAll: true });
    } else server.listen({ ...where, backlog: BACKLOG });
    await once(server, 'listening');
    const address = server.address();
    if ('path' in where) return `unix:${where.path}`;
    return formatListen({
      ...where,
      port: typeof address === 'object' && address ? address.port : where.port,
    });
  }

  /** Takes no more connections, lets what is under way be answered, and ends. */
  async close(): Promise<void> {
    const closed = this.servers.map(async (server) => {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    });
    for (const socket of this.sockets) socket.destroySoon();
    await Promise.all(closed);
  }

  private accept(socket: Socket): void {
    if (this.sockets.size >= this.maxConnections) {
      this.figures.refusedConnection();
      this.logger.warn({ connections: this.sockets.size }, 'too many connections: one was closed');
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    this.figures.connected(1);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.figures.connected(-1);
    });
    serveConnection(socket, {
      answer: this.answer,
      onMalformed: (reason) => {
        this.figures.refusedConnection();
        this.logger.warn({ reason }, 'a connection was closed without an answer');
      },
    });
  }
}

/** A socket that a killed process left behind; one on which somebody answers stays, and listening fails. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isSocket()) return;
  const probe = connect(path);
  const isServed = await once(probe, 'connect').then(
    () => true,
    () => false,
  );
  probe.destroy();
  if (!isServed) await unlink(path);
}
