import { Injectable } from '@nestjs/common';
import {
  readWarningLists,
  reputationAsOf,
  SIGHTING_RETENTION_MS,
  type StoredReputation,
} from '@sekisho/persistence';
import type { Subject } from '@sekisho/subject';
import { Platform } from '../platform/platform.js';
import { RequestRefused } from '../problems/errors.js';

const BUCKET_MS = 600_000;
const bucketed = (time: Date) => new Date(Math.floor(time.getTime() / BUCKET_MS) * BUCKET_MS);

/** Reputations as of a past moment. */
@Injectable()
export class PastReputations {
  private warningLists: ReturnType<typeof readWarningLists> | undefined;

  constructor(private readonly platform: Platform) {}

  /**
   * To 10 minutes: by asking for one moment after another a member could otherwise learn when a report came in.
   * @throws {RequestRefused} as-of-out-of-range
   */
  async find(subject: Subject, asOf: Date): Promise<StoredReputation | undefined> {
    const now = this.platform.now().getTime();
    if (asOf.getTime() > now || asOf.getTime() < now - SIGHTING_RETENTION_MS) {
      throw new RequestRefused(
        'as-of-out-of-range',
        'asOf: a moment of the last 60 days, not later than now',
      );
    }
    this.warningLists ??= readWarningLists();
    return reputationAsOf(this.platform.dataSource, subject, bucketed(asOf), await this.warningLists);
  }
}
