import { Injectable } from '@nestjs/common';
import { epochOf } from '@sekisho/oprf';
import { NotAuthentic, verifySigned } from '@sekisho/auth';
import {
  CheckRepository,
  TerminationRepository,
  type Hit,
  type StoredTermination,
} from '@sekisho/persistence';
import {
  CHECK_TYP,
  checkClaimsSchema,
  expiryOf,
  readClaims,
  RENEWAL_TYP,
  renewalClaimsSchema,
  requireBudget,
  strengthOf,
  SubscriberRefused,
  TERMINATION_TYP,
  terminationClaimsSchema,
  type IdentifierType,
  type Reason,
  type Strength,
} from '@sekisho/subscriber';
import { Counter } from '@sekisho/telemetry';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { MemberRegister } from '../members/member-register.service.js';
import { OprfService } from '../oprf/oprf.service.js';
import { Platform } from '../platform/platform.js';

/** Records wait at a member while a party is down. */
const MAX_ENVELOPE_AGE_MS = 24 * 3_600_000;
/** An answer leaves at a multiple of this time after its question came, whatever was found. */
const ANSWER_STEP_MS = 10;

export interface SubscriberAnswer {
  readonly strength: Strength;
  readonly matches: readonly {
    readonly caseId: string;
    readonly strength: Strength;
    readonly types: readonly IdentifierType[];
    readonly reason: string;
  }[];
}

const answerSchema = z.custom<SubscriberAnswer>((value) => typeof value === 'object' && value !== null);
const anyClaims = z.looseObject({ iss: z.string() });

export const digestOf = (text: string) => createHash('sha256').update(text).digest();
/** Members present tags; the store holds their digests. */
export const storedDigest = (tag: string) =>
  createHash('sha256').update(Buffer.from(tag, 'base64url')).digest();

