import { isIPv6 } from 'node:net';

const WINDOW_MS = 10 * 60_000;
const MOST_IN_WINDOW = 10;
/** Beyond so many addresses the oldest are forgotten: a flood from everywhere must not fill the memory. */
const MOST_ADDRESSES = 50_000;

/** How many appeals one address, or /64 of IPv6, files in ten minutes. */
export class FilingLimit {
  private readonly filed = new Map<string, { since: number; count: number }>();

  /** @returns seconds to wait, or undefined when it may file */
  take(address: string, now: number): number | undefined {
    const key = isIPv6(address) ? address.split(':').slice(0, 4).join(':') : address;
    const known = this.filed.get(key);
    const current = known && now - known.since < WINDOW_MS ? known : { since: now, count: 0 };
    if (current.count >= MOST_IN_WINDOW) return Math.ceil((current.since + WINDOW_MS - now) / 1_000);
    this.filed.delete(key);
    this.filed.set(key, { since: current.since, count: current.count + 1 });
    const oldest = this.filed.size > MOST_ADDRESSES ? this.filed.keys().next().value : undefined;
    if (oldest !== undefined) this.filed.delete(oldest);
    return undefined;
  }
}
