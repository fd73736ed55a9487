import { Counter, type Registry } from '@sekisho/telemetry';
import { ZONE_NAMES } from '@sekisho/zone';
import type { ResponseRateLimiter } from '../access/response-rate-limiter.js';
import type { Destination, TransferCount, Transport } from '../answer/server-state.js';
import { COUNT } from '../hot/hot-control.js';

/** What the hot path counts besides answers, and what each is called. */
const HOT_METRICS = [
  ['received', 'packets_total', 'Packets that hot workers received'],
  ['batches', 'batches_total', 'System calls in which hot workers received packets'],
  ['handedOver', 'slow_path_total', 'Packets that hot workers gave to the ordinary path'],
  ['dropped', 'dropped_total', 'Packets that must not be answered: responses, or too short'],
  ['overflowed', 'slow_path_overflow_total', 'Packets lost because the ordinary path was full'],
  ['unsent', 'unsent_total', 'Answers that the system refused to send'],
] as const;

/** Counts of answers by zone, response code and transport. Plain numbers on the way, labels only when collected. */
export class QueryCounter {
  private readonly counts = new Map<string, { labels: Record<string, string>; count: number }>();
  private readonly transfers: Counter;
  private hot: () => readonly Float64Array[] = () => [];
  private limiter: ResponseRateLimiter | undefined;

  constructor(registry: Registry) {
    const labelled = () => this.labelled();
    new Counter({
      name: 'sekisho_dns_queries_total',
      help: 'DNS queries answered, by zone, response code and transport',
      labelNames: ['zone', 'rcode', 'transport'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, count } of labelled()) this.inc(labels, count);
      },
    });
    this.transfers = new Counter({
      name: 'sekisho_dns_transfers_total',
      help: 'Zone transfers, by zone, kind and result',
      labelNames: ['zone', 'kind', 'result'],
      registers: [registry],
    });
    const limited = () => this.limiter;
    const hotSum = (place: number) => this.sum(place);
    new Counter({
      name: 'sekisho_dns_rate_limited_total',
      help: 'Equal answers over the rate: not sent, or sent cut so that the asker comes by TCP',
      labelNames: ['verdict'],
      registers: [registry],
      collect() {
        this.reset();
        this.inc({ verdict: 'dropped' }, (limited()?.dropped ?? 0) + hotSum(COUNT.limited));
        this.inc({ verdict: 'slipped' }, (limited()?.slipped ?? 0) + hotSum(COUNT.slipped));
      },
    });
    for (const [place, name, help] of HOT_METRICS) {
      const sum = () => this.sum(COUNT[place]);
      new Counter({
        name: `sekisho_dns_hot_${name}`,
        help,
        registers: [registry],
        collect() {
          this.reset();
          this.inc(sum());
        },
      });
    }
  }

  readonly count = (zone: Destination, rcode: number, transport: Transport): void => {
    const key = `${zone} ${rcode} ${transport}`;
    const there = this.counts.get(key);
    if (there) there.count++;
    else this.counts.set(key, { labels: { zone, rcode: String(rcode), transport }, count: 1 });
  };

  readonly countTransfer: TransferCount = (zone, kind, result) => {
    this.transfers.inc({ zone, kind, result });
  };

  /** What it suppressed is counted from now on. */
  addLimiter(limiter: ResponseRateLimiter): void {
    this.limiter = limiter;
  }

  /** Adds the counts of the hot path, one array for each thread, by COUNT. */
  addHot(counts: () => readonly Float64Array[]): void {
    this.hot = counts;
  }

  private *labelled(): Generator<{ labels: Record<string, string>; count: number }> {
    yield* this.counts.values();
    for (const [i, zone] of ZONE_NAMES.entries()) {
      for (const [offset, rcode] of ['0', '3'].entries()) {
        const count = this.sum(COUNT.answers + i * 2 + offset);
        if (count > 0) yield { labels: { zone, rcode, transport: 'udp' }, count };
      }
    }
  }

  private sum(place: number): number {
    return this.hot().reduce((sum, counts) => sum + (counts[place] ?? 0), 0);
  }
}
