import type { Config } from '@sekisho/config';
import { failureOf } from '@sekisho/dns-wire';
import type { Logger, Registry } from '@sekisho/telemetry';
import { createServer } from 'node:net';
import type { TransferServer } from '../transfer/transfer-server.js';
import { TlsMetrics } from '../operate/tls-metrics.js';
import { StreamListener, type StreamRespond } from './stream-listener.js';
import { CertifiedServer } from './tls-certificate.js';

/** TCP beside UDP, and TLS when it is configured. */
export class StreamListeners {
  private constructor(
    private readonly config: Config,
    private readonly tcp: StreamListener,
    private readonly tls: StreamListener | undefined,
    private readonly certified: CertifiedServer | undefined,
  ) {}

  /** @throws {ConfigInvalid} for a certificate that cannot be used */
  static async open(
    config: Config,
    transfers: TransferServer,
    logger: Logger,
    registry: Registry,
  ): Promise<StreamListeners> {
    const respond: StreamRespond = (message, transport, client) => {
      try {
        return transfers.respond(message, transport, client);
      } catch (error) {
        logger.error({ err: error }, 'a query could not be answered');
        return failureOf(message);
      }
    };
    const certified = config.dnsTls
      ? await CertifiedServer.open(config.dnsTls, logger, new TlsMetrics(registry))
      : undefined;
    return new StreamListeners(
      config,
      new StreamListener(createServer({ noDelay: true }), 'tcp', respond, logger),
      certified && new StreamListener(certified.server, 'tls', respond, logger),
      certified,
    );
  }

  /** Resolves to the port of TCP, and that of TLS if it is served. @throws what the system says when it cannot listen */
  async listen(): Promise<{ port: number; tlsPort: number | undefined }> {
    const { dns, dnsTls } = this.config;
    const port = await this.tcp.listen(dns);
    return { port, tlsPort: dnsTls && this.tls ? await this.tls.listen(dnsTls) : undefined };
  }

  async close(): Promise<void> {
    this.certified?.close();
    await Promise.all([this.tcp.close(), this.tls?.close()]);
  }
}
