import { Injectable } from '@nestjs/common';
import { RecordChangeRepository } from '@sekisho/persistence';
import {
  APPEAL_DECISIONS,
  caseNumberSchema,
  CORRECTION_TYP,
  correctionClaimsSchema,
  expiryOf,
  readClaims,
  reasonSchema,
  SubscriberRefused,
} from '@sekisho/subscriber';
import { z } from 'zod';
import { Platform } from '../platform/platform.js';
import { digestOf, storedDigest, SubscribersService } from './subscribers.service.js';

const rulingSchema = z.object({
  decision: z.enum(APPEAL_DECISIONS),
  appeal: caseNumberSchema,
  reason: reasonSchema.optional(),
  expiresOn: z.iso.date().optional(),
});

/** Corrections of records by their reporters, and rulings on appeals by reviewers. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly platform: Platform,
    private readonly subscribers: SubscribersService,
    private readonly changes: RecordChangeRepository,
  ) {}

  /**
   * Puts a new version of the member's own record in its place.
   * @throws {NotAuthentic}
   * @throws {SubscriberRefused} as terminate; termination-unknown, termination-state
   */
  async correct(
    memberId: string,
    envelope: string,
  ): Promise<{ terminationId: string; version: number; expiresAt: Date }> {
    const now = this.platform.now();
    const claims = await this.subscribers.verify(memberId, envelope, CORRECTION_TYP, now);
    const { terminationId, version, termination } = readClaims(
      correctionClaimsSchema,
      claims,
      'termination-malformed',
    );
    const { identifiers, ...rest } = termination;
    const expiresAt = this.subscribers.requireTerms(rest, now);
    const { epoch } = rest;
    await this.changes.correct(
      memberId,
      {
        ...{ ...rest, terminationId, version, expiresAt, envelopeDigest: digestOf(envelope) },
        tokens: identifiers.map(({ type, tag }) => ({ type, epoch, digest: storedDigest(tag) })),
      },
      now,
    );
    return { terminationId, version, expiresAt };
  }

  /**
   * A reviewer who did not report a contested record ends the contest.
   * @throws {SubscriberRefused} termination-malformed, reason-not-admissible, expiry-not-admissible, termination-unknown
   */
  async rule(
    reviewer: string,
    terminationId: string,
    given: Record<'decision' | 'appeal' | 'reason' | 'expiresOn', string | undefined>,
  ): Promise<void> {
    const now = this.platform.now();
    const parsed = rulingSchema.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.join('.') ?? '';
      throw new SubscriberRefused(
        where === 'reason' ? 'reason-not-admissible' : 'termination-malformed',
        `${where}: ${issue?.message ?? ''}`,
      );
    }
    const { decision, appeal: note, reason, expiresOn } = parsed.data;
    const isChanging = reason !== undefined || expiresOn !== undefined;
    if (isChanging !== (decision === 'corrected')) {
      throw new SubscriberRefused(
        'termination-malformed',
        'a corrected record gets another reason or expiry, and no other decision does',
      );
    }
    const record = await this.changes.contested(reviewer, terminationId);
    const newReason = reason ?? reasonSchema.parse(record.reason);
    const corrected = isChanging && {
      reason: newReason,
      expiresAt: expiryOf({ reason: newReason, terminatedOn: record.terminatedOn, expiresOn }, now),
    };
    await this.changes.rule(
      reviewer,
      terminationId,
      { decision, note, corrected: corrected || undefined },
      now,
    );
  }
}
