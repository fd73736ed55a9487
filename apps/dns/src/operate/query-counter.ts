import { ZONE_NAMES } from '@sekisho/zone';
import type { ResponseRateLimiter } from '../access/response-rate-limiter.js';
import type { Destination, TransferCount, Transport } from '../answer/server-state.js';
import { COUNT } from '../hot/hot-control.js';

export interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

type Counts = Map<string, { readonly labels: Labelled['labels']; count: number }>;

function add(counts: Counts, key: string, labels: () => Labelled['labels']): void {
  const there = counts.get(key);
  if (there) there.count++;
  else counts.set(key, { labels: labels(), count: 1 });
}

/** Counts of answers by zone, response code and transport, for operation.ts to tell. Plain numbers, labels only when collected. */
export class QueryCounter {
  private readonly counts: Counts = new Map();
  private readonly transferCounts: Counts = new Map();
  private hot: () => readonly Float64Array[] = () => [];
  private limiter: ResponseRateLimiter | undefined;

  readonly count = (zone: Destination, rcode: number, transport: Transport): void => {
    add(this.counts, `${zone} ${rcode} ${transport}`, () => ({ zone, rcode: String(rcode), transport }));
  };

  readonly countTransfer: TransferCount = (zone, kind, result) => {
    add(this.transferCounts, `${zone} ${kind} ${result}`, () => ({ zone, kind, result }));
  };

  /** What it suppressed is counted from now on. */
  addLimiter(limiter: ResponseRateLimiter): void {
    this.limiter = limiter;
  }

  /** Adds the counts of the hot path, one array for each thread, by COUNT. */
  addHot(counts: () => readonly Float64Array[]): void {
    this.hot = counts;
  }

  *answered(): Generator<Labelled> {
    yield* this.counts.values();
    for (const [i, zone] of ZONE_NAMES.entries()) {
      for (const [offset, rcode] of ['0', '3'].entries()) {
        const count = this.hotSum(COUNT.answers + i * 2 + offset);
        if (count > 0) yield { labels: { zone, rcode, transport: 'udp' }, count };
      }
    }
  }

  transfers(): Iterable<Labelled> {
    return this.transferCounts.values();
  }

  /** Equal answers over the rate: not sent, and sent cut. */
  limited(): readonly Labelled[] {
    const { limiter } = this;
    return [
      { labels: { verdict: 'dropped' }, count: (limiter?.dropped ?? 0) + this.hotSum(COUNT.limited) },
      { labels: { verdict: 'slipped' }, count: (limiter?.slipped ?? 0) + this.hotSum(COUNT.slipped) },
    ];
  }

  /** One place of COUNT, of all threads together. */
  hotSum(place: number): number {
    return this.hot().reduce((sum, counts) => sum + (counts[place] ?? 0), 0);
  }
}
