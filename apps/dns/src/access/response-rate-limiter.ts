// Response rate limiting as BIND does it: a bucket for equal answers to one network, so that this server is of no use
// for flooding somebody with answers to queries that he never sent.
import type { ResponseRates } from '@sekisho/config';
import { octetsOfClient } from './client-address.js';

export type AnswerKind = 'responses' | 'nxdomains' | 'nodata' | 'errors';

/** `cut`: send it without records and with TC, so that who really asked comes back by TCP. */
export type Verdict = 'send' | 'cut' | 'drop';

/** A bucket is some 200 bytes; the least recently used one goes when there are more. */
const MAX_BUCKETS = 100_000;

interface Bucket {
  balance: number;
  atMs: number;
  suppressed: number;
}

export class ResponseRateLimiter {
  /** Answers that were not sent, and those sent cut. */
  dropped = 0;
  slipped = 0;
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rates: ResponseRates,
    private readonly maxBuckets = MAX_BUCKETS,
  ) {}

  get size(): number {
    return this.buckets.size;
  }

  /** @param what the name and type of a listing, the zone of a negative answer */
  judge(client: string, kind: AnswerKind, what: string, nowMs: number): Verdict {
    const rate = this.rates[kind];
    if (rate === 0) return 'send';
    const key = `${networkOf(client)} ${kind} ${what}`;
    const bucket = this.buckets.get(key) ?? { balance: rate, atMs: nowMs, suppressed: 0 };
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > this.maxBuckets) {
      for (const oldest of this.buckets.keys()) {
        this.buckets.delete(oldest);
        break;
      }
    }
    const credit = Math.max(0, ((nowMs - bucket.atMs) / 1_000) * rate);
    const floor = -this.rates.windowSeconds * rate;
    bucket.balance = Math.max(floor, Math.min(rate, bucket.balance + credit) - 1);
    bucket.atMs = nowMs;
    if (bucket.balance >= 0) {
      bucket.suppressed = 0;
      return 'send';
    }
    bucket.suppressed++;
    const { slip } = this.rates;
    if (slip === 0 || bucket.suppressed % slip !== 0) {
      this.dropped++;
      return 'drop';
    }
    this.slipped++;
    // TC in an error would be no help to anybody: now and then one goes out as it is.
    return kind === 'errors' ? 'send' : 'cut';
  }
}

/** The network that is protected: /24 or /56, as somebody who is flooded shares his line with it. */
function networkOf(client: string): string {
  const octets = octetsOfClient(client);
  return octets.subarray(0, octets.length === 4 ? 3 : 7).join('.');
}
