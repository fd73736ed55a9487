import { Injectable } from '@nestjs/common';
import { ReputationRepository } from '@sekisho/persistence';
import { Counter, Gauge } from '@sekisho/telemetry';
import { Platform } from './platform.js';

/**
 * Who has just reported reads where it was written, until it has surely been scored and has reached the replica: scoring
 * takes a second or two, a replica in use is 5 s behind at most.
 */
const OWN_WRITES_MS = 30_000;

/** Which database answers for reputations: a replica when there is one, and the primary for whoever has just written. */
@Injectable()
export class ReputationReads {
  private readonly onReplica: ReputationRepository;
  /** By member, on the monotonic clock; as many as have written lately. */
  private readonly writtenAt = new Map<string, number>();

  constructor(
    { replica, metrics }: Platform,
    private readonly onPrimary: ReputationRepository,
  ) {
    this.onReplica = replica ? new ReputationRepository(replica) : onPrimary;
    const registers = [metrics];
    new Counter({
      name: 'sekisho_replica_reads_total',
      help: 'Statements that may be read from the replica, by where they were read',
      labelNames: ['from'],
      registers,
      collect() {
        this.reset();
        for (const [from, count] of Object.entries(replica?.reads ?? {})) this.inc({ from }, count);
      },
    });
    new Gauge({
      name: 'sekisho_replica_lag_seconds',
      help: 'How far the replica is behind; +Inf: it does not answer',
      registers,
      collect() {
        if (replica) this.set(replica.lagMs / 1_000);
      },
    });
  }

  /** A member has written what changes reputations. */
  wrote(memberId: string): void {
    this.writtenAt.set(memberId, performance.now());
  }

  for(memberId: string | undefined): ReputationRepository {
    const at = memberId === undefined ? undefined : this.writtenAt.get(memberId);
    if (memberId === undefined || at === undefined) return this.onReplica;
    if (performance.now() - at < OWN_WRITES_MS) return this.onPrimary;
    this.writtenAt.delete(memberId);
    return this.onReplica;
  }
}
