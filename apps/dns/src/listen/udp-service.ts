import type { Config, ListenAddress } from '@sekisho/config';
import type { Logger } from '@sekisho/telemetry';
import type { Publication } from '../hot/hot-control.js';
import { HotListener, type HotSource } from '../hot/hot-listener.js';
import { DROP, UNUSUAL, type PacketAnswerer } from '../hot/hot-packet.js';
import { loadLibc } from '../hot/libc.js';
import type { Respond } from './respond.js';
import { UdpListener } from './udp-listener.js';

/** UDP, however it is answered. */
export interface UdpService {
  /** How, for the log. */
  readonly mode: string;
  /** Resolves to the port. @throws what the system says when it cannot listen */
  listen(address: ListenAddress): Promise<number>;
  /** To be called when there is something new to answer from. */
  publish(publication: Publication): void;
  /** Counts of the hot path, by COUNT; one array for each thread. */
  readonly counts: readonly Float64Array[];
  close(): Promise<void>;
}

export interface UdpSource extends HotSource {
  /** The hot path for this thread, which judges nobody: it is used when all may ask as often as they like. */
  answerer(): PacketAnswerer;
}

/** Batched system calls in worker threads where the machine and the configuration allow, else Node's own sockets. */
export async function chooseUdp(
  { dnsWorkers, isDnsHot }: Pick<Config, 'dnsWorkers' | 'isDnsHot'>,
  source: UdpSource,
  respond: Respond,
  logger: Logger,
): Promise<UdpService> {
  if (!isDnsHot) return new PlainUdp(source, respond, logger, 'SEKISHO_DNS_HOT=no');
  try {
    const listener = new HotListener(await loadLibc(), source, dnsWorkers, respond, logger);
    return new BatchedUdp(listener, dnsWorkers);
  } catch (error) {
    logger.warn({ err: error }, 'no batched system calls: UDP is answered by one thread, at a higher cost');
    return new PlainUdp(source, respond, logger, 'no batched system calls here');
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

  publish(publication: Publication): void {
    this.listener.publish(publication);
  }

  close(): Promise<void> {
    return this.listener.close();
  }
}

/** The same hot path in the main thread. */
class PlainUdp implements UdpService {
  readonly mode: string;
  private readonly answerer: PacketAnswerer;
  private readonly listener: UdpListener;
  private readonly room = new Uint8Array(8192);

  constructor(
    source: UdpSource,
    private readonly ordinary: Respond,
    logger: Logger,
    why: string,
  ) {
    this.mode = `single thread: ${why}`;
    this.answerer = source.answerer();
    const { networks, rates, isByKey } = source.rules;
    // Who may ask and how often is decided for each packet by the ordinary path.
    const isOpen = !networks && !rates && !isByKey;
    this.listener = new UdpListener(isOpen ? this.respond : ordinary, logger);
  }

  get counts(): readonly Float64Array[] {
    return [this.answerer.counts];
  }

  listen(address: ListenAddress): Promise<number> {
    return this.listener.listen(address);
  }

  publish(publication: Publication): void {
    this.answerer.take(publication);
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  private readonly respond: Respond = (message, transport, client) => {
    const { room } = this;
    if (message.length > MAX_HOT_BYTES) return this.ordinary(message, transport, client);
    room.set(message);
    this.answerer.refresh(Date.now());
    const length = this.answerer.answer(room, 0, message.length);
    // Sent later by the socket, when the room is in use again.
    if (length > UNUSUAL) return room.slice(0, length);
    return length === DROP ? undefined : this.ordinary(message, transport, client);
  };
}

// Room is left behind it for the answer.
const MAX_HOT_BYTES = 4096;
