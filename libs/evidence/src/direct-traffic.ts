import { networkContains, type Ip, type Network } from '@sekisho/subject';
import { findingOf, type Finding } from './finding.js';
import type { MailFlow } from './flow-line.js';
import { tryIp } from './received.js';
import type { Skip } from './skip-reason.js';

export interface DirectTrafficRules {
  /** From which no mail may go straight to others' servers. */
  readonly ranges: readonly Network[];
  /** Within them, who may. */
  readonly exceptions: readonly Network[];
  /** A person with a mail server of their own does not reach both. */
  readonly leastConnections: number;
  readonly leastDestinations: number;
}

interface Sender {
  firstAt: number;
  lastAt: number;
  count: number;
  /** No more than are needed to tell. */
  readonly destinations: Set<string>;
  /** Seen by a mail server of the member's own, which is no place for a client of a dynamic range, and tells of no others. */
  isSeenHere: boolean;
}

/** Connections to port 25 straight from ranges that should have none, counted by address. Its memory has a bound. */
export class DirectTraffic {
  private readonly senders = new Map<string, Sender>();

  constructor(
    private readonly rules: DirectTrafficRules,
    private readonly capacity = 20_000,
  ) {}

  get isFull(): boolean {
    return this.senders.size >= this.capacity;
  }

  get isEmpty(): boolean {
    return this.senders.size === 0;
  }

  /** Undefined: counted. */
  add({ source, destination, at }: MailFlow): Skip | undefined {
    const ip = tryIp(source);
    if (!ip) return { reason: 'line-unrelated' };
    if (!isIn(this.rules.ranges, ip) || isIn(this.rules.exceptions, ip)) return { reason: 'outside-ranges' };
    let sender = this.senders.get(ip.text);
    if (!sender) {
      sender = { firstAt: at, lastAt: at, count: 0, destinations: new Set(), isSeenHere: false };
      this.senders.set(ip.text, sender);
    }
    sender.count += 1;
    sender.firstAt = Math.min(sender.firstAt, at);
    sender.lastAt = Math.max(sender.lastAt, at);
    if (destination === undefined) sender.isSeenHere = true;
    else if (sender.destinations.size < this.rules.leastDestinations) sender.destinations.add(destination);
    return undefined;
  }

  /** What was seen, in the order of first connections; afterwards it is empty. The same connections give the same reports. */
  drain(): Finding {
    const { leastConnections, leastDestinations } = this.rules;
    const found = [...this.senders].map(([value, { firstAt, lastAt, count, destinations, isSeenHere }]) => {
      const isFew = count < leastConnections || (!isSeenHere && destinations.size < leastDestinations);
      if (isFew) return { reports: [], skipped: below(count) };
      const seen = { seenAt: lastAt, firstSeenAt: firstAt, count };
      return findingOf([{ type: 'ip', value, category: 'zombie', evidence: 'port25', ...seen }]);
    });
    this.senders.clear();
    return {
      reports: found.flatMap(({ reports }) => reports),
      skipped: found.flatMap(({ skipped }) => skipped),
    };
  }
}

const below = (count: number): Skip[] => Array.from({ length: count }, () => ({ reason: 'below-threshold' }));

const isIn = (networks: readonly Network[], ip: Ip) =>
  networks.some((network) => networkContains(network, ip));
