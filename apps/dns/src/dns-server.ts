import { failureOf } from '@sekisho/dns-wire';
import { formatListen, readEdgeToken, type Config, type ListenAddress } from '@sekisho/config';
import type { Logger, OperationServer } from '@sekisho/telemetry';
import { ZONE_NAMES, type ZoneIndex } from '@sekisho/zone';
import {
  edgeAccess,
  HubClient,
  HubKeys,
  type ServedZones,
  SnapshotStore,
  ZoneFollower,
} from '@sekisho/zone-follow';
import { AccessFollower } from './access/access-follower.js';
import { CookieJar } from './access/cookie-jar.js';
import { MemberAccess } from './access/member-access.js';
import { openLimiter } from './access/open-limiter.js';
import { answer } from './answer/answer.js';
import { clientAccess } from './answer/client-access.js';
import { createServerState, type ServerState } from './answer/server-state.js';
import { HotAnswerer } from './hot/hot-answer.js';
import { hotRules } from './hot/hot-guard.js';
import { PublishedZones } from './hot/published-zones.js';
import type { Respond } from './listen/respond.js';
import { chooseUdp, type UdpService } from './listen/udp-service.js';
import type { QueryCounter } from './operate/query-counter.js';
import type { TlsCounter } from './operate/tls-counter.js';
import type { ZoneAge } from './operate/zone-age.js';
import { StreamListeners } from './tls/stream-listeners.js';
import { Transfers } from './transfer/transfers.js';

/** The order of life: what is on disk, then the sockets, then the hub; and back. */
export class DnsServer {
  private state: ServerState;
  private udp: UdpService | undefined;
  private streams: StreamListeners | undefined;
  private transfers: Transfers | undefined;
  private operation: OperationServer | undefined;
  private access: AccessFollower | undefined;
  private followers: readonly ZoneFollower[] = [];

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
    private readonly zones: ServedZones,
    private readonly counter: QueryCounter,
    private readonly age: ZoneAge,
  ) {
    const { dnsAccess, dnsQuota } = config;
    const limiter = openLimiter(config);
    if (limiter) counter.addLimiter(limiter);
    this.state = createServerState({
      apex: config.zone,
      listenHost: config.dns.host,
      publicUrl: config.publicUrl,
      zones: zones.indexes,
      isAllowed: clientAccess(dnsAccess),
      count: counter.count,
      countTransfer: counter.countTransfer,
      members: dnsAccess.kind === 'key' ? new MemberAccess(dnsQuota) : undefined,
      limiter,
    });
  }

  async start(): Promise<void> {
    const { config, logger } = this;
    const token = await readEdgeToken(config.dataDir);
    const hub = new HubClient(config.hubUrl, edgeAccess(token));
    const keys = new HubKeys(config.dataDir, () => hub.keys());
    const transfers = await Transfers.open(config, this.state, logger);
    this.transfers = transfers;
    this.state = { ...transfers.state, cookies: await CookieJar.open(config.cookieSecretPath) };
    this.streams = await StreamListeners.open(config, transfers.serverOf(this.state), logger);
    const { members } = this.state;
    if (members) this.access = new AccessFollower(members, config.hubUrl, token, config.dataDir, logger);
    this.followers = ZONE_NAMES.map((zone) => {
      const store = new SnapshotStore(config.dataDir, zone, keys, logger);
      return new ZoneFollower(zone, this.zones, hub, keys, store, logger, transfers.histories);
    });
    // One after the other: reading is bound by the processor, and the smaller peak of memory is worth it.
    for (const follower of this.followers) await follower.load();
    await this.access?.load();
    const udp = await this.openUdp();
    // UDP takes over the port that TCP got: when the system chooses it, UDP is the less likely to be taken.
    const { port, tlsPort } = await this.streams.listen();
    await udp.listen({ ...config.dns, port });
    if (config.dnsHttp) this.operation = await this.openOperation(config.dnsHttp, this.streams.tlsCounter);
    for (const follower of this.followers) follower.start();
    this.access?.start();
    transfers.start();
    const tls = config.dnsTls && tlsPort ? { tls: formatListen({ ...config.dnsTls, port: tlsPort }) } : {};
    const listen = formatListen({ ...config.dns, port });
    logger.info({ listen, ...tls, apex: config.zone, udp: udp.mode }, 'answering');
  }

  async stop(): Promise<void> {
    await Promise.all([this.udp?.close(), this.streams?.close(), this.operation?.close()]);
    await Promise.all([...this.followers.map((follower) => follower.stop()), this.access?.stop()]);
    await this.transfers?.close();
  }

  private async openOperation(listen: ListenAddress, tls: TlsCounter | undefined): Promise<OperationServer> {
    const { counter, zones, age, logger } = this;
    const { openOperation } = await import('./operate/operation.js');
    return openOperation({ counter, zones, age, tls }, listen, logger);
  }

  private async openUdp(): Promise<UdpService> {
    const { apexName, hostName, hostmasterName } = this.state;
    const names = { apexName, hostName, hostmasterName };
    const zones = new PublishedZones(names);
    const source = {
      rules: hotRules(this.config.dnsAccess, this.state.limiter?.shared),
      members: this.state.members?.tallies,
      content: () => zones.content(),
      answerer: () => new HotAnswerer(names),
    };
    const udp = await chooseUdp(this.config, source, this.respond, this.logger);
    this.udp = udp;
    const publish = (index: ZoneIndex) => {
      const publication = zones.put(index);
      if (publication) udp.publish(publication);
    };
    for (const index of this.zones.indexes.values()) publish(index);
    this.zones.onChange(publish);
    this.counter.addHot(() => udp.counts);
    return udp;
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
