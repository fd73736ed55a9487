import type { Config, DnsTls } from '@sekisho/config';
import { failureOf } from '@sekisho/dns-wire';
import type { Logger } from '@sekisho/telemetry';
import { createServer } from 'node:net';
import type { TransferServer } from '../transfer/transfer-server.js';
import { TlsCounter } from '../operate/tls-counter.js';
import { StreamListener, type StreamRespond } from './stream-listener.js';
import type { CertifiedServer } from './tls-certificate.js';

/** TCP beside UDP, and TLS when it is configured. */
export class StreamListeners {
  private constructor(
    private readonly config: Config,
    private readonly tcp: StreamListener,
    private readonly tls: StreamListener | undefined,
    private readonly certified: CertifiedServer | undefined,
    /** undefined: no TLS. */
    readonly tlsCounter: TlsCounter | undefined,
  ) {}

  /** @throws {ConfigInvalid} for a certificate that cannot be used */
  static async open(config: Config, transfers: TransferServer, logger: Logger): Promise<StreamListeners> {
    const respond: StreamRespond = (message, transport, client) => {
      try {
        return transfers.respond(message, transport, client);
      } catch (error) {
        logger.error({ err: error }, 'a query could not be answered');
        return failureOf(message);
      }
    };
    const counter = config.dnsTls && new TlsCounter();
    const certified =
      config.dnsTls && counter ? await openCertified(config.dnsTls, logger, counter) : undefined;
    return new StreamListeners(
      config,
      new StreamListener(createServer({ noDelay: true }), 'tcp', respond, logger),
      certified && new StreamListener(certified.server, 'tls', respond, logger),
      certified,
      counter,
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

/** Nothing of TLS is loaded before it is asked for. */
async function openCertified(tls: DnsTls, logger: Logger, counter: TlsCounter): Promise<CertifiedServer> {
  const { CertifiedServer } = await import('./tls-certificate.js');
  return CertifiedServer.open(tls, logger, counter);
}
