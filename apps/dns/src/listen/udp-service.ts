import type { Config, ListenAddress } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import type { ZoneIndex } from '@sekisho/zone';
import { DROP, HotAnswerer, UNUSUAL, type HotNames } from '../hot/hot-answer.js';
import { HotListener } from '../hot/hot-listener.js';
import { loadLibc } from '../hot/libc.js';
import type { MemberTallies } from '../access/shared-members.js';
import { hotRules } from '../hot/hot-guard.js';
import type { Respond } from './respond.js';
import { UdpListener } from './udp-listener.js';

/** UDP, however it is answered. */
export interface UdpService {
  /** How, for the log. */
  readonly mode: string;
  /** Resolves to the port. @throws what the system says when it cannot listen */
  listen(address: ListenAddress): Promise<number>;
  /** To be called after every change of a zone. */
  publish(index: ZoneIndex): void;
  /** Counts of the hot path, by COUNT; one array for each thread. */
  readonly counts: readonly Float64Array[];
  close(): Promise<void>;
}

type Choice = Pick<Config, 'dnsAccess' | 'dnsRates' | 'dnsWorkers' | 'isDnsHot'>;

/** Batched system calls in worker threads where the machine and the configuration allow, else Node's own sockets. */
export async function chooseUdp(
  config: Choice,
  names: HotNames,
  respond: Respond,
  logger: Logger,
  members?: MemberTallies,
): Promise<UdpService> {
  const plain = (why: string, isOpen: boolean) => new PlainUdp(names, respond, logger, why, isOpen);
  // In one thread, who may ask and how often is decided for each packet by the ordinary path.
  const isOpen = config.dnsAccess.kind === 'open' && !config.dnsRates;
  if (!config.isDnsHot) return plain('SEKISHO_DNS_HOT=no', isOpen);
  const rules = hotRules(config.dnsAccess, config.dnsRates, config.dnsWorkers);
  try {
    return new BatchedUdp(
      new HotListener(await loadLibc(), names, rules, members, config.dnsWorkers, respond, logger),
      config.dnsWorkers,
    );
  } catch (error) {
    logger.warn({ err: error }, 'no batched system calls: UDP is answered by one thread, at a higher cost');
    return plain('no batched system calls here', isOpen);
  }
}

class BatchedUdp implements UdpService {
  readonly mode: string;

  constructor(
    private readonly listener: HotListener,
    workers: number,
  ) {
    this.mode = `batched, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  }

  get counts(): readonly Float64Array[] {
    return this.listener.counts;
  }

  listen(address: ListenAddress): Promise<number> {
    return this.listener.listen(address);
  }

  publish(index: ZoneIndex): void {
    this.listener.publish(index);
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}

/** The same hot path in the main thread. */
class PlainUdp implements UdpService {
  readonly mode: string;
  private readonly answerer: HotAnswerer;
  private readonly listener: UdpListener;
  private readonly room = new Uint8Array(8192);

  constructor(
    names: HotNames,
    private readonly ordinary: Respond,
    logger: Logger,
    why: string,
    isOpen: boolean,
  ) {
    this.mode = `single thread: ${why}`;
    this.answerer = new HotAnswerer(names);
    this.listener = new UdpListener(isOpen ? this.respond : ordinary, logger);
  }

  get counts(): readonly Float64Array[] {
    return [this.answerer.counts];
  }

  listen(address: ListenAddress): Promise<number> {
    return this.listener.listen(address);
  }

  publish(index: ZoneIndex): void {
    // The index of this thread, so its tables are always the newest.
    this.answerer.use(index);
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  private readonly respond: Respond = (message, transport, client) => {
    const { room } = this;
    if (message.length > MAX_HOT_BYTES) return this.ordinary(message, transport, client);
    room.set(message);
    const length = this.answerer.answer(room, 0, message.length);
    // Sent later by the socket, when the room is in use again.
    if (length > UNUSUAL) return room.slice(0, length);
    return length === DROP ? undefined : this.ordinary(message, transport, client);
  };
}

// Room is left behind it for the answer.
const MAX_HOT_BYTES = 4096;
