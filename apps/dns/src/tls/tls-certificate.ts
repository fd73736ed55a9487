// DNS over TLS: RFC 7858. Certificate and key come from files that others renew.
import { ConfigInvalid, type DnsTls } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import type { TlsCounter } from '../operate/tls-counter.js';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, createServer, type Server, type TlsOptions } from 'node:tls';

/** Renewal is a matter of weeks; a minute and a half of looking costs two reads. */
const CHECK_MS = 10_000;

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A TLS server whose certificate follows its files: connections that exist keep what they have. */
export class CertifiedServer {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly server: Server,
    private readonly tls: DnsTls,
    private current: Pair,
    private readonly logger: Logger,
    private readonly counter: TlsCounter,
  ) {
    counter.watch(server);
    this.tellExpiry();
  }

  /** @throws {ConfigInvalid} when the files cannot be used */
  static async open(
    tls: DnsTls,
    logger: Logger,
    counter: TlsCounter,
    checkMs = CHECK_MS,
  ): Promise<CertifiedServer> {
    const pair = await readPair(tls);
    try {
      const certified = new CertifiedServer(createServer(optionsOf(pair)), tls, pair, logger, counter);
      certified.timer = setInterval(() => {
        void certified.renew();
      }, checkMs);
      return certified;
    } catch (error) {
      throw new ConfigInvalid([`SEKISHO_DNS_TLS_CERT: not usable with its key: ${(error as Error).message}`]);
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Of the first certificate in the file, which is the server's own. */
  private tellExpiry(): void {
    const { validToDate } = new X509Certificate(this.current.cert);
    this.counter.certified(validToDate.getTime() / 1000);
  }

  /** Takes a new pair when there is a good one; a half-written or wrong one is left alone until it is right. */
  private async renew(): Promise<void> {
    try {
      const pair = await readPair(this.tls);
      if (pair.cert === this.current.cert && pair.key === this.current.key) return;
      createSecureContext(pair);
      this.server.setSecureContext(optionsOf(pair));
      this.current = pair;
      this.tellExpiry();
      this.logger.info({ certificate: this.tls.certificatePath }, 'certificate reloaded');
    } catch (error) {
      this.logger.warn({ err: error, certificate: this.tls.certificatePath }, 'certificate not reloaded');
    }
  }
}

/** RFC 9325 section 3.1.1: nothing below TLS 1.2. ALPN `dot` as registered for RFC 7858. */
const optionsOf = ({ cert, key }: Pair): TlsOptions => ({
  ...{ cert, key },
  minVersion: 'TLSv1.2',
  ALPNProtocols: ['dot'],
  handshakeTimeout: 5_000,
});

async function readPair({ certificatePath, keyPath }: DnsTls): Promise<Pair> {
  const read = (name: string, path: string) =>
    readFile(path, 'utf8').catch((error: unknown) => {
      throw new ConfigInvalid([`${name}: ${(error as Error).message}`]);
    });
  return {
    cert: await read('SEKISHO_DNS_TLS_CERT', certificatePath),
    key: await read('SEKISHO_DNS_TLS_KEY', keyPath),
  };
}
