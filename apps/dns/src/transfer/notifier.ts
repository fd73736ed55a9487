// NOTIFY: RFC 1996. One message for many changes, repeated with growing pauses until the secondary answers.
import type { ListenAddress } from '@sekisho/config';
import { nameOfText, OPCODE_NOTIFY, readName, TYPE } from '@sekisho/dns-wire';
import type { Logger } from '@sekisho/telemetry';
import type { ZoneName } from '@sekisho/zone';
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Changes within a second become one message. */
const COALESCE_MS = 1_000;
const FIRST_RETRY_MS = 2_000;
/** RFC 1996 section 3.6: at most five times; a lost secondary finds out by the SOA's refresh time. */
const MAX_SENDINGS = 5;

interface Pending {
  readonly target: ListenAddress;
  readonly zone: ZoneName;
  id: number;
  sendings: number;
  lastMs: number;
  timer: NodeJS.Timeout | undefined;
}

export class Notifier {
  private readonly sockets = new Map<boolean, Socket>();
  private readonly pending = new Map<string, Pending>();

  constructor(
    private readonly targets: readonly ListenAddress[],
    /** Z as text. */
    private readonly apex: string,
    private readonly logger: Logger,
  ) {
    for (const isV6 of new Set(targets.map(({ host }) => isIPv6(host)))) {
      const socket = createSocket(isV6 ? 'udp6' : 'udp4');
      socket.on('message', (message, { address, port }) => {
        this.receive(message, address, port);
      });
      socket.on('error', (error) => {
        this.logger.warn({ err: error }, 'NOTIFY socket error');
      });
      this.sockets.set(isV6, socket);
    }
  }

  /** Tells all secondaries soon that a zone has changed. The new serial is in service already. */
  readonly changed = (zone: ZoneName): void => {
    for (const target of this.targets) {
      const key = `${zone} ${target.host} ${target.port}`;
      const there = this.pending.get(key);
      // Not sent yet: the message will be of the newest serial anyhow.
      if (there?.timer && there.sendings === 0) continue;
      clearTimeout(there?.timer);
      const lastMs = there?.lastMs ?? Number.NEGATIVE_INFINITY;
      const entry: Pending = { target, zone, id: 0, sendings: 0, lastMs, timer: undefined };
      this.pending.set(key, entry);
      this.schedule(entry, Math.max(0, lastMs + COALESCE_MS - performance.now()));
    }
  };

  close(): void {
    for (const { timer } of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  private schedule(entry: Pending, waitMs: number): void {
    entry.timer = setTimeout(() => {
      this.send(entry);
    }, waitMs);
  }

  private send(entry: Pending): void {
    const { target, zone } = entry;
    entry.timer = undefined;
    if (entry.sendings === MAX_SENDINGS) {
      this.logger.warn(
        { zone, target: target.host, port: target.port },
        'a secondary does not answer NOTIFY',
      );
      return;
    }
    if (entry.sendings === 0) entry.id = randomInt(65_536);
    entry.sendings++;
    entry.lastMs = performance.now();
    const message = notifyOf(entry.id, `${zone}.${this.apex}`);
    this.sockets.get(isIPv6(target.host))?.send(message, target.port, target.host, () => undefined);
    this.schedule(entry, FIRST_RETRY_MS * 2 ** (entry.sendings - 1));
  }

  /** Any answer to our message ends it (RFC 1996 section 3.12: also NOTIMP). */
  private receive(message: Uint8Array, address: string, port: number): void {
    const flags = message[2] ?? 0;
    if (message.length < 12 || (flags & 0x80) === 0 || ((flags >> 3) & 15) !== OPCODE_NOTIFY) return;
    const id = ((message[0] ?? 0) << 8) | (message[1] ?? 0);
    for (const entry of this.pending.values()) {
      if (entry.id !== id || entry.sendings === 0 || entry.target.port !== port) continue;
      if (entry.target.host !== address || !isAbout(message, `${entry.zone}.${this.apex}`)) continue;
      clearTimeout(entry.timer);
      entry.timer = undefined;
    }
  }
}

function notifyOf(id: number, zone: string): Uint8Array {
  const name = nameOfText(zone) ?? new Uint8Array(1);
  const message = new Uint8Array(12 + name.length + 4);
  const view = new DataView(message.buffer);
  view.setUint16(0, id);
  view.setUint16(2, (OPCODE_NOTIFY << 11) | 0x0400);
  view.setUint16(4, 1);
  message.set(name, 12);
  view.setUint16(12 + name.length, TYPE.SOA);
  view.setUint16(14 + name.length, 1);
  return message;
}

/** An answer may leave the question out. */
function isAbout(message: Uint8Array, zone: string): boolean {
  if (message[5] === 0) return true;
  const name = readName(message, 12)?.name ?? new Uint8Array();
  const text = Buffer.from(name).toString('latin1').toLowerCase();
  return text === Buffer.from(nameOfText(zone) ?? []).toString('latin1');
}
