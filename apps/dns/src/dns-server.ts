import { failureOf } from '@sekisho/dns-wire';
import { formatListen, readEdgeToken, type Config } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES, type ZoneIndex, type ZoneName } from '@sekisho/zone';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AccessFollower } from './access/access-follower.js';
import { CookieJar } from './access/cookie-jar.js';
import { MemberAccess } from './access/member-access.js';
import { ResponseRateLimiter } from './access/response-rate-limiter.js';
import { answer } from './answer/answer.js';
import { clientAccess } from './answer/client-access.js';
import { createServerState, type ServerState } from './answer/server-state.js';
import { HubClient } from './follow/hub-client.js';
import { SnapshotFile } from './follow/snapshot-file.js';
import { ZoneFollower } from './follow/zone-follower.js';
import type { Respond } from './listen/respond.js';
import { UdpListener } from './listen/udp-listener.js';
import { QueryCounter } from './query-counter.js';
import { StreamListeners } from './tls/stream-listeners.js';
import { CONFIG, LOGGER } from './tokens.js';
import { Transfers } from './transfer/transfers.js';

/** The order of life: what is on disk, then the sockets, then the hub; and back. */
@Injectable()
export class DnsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly zones = new Map<ZoneName, ZoneIndex>();
  private state: ServerState;
  private readonly udp: UdpListener;
  private streams: StreamListeners | undefined;
  private transfers: Transfers | undefined;
  private access: AccessFollower | undefined;
  private followers: readonly ZoneFollower[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    counter: QueryCounter,
  ) {
    const { dnsAccess, dnsRates, dnsQuota } = config;
    this.state = createServerState({
      apex: config.zone,
      listenHost: config.dns.host,
      publicUrl: config.publicUrl,
      zones: this.zones,
      isAllowed: clientAccess(dnsAccess),
      count: counter.count,
      members: dnsAccess.kind === 'key' ? new MemberAccess(dnsQuota) : undefined,
      limiter: dnsAccess.kind === 'open' && dnsRates ? new ResponseRateLimiter(dnsRates) : undefined,
    });
    this.udp = new UdpListener(this.respond, logger);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger } = this;
    const token = await readEdgeToken(config.dataDir);
    const hub = new HubClient(config.hubUrl, token);
    const transfers = await Transfers.open(config, this.state, logger);
    this.transfers = transfers;
    this.state = { ...transfers.state, cookies: await CookieJar.open(config.cookieSecretPath) };
    this.streams = await StreamListeners.open(config, transfers.serverOf(this.state), logger);
    const { members } = this.state;
    if (members) this.access = new AccessFollower(members, config.hubUrl, token, config.dataDir, logger);
    this.followers = ZONE_NAMES.map((zone) => {
      const file = new SnapshotFile(config.dataDir, zone, logger);
      return new ZoneFollower(zone, this.zones, hub, file, logger, transfers.histories);
    });
    // One after the other: reading is bound by the processor, and the smaller peak of memory is worth it.
    for (const follower of this.followers) await follower.load();
    await this.access?.load();
    // TCP takes over the port that UDP got, which matters when the system chooses it.
    const port = await this.udp.listen(config.dns);
    const tlsPort = await this.streams.listen(port);
    for (const follower of this.followers) follower.start();
    this.access?.start();
    transfers.start();
    const tls = config.dnsTls && tlsPort ? { tls: formatListen({ ...config.dnsTls, port: tlsPort }) } : {};
    logger.info({ listen: formatListen({ ...config.dns, port }), ...tls, apex: config.zone }, 'answering');
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.udp.close(), this.streams?.close()]);
    await Promise.all([...this.followers.map((follower) => follower.stop()), this.access?.stop()]);
    await this.transfers?.close();
  }

  private readonly respond: Respond = (message, transport, client) => {
    try {
      return answer(message, this.state, transport, client);
    } catch (error) {
      this.logger.error({ err: error }, 'a query could not be answered');
      return failureOf(message);
    }
  };
}
