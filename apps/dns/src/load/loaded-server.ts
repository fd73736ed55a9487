import { createServer } from 'node:net';
import { failureOf } from '@sekisho/dns-wire';
import { formatListen, type Config } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { clientAccess } from '../answer/client-access.js';
import type { Transport } from '../answer/server-state.js';
import { UdpListener } from '../listen/udp-listener.js';
import { StreamListener } from '../tls/stream-listener.js';
import { answerLoaded } from './answer-loaded.js';
import type { LoadArguments } from './load-arguments.js';
import { ServedZones } from './served-zones.js';

/** Serves data files of rbldnsd, without hub and database. */
export class LoadedServer {
  private readonly zones: ServedZones;
  private readonly udp: UdpListener;
  private readonly tcp: StreamListener;
  private readonly isAllowed: (client: string) => boolean;

  constructor(
    private readonly config: Config,
    private readonly options: LoadArguments,
    private readonly logger: Logger,
  ) {
    this.isAllowed = clientAccess(config.dnsAccess);
    this.zones = new ServedZones(options.specs, options.ttlSeconds, logger);
    this.udp = new UdpListener(this.respond, logger);
    this.tcp = new StreamListener(createServer({ noDelay: true }), 'tcp', this.respond, logger);
  }

  /** Loads everything, then listens. @throws {DatasetRefused} and what the system says when it cannot listen */
  async start(): Promise<void> {
    const { config, logger } = this;
    await this.zones.load();
    const port = await this.tcp.listen(config.dns);
    await this.udp.listen({ ...config.dns, port });
    this.zones.watch(this.options.checkSeconds);
    process.on('SIGHUP', this.reload);
    const zones = this.zones.zones.map(({ name }) => name);
    logger.info({ listen: formatListen({ ...config.dns, port }), zones }, 'answering from data files');
  }

  async stop(): Promise<void> {
    process.off('SIGHUP', this.reload);
    await Promise.all([this.udp.close(), this.tcp.close()]);
    await this.zones.stop();
  }

  private readonly reload = (): void => {
    this.zones.reload();
  };

  private readonly respond = (message: Uint8Array, transport: Transport, client: string) => {
    try {
      const state = {
        zones: this.zones.zones,
        nowSeconds: Date.now() / 1000,
        isAllowed: this.isAllowed,
        count: ignore,
      };
      return answerLoaded(message, state, transport, client);
    } catch (error) {
      this.logger.error({ err: error }, 'a query could not be answered');
      return failureOf(message);
    }
  };
}

// Nothing reads counts of a process without a hub.
const ignore = (): void => undefined;
