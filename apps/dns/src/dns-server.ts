import { failureOf } from '@sekisho/dns-wire';
import { formatListen, readEdgeToken, type Config } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import { ZONE_NAMES } from '@sekisho/zone';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { answer } from './answer/answer.js';
import { clientAccess } from './answer/client-access.js';
import { createServerState, type ServerState } from './answer/server-state.js';
import { HubClient } from './follow/hub-client.js';
import { HubKeys } from './follow/hub-keys.js';
import { ServedZones } from './follow/served-zones.js';
import { SnapshotStore } from './follow/snapshot-store.js';
import { ZoneFollower } from './follow/zone-follower.js';
import type { Respond } from './listen/respond.js';
import { TcpListener } from './listen/tcp-listener.js';
import { chooseUdp, type UdpService } from './listen/udp-service.js';
import { OperationServer } from './operate/operation-server.js';
import { QueryCounter } from './operate/query-counter.js';
import { CONFIG, LOGGER } from './tokens.js';

/** The order of life: what is on disk, then the sockets, then the hub; and back. */
@Injectable()
export class DnsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly state: ServerState;
  private udp: UdpService | undefined;
  private readonly tcp: TcpListener;
  private followers: readonly ZoneFollower[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly zones: ServedZones,
    private readonly counter: QueryCounter,
    private readonly operation: OperationServer,
  ) {
    this.state = createServerState({
      apex: config.zone,
      listenHost: config.dns.host,
      publicUrl: config.publicUrl,
      zones: zones.indexes,
      isAllowed: clientAccess(config.dnsAccess),
      count: counter.count,
    });
    this.tcp = new TcpListener(this.respond, logger);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger } = this;
    const hub = new HubClient(config.hubUrl, await readEdgeToken(config.dataDir));
    const keys = new HubKeys(config.dataDir, () => hub.keys());
    this.followers = ZONE_NAMES.map(
      (zone) =>
        new ZoneFollower(
          zone,
          this.zones,
          hub,
          keys,
          new SnapshotStore(config.dataDir, zone, keys, logger),
          logger,
        ),
    );
    // One after the other: reading is bound by the processor, and the smaller peak of memory is worth it.
    for (const follower of this.followers) await follower.load();
    const { apexName, hostName, hostmasterName } = this.state;
    const udp = await chooseUdp(config, { apexName, hostName, hostmasterName }, this.respond, logger);
    this.udp = udp;
    for (const index of this.zones.indexes.values()) udp.publish(index);
    this.zones.onChange((index) => {
      udp.publish(index);
    });
    this.counter.addHot(() => udp.counts);
    // TCP takes over the port that UDP got, which matters when the system chooses it.
    const port = await udp.listen(config.dns);
    await this.tcp.listen({ ...config.dns, port });
    if (config.dnsHttp) await this.operation.listen(config.dnsHttp);
    for (const follower of this.followers) follower.start();
    logger.info(
      { listen: formatListen({ ...config.dns, port }), apex: config.zone, udp: udp.mode },
      'answering',
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.udp?.close(), this.tcp.close(), this.operation.close()]);
    await Promise.all(this.followers.map((follower) => follower.stop()));
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
