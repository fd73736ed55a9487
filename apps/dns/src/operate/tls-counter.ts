import type { Server } from 'node:tls';

/** DNS over TLS, for operation.ts to tell: connections, handshakes and how long the certificate is good for. */
export class TlsCounter {
  /** Connections that are open, after their handshake. */
  open = 0;
  done = 0;
  /** Also those that took too long. */
  failed = 0;
  expiresAtSeconds = Number.NaN;

  watch(server: Server): void {
    server.on('secureConnection', (socket) => {
      this.done++;
      this.open++;
      socket.on('close', () => this.open--);
    });
    server.on('tlsClientError', () => {
      this.failed++;
    });
  }

  /** A certificate went into service. */
  certified(expiresAtSeconds: number): void {
    this.expiresAtSeconds = expiresAtSeconds;
  }
}
