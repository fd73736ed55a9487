import { Counter, Gauge, type Registry } from '@sekisho/telemetry';
import type { Server } from 'node:tls';

const OPEN = 'sekisho_dns_tls_connections_open';
const HANDSHAKES = 'sekisho_dns_tls_handshakes_total';
const EXPIRY = 'sekisho_dns_tls_certificate_expiry_seconds';

/** DNS over TLS for the operator: connections, handshakes and how long the certificate is good for. */
export class TlsMetrics {
  private readonly handshakes: Counter;
  private expiresAtSeconds = Number.NaN;
  private open = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    const read = { open: () => this.open, expiry: () => this.expiresAtSeconds };
    this.handshakes = new Counter({
      name: HANDSHAKES,
      help: 'TLS handshakes that ended: done, or failed (also those that took too long)',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['done', 'failed']) this.handshakes.inc({ result }, 0);
    new Gauge({
      name: OPEN,
      help: 'Connections of DNS over TLS that are open, after their handshake',
      registers,
      collect() {
        this.set(read.open());
      },
    });
    new Gauge({
      name: EXPIRY,
      help: 'When the certificate in use ends, seconds since 1970',
      registers,
      collect() {
        this.set(read.expiry());
      },
    });
  }

  watch(server: Server): void {
    server.on('secureConnection', (socket) => {
      this.handshakes.inc({ result: 'done' });
      this.open++;
      socket.on('close', () => this.open--);
    });
    server.on('tlsClientError', () => {
      this.handshakes.inc({ result: 'failed' });
    });
  }

  /** A certificate went into service. */
  certified(expiresAtSeconds: number): void {
    this.expiresAtSeconds = expiresAtSeconds;
  }
}
