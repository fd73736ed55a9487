import { createServer } from 'node:net';
import { failureOf } from '@sekisho/dns-wire';
import { formatListen, type Config } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { openLimiter } from '../access/open-limiter.js';
import type { ResponseRateLimiter } from '../access/response-rate-limiter.js';
import { clientAccess } from '../answer/client-access.js';
import type { Transport } from '../answer/server-state.js';
import { createCounts } from '../hot/hot-control.js';
import { HotGuard, hotRules, OPEN } from '../hot/hot-guard.js';
import { LoadedAnswerer } from '../hot/loaded-answer.js';
import { chooseUdp, type UdpService } from '../listen/udp-service.js';
import { StreamListener } from '../tls/stream-listener.js';
import { answerLoaded } from './answer-loaded.js';
import type { LoadArguments } from './load-arguments.js';
import { ServedZones } from './served-zones.js';

/** Serves data files of rbldnsd, without hub and database. */
export class LoadedServer {
  private readonly zones: ServedZones;
  private udp: UdpService | undefined;
  private readonly limiter: ResponseRateLimiter | undefined;
  private readonly tcp: StreamListener;
  private readonly isAllowed: (client: string) => boolean;

  constructor(
    private readonly config: Config,
    private readonly options: LoadArguments,
    private readonly logger: Logger,
  ) {
    this.isAllowed = clientAccess(config.dnsAccess);
    this.zones = new ServedZones(options.specs, options.ttlSeconds, logger);
    this.limiter = openLimiter(config);
    this.tcp = new StreamListener(createServer({ noDelay: true }), 'tcp', this.respond, logger);
  }

  /** Loads everything, then listens. @throws {DatasetRefused} and what the system says when it cannot listen */
  async start(): Promise<void> {
    const { config, logger } = this;
    await this.zones.load();
    const port = await this.tcp.listen(config.dns);
    const udp = await this.openUdp();
    await udp.listen({ ...config.dns, port });
    this.zones.watch(this.options.checkSeconds);
    process.on('SIGHUP', this.reload);
    const zones = this.zones.zones.map(({ name }) => name);
    const listen = formatListen({ ...config.dns, port });
    logger.info({ listen, zones, udp: udp.mode }, 'answering from data files');
  }

  async stop(): Promise<void> {
    process.off('SIGHUP', this.reload);
    await Promise.all([this.udp?.close(), this.tcp.close()]);
    await this.zones.stop();
  }

  private async openUdp(): Promise<UdpService> {
    const { config, zones } = this;
    // There are no members' keys in the names of data files.
    const access = config.dnsAccess.kind === 'key' ? ({ kind: 'open' } as const) : config.dnsAccess;
    const source = {
      rules: hotRules(access, this.limiter?.shared),
      content: () => zones.publication,
      answerer: () => {
        const answerer = new LoadedAnswerer(createCounts(), new HotGuard(OPEN));
        answerer.take(zones.publication);
        return answerer;
      },
    };
    const udp = await chooseUdp(config, source, this.respond, this.logger);
    this.udp = udp;
    zones.watchChanges((publication) => {
      udp.publish(publication);
    });
    return udp;
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
        limiter: this.limiter,
      };
      return answerLoaded(message, state, transport, client);
    } catch (error) {
      this.logger.error({ err: error }, 'a query could not be answered');
      return failureOf(message);
    }
  };
}
