// Rates per sending network: a token bucket for each of connections, messages and recipients. It holds the limit at most,
// fills evenly over the period, and what is refused takes nothing, so that whoever comes back later gets through.
import { formatBytes, maskBytes, type Ip } from '@sekisho/subject';
import type { Policy, Rate } from './policy.js';
import { RecentKeys } from './recent-keys.js';
import { RecentNumbers } from './recent-numbers.js';

const KINDS = ['connections', 'messages', 'recipients'] as const;
type Kind = (typeof KINDS)[number];

/** What a mail server asks about. */
export interface MailEvent {
  /** The client's port, or whatever else is one for each of its TCP connections; undefined: it is not told. */
  readonly connection: string | undefined;
  /** Whose connection it is: an address, or whatever else tells clients apart. */
  readonly client: string;
  /** One key a message; undefined before there is one. */
  readonly message: string | undefined;
  /** How many recipients this event adds. */
  readonly recipients: number;
}

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly limit: Kind; readonly retryAfterSeconds: number };

/** What is left of each. */
interface Bucket extends Record<Kind, number> {
  atMs: number;
}

interface Limits {
  /** What has no limit is never looked at. */
  readonly full: Readonly<Record<Kind, number>>;
  /** Rates of the same limits share their buckets, also after the policy was read again. */
  readonly text: string;
}

const ADMITTED: Admission = { kind: 'admitted' };
/** Some 20 MB when all are in use. */
const MAX_KEYS = 100_000;
/** A message that was admitted, as a number; of one that was refused `numberOf` is greater. */
const ADMITTED_NUMBER = 1;

/** The network by which a sender is counted, as text. */
export function sendingNetwork({ bytes }: Ip, { shapeBy }: Policy): string {
  const length = bytes.length === 4 ? shapeBy.ipv4 : shapeBy.ipv6;
  return `${formatBytes(maskBytes(bytes, length))}/${length}`;
}

/** The state of all rates, in memory of a bounded size: beyond `maxKeys` networks those that were quiet longest start anew. */
export class Shaper {
  private readonly buckets: RecentKeys<Bucket>;
  private readonly connections: RecentNumbers;
  private readonly messages: RecentNumbers;
  private readonly limits = new WeakMap<Rate, Limits>();

  /** @param seed of hashes, 0 to 2^32 - 1: by chance */
  constructor(seed: number, maxKeys = MAX_KEYS) {
    this.buckets = new RecentKeys(maxKeys);
    this.connections = new RecentNumbers(maxKeys, seed);
    this.messages = new RecentNumbers(maxKeys, seed);
  }

  /** Counts an event against the rate of its network. A message that was refused stays refused for its other recipients. */
  admit(network: string, rate: Rate, event: MailEvent, nowMs: number): Admission {
    const { connection, client, message, recipients } = event;
    const former = message === undefined ? 0 : this.messages.get(message);
    if (former > ADMITTED_NUMBER) return refusalOfNumber(former);
    const connections = connection !== undefined && this.connections.get(connection, client) === 0 ? 1 : 0;
    const messages = message !== undefined && former === 0 ? 1 : 0;
    const bucket = this.bucketOf(network, rate, nowMs);
    const refusal =
      refusalOf('connections', connections, bucket, rate) ??
      refusalOf('messages', messages, bucket, rate) ??
      refusalOf('recipients', recipients, bucket, rate);
    if (!refusal) {
      bucket.connections -= connections;
      bucket.messages -= messages;
      bucket.recipients -= recipients;
      if (connection !== undefined) this.connections.putAsked(1);
    }
    // Too many recipients: the message itself goes on with those that it has.
    if (message !== undefined && former === 0 && refusal?.limit !== 'recipients')
      this.messages.putAsked(refusal ? numberOf(refusal) : ADMITTED_NUMBER);
    return refusal ?? ADMITTED;
  }

  private bucketOf(network: string, rate: Rate, nowMs: number): Bucket {
    const { full, text } = this.limitsOf(rate);
    const key = `${network} ${text}`;
    const bucket = this.buckets.use(key);
    if (!bucket) {
      const fresh = { ...full, atMs: nowMs };
      this.buckets.put(key, fresh);
      return fresh;
    }
    // A clock that was set back fills nothing.
    const share = Math.max(0, nowMs - bucket.atMs) / (rate.perSeconds * 1000);
    bucket.connections = Math.min(full.connections, bucket.connections + full.connections * share);
    bucket.messages = Math.min(full.messages, bucket.messages + full.messages * share);
    bucket.recipients = Math.min(full.recipients, bucket.recipients + full.recipients * share);
    bucket.atMs = nowMs;
    return bucket;
  }

  private limitsOf(rate: Rate): Limits {
    const known = this.limits.get(rate);
    if (known) return known;
    const { connections = 0, messages = 0, recipients = 0, perSeconds } = rate;
    const full = { connections, messages, recipients };
    const limits = { full, text: `${connections} ${messages} ${recipients} ${perSeconds}` };
    this.limits.set(rate, limits);
    return limits;
  }
}

type Refusal = Admission & { readonly kind: 'refused' };

/** Fits 32 bits for waits of up to 45 years. */
const numberOf = ({ limit, retryAfterSeconds }: Refusal): number =>
  KINDS.length * (retryAfterSeconds + 1) + KINDS.indexOf(limit);

const refusalOfNumber = (number: number): Refusal => ({
  kind: 'refused',
  limit: KINDS[number % KINDS.length] ?? 'messages',
  retryAfterSeconds: Math.floor(number / KINDS.length) - 1,
});

function refusalOf(kind: Kind, wanted: number, left: Bucket, rate: Rate): Refusal | undefined {
  const limit = rate[kind];
  if (limit === undefined || wanted === 0) return undefined;
  // More than the limit at once never fits: it passes when the bucket is full.
  const missing = Math.min(wanted, limit) - left[kind];
  // Sums of shares: a billionth short is not short.
  if (missing <= 1e-9) return undefined;
  return { kind: 'refused', limit: kind, retryAfterSeconds: Math.ceil((missing / limit) * rate.perSeconds) };
}
