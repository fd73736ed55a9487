import type { ListenAddress } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Respond } from './respond.js';

// A burst from a busy mail server waits here while a snapshot is read; the kernel gives what it allows.
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Answers datagrams on one socket. */
export class UdpListener {
  private socket: Socket | undefined;

  constructor(
    private readonly respond: Respond,
    private readonly logger: Logger,
  ) {}

  /** Resolves to the port once bound. @throws what the system says when it cannot listen */
  async listen({ host, port }: ListenAddress): Promise<number> {
    const socket = createSocket({
      type: host.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
    });
    socket.on('message', (message, { address, port: from }) => {
      const answer = this.respond(message, 'udp', address);
      // A client that is gone or a port that cannot be reached is the client's matter.
      if (answer) socket.send(answer, from, address, ignore);
    });
    socket.bind(port, host);
    await once(socket, 'listening');
    socket.on('error', (error) => {
      this.logger.warn({ err: error }, 'UDP socket error');
    });
    this.socket = socket;
    return socket.address().port;
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return;
    socket.close();
    await once(socket, 'close');
  }
}

const ignore = (): void => undefined;
