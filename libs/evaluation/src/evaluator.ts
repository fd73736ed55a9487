// POST /oprf/evaluate (DESIGN 4.6), the same at hub and trustee. A member proves itself by a JWS of its report key over
// the very body that it sends: nothing secret is shared, and the proof is of no use for another body or another party.
import { verifySigned, type FindSigningKey } from '@sekisho/auth';
import {
  decodeEvaluateRequest,
  encodeEvaluateAnswer,
  OprfError,
  type EvaluateAnswerBody,
  type Suite,
} from '@sekisho/oprf';
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { EvaluationRefused } from './errors.js';
import type { ShareStore } from './share-store.js';

export const EVALUATION_TYP = 'sekisho-evaluation+jwt';
/** The header that carries the proof. */
export const EVALUATION_HEADER = 'sekisho-evaluation';
/** Long enough for clocks, short for whoever steals one: it evaluates the same blinded elements again, no others. */
const MAX_AGE_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

export const EVALUATION_PURPOSES = ['register', 'check', 'renew', 'case'] as const;

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  iat: z.int(),
  jti: z.string().min(8).max(128),
  purpose: z.enum(EVALUATION_PURPOSES),
  /** SHA-256 of the body, as JSON without spaces, in base64url. */
  digest: z.string().length(43),
});

export interface EvaluationRecord {
  readonly memberId: string;
  readonly jti: string;
  readonly purpose: (typeof EVALUATION_PURPOSES)[number];
  readonly epoch: string;
  readonly elements: number;
}

export interface EvaluatorOptions {
  readonly suite: Suite;
  readonly store: ShareStore;
  /** This party's id, the `aud` of proofs. */
  readonly id: string;
  readonly findKey: FindSigningKey;
  /** Elements that one member may have evaluated in a day (UTC). */
  readonly quota: number;
  /** Makes the record durable; what cannot be recorded is not answered. */
  readonly audit: (record: EvaluationRecord) => Promise<void>;
  readonly now: () => Date;
}

/** One party's side of the protocol: authentic, within budget, on record, then evaluated with a proof. */
export class Evaluator {
  private day = 0;
  private readonly used = new Map<string, number>();

  constructor(private readonly options: EvaluatorOptions) {}

  /** What was evaluated today before this process started. */
  restore(records: Iterable<Pick<EvaluationRecord, 'memberId' | 'elements'>>, now: Date): void {
    this.turnDay(now);
    for (const { memberId, elements } of records) this.add(memberId, elements);
  }

  /**
   * @param body parsed JSON @param proof the value of the header `sekisho-evaluation`
   * @throws {NotAuthentic} envelope-malformed, envelope-not-authentic
   * @throws {EvaluationRefused} evaluation-malformed, epoch-unknown, epoch-destroyed, evaluation-quota-exceeded
   */
  async evaluate(body: unknown, proof: string | undefined): Promise<EvaluateAnswerBody> {
    const { suite, store, id, findKey, now: clock, audit } = this.options;
    const now = clock();
    const claims = await verifySigned(proof ?? '', claimsSchema, findKey, {
      typ: EVALUATION_TYP,
      audience: id,
      now: now.getTime(),
      maxAgeMs: MAX_AGE_MS,
    });
    const request = readRequest(body, claims.digest);
    const share = store.share(request.epoch);
    const elements = request.blinded.length;
    this.spend(claims.iss, elements, now);
    const { iss: memberId, jti, purpose } = claims;
    await audit({ memberId, jti, purpose, epoch: request.epoch, elements });
    try {
      return encodeEvaluateAnswer(suite.evaluate(share, request.blinded, randomBytes));
    } catch (error) {
      throw refused(error);
    }
  }

  private spend(memberId: string, elements: number, now: Date): void {
    this.turnDay(now);
    const { quota } = this.options;
    if ((this.used.get(memberId) ?? 0) + elements > quota) {
      throw new EvaluationRefused(
        'evaluation-quota-exceeded',
        `${quota} elements a day are the member's quota; the next day begins at 00:00 UTC`,
        Math.ceil((DAY_MS - (now.getTime() % DAY_MS)) / 1000),
      );
    }
    this.add(memberId, elements);
  }

  private add(memberId: string, elements: number): void {
    this.used.set(memberId, (this.used.get(memberId) ?? 0) + elements);
  }

  private turnDay(now: Date): void {
    const day = Math.floor(now.getTime() / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.used.clear();
  }
}

function readRequest(body: unknown, digest: string): ReturnType<typeof decodeEvaluateRequest> {
  if (
    createHash('sha256')
      .update(JSON.stringify(body ?? null))
      .digest('base64url') !== digest
  ) {
    throw new EvaluationRefused('evaluation-malformed', 'the digest in the proof is not that of the body');
  }
  try {
    return decodeEvaluateRequest(body);
  } catch (error) {
    throw refused(error);
  }
}

function refused(error: unknown): unknown {
  if (!(error instanceof OprfError) || error.kind !== 'Rejected') return error;
  return new EvaluationRefused('evaluation-malformed', error.message, undefined, { cause: error });
}
