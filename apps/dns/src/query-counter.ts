import { Counter, type Registry } from '@sekisho/telemetry';
import type { Destination, Transport } from './answer/server-state.js';

/** Counts of answers by zone, response code and transport. Plain numbers on the way, labels only when collected. */
export class QueryCounter {
  private readonly counts = new Map<string, { labels: Record<string, string>; count: number }>();

  constructor(registry: Registry) {
    const { counts } = this;
    new Counter({
      name: 'sekisho_dns_queries_total',
      help: 'DNS queries answered, by zone, response code and transport',
      labelNames: ['zone', 'rcode', 'transport'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, count } of counts.values()) this.inc(labels, count);
      },
    });
  }

  readonly count = (zone: Destination, rcode: number, transport: Transport): void => {
    const key = `${zone} ${rcode} ${transport}`;
    const there = this.counts.get(key);
    if (there) there.count++;
    else this.counts.set(key, { labels: { zone, rcode: String(rcode), transport }, count: 1 });
  };
}