@Injectable()
export class SubscribersService {
  private readonly counted: Counter<'strength'>;

  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
    private readonly oprf: OprfService,
    private readonly terminations: TerminationRepository,
    private readonly checks: CheckRepository,
  ) {
    this.counted = new Counter({
      name: 'sekisho_subscriber_checks_total',
      help: 'Sign-up checks by strength of the answer',
      labelNames: ['strength'],
      registers: [platform.metrics],
    });
  }

  /**
   * Stores a signed termination once.
   * @throws {NotAuthentic | EnvelopeReplayed}
   * @throws {SubscriberRefused} termination-malformed, reason-not-admissible, expiry-not-admissible, epoch-not-open
   */
  async terminate(memberId: string, envelope: string, isCanary: boolean): Promise<StoredTermination> {
    const now = this.platform.now();
    const claims = await this.verify(memberId, envelope, TERMINATION_TYP, now);
    const { jti, termination } = readClaims(terminationClaimsSchema, claims, 'termination-malformed');
    const { identifiers, ...rest } = termination;
    const expiresAt = this.requireTerms(rest, now);
    return this.terminations.store({
      ...rest,
      ...{ memberId, jti, isCanary, expiresAt, registeredAt: now, id: this.platform.newId() },
      envelopeDigest: digestOf(envelope),
      tokens: identifiers.map(({ type, tag }) => ({ type, epoch: rest.epoch, digest: storedDigest(tag) })),
    });
  }

  /**
   * When a record with these terms ends.
   * @throws {SubscriberRefused} termination-malformed, expiry-not-admissible, epoch-not-open
   */
  requireTerms(
    terms: { reason: Reason; terminatedOn: string; expiresOn?: string | undefined; epoch: string },
    now: Date,
  ): Date {
    const expiresAt = expiryOf(terms, now);
    if (terms.terminatedOn > new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10)) {
      throw new SubscriberRefused(
        'termination-malformed',
        'termination.terminatedOn: a day that is still to come',
      );
    }
    this.requireOpen(terms.epoch, now);
    return expiresAt;
  }

  /** The ids that live on in the new epoch. @throws as terminate */
  async renew(memberId: string, envelope: string): Promise<string[]> {
    const now = this.platform.now();
    const claims = await this.verify(memberId, envelope, RENEWAL_TYP, now);
    const { epoch, renewals } = readClaims(renewalClaimsSchema, claims, 'termination-malformed');
    this.requireOpen(epoch, now);
    const tokens = renewals.flatMap(({ terminationId, identifiers }) =>
      identifiers.map(({ type, tag }) => ({ terminationId, type, epoch, digest: storedDigest(tag) })),
    );
    return this.terminations.renew(memberId, epoch, tokens, now);
  }

  /**
   * Answers a signed check. The same statements are run whatever is found, and the answer leaves at a fixed step of
   * time, so that its time says nothing.
   * @throws {NotAuthentic | EnvelopeReplayed}
   * @throws {SubscriberRefused} check-malformed, check-quota-exceeded, check-ratio-exceeded
   */
  async check(memberId: string, envelope: string): Promise<SubscriberAnswer> {
    const startedAt = performance.now();
    const answer = await this.answer(memberId, envelope);
    const passed = performance.now() - startedAt;
    await wait(Math.ceil(passed / ANSWER_STEP_MS) * ANSWER_STEP_MS - passed);
    return answer;
  }

  private async answer(memberId: string, envelope: string): Promise<SubscriberAnswer> {
    const now = this.platform.now();
    const claims = await this.verify(memberId, envelope, CHECK_TYP, now);
    const { jti, check } = readClaims(checkClaimsSchema, claims, 'check-malformed');
    const envelopeDigest = digestOf(envelope);
    const { earlier, ...use } = await this.checks.use(memberId, { jti, envelopeDigest }, now);
    if (earlier !== undefined) return answerSchema.parse(earlier);
    requireBudget(use, { quota: this.platform.config.checkQuota, now });
    const tokens = check.tokens.flatMap(({ epoch, identifiers }) =>
      identifiers.map(({ type, tag }) => ({ epoch, type, digest: storedDigest(tag) })),
    );
    const hits = await this.checks.find(memberId, tokens, now);
    const alarms = hits.filter(({ isCanary }) => isCanary);
    const cases = hits.filter(({ isCanary }) => !isCanary).flatMap((hit) => this.openCase(hit));
    const matches = cases.map(({ caseId, strength, types, reason }) => ({ caseId, strength, types, reason }));
    const strength = matches.some((match) => match.strength === 'strong')
      ? 'strong'
      : matches.length > 0
        ? 'possible'
        : 'none';
    const answer = { strength, matches } as const;
    const { checkQuota } = this.platform.config;
    const outcome = await this.checks.record(
      {
        ...{
          id: this.platform.newId(),
          memberId,
          jti,
          envelopeDigest,
          checkedAt: now,
          answer,
          cases,
          alarms,
        },
        ...{ purpose: check.purpose, noticeVersion: check.noticeVersion, legalBasis: check.legalBasis },
        identifiers: check.tokens[0]?.identifiers.length ?? 0,
      },
      checkQuota,
    );
    if (outcome !== 'recorded') {
      // Others of this member's came between the two looks at its budget, or this very envelope did.
      const { earlier: other, ...later } = await this.checks.use(memberId, { jti, envelopeDigest }, now);
      if (other !== undefined) return answerSchema.parse(other);
      requireBudget(later, { quota: checkQuota, now });
      throw new SubscriberRefused('check-quota-exceeded', 'too many checks at once; ask again', 1);
    }
    this.counted.inc({ strength });
    if (alarms.length > 0) {
      // A check of somebody who does not exist: numbers are being tried out.
      this.platform.logger.error(
        { memberId, canaries: alarms.length },
        'a member asked about a planted subscriber',
      );
    }
    return answer;
  }

  private openCase(hit: Hit) {
    const strength = strengthOf(hit.types);
    return strength === 'none' ? [] : [{ ...hit, strength, caseId: this.platform.newId() }];
  }

  /** The claims of an envelope that this member signed for this hub. @throws {NotAuthentic} */
  async verify(memberId: string, envelope: string, typ: string, now: Date): Promise<unknown> {
    const claims = await verifySigned(envelope, anyClaims, this.register.findSigningKey, {
      ...{ typ, audience: this.platform.hubId, now: now.getTime(), maxAgeMs: MAX_ENVELOPE_AGE_MS },
    });
    if (claims.iss !== memberId) {
      throw new NotAuthentic(
        'envelope-not-authentic',
        'the envelope is of another member than the access token',
      );
    }
    return claims;
  }

  /** Records are made in this month's epoch, or in the last one by who signed before midnight. */
  private requireOpen(epoch: string, now: Date): void {
    const isCurrent = epoch <= epochOf(now.getTime()) && this.oprf.isLiving(epoch);
    if (!isCurrent) {
      throw new SubscriberRefused(
        'epoch-not-open',
        `epoch ${epoch} takes no records now; ask .well-known/sekisho`,
      );
    }
  }
}
