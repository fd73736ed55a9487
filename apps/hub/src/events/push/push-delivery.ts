import { DELIVERY, deliveryVerdictOf, retryDelayMs } from '@sekisho/feedback';
import type {
  EventStream,
  EventStreamRepository,
  MemberEvent,
  MemberEventRepository,
} from '@sekisho/persistence';
import { PUSH_TIMEOUT_MS, type Push, type PushAnswer } from './push-client.js';

/** Longer than one attempt: a hub that died in it keeps others from going on for this long at most. */
const LEASE_MS = PUSH_TIMEOUT_MS + 4_000;
/** Read at a time. */
const BATCH = 50;

export interface PushDeliveryParts {
  readonly events: MemberEventRepository;
  readonly streams: EventStreamRepository;
  readonly push: Push;
  readonly sign: (memberId: string, event: MemberEvent) => Promise<string>;
  readonly now: () => Date;
  readonly onRefused: (memberId: string, jti: string, reason: string) => void;
}

/**
 * Pushes a member's events in their order, one at a time. Delivered means: the receiver has said so. A hub that dies between
 * that and the record of it pushes the same `jti` again.
 */
export class PushDelivery {
  constructor(private readonly parts: PushDeliveryParts) {}

  /** All that waits for a member whose turn it is, up to the first that fails for now. */
  async deliver(memberId: string): Promise<void> {
    const { streams, events, now } = this.parts;
    const stream = await streams.lease(memberId, now(), this.leaseEnd());
    if (!stream) return;
    let { failures } = stream;
    let failure: { failures: number; nextAttemptAt: Date; error: string } | undefined;
    try {
      for (;;) {
        const waiting = await events.pending(memberId, BATCH);
        if (waiting.length === 0) return;
        for (const event of waiting) {
          failure = await this.deliverOne({ ...stream, failures }, event);
          failures = 0;
          if (failure || !(await streams.renewLease(stream, this.leaseEnd()))) return;
        }
      }
    } finally {
      await streams.release(stream, failure);
    }
  }

  /** @returns the failure that ends the round, if it is one */
  private async deliverOne(stream: EventStream, event: MemberEvent) {
    const { events, sign, now } = this.parts;
    const { memberId, failures } = stream;
    const firstTriedAt = await events.tried(memberId, event.jti, now());
    const answer = await this.attempt(stream, await sign(memberId, event));
    const verdict = 'status' in answer ? deliveryVerdictOf(answer.status, answer.err) : 'later';
    if (verdict === 'accepted') {
      await events.acknowledge(memberId, [event.jti], now());
      return undefined;
    }
    const error = errorOf(answer);
    const isGivenUp = now().getTime() - firstTriedAt.getTime() >= DELIVERY.giveUpMs;
    if (verdict === 'refused' || isGivenUp) {
      const reason = isGivenUp ? `given up: ${error}` : error;
      await events.refuse(memberId, event.jti, reason);
      this.parts.onRefused(memberId, event.jti, reason);
      return undefined;
    }
    const pause = retryDelayMs(failures + 1, 'status' in answer ? answer.retryAfterSeconds : undefined);
    return { failures: failures + 1, nextAttemptAt: new Date(now().getTime() + pause), error };
  }

  private async attempt({ endpoint = '', authorization }: EventStream, token: string) {
    try {
      return await this.parts.push({ endpoint, authorization }, token);
    } catch (error) {
      return { error };
    }
  }

  private leaseEnd(): Date {
    return new Date(this.parts.now().getTime() + LEASE_MS);
  }
}

/** For the member's eyes: what its own receiver said, or why it was not reached. */
function errorOf(answer: PushAnswer | { error: unknown }): string {
  if ('status' in answer) return `HTTP ${answer.status}${answer.err === undefined ? '' : ` ${answer.err}`}`;
  const { error } = answer;
  if (!(error instanceof Error)) return 'not reached';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? `not reached: ${code}` : `not reached: ${error.name}`;
}
